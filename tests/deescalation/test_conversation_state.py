"""The state: what it remembers, that it stays bounded, and that it survives JSON."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talk import after, turn

from bot.deescalation import records
from bot.deescalation.conversation import MAX_BYTES, size
from bot.deescalation.facts import count_in, names_order, sayable
from bot.deescalation.firing import Firing
from bot.deescalation.phrasing import Phrase
from bot.deescalation.state import ConversationState, CustomerTurn, advance, handed_back
from bot.deescalation.steps import Decision, decided
from bot.deescalation.topics import COMPLAINTS, ISSUE_OF, ISSUES, MATTERS, TOPICS
from bot.deescalation.turn import History

pytestmark = pytest.mark.unit

PHRASE = Phrase("x_es_1", "utter_x", "Son tres semanas.", technique="name_the_wait")


def test_a_turn_is_counted_once_however_often_it_comes():
    one = turn("late_delivery", "angry")
    state = after(one)
    assert advance(state, one) == state
    assert advance(advance(state, turn("inform")), one).turns == 2


def test_advance_changes_nothing_in_place():
    state = after("late_delivery")
    before = state.to_dict()
    advance(state, turn("inform", entities={"order_number": "4482"}))
    assert state.to_dict() == before


def test_a_hand_back_is_not_something_the_customer_said():
    state = after("late_delivery")
    assert advance(state, turn("hand_back")) == state


def test_facts_are_kept_in_the_customers_own_words():
    given = {"duration": "tres semanas", "product": "la olla"}
    state = after(turn("late_delivery", entities=given))
    assert {name: fact.value for name, fact in state.facts.items()} == {
        "wait": "tres semanas",
        "product": "la olla",
    }


@pytest.mark.parametrize(
    "text, duration, wait",
    [
        ("llevo tres semanas esperando", "tres semanas", "tres semanas"),
        ("me dijisteis 48 horas", "48 horas", None),
        ("me dijeron que llegaba en dos días", "dos días", None),
        ("You said three days", "three days", None),
        ("LLEVO TRES SEMANAS YA", "TRES SEMANAS", "tres semanas"),
        ("tres semanas y me dijisteis 48 horas", ("tres semanas", "48 horas"), "tres semanas"),
    ],
)
def test_a_promised_delay_is_not_the_customers_wait_and_shouting_is_not_kept(text, duration, wait):
    state = after(turn("late_delivery", text=text, entities={"duration": duration}))
    assert (state.facts["wait"].value if wait else state.facts.get("wait")) == wait


def test_the_newest_of_two_contradicting_facts_wins():
    state = after(
        turn("late_delivery", entities={"order_number": "4482"}),
        turn("inform", entities={"order_number": ["4482", "4483"]}),
    )
    assert state.facts["order"].value == "4483"
    assert state.new_facts


def test_a_fact_said_again_is_not_new():
    given = {"order_number": "4482"}
    state = after(turn("late_delivery", entities=given), turn("inform", entities=given))
    assert not state.new_facts


def test_words_of_one_language_are_not_said_in_another():
    given = {"duration": "tres semanas", "order_number": "44"}
    state = after(turn("late_delivery", entities=given))
    assert sayable(state.facts, "en") == {"order": "44"}
    assert sayable(state.facts, "es", told=["order"]) == {"wait": "tres semanas"}


@pytest.mark.parametrize(
    "turns, expected",
    [
        pytest.param([turn("nlu_fallback")], 1, id="once"),
        pytest.param([turn("nlu_fallback")] * 1 + [turn("nlu_fallback")], 2, id="twice"),
        pytest.param([turn("nlu_fallback"), turn("late_delivery")], 0, id="then understood"),
        pytest.param(
            [turn("nlu_fallback", entities={"order_number": "4482"})], 0, id="but it gave a fact"
        ),
        pytest.param([turn("nlu_fallback", choice=True)], 0, id="a quick reply"),
    ],
)
def test_misunderstandings_are_counted_in_a_row(turns, expected):
    assert after(*turns).misunderstood == expected


def test_bare_data_and_quick_replies_do_not_count_as_calm():
    state = after(
        turn("late_delivery", "angry"),
        turn("inform", entities={"order_number": "4482"}),
        turn("request_refund", choice=True),
    )
    assert state.heated
    assert len(state.moods) == 1
    assert len(state.frustration) == 3


def test_heat_cools_only_when_the_customer_is_calm():
    annoyed = after(turn("vent", "angry"), turn("late_delivery", "annoyed"))
    calm = after(turn("vent", "angry"), turn("late_delivery", "calm"))
    assert annoyed.heated
    assert not calm.heated


@pytest.mark.parametrize(
    "turns, expected",
    [
        pytest.param([("es", "hola qué tal")], "es", id="Spanish"),
        pytest.param([("en", "hi")], "en", id="first words decide"),
        pytest.param([("es", "hola"), ("en", "ok")], "es", id="a word does not switch"),
        pytest.param([("es", "hola"), ("en", "in English please")], "en", id="a sentence does"),
        pytest.param([("fr", "bonjour à tous")], "es", id="not one of ours"),
        pytest.param([("en", "hi"), ("", "4482 4482 4482")], "en", id="no language"),
    ],
)
def test_the_language_follows_the_customer(turns, expected):
    state = after(*(turn("greet", text=text, language=code) for code, text in turns))
    assert state.language == expected


def test_the_register_is_the_last_one_shown():
    state = after(turn("greet", register="usted"), turn("inform"), turn("vent", register=None))
    assert state.register == "usted"


@pytest.mark.parametrize(
    "intent, status",
    [("affirm", "accepted"), ("ask_human", "accepted"), ("deny", "refused"), ("inform", "")],
)
def test_the_answer_to_an_offer_of_a_person_is_noted(intent, status):
    state = records.offered(after("vent"), "una persona", name="person")
    state = after(intent, state=state)
    assert state.person == status
    assert state.offers[-1].status == (status or "made")


def test_a_yes_after_a_person_was_offered_is_to_the_person():
    state = records.offered(after("late_delivery"), "vale de 5 €", name="voucher")
    state = after("affirm", state=records.offered(state, "una persona", name="person"))
    assert state.person == "accepted"
    assert [one.status for one in state.offers] == ["made", "accepted"]


def test_a_yes_to_two_offers_settles_neither():
    state = records.offered(after("late_delivery"), "reenvío", name="resend")
    state = records.offered(state, "reembolso", name="refund")
    assert {one.status for one in after("affirm", state=state).offers} == {"made"}
    assert after("not_solved", state=state).refused == ("reenvío", "reembolso")


def test_a_complaint_said_again_without_news_is_a_repetition():
    assert after("late_delivery", "late_delivery").repeated
    news = turn("late_delivery", entities={"order_number": "4482"})
    assert not after("late_delivery", news).repeated
    assert not after("order_status", "order_status").repeated
    assert not after("late_delivery", "not_solved").repeated
    assert after("not_solved", "affirm", "not_solved").repeated


def test_to_name_which_of_two_comes_first_is_no_repetition():
    asked = replace(after("double_charge"), responses=("utter_choose_matter",))
    assert not advance(asked, turn("double_charge", text="primero lo del cobro")).repeated
    asked = replace(asked, responses=("utter_charges_double",))
    assert advance(asked, turn("double_charge", text="primero lo del cobro")).repeated


def test_the_first_complaint_is_kept_in_its_words():
    state = after("greet", turn("late_delivery", text="mi olla no llega"), turn("wrong_item"))
    assert state.complaint == "mi olla no llega"
    assert state.issue == "quality"


def test_every_issue_is_one_that_the_slot_knows():
    assert set(ISSUE_OF.values()) <= set(ISSUES)
    assert COMPLAINTS <= set(ISSUE_OF) <= TOPICS


def test_hand_back_starts_the_counts_again_but_forgets_nothing_said():
    state = after(turn("vent", "angry"), turn("vent", "angry"), "nlu_fallback")
    state = records.handed_off(records.failed(records.attempted(state), "back_office"))
    state = records.said(state, PHRASE)
    note = {
        "agreed": "Reenvío urgente",
        "promised": [{"text": "Llega el paquete", "due": "2026-11-25"}],
        "offers_refused": ["vale de 5 €"],
        "agent": "Marta",
        "facts": {"order": "4482"},
    }
    back = handed_back(state, note)
    assert not back.handed_off
    assert (back.attempts, back.misunderstood, back.failures) == (0, 0, ())
    assert back.step == "confirm"
    assert back.said == state.said
    assert back.techniques == state.techniques
    assert back.refused == ("vale de 5 €",)
    assert back.facts["order"].value == "4482"
    assert back.note.promised == (("Llega el paquete", "2026-11-25"),)


def test_an_empty_note_hands_back_too():
    assert handed_back(ConversationState(handed_off=True), {}).note.agreed == ""


def test_the_shop_does_not_overwrite_the_customers_words():
    state = after(turn("late_delivery", entities={"duration": "tres semanas"}))
    state = records.learned(state, {"wait": "12 días", "carrier": "Correos"})
    assert state.facts["wait"].value == "tres semanas"
    assert state.facts["carrier"].source == "shop"


def test_unknown_names_in_an_older_state_are_ignored():
    assert ConversationState.from_dict({"turns": 3, "gone": 1}).turns == 3
    assert ConversationState.from_dict(None) == ConversationState()


def test_the_summary_has_what_the_gateway_expects():
    summary = after(turn("late_delivery", "angry", entities={"order_number": "4482"})).summary()
    assert set(summary) == {
        *("step", "attempts", "techniques", "offers", "refused", "misunderstood", "issue"),
        *("facts", "language", "register", "frustration", "matter", "waiting", "risk", "priority"),
    }
    assert summary["facts"] == {"order": "4482"}


@pytest.mark.parametrize(
    "words, number",
    [("tres veces", 3), ("la segunda vez", 2), ("2 llamadas", 2), ("muchas", None), ("", None)],
)
def test_contacts_are_counted_from_words(words, number):
    assert count_in(words) == number


WILD = st.text(max_size=400)
TURNS = st.builds(
    CustomerTurn,
    id=st.uuids().map(str),
    text=WILD,
    intent=st.sampled_from(["vent", "late_delivery", "nlu_fallback", "affirm", "deny", "x" * 90]),
    confidence=st.floats(0, 1),
    score=st.floats(allow_nan=True),
    level=st.sampled_from(["calm", "annoyed", "frustrated", "angry", "boiling"]),
    cues=st.lists(WILD, max_size=20),
    also=st.lists(st.tuples(st.sampled_from(sorted(MATTERS)), st.floats(0, 1)), max_size=5),
    history=st.builds(
        History,
        contacts=st.lists(st.tuples(st.integers(0, 400), WILD), max_size=20),
        open_cases=st.integers(-5, 500),
        care=st.lists(WILD, max_size=6),
    ),
    at=st.floats(0, 4e9),
    entities=st.dictionaries(
        st.sampled_from(["order_number", "duration", "product", "contacts", "other"]),
        st.one_of(WILD, st.lists(WILD, max_size=4)),
    ),
    language=st.sampled_from(["es", "en", "", "fr", "zz" * 30]),
    register=st.sampled_from([None, "tu", "usted", "vos", "thou"]),
    choice=st.booleans(),
)


@settings(max_examples=40)
@given(st.lists(TURNS, max_size=14), WILD)
def test_any_conversation_survives_json_and_stays_small(turns, wild):
    state = ConversationState()
    for number, one in enumerate(turns):
        state = advance(state, one)
        state = records.said(state, Phrase(f"{wild}{number}", wild or "k", wild, technique=wild))
        state = records.offered(state, f"{wild}{number}", name="refund")
        state = records.failed(state, wild, wild)
        state = records.learned(state, {f"{wild}{number}": wild})
        state = records.promised(state, f"{wild}{number}", wild, wild, owner=wild)
    state = handed_back(state, {"agreed": wild, "promised": [{"text": wild, "due": wild}] * 9})
    written = json.dumps(state.to_dict())
    assert ConversationState.from_dict(json.loads(written)) == state
    assert len(written) == size(state) <= MAX_BYTES


def test_the_longest_conversation_stays_small():
    emoji = "😡" * 300
    state = ConversationState()
    for number in range(300):
        entities = {"order_number": f"{number}{emoji}", "product": emoji, "duration": emoji}
        state = advance(state, turn("late_delivery", "angry", emoji, entities=entities))
        state = records.said(state, Phrase(f"{emoji}{number}", emoji, emoji, facts=(emoji,)))
        state = records.offered(state, f"{number}{emoji}", name=f"{number}{emoji}")
        state = records.failed(state, emoji, f"{number}{emoji}")
        state = records.learned(state, {f"{number}{emoji}": emoji})
        state = records.attempted(state, f"{number}{emoji}")
        state = records.promised(state, f"{number}{emoji}", emoji, emoji, owner=emoji)
    firing = Firing("system_failed", "r" * 60, state.text, "system_failure", response="utter_x")
    state = decided(state, Decision("resolve", None, firing, risks=("legal", "abuse")))
    assert size(state) <= MAX_BYTES
    note = {"agreed": emoji, "agent": emoji, "promised": [{"text": emoji, "due": emoji}] * 9}
    assert size(handed_back(state, note)) <= MAX_BYTES


@pytest.mark.parametrize(
    "text, expected",
    [("perdón, el pedido es el 48213", True), ("my order number is 48213", True),
     ("es el 28013", False), ("28013", False),
     ("el código postal de la compra es 28013", False)],
)  # fmt: skip
def test_a_message_may_say_that_its_number_is_an_order(text, expected):
    assert names_order(text) is expected


@pytest.mark.parametrize(
    "second, matter",
    [
        (turn("late_delivery", confidence=0.55), "return_item"),
        (turn("late_delivery", confidence=0.8), "late_delivery"),
        (
            turn("late_delivery", confidence=0.55, entities={"order_number": ("48213",)}),
            "late_delivery",
        ),
        (turn("late_delivery", confidence=0.55, choice=True), "late_delivery"),
        (turn("policy_exception", confidence=0.55), "policy_exception"),
    ],
    ids=["half understood", "understood", "another order", "pressed", "about what is in hand"],
)
def test_what_is_half_understood_begins_no_other_matter(second, matter):
    assert after("return_item", second).matter == matter
    assert after(second).matter == second.intent
