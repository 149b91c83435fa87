"""The next step: who is heard, who is helped, who gets a person, and when the bot waits."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talk import SCORES, after, turn
from test_triggers import CONFIG

from bot.deescalation import records, steps
from bot.deescalation.state import ConversationState, History, handed_back
from bot.deescalation.steps import StepConfig, decide, decided, firing_of
from bot.deescalation.techniques import TECHNIQUES, closed_to, unknown
from bot.deescalation.turn import at_least
from bot.errors import ConfigError

pytestmark = pytest.mark.unit

BLOCK = {
    "max_attempts": 2,
    "offer_pause": 4,
    "triggers": CONFIG,
}
STEPS = StepConfig.from_config(BLOCK)


def action(state):
    return decide(state, STEPS).action


def play(*turns, state=None):
    """Return the actions of a conversation in which the actions do what they should."""
    state = state or ConversationState()
    taken = []
    for one in turns:
        state = after(one, state=state)
        for _ in range(4):
            decision = decide(state, STEPS)
            state = act(decided(state, decision), decision)
            if decision.action in (None, steps.LISTEN):
                break
            taken.append(decision.action)
    return taken, state


def act(state, decision):
    if decision.action in (steps.HANDOFF, steps.SAFETY):
        return records.handed_off(state)
    if decision.action == steps.ACKNOWLEDGE:
        upset = at_least(state.level, "frustrated")
        return records.acknowledged(records.attempted(state) if upset else state)
    if decision.action == steps.DEESCALATE:
        if decision.response == "utter_boundary":
            state = records.bounded_abuse(state)
        return records.answered(records.attempted(state))
    if decision.action == steps.OFFER:
        return records.answered(records.offered(state, "una persona", name="person"))
    return records.answered(state) if decision.action == steps.REASK else state


def test_a_calm_question_is_left_to_the_stories():
    assert decide(after("late_delivery"), STEPS).action is None
    assert decide(after(turn("store_info", "annoyed")), STEPS).action is None


def test_an_annoyed_complaint_is_acknowledged_the_first_time_and_that_is_no_attempt():
    state = after(turn("late_delivery", "annoyed"))
    assert action(state) == steps.ACKNOWLEDGE
    assert act(state, decide(state, STEPS)).attempts == 0
    again = after(turn("late_delivery", "annoyed", entities={"order_number": "1"}), state=state)
    assert action(again) is None


CALM = {"complaint": "calm", "wish": "annoyed"}


@pytest.mark.parametrize("complaint, expected", [(0.95, "utter_note_fact"), (0.85, None)])
def test_a_wish_that_tells_of_something_wrong_is_said_back_however_calm(complaint, expected):
    lines = {**CONFIG, "stated_problem": {**CALM, "complaining": 0.9}}
    config = StepConfig.from_config({**BLOCK, "triggers": lines})
    wish = turn("order_status", complaint=complaint, entities={"order_number": "ES-123456"})
    assert decide(after(wish), config).response == expected


def test_a_calm_complaint_hears_its_fact_back_where_the_settings_say_so():
    lines = {**CONFIG, "stated_problem": {**CALM, "complaining": 0.9}}
    config = StepConfig.from_config({**BLOCK, "triggers": lines})
    state = after("late_delivery")
    assert decide(state, config).response == "utter_note_fact"
    assert decide(records.acknowledged(state), config).action is None
    waited = after(turn("order_status", entities={"duration": "diez días"}))
    assert decide(waited, config).response == "utter_note_fact"
    assert decide(after("order_status"), config).action is None


def test_contacts_that_are_counted_have_an_answer_of_their_own():
    lines = {name: line for name, line in CONFIG.items() if name != "repeated_contact"}
    config = StepConfig.from_config({**BLOCK, "triggers": lines})
    counted = turn("repeated_contact", "angry", entities={"contacts": "cinco veces"})
    assert decide(after(counted), config).action is None
    uncounted = after(turn("repeated_contact", "angry"))
    assert decide(uncounted, config).action == steps.DEESCALATE


def test_a_matter_that_is_shouted_is_acknowledged_and_goes_on():
    state = after(turn("abuse", "angry", also=[("late_delivery", 0.9)]))
    assert (state.matter, state.issue) == ("late_delivery", "late_delivery")
    assert action(state) == steps.ACKNOWLEDGE
    assert action(after(turn("abuse", "angry"))) == steps.DEESCALATE


def test_an_angry_complaint_is_acknowledged_once_and_then_goes_on():
    state = after(turn("late_delivery", "angry"))
    decision = decide(state, STEPS)
    assert (decision.step, decision.action) == ("validate", "action_acknowledge")
    assert decision.response == "utter_acknowledge"
    assert action(records.acknowledged(records.attempted(state))) is None


def test_anger_without_a_topic_is_listened_to():
    decision = decide(after(turn("vent", "angry")), STEPS)
    assert (decision.step, decision.action) == ("listen", "action_deescalate")


def test_an_angry_message_that_was_not_understood_is_listened_to():
    angry = turn("nlu_fallback", "angry", cues=("insult",))
    assert action(after(angry)) == "action_deescalate"
    fact = turn("nlu_fallback", "angry", entities={"duration": "tres semanas"})
    assert action(after(fact)) == "action_deescalate"
    assert action(after(turn("nlu_fallback", "angry"))) == "action_reask"


@pytest.mark.parametrize("level", ["calm", "frustrated", "angry"])
def test_an_explicit_request_is_handed_over_with_no_attempt(level):
    decision = decide(after(turn("ask_human", level)), STEPS)
    assert (decision.action, decision.firing.trigger) == ("action_handoff", "explicit_request")


def test_a_person_is_offered_before_a_third_attempt():
    taken, _ = play(
        turn("vent", "angry"), turn("late_delivery", "annoyed", score=0.5), turn("vent", "angry")
    )
    assert taken == ["action_deescalate", "action_acknowledge", "action_deescalate"]
    taken, _ = play(
        turn("late_delivery", "angry"),
        turn("late_delivery", "frustrated", entities={"order_number": "4482"}),
        turn("late_delivery", "frustrated", entities={"duration": "tres semanas"}),
    )
    assert taken == ["action_acknowledge", "action_acknowledge", "action_offer_person"]


def test_anger_that_two_attempts_did_not_lower_goes_to_a_person():
    taken, state = play(*(turn("vent", "angry") for _ in range(3)))
    assert taken == ["action_deescalate", "action_deescalate", "action_handoff"]
    assert firing_of(state).trigger == "anger_not_lower"


def test_the_second_attempt_itself_does_not_hand_over():
    taken, _ = play(turn("late_delivery", "angry"), turn("order_status", "angry"))
    assert taken == ["action_acknowledge", "action_acknowledge"]


def test_misunderstandings_reask_then_offer_then_hand_over():
    taken, state = play("nlu_fallback", "nlu_fallback", "nlu_fallback")
    assert taken == ["action_reask", "action_offer_person", "action_handoff"]
    assert firing_of(state).trigger == "not_understood"


def test_a_refused_person_is_not_offered_again_at_once():
    taken, _ = play("nlu_fallback", "nlu_fallback", "deny", turn("churn_threat"))
    assert taken == ["action_reask", "action_offer_person", "action_reask"]


def test_after_the_pause_a_person_is_offered_again():
    state = records.offered(after("churn_threat"), "una persona", name="person")
    waited = after("deny", "store_info", "store_info", "churn_threat", state=state)
    assert action(after("deny", "churn_threat", state=state)) is None
    assert action(waited) == "action_offer_person"


def test_a_yes_to_the_offer_hands_over():
    taken, state = play("churn_threat", "affirm")
    assert taken == ["action_offer_person", "action_handoff"]
    assert firing_of(state).trigger == "accepted_person"


def test_safety_wins_over_everything():
    state = records.failed(after(turn("self_harm", "angry")), "back_office")
    decision = decide(state, STEPS)
    assert decision.action == "action_safety"
    assert decision.response == "utter_safety_self_harm"
    assert decision.firing.priority == "urgent"
    assert "safety" in decision.risks


def test_a_handoff_wins_over_an_offer_of_an_earlier_group():
    state = records.failed(after(turn("churn_threat")), "repeats_itself")
    decision = decide(state, STEPS)
    assert decision.firing.trigger == "about_to_repeat"
    assert decision.risks == ("churn",)


def test_abuse_gets_one_calm_boundary_then_a_supervisor():
    taken, state = play(turn("abuse", "angry"), turn("abuse", "angry"))
    assert taken == ["action_deescalate", "action_handoff"]
    assert firing_of(state).trigger == "abuse_after_boundary"
    assert firing_of(state).team == "managers"
    assert decide(after("abuse"), STEPS).response == "utter_boundary"


def test_a_failure_in_mid_turn_hands_over_after_the_acknowledgement():
    state = records.acknowledged(records.attempted(after(turn("request_refund", "angry"))))
    assert action(state) is None
    assert action(records.failed(state, "action_timeout", "refund")) == "action_handoff"


def test_an_answered_turn_waits_for_the_customer():
    state = records.answered(after(turn("vent", "angry")))
    assert action(state) == "action_listen"
    assert action(after("late_delivery", state=state)) is None


def test_while_a_person_has_the_chat_the_bot_is_silent():
    state = records.handed_off(after("ask_human"))
    assert action(after(turn("ask_human", "angry"), state=state)) == "action_listen"


def test_after_a_hand_back_the_old_reason_does_not_fire_again():
    _, state = play(*(turn("vent", "angry") for _ in range(3)))
    state = handed_back(state, {"agreed": "Reenvío"})
    assert decide(after("thanks", state=state), STEPS) == steps.Decision("confirm")
    assert action(after(turn("vent", "angry"), state=state)) == "action_deescalate"


def test_thanks_are_not_acknowledged_even_when_they_sound_angry():
    assert action(after(turn("thanks", "angry"))) is None


def test_what_was_decided_is_in_the_state_for_the_action():
    state = after(turn("legal_threat", "angry", text="os voy a denunciar"))
    state = decided(state, decide(state, STEPS))
    assert firing_of(state).evidence == "os voy a denunciar"
    assert state.risks == ("legal",)
    assert state.priority == "high"
    assert firing_of(ConversationState()) is None


def test_priorities_only_rise():
    state = decided(after("x"), steps.Decision("listen", priority="urgent"))
    assert decided(state, steps.Decision("listen", priority="low")).priority == "urgent"


@pytest.mark.parametrize(
    "build, step",
    [
        (lambda: after("greet"), "listen"),
        (lambda: after("late_delivery"), "clarify"),
        (lambda: after(turn("late_delivery", "angry")), "validate"),
        (lambda: after(turn("vent", "angry")), "listen"),
        (lambda: records.stepped(after("late_delivery"), "resolve"), "resolve"),
        (lambda: records.offered(after("late_delivery"), "reenvío", name="resend"), "resolve"),
        (lambda: records.stepped(after("late_delivery"), "confirm"), "confirm"),
        (lambda: records.handed_off(after("late_delivery")), "handoff"),
    ],
)
def test_the_step_follows_from_what_is_known(build, step):
    assert steps.step_of(build()) == step


def test_anger_takes_the_conversation_back_to_validating():
    state = records.stepped(after("late_delivery"), "resolve")
    assert steps.step_of(after(turn("not_solved", "angry"), state=state)) == "validate"


@pytest.mark.parametrize(
    "block, words",
    [
        ({"max_atempts": 2}, "Did you mean 'max_attempts'?"),
        ({"max_attempts": 0}, "accepted: 1 to 100"),
        ({"offer_pause": "four"}, "expected int"),
        ({"triggers": {"nope": {}}}, "Unknown escalation trigger 'nope'"),
    ],
)
def test_a_wrong_configuration_is_refused_with_the_way_out(block, words):
    with pytest.raises(ConfigError) as caught:
        StepConfig.from_config(block)
    assert words in str(caught.value)
    assert "config.yml" in str(caught.value)


INTENTS = ["vent", "late_delivery", "inform", "affirm", "deny", "nlu_fallback", "not_solved"]
TALK = st.lists(st.tuples(st.sampled_from(INTENTS), st.sampled_from(list(SCORES))), max_size=12)


@settings(max_examples=60)
@given(TALK)
def test_no_conversation_gets_more_than_two_attempts(talk):
    taken, state = play(*(turn(intent, level) for intent, level in talk))
    assert taken.count("action_deescalate") <= state.attempts <= 2
    assert taken.count("action_handoff") <= 1
    assert "action_handoff" not in taken[:-1]


@settings(max_examples=60)
@given(TALK)
def test_deciding_survives_json_between_any_two_turns(talk):
    state = ConversationState()
    for intent, level in talk:
        one = turn(intent, level)
        direct = after(one, state=state)
        again = after(one, state=ConversationState.from_dict(state.to_dict()))
        assert decide(direct, STEPS) == decide(again, STEPS)
        state = decided(direct, decide(direct, STEPS))


def test_used_techniques_and_those_without_their_fact_are_closed():
    state = replace(after(turn("vent", "angry")), techniques=("own_it", "made_up"))
    closed = closed_to(state)
    assert {"own_it", "made_up", "name_the_wait", "count_contacts"} <= set(closed)
    assert "normalise_feeling" not in closed
    waited = after(turn("late_delivery", "angry", entities={"duration": "tres semanas"}))
    assert "name_the_wait" not in closed_to(waited)


def test_techniques_cover_all_of_last():
    assert {one.last for one in TECHNIQUES.values()} == {"listen", "apologise", "solve", "thank"}
    assert unknown(["own_it", "hipnosis"]) == ("hipnosis",)


@pytest.mark.parametrize(
    "level, cues, expected",
    [
        ("annoyed", ("insult",), steps.ACKNOWLEDGE),
        ("annoyed", ("ignored", "exclamation"), steps.ACKNOWLEDGE),
        ("annoyed", ("exclamation",), None),
        ("annoyed", (), None),
        ("calm", ("insult",), None),
    ],
)
def test_an_annoyed_turn_is_acknowledged_when_it_says_why(level, cues, expected):
    lines = {
        "strong_emotion": {"level": "frustrated", "cues": ["insult", "ignored"]},
        "stated_problem": {"complaint": "angry", "wish": "angry", "complaining": 0.9},
    }
    config = StepConfig.from_config({**BLOCK, "triggers": {**CONFIG, **lines}})
    state = after(turn("double_charge", level, cues=cues))
    assert decide(state, config).action == expected


@pytest.mark.parametrize("offered, expected", [("refund", None), ("resend", steps.OFFER)])
def test_a_person_does_not_come_between_an_offer_and_who_takes_it_up(offered, expected):
    state = after(turn("late_delivery", "angry"), turn("vent", "frustrated"))
    state = replace(state, attempts=2, first_attempt=0.9, calmest=0.3)
    state = records.offered(state, "the money back", name=offered)
    assert action(after(turn("request_refund", "frustrated"), state=state)) == expected


def several(intent, *others, **more):
    return turn(intent, also=[(other, 0.97) for other in others], **more)


def test_of_two_complaints_in_one_message_the_customer_chooses_the_first():
    state = after(several("late_delivery", "double_charge"))
    assert action(state) == steps.CHOOSE
    state = records.put_off(state)
    assert [one.intent for one in state.agenda] == ["late_delivery", "double_charge"]
    assert action(state) == steps.LISTEN
    state = after(turn("double_charge", choice=True), state=state)
    assert action(state) is None
    assert (state.matter, [one.intent for one in state.agenda]) == (
        "double_charge",
        ["late_delivery"],
    )


def test_what_is_no_other_matter_is_not_chosen_from():
    assert action(after(several("late_delivery", "order_status"))) is None
    assert action(after(several("late_delivery", "request_refund"))) is None
    assert action(after(several("late_delivery", "ask_human"))) == steps.HANDOFF


def test_the_matter_that_waits_is_taken_up_unasked_once_the_first_is_settled():
    state = records.put_off(after(several("late_delivery", "double_charge")))
    state = after(turn("late_delivery", choice=True), state=state)
    assert action(records.offered(state, "un vale", name="voucher")) is None
    done = records.closed(state)
    assert action(done) == steps.TAKE_UP
    taken = records.acknowledged(records.taken_up(done))
    assert (taken.matter, taken.issue, taken.agenda) == ("double_charge", "double_charge", ())
    assert action(taken) is None


def test_a_matter_that_was_left_for_another_comes_back():
    state = after("late_delivery", "double_charge")
    assert (state.matter, [one.intent for one in state.agenda]) == (
        "double_charge",
        ["late_delivery"],
    )
    assert action(after("thanks", state=records.closed(state))) == steps.TAKE_UP


def test_a_yes_to_an_offer_comes_before_what_waits():
    state = records.closed(after("late_delivery", "double_charge"))
    state = records.offered(state, "un vale", name="voucher")
    assert action(after("affirm", state=state)) is None
    assert action(after("deny", state=state)) == steps.TAKE_UP


def test_a_no_to_a_person_goes_on_with_what_the_offer_came_in_between_of():
    state = after(turn("late_delivery", history=History(care=["vip"])))
    assert action(state) == steps.OFFER
    state = records.answered(records.offered(state, "una persona", name="person"))
    state = after("deny", state=state)
    assert action(state) == steps.TAKE_UP
    assert action(records.acknowledged(state)) is None
