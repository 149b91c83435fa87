"""New examples: checked, masked, written into the right place, and nothing else touched."""

import hashlib

import numpy as np
import pytest
from typer.testing import CliRunner

from bot import cli_teach
from bot.cli import app
from bot.encoder import kept
from bot.encoder.runtime import Encoder
from bot.errors import ConfigError
from bot.nlu import graded
from bot.training import nearest, teach
from bot.training.corpus import Example
from tests.training import small_checkout as checkout

pytestmark = pytest.mark.unit

NLU, ADDED = "data/nlu/es_people.yml", "data/frustration/es_added.yml"


class WordEncoder:
    """Texts with common words are close."""

    hash, dimensions = "words", 64

    def encode(self, texts, *, threads=1):
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                found[row, hashlib.md5(word.encode()).digest()[0] % self.dimensions] += 1
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def root(tmp_path):
    return checkout.make(tmp_path / "checkout")


@pytest.fixture
def where(root, tmp_path):
    return teach.Place(root, tmp_path / "models")


def add(where, *texts, intent="ask_human", language="", said=None):
    told = [] if said is None else said
    return teach.add_intent(texts, intent, language=language, where=where, say=told.append)


def grade(where, *texts, level="angry", **options):
    return teach.add_frustration(texts, level, where=where, say=lambda line: None, **options)


def test_an_example_goes_to_the_end_of_its_intents_block_and_nothing_else_changes(where, root):
    (done,) = add(where, "que me llame alguien de verdad")
    after = "    - páseme con un agente\n"
    expected = checkout.PERSON.replace(after, after + "    - que me llame alguien de verdad\n")
    assert (root / NLU).read_text(encoding="utf-8") == expected
    assert done.example.place == f"{NLU}:8"


def test_several_texts_keep_their_order_and_tell_their_lines(where, root):
    done = add(where, "sigo esperando el paquete", "nada en el buzón aún", intent="late_delivery")
    rows = (root / NLU).read_text(encoding="utf-8").splitlines()
    assert [int(one.example.place.split(":")[1]) for one in done] == [13, 14]
    assert rows[12:15] == [
        "    - sigo esperando el paquete",
        "    - nada en el buzón aún",
        "# The end.",
    ]


def test_an_intent_of_its_own_file_goes_there_and_a_new_one_gets_a_file(where, root):
    add(where, "buenas", intent="greet", language="es")
    add(where, "qué tal todo", intent="greet", language="es")
    add(where, "hello there", intent="greet")
    own = (root / "data/nlu/es_greet.yml").read_text(encoding="utf-8")
    assert own.startswith('version: "3.1"\nnlu:\n- intent: greet\n')
    assert own.endswith("  examples: |\n    - buenas\n    - qué tal todo\n")
    assert "- hello there\n" in (root / "data/nlu/en_greet.yml").read_text(encoding="utf-8")


def test_line_ends_of_another_system_and_a_missing_last_one_are_kept(where, root):
    content = checkout.PERSON.removesuffix("# The end.\n").rstrip().replace("\n", "\r\n")
    (root / NLU).write_bytes(content.encode())
    add(where, "sigo esperando el paquete", intent="late_delivery")
    assert (root / NLU).read_bytes() == (
        content + "\r\n    - sigo esperando el paquete\r\n"
    ).encode()


def test_odd_texts_come_back_as_they_were_given(where, root):
    texts = ["- a: ver | 'qué' #pasa", '"comillas" y {llaves} % & *todo', "50 € por esto 😡"]
    add(where, *texts, language="es")
    grade(where, 'di "ya": {x}, # y \\ listo', language="es")
    rows = (root / NLU).read_text(encoding="utf-8").splitlines()[7:10]
    assert rows == [f"    - {text}" for text in texts]
    assert graded.read_file(root / ADDED)[0].text == 'di "ya": {x}, # y \\ listo'


@pytest.mark.parametrize(
    "text, told",
    [
        ("Quiero hablar con una PERSONA 2", f"{NLU}:6"),
        ("quiero hablar con una persona ya mismo, quiero hablar con una persona", ""),
        ("¡mi pedido no llega!", f"'late_delivery' ({NLU}:11)"),
        ("necesito que me atienda un ser humano!!", "evaluation/nlu/test_es.yml:5"),
        ("la persona del reparto fue muy amable", "evaluation/nlu/lookalikes_es.yml:2"),
        ("", "needs a text"),
        ("  ", "needs a text"),
        ("/ask_human", "'/'"),
        ("una [persona](role) ya", "Markup"),
        ("una\npersona", "one line"),
        ("una\u2028persona", "one line"),
        ("ich möchte mit einem Menschen sprechen, bitte, und zwar nicht morgen", "--language"),
    ],
)
def test_a_refused_text_is_explained_and_nothing_is_written(where, root, text, told):
    before = checkout.state(root)
    if not told:
        assert add(where, text)
        return
    with pytest.raises(ConfigError) as refused:
        add(where, "una frase perfectamente buena", text)
    assert told in str(refused.value)
    assert "Nothing was written" in str(refused.value)
    assert checkout.state(root) == before


def test_copies_within_one_call_are_refused(where):
    with pytest.raises(ConfigError, match="this call"):
        add(where, "que venga el encargado", "¡Que venga el encargado!")


@pytest.mark.parametrize(
    "intent, told", [("ask_humann", "Did you mean 'ask_human'"), ("nlu_fallback", "Accepted")]
)
def test_an_unknown_intent_is_refused(where, intent, told):
    with pytest.raises(ConfigError, match=told):
        add(where, "hola", intent=intent)


def test_personal_data_is_masked_and_told(where, root):
    (done,) = add(where, "me llamo Luis Gil, llámeme una persona al 655 123 456")
    assert done.example.text == "me llamo Ana Ruiz, llámeme una persona al 600 000 000"
    assert len(done.masked) == 2
    assert "655" not in (root / NLU).read_text(encoding="utf-8")


def test_without_an_encoder_a_line_says_that_meaning_was_not_compared(where):
    said = []
    add(where, "que me llame alguien", said=said)
    assert "Not compared" in said[0]


def test_a_text_that_sounds_like_another_intent_is_written_with_a_warning(where, monkeypatch):
    monkeypatch.setattr(Encoder, "load", lambda models: WordEncoder())
    fine, odd = add(where, "páseme con una persona", "mi pedido que compré no llega hoy")
    assert fine.doubt == ""
    assert "'late_delivery'" in odd.doubt
    assert f"{NLU}:11" in odd.doubt


def test_vectors_are_computed_once_and_a_damaged_file_of_them_does_not_matter(tmp_path):
    class Counting(WordEncoder):
        seen = 0

        def encode(self, texts, *, threads=1):
            self.seen += len([text for text in texts if text not in kept.CANARIES])
            return super().encode(texts)

    encoder = Counting()
    first = nearest.vectors(encoder, ["a b", "c"], models=tmp_path, say=print)
    again = nearest.vectors(encoder, ["c", "a b", "d"], models=tmp_path, say=print)
    assert encoder.seen == 3
    assert np.array_equal(first, again[[1, 0]])
    next(tmp_path.rglob("*.npz")).write_bytes(b"broken")
    assert np.array_equal(nearest.vectors(encoder, ["c"], models=tmp_path, say=print)[0], first[1])


def test_a_class_with_no_example_cannot_be_doubted():
    new = Example("hola", "greet", "es", "x:1")
    assert (
        nearest.doubts(new, np.ones(2), [Example("no", "deny", "es", "y:1")], np.ones((1, 2))) == ""
    )


def test_a_graded_example_is_one_line_in_the_file_of_added_ones(where, root):
    (done,) = grade(
        where, "me tenéis harta, trileros", context=["sigue igual", "nada"], style="icy"
    )
    grade(
        where, "qué maravilla de servicio", level="calm", region="mx", domain="bank", language="es"
    )
    rows = (root / ADDED).read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("# ")
    assert rows[2] == (
        '  - {text: "me tenéis harta, trileros", level: angry, region: es, domain: shop, '
        'style: icy, context: ["sigue igual", "nada"]}'
    )
    assert "level: calm, region: mx, domain: bank, style: even}" in rows[3]
    assert done.example.place == f"{ADDED}:3"


def test_a_calm_complaint_is_marked_and_an_angry_one_needs_no_mark(where, root):
    grade(where, "llegó sin tapa, ¿me la mandáis?", level="calm", language="es", complaint=True)
    grade(where, "ladrones de tapas", language="es", complaint=True)
    first, second = graded.read_file(root / ADDED)
    assert (first.level, first.complaint) == ("calm", True)
    assert (second.level, second.complaint) == ("angry", True)
    assert (root / ADDED).read_text(encoding="utf-8").count("complaint") == 1


@pytest.mark.parametrize(
    "text, options, told",
    [
        ("SOIS unos LADRONES!!", {}, "data/frustration/es_shop.yml:4"),
        ("sois unos ladrones", {"level": "annoyed"}, "'angry' (data/frustration/es_shop.yml:4)"),
        ("no", {"level": "angry", "context": ["ah, gracias"]}, "'calm'"),
        ("Esto ya pasa de castaño oscuro", {}, "evaluation/nlu/frustration_test_es.yml:2"),
        ("menudos sois", {"level": "angri"}, "Did you mean 'angry'"),
        ("menudos sois", {"style": "furios"}, "Did you mean 'furious'"),
        ("menudos sois", {"domain": "bonk"}, "Did you mean 'bank'"),
        ("menudos sois", {"region": "us", "language": "es"}, "Accepted: ar, cl, co, es, mx"),
        ("menudos sois", {"context": ["/restart"]}, "'/'"),
        ("menudos sois", {"language": "fr"}, "Accepted: en, es"),
    ],
)
def test_a_refused_graded_text_is_explained_and_nothing_is_written(
    where, root, text, options, told
):
    before = checkout.state(root)
    with pytest.raises(ConfigError) as refused:
        grade(where, text, **options)
    assert told in str(refused.value)
    assert checkout.state(root) == before


def test_the_same_words_after_other_messages_are_another_example(where):
    assert grade(where, "no", context=["¿ya funciona?", "tampoco"], language="es")


def test_the_commands_write_and_refuse(where, root, monkeypatch):
    monkeypatch.setattr(cli_teach, "_place", lambda: where)
    run = CliRunner().invoke
    done = run(app, ["examples", "add", "--intent", "ask_human", "que me atienda alguien ya"])
    assert done.exit_code == 0, done.output
    assert f"{NLU}:8: ask_human: «que me atienda alguien ya»" in done.output
    again = run(app, ["examples", "add", "--intent", "ask_human", "que me atienda alguien ya"])
    assert again.exit_code == 1
    done = run(app, ["frustration", "add", "--level", "angry", "--context", "¿y?", "sois lo peor"])
    assert done.exit_code == 0, done.output
    assert ADDED in done.output
