"""YAML whose mappings and texts know their line, so that a complaint can name ``file:line``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast
_MERGE = "tag:yaml.org,2002:merge"


class Lined(dict[Any, Any]):
    """A mapping and the line that it begins in, from 1."""

    line: int = 0


class Text(str):
    """A text and the line that it begins in, from 1; of a block (``|``) its first line of text."""

    __slots__ = ("block", "line")
    line: int
    block: bool  # written as "|": one line of it is one line of the file


class _LineLoader(_Loader):
    """Builds :class:`Lined` and :class:`Text`; a key that is there twice is an error."""


def _mapping(loader: Any, node: yaml.MappingNode) -> Any:
    made = Lined()
    made.line = node.start_mark.line + 1
    yield made
    seen = set()
    for key, _ in node.value:
        if key.tag != _MERGE and key.value in seen and isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(
                None, None, f"the key '{key.value}' is there twice", key.start_mark
            )
        seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
    loader.flatten_mapping(node)
    made.update(loader.construct_mapping(node))


def _text(loader: Any, node: yaml.ScalarNode) -> Text:
    made = Text(loader.construct_scalar(node))
    made.block = node.style == "|"
    made.line = node.start_mark.line + (2 if node.style in ("|", ">") else 1)
    return made


_LineLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_LineLoader.add_constructor("tag:yaml.org,2002:str", _text)


def load(text: str, *, where: str) -> Any:
    """Return the content of a YAML text, with :class:`Lined` mappings and :class:`Text` strings.

    Args:
        text: The file's content.
        where: The file's name, for errors.

    Raises:
        ConfigError: it is no YAML, or a key is there twice; ``file:line`` is named.
    """
    try:
        return yaml.load(text, Loader=_LineLoader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}:{mark.line + 1}" if mark else where
        told = getattr(error, "problem", None) or str(error)
        raise ConfigError(f"{place}: not readable as YAML: {told}.") from error


def load_file(path: Path, *, where: str = "") -> Any:
    """Return the content of a YAML file; see :func:`load`.

    Args:
        path: The file.
        where: What errors call it; its path by default.

    Raises:
        ConfigError: it cannot be read, or is no YAML; ``file:line`` is named.
    """
    where = where or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where}: cannot be read: {error}.") from error
    return load(text, where=where)
