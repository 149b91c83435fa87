"""Wording that inflames is found and explained; wording that calms is left alone."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deescalation.lexicon import FOLDER, lexicon
from bot.deescalation.phrasing import Phrasebook
from bot.deescalation.turn import LEVELS
from bot.deescalation.wording import MAX_READ, MAX_WORDS, apologises, check, quiet
from bot.errors import ConfigError

pytestmark = pytest.mark.unit

REAL = Phrasebook.from_folder(Path(__file__).resolve().parents[2] / "data" / "responses")


def rules(text, language="es", level="angry", previous=()):
    return {one.rule for one in check(text, language=language, level=level, previous=previous)}


BAD_ES = [
    ("calm_down", "Cálmese, por favor."),
    ("calm_down", "Tranquila, no pasa nada."),
    ("calm_down", "Relájate un momento."),
    ("calm_down", "No se enfade conmigo."),
    ("company_policy", "Es la política de la empresa."),
    ("company_policy", "Según nuestra política no se devuelve."),
    ("company_policy", "Son las normas."),
    ("as_i_said", "Como ya le dije, está en reparto."),
    ("as_i_said", "Como te comenté, falta el número."),
    ("must", "Tiene que enviar una foto."),
    ("must", "Debe usted esperar."),
    ("must", "Debes rellenar el formulario."),
    ("should_have", "Usted debería haber avisado antes."),
    ("should_have", "Deberías haber leído las condiciones."),
    ("should_have", "Debiste llamar."),
    ("you_are_wrong", "Usted se equivocó de dirección."),
    ("you_are_wrong", "Eso no es cierto."),
    ("you_are_wrong", "A mí no me sale ese pedido."),
    ("not_possible", "Eso no es posible."),
    ("not_possible", "No podemos hacer nada."),
    ("i_do_not_understand", "No le entiendo."),
    ("i_do_not_understand", "No entiendo lo que dice."),
    ("i_do_not_know", "No sé cuándo llega."),
    ("sorry_you_feel", "Lamento que se sienta así."),
    ("sorry_you_feel", "Siento mucho que te sientas mal."),
    ("i_know_how_you_feel", "Entiendo perfectamente cómo se siente."),
    ("i_know_how_you_feel", "Me pongo en su lugar."),
    ("feeling_without_a_fact", "Entiendo que te sientas así."),
    ("cheer", "Encantado de ayudarle."),
    ("cheer", "Genial, vamos a ello."),
    ("but_after_empathy", "Lamento la espera de su pedido, pero hay mucho trabajo."),
    ("but_after_empathy", "Es normal que le moleste el cobro. Sin embargo, ya se emitió."),
    ("not_my_fault", "No es culpa mía."),
    ("not_my_fault", "Eso es de otro departamento."),
    ("why_did_you_not", "¿Por qué no llamaste antes?"),
    ("why_did_you_not", "¿Por qué no nos avisó?"),
    ("anything_else", "¿Algo más?"),
    ("claims_to_be_human", "Soy una persona como usted."),
    ("claims_to_be_human", "No soy un robot."),
    ("threatens_to_close", "Si sigue así, cerraré el chat."),
    ("empty_formula", "Disculpe las molestias ocasionadas."),
    ("empty_formula", "Gracias por su paciencia."),
    ("vague_time", "Le escribimos lo antes posible."),
    ("diminutive", "Un momentito, por favor."),
    ("exclamation", "Vamos a verlo!"),
    ("emoji", "Vamos a verlo 🙂"),
    ("emoji", "Vamos a verlo :)"),
    ("capitals", "El pedido está en REPARTO."),
    ("second_apology", "Lo siento. Lamento la espera."),
    ("mixed_register", "Te paso con una persona que tiene su pedido."),
    ("mixed_register", "¿Qué prefieres? Le escribo hoy."),
    ("mixed_register", "¿Qué preferís? Tú tienes dos opciones."),
    ("two_questions", "¿Cuál es el pedido? ¿Y el correo?"),
    ("promise_without_time", "Le escribiremos con una respuesta."),
    ("promise_without_time", "Nos pondremos en contacto con usted."),
]

BAD_EN = [
    ("calm_down", "Please calm down."),
    ("calm_down", "Relax, it happens."),
    ("company_policy", "It's our policy."),
    ("as_i_said", "As I said, it is on its way."),
    ("as_i_said", "I already told you."),
    ("must", "You'll have to send a photo."),
    ("must", "You must wait."),
    ("should_have", "You should have called."),
    ("should_have", "You shouldn't have opened it."),
    ("you_are_wrong", "You're wrong about the date."),
    ("you_are_wrong", "That's not what I see."),
    ("not_possible", "That's not possible."),
    ("i_do_not_understand", "I don't understand you."),
    ("i_do_not_know", "I don't know."),
    ("sorry_you_feel", "I'm sorry you feel that way."),
    ("i_know_how_you_feel", "I know exactly how you feel."),
    ("feeling_without_a_fact", "I understand you're upset."),
    ("cheer", "Happy to help."),
    ("but_after_empathy", "I'm sorry about the order, but we are busy."),
    ("not_my_fault", "That's not my department."),
    ("why_did_you_not", "Why didn't you call?"),
    ("anything_else", "Anything else?"),
    ("claims_to_be_human", "I'm a real person."),
    ("threatens_to_close", "I will close this chat."),
    ("empty_formula", "Sorry for any inconvenience."),
    ("vague_time", "We will write as soon as possible."),
    ("diminutive", "Just a sec."),
    ("exclamation", "Let's see!"),
    ("capitals", "It is ON THE way."),
    ("second_apology", "I'm sorry. I apologise for the wait."),
    ("two_questions", "Which order? And which e-mail?"),
    ("promise_without_time", "We will call you."),
]

GOOD_ES = [
    "Son cinco días sin tu pedido 4482 y nadie te ha avisado; es normal que estés molesto. Lo "
    "lamento. Puedo pedir ahora el reenvío o pasarte con una persona, que tendrá todo lo que me "
    "has escrito. ¿Qué prefieres?",
    "Quiero ayudarle a resolverlo. Vamos paso a paso.",
    "Esto no debería haber pasado.",
    "Nadie le avisó, y se le debería haber avisado.",
    "No tiene que repetir nada.",
    "El paquete tiene que llegar el martes.",
    "Debe de ser el pedido 4482.",
    "No se ha enviado todavía.",
    "Eso no puedo hacerlo; puedo reenviarlo o devolver el importe.",
    "No es posible cambiar la fecha, porque el recibo ya se emitió. Lo que sí puedo hacer es "
    "aplazar el siguiente.",
    "Así no se puede planear nada.",
    "No lo tengo claro todavía. ¿Es sobre un cobro o sobre una entrega?",
    "Le escribimos hoy antes de las 18:00.",
    "Le escribiremos antes de {due}.",
    "Soy el asistente automático; no soy una persona.",
    "Lo lleva el equipo de pagos; le paso con ellos con todo lo que me ha contado.",
    "La OCU y el IVA se escriben así.",
    "Llevás {wait} sin tu pedido. ¿Qué preferís?",
    "Vamos con calma, un dato cada vez.",
    "Se siente el retraso en todas las entregas.",
    "¿Qué pasó después de la primera llamada?",
]

GOOD_EN = [
    "Five days is a long wait for order 4482. I see why you're upset. I can send it again now or "
    "pass you to a person, who will have everything you've written. Which do you prefer?",
    "That should not have happened.",
    "You don't have to repeat anything.",
    "I can't do that; I can send it again or refund it.",
    "I'm not sure I've got it. Is it about a charge or a delivery?",
    "We will write to you today before 18:00.",
    "I'm the automatic assistant. I can pass you to a person.",
    "If that is not right, tell me.",
    "I'm sorry your order hasn't arrived.",
]


@pytest.mark.parametrize("rule, text", BAD_ES)
def test_what_inflames_is_found_in_spanish(rule, text):
    assert rule in rules(text)


@pytest.mark.parametrize("rule, text", BAD_EN)
def test_what_inflames_is_found_in_english(rule, text):
    assert rule in rules(text, "en")


@pytest.mark.parametrize("text", GOOD_ES)
def test_what_calms_is_left_alone_in_spanish(text):
    assert rules(text) == set()


@pytest.mark.parametrize("text", GOOD_EN)
def test_what_calms_is_left_alone_in_english(text):
    assert rules(text, "en") == set()


def test_both_languages_know_the_same_rules():
    spanish, english = lexicon("es"), lexicon("en")
    assert [one.rule for one in spanish.entries] == [one.rule for one in english.entries]
    assert set(spanish.checks) == set(english.checks)


@pytest.mark.parametrize("rule", ["exclamation", "emoji", "capitals", "cheer", "diminutive"])
def test_cheer_is_only_wrong_from_annoyed_on(rule):
    text = "¡Genial! 🙂 Un momentito, está en REPARTO."
    assert rule not in rules(text, level="calm")
    assert rule in rules(text, level="annoyed")


def test_a_finding_says_where_why_and_what_instead():
    text = "Mire: CÁLMESE ya."
    finding = next(one for one in check(text, language="es") if one.rule == "calm_down")
    assert text[finding.start : finding.end] == finding.text == "CÁLMESE"
    assert finding.reason.endswith(".")
    assert "ayudarle" in finding.better


def test_the_better_wording_is_in_the_register_of_the_text():
    finding = next(one for one in check("Tú cálmate.", language="es") if one.rule == "calm_down")
    assert "ayudarte" in finding.better


def test_a_second_apology_counts_over_the_whole_conversation():
    before = ["Lamento la espera."]
    assert "second_apology" in rules("Siento lo del cobro.", previous=before)
    assert "second_apology" not in rules("El cobro se devuelve hoy.", previous=before)
    assert "second_apology" not in rules("Siento lo del cobro.")


def test_the_same_text_again_is_a_finding():
    assert "repeated_text" in rules("Vamos a verlo.", previous=["Vamos a verlo."])


def test_apologies_are_told_from_feelings():
    assert apologises("Lamentamos el retraso", "es")
    assert apologises("We're sorry it is late", "en")
    assert not apologises("Si se siente mejor así", "es")
    assert not apologises("It is late", "en")


def test_the_better_wording_does_not_inflame_itself():
    for language in ("es", "en"):
        book = lexicon(language)
        for entry in book.entries:
            for text in entry.better.values():
                found = {one.rule for one in check(text, language=language, level="angry")}
                assert entry.rule not in found, text
                assert entry.reason and text


@pytest.mark.parametrize("key", REAL.keys())
def test_no_real_response_inflames(key):
    for variation in REAL.variations(key):
        level = max(variation.level or LEVELS, key=LEVELS.index)
        found = check(variation.text, language=variation.language, level=level)
        assert not found, f"{variation.id}: {[(one.rule, one.text) for one in found]}"


@settings(max_examples=60)
@given(st.text(max_size=300), st.sampled_from(["es", "en", "fr"]), st.sampled_from(LEVELS))
def test_any_text_is_checked_and_spans_fit(text, language, level):
    for finding in check(text, language=language, level=level, previous=[text]):
        assert text[finding.start : finding.end] == finding.text
        assert 0 <= finding.start <= finding.end <= len(text)


@pytest.mark.parametrize(
    "words", ["entiendo que ", "no puedo ", "a", "¡", "a ", "?", "por que no "]
)
def test_a_very_long_text_is_checked_in_a_moment(words):
    started = time.perf_counter()
    check(words * (10_000 // len(words)), language="es", level="angry")
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "text",
    ["", " ", "{order}", "{", "Ваш заказ 4482", "您的订单", "طلبك ٤٤٨٢", "\x00\ud800", "İ" * 50],
)
def test_other_texts_are_no_trouble(text):
    for language in ("es", "en", "fr", ""):
        assert check(text, language=language, level="angry") == []


def test_what_is_far_beyond_a_reply_is_not_read():
    text = "a " * (MAX_READ // 2) + "Cálmese."
    assert "calm_down" not in rules(text)
    assert "calm_down" in rules(text[20:])


def test_a_reply_of_600_characters_is_checked_while_it_is_typed():
    text = ("Su pedido 48213 salió el martes y el transportista lo tiene en Coslada. " * 9)[:599]
    started = time.perf_counter()
    for letter in "abcdefghij":  # a new text each time: nothing is remembered
        check(text + letter, language="es", level="angry")
    assert (time.perf_counter() - started) / 10 < 0.05  # 2 ms on one idle core


def test_an_unknown_level_is_calm():
    assert rules("Cálmese.", level="livid") == {"calm_down"}
    assert rules("Listo!", level="livid") == set()


def test_something_else_is_asked_only_when_the_matter_is_solved():
    def found(solved, level):
        return check("¿Algo más?", language="es", level=level, solved=solved)

    assert found(False, "calm") and found(False, "angry") and found(None, "annoyed")
    assert not found(True, "angry") and not found(None, "calm")


def test_an_agent_may_say_that_they_are_a_person():
    text = "Soy una persona, del equipo de pagos."
    assert "claims_to_be_human" in rules(text)
    assert check(text, language="es", level="angry", by_person=True) == []


def test_a_long_text_is_found_from_its_first_word_too_many():
    text = " ".join(f"a{number}" for number in range(MAX_WORDS + 2))
    (finding,) = check(text, language="es", level="frustrated")
    assert (finding.rule, finding.text) == ("too_long", f"a{MAX_WORDS} a{MAX_WORDS + 1}")
    assert check(text, language="es", level="annoyed") == []


@pytest.mark.parametrize(
    "fact, said",
    [
        ("TRES SEMANAS", "tres semanas"),
        ("TRES SEMANAS SIN MI TV LG 55UJ", "tres semanas sin mi TV lg 55UJ"),
        ("lavadora ROTA", "lavadora rota"),
        ("¡¡5 días!!", "5 días"),
        ("¿el lunes?", "el lunes"),
        ("dos llamadas 😡", "dos llamadas"),
        ("cable HDMI", "cable HDMI"),
        ("REF-1A2B3C", "REF-1A2B3C"),
        ("REF-A1B2C3", "REF-A1B2C3"),
        ("SEUR", "SEUR"),
        ("el lunes 3 a las 09:00", "el lunes 3 a las 09:00"),
        ("!", ""),
    ],
)
def test_what_is_said_back_does_not_shout(fact, said):
    assert quiet(fact, "es") == said
    assert not {"capitals", "exclamation", "emoji", "two_questions"} & rules(quiet(fact, "es"))


def test_the_files_have_no_line_that_training_would_read():
    for path in FOLDER.glob("*.yml"):
        found = re.search(r"^\s*(rules|stories|nlu|responses):", path.read_text("utf-8"), re.M)
        assert not found, path.name


@pytest.mark.parametrize(
    "text, words",
    [
        ("phrases: [{rule: x}]", "needs 'any_of'"),
        ("phrases: [{rule: x, any_of: ['('], reason: y, better: z}]", "no expression"),
        ("phrases: [{rule: x, any_of: [], reason: y, better: z, from: mad}]", "from is 'mad'"),
        ("phrases: [{rule: x, any_of: y, reason: y, better: z}]", "expected a list"),
        ("phrases: []", "checks needs 'exclamation'"),
        ("- 1", "expected a mapping"),
        ("[", "not readable"),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_place(text, words, tmp_path):
    (tmp_path / "es.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"es\.yml") as caught:
        lexicon("es", tmp_path)
    assert words in str(caught.value)
