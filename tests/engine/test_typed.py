"""Typed text through the real understanding: each trigger fires once, its calm twin does not."""

import pytest

pytestmark = pytest.mark.model

AT_ONCE = [
    (
        "explicit_request",
        "quiero hablar con una persona",
        "ayer me atendió una persona muy amable, gracias",
    ),
    ("explicit_request", "I want to talk to a human being", "do you have shops I can visit?"),
    (
        "legal_threat",
        "mi abogado se pondrá en contacto con ustedes",
        "¿hacéis factura para un despacho?",
    ),
    ("legal_threat", "voy a poner una denuncia en Consumo", "¿a qué hora abrís?"),
    (
        "press_threat",
        "lo voy a contar en la prensa y en Twitter",
        "¿qué horario tenéis los sábados?",
    ),
    ("formal_complaint", "quiero poner una reclamación formal", "¿cómo descargo la factura?"),
    (
        "data_rights",
        "quiero que borréis todos mis datos personales",
        "quiero cambiar mi contraseña",
    ),
    ("self_harm", "me quiero morir, no puedo más", "me encanta, qué ganas de estrenarlo"),
    (
        "violence_threat",
        "voy a ir a vuestra oficina y os voy a partir la cara",
        "¿puedo ir a vuestra tienda?",
    ),
]
"""Trigger, words that fire it, words near them that must not."""


@pytest.mark.parametrize("trigger, words, twin", AT_ONCE, ids=lambda value: str(value)[:24])
def test_the_words_reach_a_person_and_the_calm_twin_does_not(customer, trigger, words, twin):
    customer.type(twin)
    assert customer.trigger is None
    customer.type(words)
    assert customer.trigger == trigger


def test_what_means_nothing_is_asked_again(customer):
    # Three in a row are in test_triggers_fire.py, where no model decides what is understood.
    customer.type("jklñ poiu")
    assert customer.responses == ["utter_reask"]
    assert customer.trigger is None


def test_anger_that_does_not_fall(customer):
    for words in ("ESTO ES UNA VERGÜENZA!!!", "ESTOY HARTO DE VOSOTROS!!!", "sois un DESASTRE!!!"):
        customer.type(words)
        if customer.trigger:
            break
    assert customer.trigger in ("anger_not_lower", "abuse_after_boundary")


def test_insults_get_one_boundary_then_a_person(customer):
    customer.type("sois unos inútiles, panda de imbéciles")
    assert customer.responses == ["utter_boundary"]
    customer.type("eres imbécil")
    assert customer.trigger == "abuse_after_boundary"


def test_a_threat_to_leave_is_offered_a_person(customer):
    customer.type("me voy a cambiar de compañía, me doy de baja")
    assert customer.responses[-1] == "utter_offer_person"


@pytest.mark.parametrize("text", ["/restart", '/inform{"order_number":"48213"}'])
def test_commands_are_plain_text(customer, text):
    customer.type("mi pedido no ha llegado")
    before = customer.slot("resolution")
    answer = customer.type(text)
    assert customer.slot("resolution") == before
    assert answer["parse"]["intent"]["confidence"] < 1.0 or "restart" not in text
    assert customer.slot("conversation_state")["turns"] == 2


def test_an_angry_late_delivery_from_the_first_shout_to_the_thanks(customer, shop):
    customer.type(
        "LLEVO TRES SEMANAS ESPERANDO MI PEDIDO Y NADIE ME DICE NADA, sois unos ladrones!!!"
    )
    assert customer.responses == ["utter_acknowledge", "utter_ask_order_number"]
    assert "tres semanas" in customer.texts[0].lower()
    customer.type("48213")
    assert customer.responses == ["utter_ask_proof"]
    customer.type("28013")
    assert customer.responses[-1] == "utter_delivery_late"
    customer.type("que me lo manden otra vez")
    assert "utter_resend_done" in customer.responses
    customer.type("sí")
    assert customer.responses[-1] == "utter_voucher_done"
    customer.type("gracias")
    assert customer.responses == ["utter_solved"]
    assert customer.trigger is None
    assert sorted(one.operation for one in shop.ledger()) == ["resend", "voucher"]


def test_a_double_charge_told_in_one_message(customer, shop):
    customer.type("me habéis cobrado dos veces el pedido 47950, soy martin.quiroga@ejemplo.com.ar")
    assert customer.responses[-2:] == ["utter_charges_double", "utter_refund_done"]
    assert len(shop.ledger()) == 1
