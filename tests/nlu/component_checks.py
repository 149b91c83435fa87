"""What every graph component must survive: train, persist, load, and any text at all."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message

HERE = Path(__file__).parent
CONTEXT = ExecutionContext(GraphSchema({}), "test")

STRANGE = {
    "empty": "",
    "blank": "  \n\t ",
    "ten thousand characters": "no me llega nada " * 588 + "hola",
    "one letter ten thousand times": "a" * 10_000,
    "ten thousand digits": "1" * 10_000,
    "only emoji": "😡😡🤬👿",
    "NUL": "hola\x00mundo\x00",
    "Cyrillic": "где мой заказ?",
    "Chinese": "我的订单在哪里",
    "Arabic": "أين طلبي؟",
    "lone surrogate": "hola \ud83d",
    "right to left mark": "\u202ehola\u202c",
    "many lines": "no\n" * 2000,
    "only marks": "?!?!?!¿¡...",
    "combining": "e\u0301" * 3000,
    "a command of Rasa": '/ask_human{"order": "1"}',
}


def examples():
    return load_data(str(HERE / "small.yml"))


def message(text, **metadata):
    return Message({"text": text, "metadata": metadata})


class Pipeline:
    """Trains components one after the other and keeps them in a storage, as Rasa's graph does."""

    def __init__(self, folder, *components):
        self.storage = LocalModelStorage(folder)
        self.components = components
        self.fresh = []

    def train(self, data=None):
        data = data or examples()
        for at, (kind, _) in enumerate(self.components):
            component = kind.create(self._config(at), self.storage, Resource(f"c{at}"), CONTEXT)
            if hasattr(component, "train"):
                component.train(data)
            if hasattr(component, "process_training_data"):
                reads = kind.load(self._config(at), self.storage, Resource(f"c{at}"), CONTEXT)
                data = reads.process_training_data(data)
            self.fresh.append(component)
        return self

    def load(self):
        loaded = copy.copy(self)
        loaded.fresh = [
            kind.load(self._config(at), self.storage, Resource(f"c{at}"), CONTEXT)
            for at, (kind, _) in enumerate(self.components)
        ]
        return loaded

    def _config(self, at):
        kind, config = self.components[at]
        return {**kind.get_default_config(), **config}

    def process(self, *messages, tracker=None):
        messages = list(messages)
        for component in self.fresh:
            takes = component.process.__code__.co_varnames[: component.process.__code__.co_argcount]
            extra = {"tracker": tracker} if "tracker" in takes else {}
            messages = component.process(messages, **extra)
        return messages

    def parse(self, text, tracker=None, **metadata):
        (parsed,) = self.process(message(text, **metadata), tracker=tracker)
        return parsed.as_dict(only_output_properties=True)


def same(one, other):
    """Compare parse data; floats to the last digits."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return bool(np.isclose(one, other, atol=1e-9))
    return one == other
