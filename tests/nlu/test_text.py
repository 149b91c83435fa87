"""What the encoder gets to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import normalise

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param("holaaaa", "hola", id="letters drawn out"),
        pytest.param("carro perro llamar", "carro perro llamar", id="double letters stay"),
        pytest.param("NO ME LLEGA NADA", "no me llega nada", id="shouting"),
        pytest.param("Vivo en EEUU desde ayer", "Vivo en EEUU desde ayer", id="an acronym stays"),
        pytest.param("¿¿¿qué???!!!!", "¿¿qué??!!", id="marks"),
        pytest.param("jajajajaja vale", "jaja vale", id="laughter"),
        pytest.param("mira https://a.example/x?y=1 ya", "mira ya", id="links"),
        pytest.param("a\x00b\n\tc\u200b", "a b c", id="control characters"),
        pytest.param("ﬁn", "fin", id="ligatures"),
        pytest.param("", "", id="nothing"),
        pytest.param("😡😡", "😡😡", id="emoji stay"),
    ],
)
def test_normalise(raw, expected):
    assert normalise(raw) == expected


@given(st.text(max_size=200))
def test_normalise_accepts_anything_and_its_result_is_text(raw):
    assert "\x00" not in normalise(raw)
    normalise(raw).encode("utf-8")
