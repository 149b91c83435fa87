"""Canned replies: short codes for what agents write every day, filled in and then edited.

The files are ``data/canned/<language>.yml``::

    replies:
      - code: saludo                # typed as /saludo; letters, digits, - and _
        title: Saludo y quién atiende
        text:                       # or one text for every register
          usted: "Hola, {name}. Le atiende {agent}."
          tu: "Hola, {name}. Te atiende {agent}."

``{name}`` ``{reference}`` ``{agent}`` ``{order}`` ``{team}`` are filled with what is known. What is
not stays in square brackets, named in the language of the text, for the agent to write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError
from bot.handoff.records import Json

VARIABLES: Mapping[str, Mapping[str, str]] = {
    "name": {"es": "nombre", "en": "name"},
    "reference": {"es": "referencia", "en": "reference"},
    "agent": {"es": "agente", "en": "agent"},
    "order": {"es": "pedido", "en": "order"},
    "team": {"es": "equipo", "en": "team"},
}
"""What a text may mention, and what a gap is called in it."""

REGISTERS = ("usted", "tu", "vos")
FORMAL = "usted"
_VARIABLE = re.compile(r"{(\w+)}")
_CODE = re.compile(r"[a-z0-9_-]{2,20}")


@dataclass(frozen=True)
class Canned:
    """A canned reply.

    Args:
        code: What an agent types after the slash.
        title: What it is for.
        texts: By register; one without registers is under ``usted``.
    """

    code: str
    title: str
    texts: Mapping[str, str]

    def text(self, register: str | None) -> str:
        """Return the wording for a register, else the formal one."""
        return self.texts.get(register or FORMAL, self.texts[FORMAL])


class CannedReplies:
    """All canned replies, by language."""

    def __init__(self, replies: Mapping[str, tuple[Canned, ...]]) -> None:
        self._replies = replies

    @classmethod
    def from_folder(cls, folder: Path) -> CannedReplies:
        """Read ``*.yml`` of a folder, a file for each language.

        Raises:
            ConfigError: a file is not as the module's docstring says; the text says where.
        """
        return cls({path.stem: _read(path) for path in sorted(folder.glob("*.yml"))})

    def of(self, language: str) -> tuple[Canned, ...]:
        """Return the replies of a language, else the Spanish ones."""
        return self._replies.get(language, self._replies.get("es", ()))

    def filled(
        self, language: str, *, register: str | None, facts: Mapping[str, str | None]
    ) -> list[Json]:
        """Return code, title and text of each, with what is known filled in.

        Args:
            language: The customer's.
            register: tu, usted or vos; None is formal.
            facts: Values of :data:`VARIABLES`; those that are unknown may be missing.
        """
        return [
            {
                "code": reply.code,
                "title": reply.title,
                "text": _fill(reply.text(register), facts, language),
            }
            for reply in self.of(language)
        ]


def gaps(language: str) -> re.Pattern[str]:
    """Return what finds the gaps that are left in a text, such as ``[pedido]``."""
    names = (words.get(language, words["es"]) for words in VARIABLES.values())
    return re.compile(r"\[(?:" + "|".join(names) + r"|…|\.\.\.)\]")


def _fill(text: str, facts: Mapping[str, str | None], language: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        words = VARIABLES[name]
        return facts.get(name) or f"[{words.get(language, words['es'])}]"

    return _VARIABLE.sub(value, text)


def _read(path: Path) -> tuple[Canned, ...]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path.name} cannot be read: {error}") from error
    rows = data.get("replies") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise ConfigError(f"{path.name} has no list 'replies'.")
    found = tuple(_reply(path, number, row) for number, row in enumerate(rows, start=1))
    codes = [reply.code for reply in found]
    for code in codes:
        if codes.count(code) > 1:
            raise ConfigError(f"{path.name}: two replies have the code '{code}'.")
    return found


def _reply(path: Path, number: int, row: Any) -> Canned:
    where = f"{path.name} -> replies -> {number}"
    if not isinstance(row, dict) or not {"code", "title", "text"} <= row.keys():
        raise ConfigError(f"{where}: a reply has 'code', 'title' and 'text'.")
    code = str(row["code"])
    if not _CODE.fullmatch(code):
        raise ConfigError(f"{where}: '{code}' is no code: 2 to 20 of a-z, 0-9, - and _.")
    texts = row["text"] if isinstance(row["text"], dict) else {FORMAL: str(row["text"])}
    if FORMAL not in texts or not set(texts) <= set(REGISTERS):
        raise ConfigError(
            f"{where} ({code}): text is one, or one for {', '.join(REGISTERS)}; "
            f"'{FORMAL}' must be there."
        )
    for text in texts.values():
        for name in _VARIABLE.findall(text):
            if name not in VARIABLES:
                raise ConfigError(
                    f"{where} ({code}): unknown {{{name}}}; accepted: {', '.join(VARIABLES)}."
                )
    return Canned(code, str(row["title"]), {name: str(text) for name, text in texts.items()})
