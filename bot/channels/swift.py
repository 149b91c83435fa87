"""The same Rasa, faster: a few of its functions replaced by ones with the same results.

Measured on 2 cores, ten calm turns: a turn cost 42 ms of processor time, most of it repeated work.
Rasa checks the schema of its own schema at every action, looks every event's class up in the tree
of all classes, replays a whole conversation to copy it, sorts the graph anew at every run, and its
memory of stories replays the conversation once for every action in it. What each replacement brings
is in its docstring. :func:`install` is called once, before a model is loaded; the tests of the
engine run with it, and ``tests/engine/test_swift.py`` compares the two. Rasa is pinned to one
version.
"""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from copy import copy, deepcopy
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core import processor
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.core.policies import memoization
from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelMetadata
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.constants import DEFAULT_SENDER_ID
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels import recall

_understanding = ThreadPoolExecutor(1, "understanding")
_parse = MessageProcessor.parse_message
_unpacked = LocalModelStorage.from_model_archive.__func__
_domain_of = DomainProvider.load.__func__
_applied = DialogueStateTracker.applied_events
_resolve = Event.resolve_by_type


def install() -> None:
    """Put the replacements in place; a second call changes nothing."""
    processor.DaskGraphRunner = InOrder
    MessageProcessor.parse_message = parse_message
    LocalModelStorage.from_model_archive = classmethod(unpacked)
    DomainProvider.load = classmethod(domain_of)
    DialogueStateTracker.copy = copy_of
    DialogueStateTracker.applied_events = applied_events
    Slot.__copy__ = copy_of_slot
    Event.resolve_by_type = staticmethod(class_of_event)
    RemoteAction._validate_action_result = check_answer
    AugmentedMemoizationPolicy.predict_action_probabilities = recall.predict
    AugmentedMemoizationPolicy._strip_leading_events_until_action_executed = recall.forget_more
    processor.copy = memoization.copy = _Uncopied  # used for the debug log only


class _Uncopied:
    """In the place of the module ``copy`` where Rasa copies only what it might log."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        """Return the value itself."""
        return value


class InOrder(DaskGraphRunner):
    """Runs the nodes one after the other; the order is found once. Saves 1 ms a run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}
        # What is loaded is not searched for garbage again and again. A model that this one takes
        # the place of is searched when the next one comes.
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Run what the targets need.

        Raises:
            GraphRunError: a node raised an error that is not one of Rasa's.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        inputs = inputs or {}
        done = {name: (name, value) for name, value in inputs.items()}
        for message in inputs.get(PLACEHOLDER_MESSAGE) or ():
            self._announce(message, inputs.get(PLACEHOLDER_TRACKER))
        try:
            for name, needs in self._orders[wanted]:
                # what is neither an input nor a node goes on as its name, as dask does it
                done[name] = self._instantiated_nodes[name](*(done.get(one, one) for one in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: done[name][1] for name in wanted}

    def _announce(self, message: UserMessage, tracker: DialogueStateTracker | None) -> None:
        """Tell the components that want to begin early what will be asked of them."""
        for node in self._instantiated_nodes.values():
            expect = getattr(node._component, "expect", None)
            if expect is not None:
                expect(message.text or "", message.metadata, tracker)

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        order: dict[str, tuple[str, ...]] = {}

        def visit(name: str) -> None:
            if name in order or name not in nodes:
                return
            needs = tuple(nodes[name].needs.values())
            for one in needs:
                visit(one)
            order[name] = needs

        for name in targets:
            visit(name)
        return list(order.items())


def unpacked(
    kind: type[LocalModelStorage], storage_path: Path, model_archive_path: Path | str
) -> tuple[LocalModelStorage, ModelMetadata]:
    """Unpack a model; its storage remembers the domain that its metadata hold."""
    storage, metadata = _unpacked(kind, storage_path, model_archive_path)
    storage._domain = metadata.domain
    return storage, metadata


def domain_of(
    cls: type[DomainProvider],  # named as Rasa's check of signatures expects it
    /,
    config: dict[str, Any],
    model_storage: LocalModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    **kwargs: Any,
) -> DomainProvider:
    """Provide the domain that is already read. Saves 5 s of a start: Rasa reads its YAML thrice."""
    known: Domain | None = model_storage.__dict__.get("_domain")
    if known is None:
        found: DomainProvider = _domain_of(
            cls, config, model_storage, resource, execution_context, **kwargs
        )
        return found
    return cls(model_storage, resource, Domain.from_dict(deepcopy(known.as_dict())))


async def parse_message(
    self: MessageProcessor,
    message: UserMessage,
    tracker: DialogueStateTracker | None = None,
    only_output_properties: bool = True,
) -> dict[str, Any]:
    """Understand a message in a thread, so that other conversations are answered meanwhile.

    The thread is one for all, as the components know no other way; most of its time is the sentence
    encoder's, which lets others run.
    """
    if self.http_interpreter:
        return dict(await _parse(self, message, tracker, only_output_properties))
    tracker = tracker or DialogueStateTracker.from_events(message.sender_id, [])
    run = partial(self._parse_message_with_graph, message, tracker, only_output_properties)
    parsed = await asyncio.get_running_loop().run_in_executor(_understanding, run)
    self._update_full_retrieval_intent(parsed)
    self._check_for_unseen_features(parsed)
    return dict(parsed)


def copy_of(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """Copy a tracker without replaying it: every action of a turn gets a copy."""
    twin: DialogueStateTracker = object.__new__(type(tracker))
    twin.__dict__.update(tracker.__dict__)
    twin.sender_id = tracker.sender_id or DEFAULT_SENDER_ID
    twin.sender_source = twin.model_id = twin.assistant_id = None
    twin.events = tracker.events.copy()
    twin.slots = {name: copy_of_slot(slot) for name, slot in tracker.slots.items()}
    twin.latest_action = copy(tracker.latest_action)
    twin.active_loop = copy(tracker.active_loop)
    return twin


def copy_of_slot(slot: Slot) -> Slot:
    """Copy a slot as ``copy.copy`` does, without asking how to pickle it."""
    twin: Slot = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    return twin


def applied_events(tracker: DialogueStateTracker) -> list[Event]:
    """Return what Rasa's own returns, computed once for each new event: it is asked 40 times."""
    known: Any = tracker.__dict__.get("_applied_events")
    last = tracker.events[-1] if tracker.events else None
    if known is None or known[0] != len(tracker.events) or known[1] is not last:
        known = (len(tracker.events), last, _applied(tracker))
        tracker._applied_events = known
    return list(known[2])


@lru_cache(maxsize=256)
def _class_of_event(name: str) -> type[Event] | None:
    try:
        found: type[Event] | None = _resolve(name)
    except ValueError:
        return None
    return found


def class_of_event(name: str, default: type[Event] | None = None) -> type[Event] | None:
    """Return the class of an event; it is looked for in the tree of all classes once."""
    found: type[Event] | None = _class_of_event(name) or _resolve(name, default)
    return found


@lru_cache(maxsize=1)
def _schema() -> Any:
    schema = RemoteAction.action_response_format_spec()
    return validator_for(schema)(schema)


def check_answer(action: RemoteAction, result: dict[str, Any]) -> bool:
    """Check an action's answer. Saves 20 ms an action: the schema itself is not checked anew.

    Raises:
        ValidationError: it is not of Rasa's format.
    """
    wrong = best_match(_schema().iter_errors(result))
    if wrong is None:
        return True
    raise wrong
