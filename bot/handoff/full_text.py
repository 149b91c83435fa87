"""Full text: in the reference, in who the customer is, in what was written and in the notes.

Accents and case make no difference, every word must occur, and nothing is copied for it: a word
becomes a pattern in which each letter stands for all its forms (``GLOB`` of SQLite, ``~`` of
PostgreSQL).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.handoff.letters import without_accents
from bot.handoff.tables import conversations, messages, tickets
from bot.handoff.tables_desk import notes

WORDS = 8
"""Words of a text that must occur; more make no search sharper."""
_FORMS = {
    "a": "áàâäãå",
    "c": "ç",
    "e": "éèêë",
    "i": "íìîï",
    "n": "ñ",
    "o": "óòôöõ",
    "u": "úùûü",
    "y": "ýÿ",
}


def words(text: str) -> list[str]:
    """Return the words to look for, each once: lower case, without accents."""
    visible = "".join(each if each.isprintable() else " " for each in text)
    return list(dict.fromkeys(without_accents(visible.casefold()).split()))[:WORDS]


def pattern(word: str, *, sqlite: bool) -> str:
    """Return what finds a word of :func:`words` anywhere in a text, in the database's notation."""
    letters = "".join(_letter(each, sqlite) for each in word)
    return f"*{letters}*" if sqlite else letters


def _letter(letter: str, sqlite: bool) -> str:
    forms = letter + _FORMS.get(letter, "")
    every = "".join(dict.fromkeys(forms + forms.upper()))
    if len(every) > 1:
        return f"[{every}]"
    if letter in ("*?[" if sqlite else r".^$*+?{}[]\|()"):
        return f"[{letter}]" if sqlite else f"\\{letter}"
    return letter


def has_word(word: str, *, sqlite: bool) -> Any:
    """Return the condition that a ticket has a word somewhere.

    Args:
        word: One of :func:`words`.
        sqlite: Whether it is for SQLite, or else for PostgreSQL.
    """
    wanted, sign = pattern(word, sqlite=sqlite), "GLOB" if sqlite else "~"

    def has(column: Any) -> Any:
        return column.op(sign)(wanted)

    who = conversations.c
    said = sa.exists().where(
        messages.c.conversation == tickets.c.conversation,
        messages.c.author != "system",  # its words are the same in every case
        has(messages.c.text),
    )
    noted = sa.exists().where(notes.c.ticket == tickets.c.ref, has(notes.c.text))
    columns = (who.customer_name, who.customer_email, who.customer_id, who.contact_email)
    known = sa.exists().where(
        who.id == tickets.c.conversation,
        sa.or_(*(has(column) for column in (*columns, who.contact_phone))),
    )
    return sa.or_(has(tickets.c.ref), known, noted, said)
