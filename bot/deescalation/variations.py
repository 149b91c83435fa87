"""Reading response files: every variation checked, every error naming file, key and id.

The format is described in :mod:`bot.deescalation.phrasing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.deescalation.turn import LEVELS
from bot.deescalation.wording import apologises
from bot.errors import ConfigError, did_you_mean

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
LANGUAGES = ("es", "en")
REGISTERS = ("any", "usted", "tu", "vos")
LAST = ("listen", "apologise", "solve", "thank")
METADATA = ("language", "register", "level", "issue", "technique", "last", "repeat")
FIELDS = ("id", "text", "metadata", "buttons")
MAX_ID = 60
_SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Variation:
    """One way to say a response; see :mod:`bot.deescalation.phrasing`."""

    id: str
    key: str
    text: str
    language: str
    register: str
    level: tuple[str, ...]
    issue: tuple[str, ...]
    technique: str | None
    last: str | None
    repeat: bool
    buttons: tuple[Mapping[str, str], ...]
    placeholders: tuple[str, ...]
    apology: bool


def read_folder(folder: Path) -> dict[str, tuple[Variation, ...]]:
    """Return the responses of all ``*.yml`` files below ``folder``.

    Raises:
        ConfigError: a file cannot be read, or a key or an id is there twice.
    """
    found: dict[str, tuple[Variation, ...]] = {}
    ids: dict[str, str] = {}
    paths = sorted(folder.rglob("*.yml"))
    if not paths:
        raise ConfigError(f"No response files (*.yml) in {folder}.")
    for path in paths:
        responses = _load(path)
        for key, variations in read_responses(responses, where=path.name, ids=ids).items():
            if key in found:
                raise ConfigError(f"{path.name}: response '{key}' is in another file as well.")
            found[key] = variations
    return found


def _load(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.load(text, Loader=_SAFE)  # noqa: S506  # safe, and ten times as fast
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable as YAML: {error}") from error
    responses = content.get("responses") if isinstance(content, dict) else None
    if not isinstance(responses, dict):
        raise ConfigError(f"{path}: expected a mapping with the key 'responses'.")
    return responses


def read_responses(
    responses: Mapping[str, Any], *, where: str = "responses", ids: dict[str, str] | None = None
) -> dict[str, tuple[Variation, ...]]:
    """Return checked variations by response key.

    Args:
        responses: Response key to its variations, as in the files.
        where: Name of the file, for errors.
        ids: Ids already taken, with the place that took them; filled further.

    Raises:
        ConfigError: a variation is wrong, or an id is there twice.
    """
    taken = {} if ids is None else ids
    found = {}
    for key, variations in responses.items():
        place = f"{where}: {key}"
        if not isinstance(variations, list) or not variations:
            raise ConfigError(f"{place}: expected a list of variations.")
        read = []
        for number, raw in enumerate(variations, start=1):
            variation = _read(str(key), raw, f"{place} (variation {number})", place)
            if variation.id in taken:
                raise ConfigError(
                    f"{place}: id '{variation.id}' is taken by {taken[variation.id]}."
                )
            taken[variation.id] = place
            read.append(variation)
        found[str(key)] = tuple(read)
    return found


def _read(key: str, raw: Any, where: str, place: str) -> Variation:
    if not isinstance(raw, dict):
        raise ConfigError(f"{where}: expected a mapping with id, text and metadata.")
    name, text = raw.get("id"), raw.get("text")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_ID:
        raise ConfigError(f"{where}: needs an 'id' of 1 to {MAX_ID} characters.")
    where = f"{place} ({name})"
    _known(where, raw, FIELDS)
    if not isinstance(text, str) or not text.strip():
        raise ConfigError(f"{where}: needs a 'text'.")
    metadata = raw.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise ConfigError(f"{where}: metadata must be a mapping.")
    _known(f"{where} metadata", metadata, METADATA)
    buttons = tuple(_buttons(where, raw.get("buttons") or []))
    language = _one(where, metadata, "language", LANGUAGES, "")
    text = " ".join(text.split()) if "\n" not in text.strip() else text.strip()
    return Variation(
        id=name,
        key=key,
        text=text,
        language=language,
        register=_one(where, metadata, "register", REGISTERS, "any"),
        level=_many(where, metadata, "level", LEVELS),
        issue=_many(where, metadata, "issue", None),
        technique=metadata.get("technique"),
        last=_one(where, metadata, "last", LAST, None) if metadata.get("last") else None,
        repeat=bool(metadata.get("repeat", False)),
        buttons=buttons,
        placeholders=_placeholders(where, text, buttons),
        apology=apologises(text, language),
    )


def _known(where: str, mapping: Mapping[str, Any], accepted: tuple[str, ...]) -> None:
    for name in mapping:
        if name not in accepted:
            raise ConfigError(f"{where}: unknown field '{name}'.{did_you_mean(name, accepted)}")


def _one(
    where: str, metadata: Mapping[str, Any], name: str, accepted: tuple[str, ...], default: Any
) -> str:
    value = metadata.get(name, default)
    if value not in accepted:
        raise ConfigError(f"{where}: {name} is '{value}'.{did_you_mean(str(value), accepted)}")
    return str(value)


def _many(
    where: str, metadata: Mapping[str, Any], name: str, accepted: tuple[str, ...] | None
) -> tuple[str, ...]:
    value = metadata.get(name) or []
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        raise ConfigError(f"{where}: {name} must be a list.")
    for one in values:
        if accepted and one not in accepted:
            raise ConfigError(f"{where}: {name} has '{one}'.{did_you_mean(str(one), accepted)}")
    return tuple(values)


def _buttons(where: str, buttons: Any) -> Iterator[Mapping[str, str]]:
    for button in buttons if isinstance(buttons, list) else [buttons]:
        texts = isinstance(button, dict) and all(
            isinstance(button.get(part), str) and button[part] for part in ("title", "payload")
        )
        if not texts or not button["payload"].startswith("/"):
            raise ConfigError(
                f"{where}: a button needs a 'title' and a 'payload' such as /ask_human."
            )
        yield {"title": button["title"], "payload": button["payload"]}


def _placeholders(where: str, text: str, buttons: tuple[Mapping[str, str], ...]) -> tuple[str, ...]:
    texts = [text, *(button["title"] for button in buttons)]
    for one in texts:
        if re.search(r"[{}]", PLACEHOLDER.sub("", one)):
            raise ConfigError(
                f"{where}: a brace that is no placeholder such as {{order}} in: {one}"
            )
    names = [name for one in texts for name in PLACEHOLDER.findall(one)]
    return tuple(dict.fromkeys(names))
