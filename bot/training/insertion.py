"""Writing one example into a file of examples, and touching nothing else in it.

A YAML library would write the whole file anew and fold its long lines; so one line is inserted
into the text, and the result is read again: it must hold what it held before, and the example.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from bot.errors import ConfigError
from bot.nlu import labelled, lines
from bot.nlu.labelled import Labelled

NEW = 'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n    - {text}\n'
GRADED = (
    "# Added with `remanso frustration add`. How the level is judged: GUIDE.md in this folder.\n"
    "examples:\n"
)


def home(folder: Path, intent: str, language: str) -> Path:
    """Return the file for an example: its own, else that with most of its intent, else a new one.

    Args:
        folder: Where the files are.
        intent: Name of the intent.
        language: es or en.
    """
    own = folder / f"{language}_{intent}.yml"
    if own.exists():
        return own
    counts = {
        path: sum(one.intent == intent for one in labelled.read(path))
        for path in sorted(folder.glob(f"{language}_*.yml"))
    }
    most = max(counts, key=lambda path: counts[path], default=own)
    return most if counts.get(most) else own


def with_example(content: str, path: Path, intent: str, text: str) -> tuple[str, int]:
    """Return a file's content with one more example, and the line it stands in.

    Args:
        content: What is in the file; empty for a new one.
        path: The file, for errors.
        intent: Name of the intent.
        text: The example: one line.

    Raises:
        ConfigError: the intent's examples are no ``|`` block, or the result would not read right.
    """
    if not content.strip():
        return NEW.format(intent=intent, text=text), 5
    before = _read(content, path)
    block = _largest(content, path, intent)
    if block is None:
        made = content.rstrip("\n") + "\n" + NEW.format(intent=intent, text=text).split("nlu:\n")[1]
        line = made.count("\n")
    else:
        made, line = _inserted(content, path, block, text)
    after = [(one.intent, one.text) for one in _read(made, path)]
    place = next((i for i, one in enumerate(_read(made, path)) if one.line == line), None)
    added = after.pop(place) if place is not None else None
    if added != (intent, text) or after != [(one.intent, one.text) for one in before]:
        raise ConfigError(f"{path}: «{text}» cannot be added by a program. Write it by hand.")
    return made, line


def _read(content: str, path: Path) -> list[Labelled]:
    loaded = lines.load(content, where=str(path))
    return list(labelled.of_content(loaded, path.name, where=str(path)))


def _largest(content: str, path: Path, intent: str) -> lines.Text | None:
    """Return the examples of the intent's largest block."""
    blocks = (lines.load(content, where=str(path)) or {}).get("nlu") or []
    own = [one.get("examples") for one in blocks if one.get("intent") == intent]
    texts = [one for one in own if isinstance(one, lines.Text)]
    return max(texts, key=lambda one: one.count("\n"), default=None)


def _inserted(content: str, path: Path, block: lines.Text, text: str) -> tuple[str, int]:
    if not block.block:
        raise ConfigError(
            f"{path}:{block.line}: examples are not written as a block. Write `examples: |`, and "
            "each example in a line of its own: - text."
        )
    rows = content.splitlines(keepends=True)
    last = block.line - 1 + len(block.rstrip().splitlines()) - 1  # counted from 0
    indent = rows[last][: len(rows[last]) - len(rows[last].lstrip())]
    ending = "\r\n" if "\r\n" in content else "\n"
    if not rows[last].endswith("\n"):
        rows[last] += ending
    rows.insert(last + 1, f"{indent}- {text}{ending}")
    return "".join(rows), last + 2


def with_graded(content: str, path: Path, fields: dict[str, object]) -> tuple[str, int]:
    """Return a file's content with one more graded example at its end, and the line it stands in.

    Args:
        content: What is in the file; empty for a new one.
        path: The file, for errors.
        fields: Names and values (text or list of texts), in their order.

    Raises:
        ConfigError: the result would not read right.
    """
    content = content if content.strip() else GRADED
    before = (lines.load(content, where=str(path)) or {}).get("examples") or []
    plain = {"level", "region", "domain", "style"}
    pairs = (
        f"{name}: {value if name in plain else json.dumps(value, ensure_ascii=False)}"
        for name, value in fields.items()
    )
    made = f"{content.rstrip()}\n  - {{{', '.join(pairs)}}}\n"
    after = lines.load(made, where=str(path)).get("examples") or []
    if after[:-1] != before or after[-1:] != [fields]:
        raise ConfigError(f"{path}: «{fields['text']}» cannot be added by a program.")
    return made, made.count("\n")


def read(path: Path) -> str:
    """Return a file's content with its own line ends; empty when there is no such file."""
    if not path.exists():
        return ""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def write(path: Path, content: str) -> None:
    """Write a file at once or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        file.write(content)
    os.replace(fresh, path)
