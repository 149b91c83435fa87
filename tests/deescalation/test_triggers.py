"""Every trigger: one row that fires, and its calm twin that does not."""

from pathlib import Path

import pytest
import yaml
from talk import after, turn

from bot.deescalation import records
from bot.deescalation.firing import ACTS, ORDER, PRIORITIES, TEAMS
from bot.deescalation.state import ConversationState, History, handed_back
from bot.deescalation.triggers import TRIGGERS, UnknownTrigger, enabled, fired
from bot.errors import ConfigError

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]

CONFIG = {
    "self_harm": {"confidence": 0.4},
    "violence_threat": {"confidence": 0.5},
    "emergency": {"confidence": 0.5, "cues": ["outage"], "surely": 0.9},
    "explicit_request": {"confidence": 0.5},
    "accepted_person": {},
    "unsupported_language": {"languages": ["es", "en"], "words": 4},
    "legal_threat": {"confidence": 0.6},
    "press_threat": {"confidence": 0.6},
    "formal_complaint": {"confidence": 0.6},
    "data_rights": {"confidence": 0.6},
    "account_fraud": {"cues": ["account_misuse"], "confidence": 0.5},
    "severe_failure": {"cues": ["outage"]},
    "out_of_authority": {},
    "always_person": {"issues": ["policy", "billing"]},
    "system_failed": {},
    "identity_failed": {"times": 2},
    "churn_threat": {"confidence": 0.6},
    "repeated_contact": {"confidence": 0.6},
    "second_contact": {"times": 2, "days": 7},
    "frequent_contact": {"times": 3, "days": 7},
    "special_care": {"care": ["vip"], "cues": ["vulnerable"]},
    "many_contacts": {"times": 3},
    "abuse_after_boundary": {"confidence": 0.6},
    "anger_not_lower": {"attempts": 2, "drop": 0.15},
    "attempts_spent": {"attempts": 2},
    "falling_mood": {"turns": 3, "rise": 0.25, "reaches": 0.4},
    "strong_emotion": {"level": "frustrated", "cues": ["ignored"]},
    "stated_problem": {"complaint": "annoyed", "wish": "annoyed", "complaining": 0.9},
    "tone_change": {"turns": 2},
    "very_angry": {"level": "angry"},
    "first_abuse": {"confidence": 0.6},
    "about_to_repeat": {"times": 2},
    "not_understood": {"times": 3},
    "not_understood_twice": {"times": 2},
    "half_understood": {"times": 2, "below": 0.6},
    "repeated_complaint": {"times": 2, "similarity": 0.6},
    "no_progress": {"turns": 8, "minutes": 6},
}


def said(intent, confidence=0.9, **more):
    return after(turn(intent, confidence=confidence, **more))


def calmed(*levels, last="vent", offer=""):
    """A conversation whose turns were each answered by an attempt, but for the last."""
    state = ConversationState()
    for level in levels[:-1]:
        state = records.attempted(after(turn("late_delivery", level), state=state))
    state = records.offered(state, "otro envío", name=offer) if offer else state
    return after(turn(last, levels[-1]), state=state)


def failing(*kinds):
    state = said("late_delivery")
    for kind in kinds:
        state = records.failed(state, kind, "refund")
    return state


def moods(*scores):
    return after(*(turn("vent", score=score) for score in scores))


def offered(answer):
    return after(answer, state=records.offered(said("vent"), "una persona", name="person"))


def bounded(intent):
    return after(intent, state=records.bounded_abuse(said("abuse")))


def answered(*keys, then):
    state = ConversationState()
    for key in keys:
        state = after("order_status", state=state)
        state = ConversationState(**{**vars(state), "responses": (*state.responses, key)})
    return after(then, state=state)


def known(intent="late_delivery", *, contacts=(), care=(), **more):
    return said(intent, history=History(contacts, len(contacts), care), **more)


def clocked(*minutes):
    return after(*(turn("store_info", at=60 * (1 + minute)) for minute in minutes))


def given_back(state, **note):
    """The same after a person had it, through the slot in which the engine keeps it."""
    back = handed_back(records.handed_off(state), note)
    return ConversationState.from_dict(back.to_dict())


OFTEN = known(contacts=[(1, "late_delivery"), (6, "late_delivery")])
SAME = "mi pedido de la olla no ha llegado"

ROWS = [
    ("self_harm", said("self_harm", 0.45), said("self_harm", 0.3)),
    ("violence_threat", said("violence_threat"), said("vent", level="angry")),
    ("emergency", said("emergency"), said("vent", level="angry")),
    (
        "emergency",
        said("emergency", 0.95, cues=("outage",)),
        said("emergency", 0.7, cues=("outage",)),  # all tills down is not yet an accident
    ),
    ("explicit_request", said("ask_human", 0.55), said("ask_human", 0.4)),
    ("accepted_person", offered("affirm"), offered("deny")),
    ("accepted_person", offered("ask_human"), said("affirm")),
    (
        "unsupported_language",
        said("nlu_fallback", text="on est mardi et rien", language="fr"),
        said("nlu_fallback", text="on est mardi et rien", language="en"),
    ),
    (
        "unsupported_language",
        said("nlu_fallback", text="bona tarda a tothom", language="ca"),
        said("greet", text="bona tarda", language="ca"),
    ),
    (
        "explicit_request",
        said("request_refund", also=[("ask_human", 0.96)]),
        said("request_refund", also=[("ask_human", 0.3)]),
    ),
    ("legal_threat", said("legal_threat"), said("legal_threat", 0.5)),
    ("press_threat", said("press_threat"), said("press_threat", 0.5)),
    ("formal_complaint", said("formal_complaint"), said("formal_complaint", 0.5)),
    ("data_rights", said("data_rights"), said("account_access")),
    ("account_fraud", said("vent", cues=("account_misuse",)), said("vent", cues=("fraud",))),
    ("account_fraud", said("account_fraud"), said("wrong_charge")),
    (
        "severe_failure",
        said("technical_problem", cues=("outage",)),
        said("technical_problem", cues=("demand",)),
    ),
    (
        "always_person",
        records.failed(said("policy_exception"), "person_decides", "an exception"),
        records.failed(said("late_delivery"), "person_decides", "an exception"),
    ),
    ("out_of_authority", failing("out_of_authority"), failing("back_office")),
    ("system_failed", failing("back_office"), failing("out_of_authority")),
    ("system_failed", failing("action_timeout"), failing()),
    ("identity_failed", failing("identity_failed", "identity_failed"), failing("identity_failed")),
    ("churn_threat", said("churn_threat"), said("cancel_order")),
    ("repeated_contact", said("repeated_contact"), said("repeated_contact", 0.5)),
    (
        "second_contact",
        known(contacts=[(2, "late_delivery")]),
        known(contacts=[(9, "late_delivery")]),
    ),
    (
        "frequent_contact",
        known("double_charge", contacts=[(1, "billing"), (6, "double_charge")]),
        known("double_charge", contacts=[(1, "billing"), (8, "double_charge")]),
    ),
    ("frequent_contact", OFTEN, after("late_delivery", state=given_back(OFTEN))),
    ("frequent_contact", OFTEN, after("late_delivery", state=given_back(OFTEN, agreed="mañana"))),
    ("special_care", known(care=["vip"]), known("greet", care=["vip"])),
    (
        "special_care",
        said("late_delivery", cues=("vulnerable",)),
        records.offered(said("late_delivery", cues=("vulnerable",)), "una", name="person"),
    ),
    (
        "many_contacts",
        said("late_delivery", entities={"contacts": "la tercera vez"}),
        said("late_delivery", entities={"contacts": "dos llamadas"}),
    ),
    ("abuse_after_boundary", bounded("abuse"), bounded("late_delivery")),
    ("anger_not_lower", calmed("angry", "angry", "angry"), calmed("angry", "angry", "calm")),
    ("anger_not_lower", calmed("angry", "angry", "angry"), calmed("angry", "angry")),
    (
        "anger_not_lower",
        calmed("angry", "angry", "angry"),
        calmed("angry", "angry", "angry", last="affirm"),
    ),
    (
        "anger_not_lower",
        calmed("angry", "angry", "angry"),
        calmed("angry", "angry", "angry", last="request_resend", offer="resend"),
    ),
    (
        "anger_not_lower",
        calmed("frustrated", "angry", "frustrated"),
        calmed("angry", "annoyed", "frustrated"),
    ),
    (
        "attempts_spent",
        calmed("angry", "annoyed", "frustrated"),
        calmed("angry", "annoyed", "annoyed"),
    ),
    ("falling_mood", moods(0.2, 0.4, 0.6), moods(0.2, 0.4, 0.3)),
    ("falling_mood", moods(0.9, 0.2, 0.4, 0.6), moods(0.4, 0.5, 0.6)),
    ("falling_mood", moods(0.1, 0.2, 0.4), moods(0.2, 0.6)),
    ("falling_mood", moods(0.0, 0.28, 0.4), moods(0.0, 0.28, 0.3)),
    ("strong_emotion", said("late_delivery", level="frustrated"), said("vent", level="annoyed")),
    (
        "self_harm",
        after(turn("nlu_fallback", also=[("self_harm", 0.65)])),
        after(turn("nlu_fallback", also=[("self_harm", 0.1)])),
    ),
    (
        "explicit_request",
        after(turn("nlu_fallback", also=[("ask_human", 0.65)])),
        after(turn("late_delivery", also=[("ask_human", 0.65)])),
    ),
    (
        "strong_emotion",
        said("store_info", level="annoyed", cues=("ignored",)),
        said("store_info", level="calm", cues=("ignored",)),
    ),
    (
        "stated_problem",
        said("late_delivery", level="annoyed"),
        after("late_delivery", turn("late_delivery", "annoyed")),
    ),
    ("stated_problem", said("late_delivery", level="annoyed"), said("late_delivery")),
    (
        "stated_problem",
        after(turn("request_refund", "annoyed", entities={"amount": "40 euros"})),
        said("request_refund", level="annoyed"),
    ),
    (
        "tone_change",
        after("greet", "order_status", turn("not_solved", "annoyed")),
        after("order_status", turn("not_solved", "annoyed"), turn("not_solved", "annoyed")),
    ),
    ("very_angry", said("vent", level="angry"), said("vent", level="frustrated")),
    ("first_abuse", said("abuse"), bounded("abuse")),
    ("about_to_repeat", failing("repeats_itself"), failing("back_office")),
    (
        "about_to_repeat",
        answered("utter_x", "utter_x", then="order_status"),
        answered("utter_x", "utter_y", then="order_status"),
    ),
    (
        "about_to_repeat",
        answered("utter_x", "utter_x", then="order_status"),
        answered("utter_thanks", "utter_thanks", then="thanks"),
    ),
    (
        "not_understood",
        after("nlu_fallback", "nlu_fallback", "nlu_fallback"),
        after("nlu_fallback", "nlu_fallback", "greet", "nlu_fallback"),
    ),
    (
        "not_understood_twice",
        after("nlu_fallback", "nlu_fallback"),
        after("nlu_fallback"),
    ),
    (
        "half_understood",
        after("nlu_fallback", turn("vent", confidence=0.5), "nlu_fallback"),
        after("nlu_fallback", turn("vent", confidence=0.5), "late_delivery"),
    ),
    (
        "repeated_complaint",
        after("late_delivery", "late_delivery"),
        after("late_delivery", turn("late_delivery", entities={"order_number": "4482"})),
    ),
    (
        "repeated_complaint",
        after(turn("vent", text=SAME), turn("order_status", text=f"{SAME} hoy")),
        after(turn("vent", text=SAME), turn("order_status", text="¿dónde está la caja azul?")),
    ),
    ("repeated_complaint", after("not_solved", "not_solved"), after("late_delivery", "not_solved")),
    ("no_progress", after(*["store_info"] * 8), after(*["store_info"] * 7)),
    ("no_progress", clocked(0, 1, 3, 7), clocked(0, 1, 3, 5)),
    ("no_progress", clocked(0, 1, 3, 7), clocked(0, 9)),
]


def names(state, config=CONFIG):
    return [firing.trigger for firing in fired(state, config)]


@pytest.mark.parametrize(
    "name, yes, no", ROWS, ids=[f"{number} {row[0]}" for number, row in enumerate(ROWS)]
)
def test_a_trigger_fires_and_its_calm_twin_does_not(name, yes, no):
    only = {name: CONFIG[name]}
    assert names(yes, only) == [name]
    assert names(no, only) == []


def test_every_trigger_has_a_row_and_a_line():
    assert {row[0] for row in ROWS} == set(TRIGGERS) == set(CONFIG)


@pytest.mark.parametrize("name", sorted(TRIGGERS))
def test_every_trigger_tells_the_agent_why(name):
    found = TRIGGERS[name]
    assert found.why.endswith("."), f"{name} needs a docstring: agents read its first line"
    assert found.group in ORDER
    assert found.firing.act in ACTS
    assert found.firing.priority in PRIORITIES
    assert found.firing.team in (None, *TEAMS)
    assert found.firing.reason_code


def test_reason_codes_are_one_per_trigger():
    codes = [found.firing.reason_code for found in TRIGGERS.values()]
    assert len(codes) == len(set(codes))


def test_nothing_fires_in_a_calm_conversation():
    calm = after(
        turn("greet", text="hola"),
        turn("order_status", text="¿dónde está mi pedido?"),
        turn("inform", text="4482", entities={"order_number": "4482"}),
        turn("thanks", text="gracias"),
        turn("bye", text="adiós"),
    )
    assert names(calm) == []
    assert names(ConversationState()) == []


def test_safety_comes_before_a_request_before_the_law_before_counts():
    state = records.failed(after(turn("self_harm", "angry")), "repeats_itself")
    assert names(state)[0] == "self_harm"
    assert names(state)[-1] == "about_to_repeat"
    assert [one.trigger.group for one in enabled(dict(reversed(CONFIG.items())))] == sorted(
        (found.group for found in TRIGGERS.values()), key=ORDER.index
    )


def test_a_firing_quotes_the_customer_and_names_the_rule():
    text = "que me ponga con una persona"
    firing = fired(said("ask_human", text=text), CONFIG)[0]
    assert firing.evidence == text
    assert firing.rule == "explicit_request(confidence=0.5)"
    assert firing.reason_code == "asked_for_person"


def test_a_counted_trigger_says_what_it_counted():
    firing = fired(moods(0.2, 0.4, 0.6), {"falling_mood": CONFIG["falling_mood"]})[0]
    assert firing.evidence == "0.20 → 0.40 → 0.60"


def test_a_line_may_change_act_priority_and_team():
    config = {"churn_threat": {"confidence": 0.6, "act": "handoff", "team": "managers"}}
    firing = fired(said("churn_threat"), config)[0]
    assert (firing.act, firing.team) == ("handoff", "managers")


@pytest.mark.parametrize(
    "config, error, words",
    [
        ({"explicit_reqest": {}}, UnknownTrigger, "Did you mean 'explicit_request'?"),
        ({"explicit_request": {}}, ConfigError, "needs 'confidence'"),
        ({"explicit_request": {"confidense": 0.5}}, ConfigError, "Did you mean 'confidence'?"),
        ({"explicit_request": {"confidence": 1.5}}, ConfigError, "accepted: 0 to 1"),
        ({"explicit_request": {"confidence": "high"}}, ConfigError, "expected float"),
        ({"not_understood": {"times": 0}}, ConfigError, "accepted: 1 to 100"),
        ({"not_understood": {"times": True}}, ConfigError, "expected int"),
        ({"not_understood": {"times": 2.5}}, ConfigError, "expected int"),
        ({"account_fraud": {"cues": "x", "confidence": 0.5}}, ConfigError, "list of names"),
        ({"very_angry": {"level": "furious"}}, ConfigError, "Accepted: angry"),
        ({"churn_threat": {"confidence": 0.6, "act": "ofer"}}, ConfigError, "'offer'"),
        ({"churn_threat": {"confidence": 0.6, "team": "sales"}}, ConfigError, "Accepted:"),
        ({"churn_threat": {"confidence": 0.6, "priority": 1}}, ConfigError, "Accepted:"),
    ],
)
def test_a_wrong_line_is_refused_with_the_way_out(config, error, words):
    with pytest.raises(error, match=r"config\.yml") as caught:
        enabled(config)
    assert words in str(caught.value)


def test_the_configuration_file_switches_every_trigger_on():
    path = ROOT / "config.yml"
    if not path.exists():
        pytest.skip("config.yml is not there yet")
    policies = yaml.safe_load(path.read_text(encoding="utf-8"))["policies"]
    ours = next(one for one in policies if one["name"].endswith("DeescalationPolicy"))
    assert set(ours["triggers"]) == set(TRIGGERS)
    enabled(ours["triggers"])
