"""What ``docs/embedding.md`` tells other people to write works."""

import json
import re
import shutil
import subprocess
from types import SimpleNamespace

import pytest

from bot.settings import ROOT
from bot.web import identity

pytestmark = pytest.mark.unit

TEXT = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
ANA = {"id": "C-1001", "name": "Ana Ruiz", "email": "ana@example.com"}


def block(language):
    found = re.search(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)
    assert found, f"no {language} in docs/embedding.md"
    return found.group(1)


def test_python_snippet_signs_an_identity_that_holds(settings):
    scope = {}
    exec(compile(block("python"), "embedding.md", "exec"), scope)
    token = scope["chat_identity"](SimpleNamespace(**ANA), settings.identity_secret())
    assert identity.read(token, settings.identity_secret()).customer_id == "C-1001"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_node_snippet_signs_an_identity_that_holds(settings):
    key = settings.identity_secret()
    script = f"{block('js')}\nconsole.log(chatIdentity({json.dumps(ANA)}, {json.dumps(key)}))"
    token = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    who = identity.read(token.stdout.strip(), key)
    assert (who.customer_id, who.name) == ("C-1001", "Ana Ruiz")


def test_every_attribute_of_the_tag_is_documented():
    source = (ROOT / "bot/web/static/widget/config.js").read_text(encoding="utf-8")
    attributes = set(re.findall(r"`data-(\w+)`", source))
    assert attributes
    assert attributes <= set(re.findall(r"`data-(\w+)`", TEXT))
