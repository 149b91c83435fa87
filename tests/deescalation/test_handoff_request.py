"""The request for a person: complete, and nothing in it invented."""

import json
from pathlib import Path

import pytest
import yaml
from talk import after, turn
from test_triggers import CONFIG

from bot.deescalation import records
from bot.deescalation.firing import PRIORITIES, TEAM_OF, TEAMS, TRIGGERS
from bot.deescalation.records import FAILURES
from bot.deescalation.request import TEXTS, handoff_request
from bot.deescalation.steps import StepConfig, decide, decided, firing_of
from bot.deescalation.techniques import TECHNIQUES
from bot.deescalation.topics import ISSUES, MATTERS

pytestmark = pytest.mark.unit

FIELDS = {
    *("trigger", "rule", "evidence", "reason_code", "step", "attempts", "techniques", "offers"),
    *("facts", "issue", "team", "priority", "risk", "language", "register", "misunderstood"),
    *("failure_points", "wants", "tried", "happened", "waiting", "promises"),
}
STEPS = StepConfig.from_config({"triggers": CONFIG})
ANGRY = "llevo tres semanas esperando la olla, pedido 4482, y nadie contesta"
FACTS = {"duration": "tres semanas", "order_number": "4482", "product": "la olla"}


def story(language="es"):
    state = after(turn("late_delivery", "angry", ANGRY, entities=FACTS, language=language))
    state = records.acknowledged(records.attempted(state, "name_the_wait"))
    state = records.offered(state, "reembolso de 34,90 €", name="refund")
    state = after(turn("deny", "angry"), state=state)
    state = after(turn("request_resend", "angry"), state=state)
    state = records.failed(state, "back_office", "resend")
    return decided(state, decide(state, STEPS))


def asked(state=None):
    state = story() if state is None else state
    return handoff_request(state, firing_of(state))


def test_it_has_every_field_and_is_json():
    payload = asked()
    assert set(payload) == FIELDS
    assert json.loads(json.dumps(payload)) == payload


def test_it_tells_what_happened_what_they_want_and_what_was_tried():
    payload = asked()
    assert payload["happened"] == (
        f"Entrega con retraso. Espera: tres semanas; pedido 4482; producto: la olla. «{ANGRY}»."
    )
    assert payload["wants"] == "Que se le vuelva a enviar el pedido."
    assert payload["tried"] == (
        "1 intento de calmar (nombrar la espera). Ofrecido: reembolso de 34,90 € (rechazado). "
        "Falló: el sistema de pedidos y pagos."
    )


def test_it_speaks_the_language_of_the_conversation():
    payload = asked(story("en"))
    assert payload["happened"].startswith("Late delivery. Wait: tres semanas; order 4482")
    assert payload["wants"] == "The order sent again."
    assert payload["language"] == "en"


def test_it_carries_the_reason_with_its_evidence():
    payload = asked()
    assert payload["trigger"] == "system_failed"
    assert payload["reason_code"] == "system_failure"
    assert payload["evidence"] == "back_office: resend"
    assert payload["failure_points"] == ["back_office: resend"]
    assert payload["team"] == "logistics"
    assert payload["priority"] == "high"
    assert payload["offers"] == [{"text": "reembolso de 34,90 €", "status": "refused"}]


def test_a_first_message_has_nothing_invented():
    state = after(turn("ask_human", text="una persona"))
    state = decided(state, decide(state, STEPS))
    payload = asked(state)
    assert payload["happened"] == "Todavía no ha dicho de qué se trata. «una persona»."
    assert payload["wants"] == "Hablar con una persona."
    assert payload["tried"] == "Nada todavía."
    assert payload["facts"] == {}
    assert payload["issue"] is None
    assert payload["team"] == "general"
    assert payload["priority"] == "medium"


def test_an_angry_customer_does_not_wait_behind_a_calm_one():
    state = after(turn("ask_human", "angry"))
    assert asked(decided(state, decide(state, STEPS)))["priority"] == "high"


def test_facts_of_the_caller_win():
    payload = handoff_request(story(), None, {"order": "4483", "email": "a@b.es", "date": None})
    assert payload["facts"]["order"] == "4483"
    assert payload["facts"]["email"] == "a@b.es"
    assert "date" not in payload["facts"]
    assert "a@b.es" not in payload["happened"]
    assert payload["trigger"] == "handoff"


def test_an_empty_conversation_can_be_handed_over():
    payload = handoff_request(after())
    assert set(payload) == FIELDS
    assert payload["happened"] == "Todavía no ha dicho de qué se trata."


def test_a_quick_reply_is_no_quote():
    state = after(turn("late_delivery", text="No ha llegado", choice=True))
    assert state.complaint == ""


def test_risks_add_up_over_the_conversation():
    state = after(turn("churn_threat"))
    state = decided(state, decide(state, STEPS))
    state = after(turn("legal_threat"), state=state)
    state = decided(state, decide(state, STEPS))
    assert asked(state)["risk"] == ["churn", "legal"]


def test_every_team_and_priority_is_one_that_the_desk_knows():
    assert set(TEAM_OF.values()) <= set(TEAMS)
    assert {one.firing.priority for one in TRIGGERS.values()} <= set(PRIORITIES)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_name_has_its_label(language):
    texts = yaml.safe_load(Path(TEXTS).read_text(encoding="utf-8"))[language]
    assert set(texts["issue"]) == set(ISSUES)
    assert set(texts["technique"]) == set(TECHNIQUES)
    assert set(texts["failure"]) == set(FAILURES)
    assert set(texts["matter"]) == MATTERS


def test_what_waits_and_what_was_promised_go_along():
    state = after(turn("late_delivery"), turn("double_charge", text="y un cobro doble"))
    state = records.promised(state, "resend:4482", "sale en un día", "2026-12-01T18:00:00+01:00")
    payload = asked(state)
    assert [one["intent"] for one in payload["waiting"]] == ["late_delivery"]
    assert "un pedido que no llega" in payload["wants"]
    assert payload["promises"] == [
        {"text": "sale en un día", "due": "2026-12-01T18:00:00+01:00", "owner": "bot"}
    ]
