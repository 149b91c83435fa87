"""The chooser of words: fitting, with facts, fresh, and never with a hole in it."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deescalation import techniques
from bot.deescalation.phrasing import MAX_FACT, SHORT, Phrasebook, UnknownResponse, mark
from bot.deescalation.turn import LEVELS
from bot.errors import ConfigError

pytestmark = pytest.mark.unit

DATA = Path(__file__).resolve().parents[2] / "data" / "responses"
REAL = Phrasebook.from_folder(DATA)


def one(name, text, language="es", buttons=(), **metadata):
    metadata["language"] = language
    found = {"id": name, "text": text, "metadata": metadata}
    return {**found, "buttons": list(buttons)} if buttons else found


def book(*variations):
    return Phrasebook({"utter_x": list(variations)})


def chosen(variations, **how):
    phrase = book(*variations).choose("utter_x", **how)
    return phrase.id if phrase else None


def test_the_variation_with_more_facts_wins():
    variations = [one("a", "Hola."), one("b", "Son {wait}."), one("c", "{order}: {wait}.")]
    assert chosen(variations, facts={"wait": "dos días", "order": "44"}) == "c"
    assert chosen(variations, facts={"wait": "dos días"}) == "b"
    assert chosen(variations, facts={"wait": "", "order": None}) == "a"


def test_the_most_specific_variation_wins_over_facts():
    variations = [one("a", "{wait}."), one("b", "Retraso.", issue=["late_delivery"])]
    assert chosen(variations, issue="late_delivery", facts={"wait": "1 día"}) == "b"
    assert chosen(variations, issue="quality", facts={"wait": "1 día"}) == "a"


def test_a_variation_for_another_issue_is_never_said():
    assert chosen([one("a", "Retraso.", issue=["late_delivery"])], issue="quality") is None
    assert chosen([one("a", "Retraso.", issue=["late_delivery"])]) is None


def test_the_level_is_matched_and_only_given_up_when_nothing_else_is_left():
    variations = [one("a", "Bien.", level=["calm"]), one("b", "Ya.", level=["angry"])]
    assert chosen(variations, level="angry") == "b"
    assert chosen(variations, level="angry", said=["b"]) == "a"


def test_a_long_text_stands_back_when_the_customer_is_angry():
    long = one("long", "palabra " * (SHORT + 1), level=["angry", "calm"])
    assert chosen([long, one("short", "Breve.")], level="angry") == "short"
    assert chosen([long, one("short", "Breve.")], level="calm") == "long"


@pytest.mark.parametrize(
    "register, order",
    [
        ("tu", ["tu", "any", "usted"]),
        ("vos", ["vos", "any", "usted"]),
        ("usted", ["usted", "any"]),
        (None, ["usted", "any"]),
    ],
)
def test_the_register_is_mirrored_and_never_mixed_with_another_informal_one(register, order):
    variations = [one(name, f"Texto {name}.", register=name) for name in ("tu", "vos", "usted")]
    variations.insert(0, one("any", "Texto."))
    said = []
    while found := chosen(variations, register=register, said=said):
        said.append(found)
    assert said == order


def test_a_language_without_texts_falls_back_to_spanish_only():
    both = [one("en", "Hello.", "en"), one("es", "Hola.")]
    assert chosen(both, language="en") == "en"
    assert chosen(both, language="fr") == "es"
    assert chosen(both, language="en", said=["en"]) is None


@pytest.mark.parametrize("form", ["a", "Hola.", mark("a"), mark("Hola.")])
def test_nothing_is_said_twice_by_id_text_or_mark(form):
    assert chosen([one("a", "Hola.")], said=[form]) is None


def test_what_may_be_repeated_is():
    assert chosen([one("a", "Llame al {line}.", repeat=True)], facts={"line": "024"}, said=["a"])


def test_a_used_technique_and_a_second_regret_are_left_out():
    variations = [
        one("a", "Lamento la espera.", technique="regret_once"),
        one("b", "Es mucha espera.", technique="name_the_fact"),
        one("c", "Siento la espera."),
    ]
    assert chosen(variations) == "a"
    assert chosen(variations, avoid=["regret_once"]) == "b"
    assert chosen(variations, avoid=["name_the_fact"], apologised=True) is None


def test_an_unknown_response_is_an_error_with_a_hint():
    with pytest.raises(UnknownResponse, match="Did you mean 'utter_x'"):
        book(one("a", "Hola.")).choose("utter_xx")


@pytest.mark.parametrize(
    "text, facts, expected",
    [
        pytest.param("{wait} sin él.", {"wait": "tres días"}, "Tres días sin él.", id="capital"),
        pytest.param("Ya. ¿{wait}?", {"wait": "tres días"}, "Ya. ¿Tres días?", id="capital in ¿"),
        pytest.param("Son {wait}.", {"wait": "dos sem."}, "Son dos sem.", id="one full stop"),
        pytest.param("Es {product}.", {"product": " la {olla}\n"}, "Es la olla.", id="no braces"),
        pytest.param("Es {product}.", {"product": "<b>x</b>"}, "Es b x /b.", id="no markup"),
        pytest.param("N.º {number}.", {"number": 0}, "N.º 0.", id="zero is a fact"),
    ],
)
def test_facts_stand_well_in_the_sentence(text, facts, expected):
    assert book(one("a", text)).choose("utter_x", facts=facts).text == expected


def test_a_fact_that_looks_like_a_placeholder_is_not_filled_again():
    phrase = book(one("a", "Es {product}.")).choose(
        "utter_x", facts={"product": "{order}", "order": "secreto"}
    )
    assert phrase.text == "Es order."


def test_buttons_are_filled_but_their_payload_is_left_alone():
    button = {"title": "Pedido {order}", "payload": '/inform{"order_number": "1"}'}
    phrase = book(one("a", "¿Cuál?", buttons=[button])).choose("utter_x", facts={"order": "44"})
    assert phrase.buttons == ({"title": "Pedido 44", "payload": button["payload"]},)
    assert book(one("a", "¿Cuál?", buttons=[button])).choose("utter_x") is None


def test_the_phrase_says_what_it_is():
    phrase = book(one("a", "Lamento {wait}.", technique="regret_once", last="apologise")).choose(
        "utter_x", facts={"wait": "la espera"}
    )
    assert (phrase.key, phrase.technique, phrase.last) == ("utter_x", "regret_once", "apologise")
    assert phrase.facts == ("wait",)
    assert phrase.apology


FACTS = st.dictionaries(
    st.sampled_from(["order", "wait", "product"]), st.text(max_size=MAX_FACT * 2), max_size=3
)


@settings(max_examples=80)
@given(FACTS, st.sampled_from(LEVELS), st.sampled_from([None, "tu", "usted", "vos"]))
def test_no_text_ever_has_a_hole_and_choosing_is_deterministic(facts, level, register):
    variations = [
        one("a", "{order}, {wait}: {product}."),
        one("b", "{wait} sin {product}.", register="tu"),
        one("c", "Su {product}.", register="usted", level=["angry"]),
        one("d", "Pedido {order}."),
    ]
    how = {"facts": facts, "level": level, "register": register}
    phrase = book(*variations).choose("utter_x", **how)
    assert phrase == book(*variations).choose("utter_x", **how)
    if phrase:
        assert not re.search(r"[{}]", phrase.text)
        assert len(phrase.text.splitlines()) == 1
        assert "  " not in phrase.text


@pytest.mark.parametrize(
    "variation, words",
    [
        pytest.param("Hola", "expected a mapping", id="not a mapping"),
        pytest.param({"text": "Hola"}, "needs an 'id'", id="no id"),
        pytest.param({"id": "a" * 61, "text": "Hola"}, "needs an 'id'", id="long id"),
        pytest.param({"id": "a", "text": " "}, "needs a 'text'", id="no text"),
        pytest.param({"id": "a", "text": "Hola"}, "language is ''", id="no language"),
        pytest.param(one("a", "Hola", "fr"), "language is 'fr'", id="unknown language"),
        pytest.param(one("a", "Hola", register="tú"), "Accepted: any, tu", id="register"),
        pytest.param(one("a", "Hola", level=["furious"]), "level has 'furious'", id="level"),
        pytest.param(one("a", "Hola", last="greet"), "last is 'greet'", id="last"),
        pytest.param(one("a", "Hola", tecnique="x"), "Did you mean 'technique'", id="field"),
        pytest.param(one("a", "Hola {Order}"), "no placeholder", id="brace"),
        pytest.param(one("a", "Hola", buttons=[{"title": "Sí"}]), "a button needs", id="button"),
        pytest.param(
            one("a", "Hola", buttons=[{"title": "Sí", "payload": "si"}]), "a button", id="payload"
        ),
    ],
)
def test_a_wrong_variation_is_refused_by_file_key_and_id(variation, words, tmp_path):
    with pytest.raises(ConfigError) as caught:
        book(variation)
    assert words in str(caught.value)
    assert "utter_x" in str(caught.value)


def test_ids_are_unique_over_all_files(tmp_path):
    for name, key in (("a.yml", "utter_a"), ("b.yml", "utter_b")):
        text = f"responses:\n  {key}:\n  - {{id: same, text: Hola, metadata: {{language: es}}}}\n"
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.yml: utter_b: id 'same' is taken by a\.yml"):
        Phrasebook.from_folder(tmp_path)


@pytest.mark.parametrize("text", ["[", "nothing: 1", "responses: 3"])
def test_a_file_that_cannot_be_read_is_named(text, tmp_path):
    (tmp_path / "bad.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"bad\.yml"):
        Phrasebook.from_folder(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="No response files"):
        Phrasebook.from_folder(tmp_path)


def test_the_real_texts_name_only_known_techniques():
    used = {v.technique for key in REAL.keys() for v in REAL.variations(key) if v.technique}
    assert techniques.unknown(used) == ()


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("key", REAL.keys())
def test_every_real_response_can_be_said_at_every_level(key, language):
    names = {name for v in REAL.variations(key) for name in v.placeholders}
    issues = {issue for v in REAL.variations(key) for issue in v.issue} or {None}
    facts = dict.fromkeys(names, "dato")
    for level in LEVELS:
        for register in (None, "tu", "usted", "vos"):
            found = [
                REAL.choose(
                    key,
                    language=language,
                    register=register,
                    level=level,
                    issue=issue,
                    facts=facts,
                )
                for issue in issues
            ]
            assert all(found), f"{key}: nothing for {language}, {level}, {register}"
            assert {phrase.language for phrase in found} == {language}
