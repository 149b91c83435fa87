"""What replaces slow parts of Rasa gives what they give, all through real conversations."""

import json
from dataclasses import asdict
from types import SimpleNamespace

import pytest
from jsonschema import ValidationError
from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.core.tracker_store import SQLTrackerStore
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.utils.common import all_subclasses

from bot.channels import recall, swift, tracker_store

pytestmark = pytest.mark.model


@pytest.fixture
def played(known, loop):
    """The tracker after stories, rules, a form, an interruption, anger and small talk."""
    for intent, level in (
        ("greet", "calm"),
        ("late_delivery", "calm"),
        ("request_resend", "calm"),
        ("payment_methods", "calm"),
        ("affirm", "annoyed"),
        ("store_info", "angry"),
        ("thanks", "calm"),
        ("double_charge", "frustrated"),
        ("affirm", "calm"),
        ("nlu_fallback", "calm"),
        ("bye", "calm"),
    ):
        known.say(intent, level=level)
    return loop.run_until_complete(known.agent.tracker_store.retrieve(known.id))


def prefixes(tracker, slots):
    """The tracker as it was before each decision of the conversation."""
    events = list(tracker.events)
    for number, event in enumerate(events):
        decides = isinstance(event, ActionExecuted) and number > 2
        if decides:
            yield DialogueStateTracker.from_events(tracker.sender_id, events[:number], slots)


def told(tracker):
    """Everything that a tracker says of itself."""
    slots = {name: (slot.value, slot.has_been_set) for name, slot in tracker.slots.items()}
    loop = asdict(tracker.active_loop) if tracker.active_loop else None
    return tracker.current_state(EventVerbosity.ALL), slots, loop


def test_the_replacements_are_in_place(known):
    assert isinstance(known.agent.processor.graph_runner, swift.InOrder)
    assert DialogueStateTracker.copy is swift.copy_of


def test_a_copy_is_what_a_replay_gives(known, played):
    for tracker in prefixes(played, known.agent.domain.slots):
        assert told(swift.copy_of(tracker)) == told(tracker.travel_back_in_time(float("inf")))


def test_a_copy_can_be_changed_without_its_original(known, played):
    before = told(played)
    twin = swift.copy_of(played)
    twin.update(UserUttered("hola", {"name": "greet", "confidence": 1.0}))
    twin._set_slot("conversation_state", {"turns": 99})
    twin.change_loop_to("order_form")
    assert told(played) == before


def test_a_copied_slot_keeps_its_value_apart():
    slot = TextSlot("name", [{"type": "from_text"}])
    twin = swift.copy_of_slot(slot)
    twin.value = "other"
    assert (slot.value, twin.value) == (None, "other")


def test_applied_events_are_those_of_rasa_also_after_new_ones(known, played):
    for tracker in prefixes(played, known.agent.domain.slots):
        assert swift.applied_events(tracker) == swift._applied(tracker)
        tracker.update(ActionExecuted("utter_bye"))
        assert swift.applied_events(tracker) == swift._applied(tracker)


def test_every_event_is_found_by_its_name():
    for kind in all_subclasses(Event):
        assert swift.class_of_event(kind.type_name) is swift._resolve(kind.type_name)
    assert swift.class_of_event("nothing", ActionExecuted) is ActionExecuted
    with pytest.raises(ValueError, match="Unknown event"):
        swift.class_of_event("nothing")


def memory_of(agent):
    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    return next(n._component for n in nodes if isinstance(n._component, AugmentedMemoizationPolicy))


def test_stories_are_remembered_as_rasa_remembers_them(known, played, monkeypatch):
    policy, domain = memory_of(known.agent), known.agent.domain
    trackers = list(prefixes(played, domain.slots))
    ours = [recall.predict(policy, one, domain).probabilities for one in trackers]
    monkeypatch.setattr(
        AugmentedMemoizationPolicy,
        "_strip_leading_events_until_action_executed",
        staticmethod(recall._forget_more),
    )
    rasas = [recall._predict(policy, one, domain).probabilities for one in trackers]
    assert ours == rasas
    assert sum(max(one) for one in rasas) > 3  # stories were remembered, again and again


def test_the_graph_gives_what_dask_gives(known, played):
    runner, target = known.agent.processor.graph_runner, "select_prediction"
    for tracker in prefixes(played, known.agent.domain.slots):
        inputs = {"__tracker__": tracker}
        ours = runner.run(inputs=dict(inputs), targets=[target])[target]
        dasks = DaskGraphRunner.run(runner, inputs=dict(inputs), targets=[target])[target]
        assert ours.probabilities == dasks.probabilities
        assert [one.as_dict()["event"] for one in ours.events] == [
            one.as_dict()["event"] for one in dasks.events
        ]


def test_the_domain_of_the_metadata_is_the_one_beside_them(model, tmp_path):
    storage, metadata = swift._unpacked(LocalModelStorage, tmp_path, model)
    context = ExecutionContext(GraphSchema({}))
    arguments = ({}, storage, Resource("domain_provider"), context)
    beside = swift._domain_of(DomainProvider, *arguments).provide_inference()
    storage._domain = metadata.domain
    ours = swift.domain_of(DomainProvider, *arguments).provide_inference()
    assert ours.fingerprint() == beside.fingerprint()
    assert ours.responses == beside.responses
    assert [slot.fingerprint() for slot in ours.slots] == [s.fingerprint() for s in beside.slots]
    assert ours is not metadata.domain


@pytest.mark.parametrize(
    "key, ending",
    [
        ("[{}]", ("[]", "")),
        ("[{}, {prev_action: {action_name: utter-a b}}]", ("utter-a b", "")),
        (
            "[{}, {prev_action: {action_name: action_listen}, user: {intent: greet}}, "
            "{prev_action: {action_name: a}, user: {entities: [x, y], intent: ask/name}}]",
            ("a", "ask/name"),
        ),
        ("[{}, {prev_action: {action_text: Hi.}, user: {intent: greet}}]", None),
        ("[{}, {prev_action: {action_name: a}, user: {text: hola}}]", None),
        ("[{user: {intent: greet}}]", None),
    ],
)
def test_what_a_remembered_story_ends_with(key, ending):
    policy = SimpleNamespace(config={"enable_feature_string_compression": False})
    assert recall._ending(policy, key) == ending


@pytest.mark.parametrize(
    "answer, good",
    [
        ({"events": [], "responses": []}, True),
        ({"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{}]}, True),
        ({"events": [{"name": "a"}]}, False),
        ({"events": "none"}, False),
        ({"responses": ["text"]}, False),
    ],
)
def test_an_answer_of_an_action_is_checked_as_rasa_checks_it(answer, good):
    if good:
        assert swift.check_answer(None, answer)
    else:
        with pytest.raises(ValidationError):
            swift.check_answer(None, answer)


def read(store, loop, conversation):
    """Read a conversation from the database as Rasa does."""
    return loop.run_until_complete(SQLTrackerStore.retrieve(store, conversation))


def store_of(agent):
    return getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)


def test_what_stays_in_memory_is_what_the_database_holds(known, loop):
    store = store_of(known.agent)
    for intent in ("greet", "late_delivery", "request_resend", "affirm", "thanks", "bye"):
        known.say(intent)
        kept = store._live.get(known.id)
        if kept is not None:
            stored = read(store, loop, known.id)
            plain = json.loads(json.dumps(told(kept.tracker)))
            assert plain == json.loads(json.dumps(told(stored)))
    assert not kept.is_out


def test_a_tracker_handed_out_and_never_saved_is_read_again(known, loop):
    store = store_of(known.agent)
    known.say("greet")
    known.say("store_info")
    left = loop.run_until_complete(store.retrieve(known.id))
    left.update(ActionExecuted("utter_bye"))
    again = loop.run_until_complete(store.retrieve(known.id))
    assert again is not left
    assert len(again.events) == len(left.events) - 1


def test_another_engine_s_turn_is_seen(known, loop, monkeypatch):
    store = store_of(known.agent)
    monkeypatch.setenv("REMANSO_TRACKER_URL", str(store.engine.url))
    known.say("greet")
    known.say("store_info")
    other = tracker_store.EngineTrackerStore(domain=store.domain)
    theirs = loop.run_until_complete(other.retrieve(known.id))
    theirs.update(ActionExecuted("utter_bye"))
    loop.run_until_complete(other.save(theirs))
    ours = loop.run_until_complete(store.retrieve(known.id))
    assert len(ours.events) == len(theirs.events)
    known.say("payment_methods")  # and nothing is written twice
    assert len(read(store, loop, known.id).events) == len(store._live[known.id].tracker.events)


def test_no_more_conversations_stay_than_may(known, loop, monkeypatch):
    monkeypatch.setattr(tracker_store, "KEPT", 1)
    store = store_of(known.agent)
    known.say("greet")
    known.say("store_info")
    other = type(known)(known.agent, loop, identity=known.context["identity"])
    other.say("greet")
    other.say("store_info")
    assert list(store._live) == [other.id]
