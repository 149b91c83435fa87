"""The understanding of a trained model, without the rest of it and without the rest of Rasa."""

from __future__ import annotations

import json
import os
import tarfile
import warnings
import zlib
from collections.abc import Mapping
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.deescalation.topics import FALLBACK
from bot.errors import ConfigError
from bot.lean_rasa import all_but_the_graph_left_out, needs_tensorflow


def encoder_of(model: Path) -> str:
    """Return the hash of the encoder that a model was trained with."""
    try:
        with tarfile.open(model) as archive:
            for member in archive:
                if "EncoderFeaturizer" in member.name and member.name.endswith("texts.json"):
                    content = archive.extractfile(member)
                    return str(json.load(content)["encoder"]) if content else ""
    except (OSError, tarfile.TarError, ValueError, KeyError) as error:
        raise ConfigError(
            f"{model} is not a trained model ({error}). See: remanso train."
        ) from error
    raise ConfigError(f"{model} was not trained with our pipeline (config.yml): no encoder in it.")


class Understanding:
    """The understanding of a model: its components one after the other, and nothing else of it.

    Rasa's own loader and runner import all of Rasa, which takes longer than scoring a thousand
    texts.
    """

    def __init__(self, model: Path, folder: Path, *, lexicon: bool) -> None:
        _quieten()
        with nullcontext() if needs_tensorflow(model) else all_but_the_graph_left_out():
            self._load(model, folder, lexicon=lexicon)

    def _load(self, model: Path, folder: Path, *, lexicon: bool) -> None:
        from rasa.engine.graph import ExecutionContext, GraphSchema
        from rasa.engine.storage.local_model_storage import LocalModelStorage
        from rasa.engine.storage.resource import Resource
        from rasa.shared.nlu.training_data.message import Message

        metadata = _unpack(model, folder)
        nodes = metadata["predict_schema"]["nodes"]
        storage = LocalModelStorage(folder / "components")
        context = ExecutionContext(graph_schema=GraphSchema({}), model_id=metadata["model_id"])
        self._message = Message
        self._components: list[Any] = []
        for name in _chain(nodes, str(metadata["nlu_target"])):
            if "KnowledgeSearch" in name or "AlsoDetector" in name:
                continue  # nothing after them needs them, and nobody here asks for what they find
            module, _, class_name = nodes[name]["uses"].rpartition(".")
            made = getattr(import_module(module), class_name)
            config = {**made.get_default_config(), **nodes[name]["config"]}
            if "FrustrationClassifier" in name and not lexicon:
                config["lexicon"] = False
            build = getattr(made, nodes[name]["constructor_name"])
            resource = nodes[name].get("resource") or {"name": name}
            self._components.append(build(config, storage, Resource(**resource), context))

    def parse(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the parse data of each line."""
        messages = [
            self._message(
                data={
                    "text": as_text(entry["text"]),
                    "metadata": {"context": entry.get("context") or []},
                }
            )
            for entry in entries
        ]
        for component in self._components:
            messages = component.process(messages)
        return [one.as_dict(only_output_properties=True) for one in messages]


def _unpack(model: Path, folder: Path) -> dict[str, Any]:
    """Unpack a model archive into a folder and return what its metadata say.

    Raises:
        ConfigError: it is no whole archive of a model.
    """
    try:
        with tarfile.open(model) as archive:
            archive.extractall(folder, filter="data")
        metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
        return dict(metadata)
    except (OSError, tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise ConfigError(f"{model} is not a whole model ({error}). See: remanso train.") from error


def _chain(nodes: Mapping[str, Any], target: str) -> list[str]:
    """Return the names of the components between Rasa's first and last one, in their order.

    The first turns a message of a channel into one of the pipeline, the last looks for commands
    ("/intent"): neither has anything to do here.
    """
    found: list[str] = []
    name = nodes[target]["needs"]["messages"]
    while nodes[name]["needs"].get("messages") in nodes:
        found.append(name)
        name = nodes[name]["needs"]["messages"]
    return found[::-1]


def _quieten() -> None:
    """Keep what Rasa and TensorFlow say at their start off the terminal."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.simplefilter("ignore")


def as_text(text: str) -> str:
    """Return the text with a leading ``/`` made harmless: Rasa reads ``/intent`` as a command."""
    start = len(text) - len(text.lstrip())
    slash = text[start : start + 1] == "/"
    return f"{text[:start]}\uff0f{text[start + 1 :]}" if slash else text


def result(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return what ``remanso parse`` tells of a message."""
    intent = parsed.get("intent") or {}
    keys = ("entity", "value", "start", "end")
    return {
        "intent": intent.get("name"),
        "confidence": round(float(intent.get("confidence") or 0.0), 4),
        "entities": [{key: one.get(key) for key in keys} for one in parsed.get("entities") or []],
        "frustration": parsed["frustration"]["score"],
        "probability": parsed["frustration"]["probability"],
        "complaint": parsed["frustration"]["complaint"],
        "level": parsed["frustration"]["level"],
        "cues": parsed["frustration"]["cues"],
        "language": parsed["language"]["code"],
        **_guess(parsed),
    }


def _guess(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return the intent that was not sure enough, where the fallback took its place."""
    if (parsed.get("intent") or {}).get("name") != FALLBACK:
        return {}
    others = (one for one in parsed.get("intent_ranking") or [] if one["name"] != FALLBACK)
    best: dict[str, Any] = next(others, {})
    confidence = round(float(best.get("confidence") or 0.0), 4)
    return {"guess": {"intent": best.get("name"), "confidence": confidence}}
