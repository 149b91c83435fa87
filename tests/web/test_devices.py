"""A browser is named in a few words, whatever its header claims to be."""

import pytest

from bot.web.devices import device

pytestmark = pytest.mark.unit

MOZ = "Mozilla/5.0"


@pytest.mark.parametrize(
    "header, said",
    [
        (f"{MOZ} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        (
            f"{MOZ} (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36",
            "Chrome · Windows",
        ),
        (f"{MOZ} (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140.0", "Edge · Windows"),
        (f"{MOZ} (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari · macOS"),
        (f"{MOZ} (iPhone; CPU iPhone OS 18 like Mac OS X) CriOS/140 Safari/604", "Chrome · iPhone"),
        (f"{MOZ} (Linux; Android 15) Chrome/140 Mobile Safari/537", "Chrome · Android"),
        ("python-httpx/0.27", ""),
        ("<script>alert(1)</script>" * 40, ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_and_nothing_else_is_kept(header, said):
    assert device(header) == said
