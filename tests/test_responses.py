"""Everything that can be said: complete in both languages, varied, calm, short."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.deescalation.phrasing import Phrasebook, _filled
from bot.deescalation.techniques import TECHNIQUES
from bot.deescalation.topics import ISSUES
from bot.deescalation.turn import LEVELS
from bot.deescalation.variations import Variation
from bot.deescalation.wording import check
from bot.settings import ROOT

pytestmark = pytest.mark.unit

FOLDER = ROOT / "data" / "responses"
BOOK = Phrasebook.from_folder(FOLDER)
KEYS = BOOK.keys()
SPOKEN = [key for key in KEYS if not key.startswith("utter_error_")]

# Every fact that a text may name, with a long value of it.
FACTS = {
    "order": "48213",
    "wait": "tres semanas y media",
    "failing": "la web",
    "filter": "priority",
    "value": "rojo",
    "product": "Juego de sábanas Lino 150",
    "amount": "1189,90 €",
    "contacts": "cuatro llamadas",
    "name": "Lucía",
    "carrier": "Correos Exprés",
    "status": "retenido por el transportista",
    "promised": "28 de septiembre",
    "date": "30 de septiembre",
    "place": "Centro logístico de Coslada",
    "reference": "REF-1A2B3C",
    "field": "presence",
    "host": "crm.example",
    "id": "1",
    "shortest": "8",
    "share": "62 %",
    "position": "12",
    "minutes": "5 a 10",
    "opens": "el lunes 3 de noviembre a las 09:00",
    "agent": "Marta Ruiz",
    "team": "atención al cliente",
    "limit": "150,00 €",
    "agreed": "reenviar el pedido 48213 y devolver los gastos de envío",
    "promises": "una llamada antes del 3 de noviembre",
    "charges": "89,90 € (27 de septiembre) y 89,90 € (27 de septiembre)",
    "voucher": "10,00 €",
    "number": "3",
    "reason": "VAL-1A2B3C",
    "a": "un pedido que no llega",
    "b": "un cobro que no cuadra",
    "line": "024",
    "emergency": "112",
    "seconds": "30",
    "scope": "tickets:read",
    "accepted": "solved, refunded",
    "said": "y cuándo llega lo mío",
    "title": "Cambiar la dirección de entrega",
    "updated": "30 de septiembre de 2026",
    "passage": " ".join(["palabra"] * 25) + " final.",
    "email": "l***@ejemplo.es",
    "address": "Calle del Doctor Esquerdo 112, 4.º izquierda, 28007 Madrid",
    "invoice": "F-2026-48213",
    "service": "el seguimiento de envíos",
    "since": "26 de noviembre, 09:40",
    "until": "26 de noviembre, 13:30",
    "delivered": "14 de octubre",
    "next": "el lunes 3 de noviembre a las 09:00",
    "longest": "30",
    "owner": "Marta Ruiz",
    "transfers": "1",
    "booking": "B-1A2B3C",
    "law": "si la respuesta no le parece correcta, puede acudir a la oficina del consumidor",
}

# Facts that are always known when the response is said; others may be missing.
ALWAYS = {
    "utter_charges_double": {"order", "charges", "amount"},
    "utter_charges_single": {"order", "charges"},
    "utter_charges_reported": {"order", "charges"},
    "utter_refund_confirm": {"order", "amount"},
    "utter_resume": {"agreed"},
    "utter_offer_article": {"title", "updated", "passage"},
    "utter_cancel_confirm": {"order", "product", "amount", "status"},
    "utter_cancel_done": {"order", "product", "amount", "reference"},
    "utter_cancel_shipped": {"order", "product", "amount", "status"},
    "utter_address_done": {"order", "product", "address"},
    "utter_address_shipped": {"order", "product", "status"},
    "utter_return_label": {"order", "product", "reference"},
    "utter_return_too_late": {"order", "product", "limit"},
    "utter_return_not_delivered": {"order", "product", "status"},
    "utter_outage": {"service", "since", "until"},
    "utter_outage_open": {"service", "since"},
    "utter_case_opened": {"reference"},
    "utter_invoice_sent": {"order", "product", "invoice"},
    "utter_invoice_not_yet": {"order", "product", "status"},
    "utter_access_sent": {"email"},
    "utter_offer_only_resend": {"order", "product", "amount"},
    "utter_offer_only_refund": {"order", "product", "amount"},
    "utter_refund_partial": {"amount", "reference"},
    "utter_charges_held": {"order", "charges", "amount"},
    "utter_notice_update_queued": {"reference", "team"},
    "utter_notice_update_open": {"reference", "team", "agent"},
    "utter_notice_survey": {"reference"},
    "utter_notice_survey_reminder": {"reference"},
    "utter_notice_survey_low": {"reference"},
    "utter_notice_follow_up": {"reference"},
    "utter_notice_law": {"reference", "law"},
    "utter_notice_refund_booked": {"amount", "booking"},
    "utter_notice_voucher_booked": {"amount", "booking"},
    "utter_notice_resend_booked": {"booking"},
    "utter_notice_transferred_agent": {"agent", "reference", "team"},
    "utter_notice_transferred_team": {"team", "reference"},
}

# A long, angry conversation must not run dry of these.
OFTEN = (
    "utter_acknowledge",
    "utter_deescalate",
    "utter_reask",
    "utter_offer_person",
    "utter_not_solved",
    "utter_delivery_late",
)

# Said in the customer's own register, not only without one.
IN_REGISTER = (
    "utter_acknowledge",
    "utter_deescalate",
    "utter_boundary",
    "utter_offer_person",
    "utter_handoff",
    "utter_ask_order_number",
    "utter_ask_proof",
    "utter_delivery_late",
    "utter_refund_confirm",
    "utter_refund_done",
    "utter_resume",
)

# While listening there is no menu; fixed safety texts stand alone.
BARE = ("utter_acknowledge", "utter_deescalate", "utter_safety_self_harm", "utter_safety_violence")

INTERNAL = {"utter_action", "utter_message"}  # names in the code that are no responses
BAD_AFTER = re.compile(r"\b(?:de|a) \{[ab]\}")  # "de el estado de un pedido"


def of(key: str, language: str, *registers: str) -> list[Variation]:
    """Return a response's variations in a language that fit one of the registers."""
    fitting = registers or ("any", "usted", "tu", "vos")
    return [
        one for one in BOOK.variations(key) if one.language == language and one.register in fitting
    ]


def always(key: str) -> set[str]:
    """Return the facts that are known whenever a response is said; an error comes with its own."""
    if key.startswith("utter_error_"):
        return {fact for one in BOOK.variations(key) for fact in one.placeholders}
    return ALWAYS.get(key, set())


def keys_in_use() -> set[str]:
    """Return every response that code, rules, stories or the domain name."""
    places = [ROOT / "domain.yml", ROOT / "config.yml"]
    for folder in ("actions", "bot", "data/rules", "data/stories"):
        places += [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.yml")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in places if path.exists())
    found = set(re.findall(r"\butter_[a-z][a-z_]*[a-z]\b", text))
    return found - INTERNAL - {"utter_error", "utter_notice", "utter_safety"}


def test_everything_that_is_said_is_written():
    assert keys_in_use() - set(KEYS) == set()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)
def test_rasa_can_read_the_file(path):
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["version"] == "3.1"


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_and_one_text_that_always_fits(key):
    for language in ("es", "en"):
        known = [
            one for one in of(key, language, "any", "usted") if set(one.placeholders) <= always(key)
        ]
        assert known, f"{key} has nothing to say in {language} when no fact is known"


@pytest.mark.parametrize("key", SPOKEN)
def test_enough_ways_to_say_it(key):
    if all(one.repeat for one in BOOK.variations(key)) or key == "utter_notice_welcome":
        return  # fixed texts, and the one said at the start
    spanish, english = (8, 5) if key in OFTEN else (4, 3)
    assert len(of(key, "es", "any", "usted")) >= spanish
    assert len(of(key, "es", "any", "tu")) >= spanish
    assert len(of(key, "es", "any", "vos")) >= spanish
    assert len(of(key, "en")) >= english


@pytest.mark.parametrize("key", IN_REGISTER)
def test_the_commonest_are_said_in_every_register(key):
    for register in ("usted", "tu", "vos"):
        assert len(of(key, "es", register)) >= (1 if key == "utter_resume" else 2), register


@pytest.mark.parametrize("key", KEYS)
def test_only_known_facts_techniques_and_issues(key):
    for one in BOOK.variations(key):
        assert set(one.placeholders) <= set(FACTS), one.id
        assert one.technique is None or one.technique in TECHNIQUES, one.id
        assert set(one.issue) <= set(ISSUES), one.id
        if one.technique and one.last:
            assert TECHNIQUES[one.technique].last == one.last, one.id


@pytest.mark.parametrize("key", KEYS)
def test_wording_is_calm_at_every_level(key):
    for one in BOOK.variations(key):
        phrase = _filled(one, FACTS)
        for level in one.level or LEVELS:
            found = check(phrase.text, language=one.language, level=level)
            assert not found, [(one.id, each.rule, each.text) for each in found]
        for button in phrase.buttons:
            assert not check(button["title"], language=one.language, level="angry"), one.id


@pytest.mark.parametrize("key", KEYS)
def test_short_one_question_no_shouting(key):
    for one in BOOK.variations(key):
        text = _filled(one, FACTS).text
        assert len(text.split()) <= 45, one.id
        assert text.count("?") <= 1, one.id
        assert not re.search(r"[!¡\U0001f300-\U0001faff]", text), one.id
        assert text.count("¿") == (text.count("?") if one.language == "es" else 0), one.id


@pytest.mark.parametrize("key", BARE)
def test_no_menu_while_listening(key):
    for one in BOOK.variations(key):
        assert not one.buttons
        if key != "utter_deescalate":
            assert "?" not in one.text


@pytest.mark.parametrize("key", KEYS)
def test_buttons_are_short_and_one_is_a_person_or_a_yes_and_no(key):
    for one in BOOK.variations(key):
        payloads = {button["payload"] for button in one.buttons}
        assert not payloads or "/ask_human" in payloads or payloads == {"/affirm", "/deny"}
        assert all(len(button["title"]) <= 28 for button in one.buttons), one.id


@pytest.mark.parametrize("key", KEYS)
def test_the_same_buttons_in_every_variation(key):
    seen = {tuple(button["payload"] for button in one.buttons) for one in BOOK.variations(key)}
    assert len(seen) == 1


@pytest.mark.parametrize("key", SPOKEN)
def test_no_text_twice_for_the_same_customer(key):
    for register in ("usted", "tu", "vos"):
        texts = [one.text.lower() for one in of(key, "es", "any", register)]
        assert len(set(texts)) == len(texts)
    texts = [one.text.lower() for one in of(key, "en")]
    assert len(set(texts)) == len(texts)


def test_most_acknowledgements_do_without_an_apology():
    for key in ("utter_acknowledge", "utter_deescalate"):
        for language in ("es", "en"):
            regretful = [one for one in of(key, language) if one.apology]
            assert regretful
            assert len(regretful) <= len(of(key, language)) / 4


def test_after_the_one_apology_there_is_still_something_to_say():
    for issue in (None, *ISSUES):
        for language in ("es", "en"):
            assert BOOK.choose(
                "utter_acknowledge",
                language=language,
                level="angry",
                issue=issue,
                apologised=True,
            )


@pytest.mark.parametrize("register", ["usted", "tu", "vos"])
@pytest.mark.parametrize("key", OFTEN)
def test_a_long_conversation_keeps_its_register(key, register):
    said: list[str] = []
    for _ in range(8):
        phrase = BOOK.choose(
            key,
            language="es",
            register=register,
            level="angry",
            issue="late_delivery",
            facts=FACTS,
            said=said,
        )
        assert phrase, f"nothing left after {len(said)} times"
        chosen = next(one for one in BOOK.variations(key) if one.id == phrase.id)
        assert chosen.register in ("any", register)
        said += [phrase.id, phrase.text]


@pytest.mark.parametrize("fact", ["wait", "order", "contacts"])
@pytest.mark.parametrize("issue", [None, *ISSUES])
@pytest.mark.parametrize("language", ["es", "en"])
def test_an_acknowledgement_names_the_fact_that_is_known(language, issue, fact):
    for register in ("usted", "tu", "vos"):
        phrase = BOOK.choose(
            "utter_acknowledge",
            language=language,
            register=register,
            level="angry",
            issue=issue,
            facts={fact: FACTS[fact]},
        )
        assert phrase is not None
        assert fact in phrase.facts, phrase.text


def test_a_topic_is_never_said_after_an_article_eater():
    for one in BOOK.variations("utter_reask"):
        assert not (one.language == "es" and BAD_AFTER.search(one.text)), one.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_says_that_it_is_automatic(language):
    words = re.compile(r"automátic|\bbot\b|programa|automatic|program", re.IGNORECASE)
    for key in ("utter_notice_welcome", "utter_bot_challenge"):
        for one in of(key, language):
            assert words.search(one.text), one.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_safety_texts_name_the_line_and_ask_nothing(language):
    for key, fact in (("utter_safety_self_harm", "line"), ("utter_safety_violence", "emergency")):
        phrase = BOOK.choose(
            key, language=language, level="angry", facts={"line": "024", "emergency": "112"}
        )
        assert phrase is not None
        assert fact in phrase.facts
        assert phrase.repeat
