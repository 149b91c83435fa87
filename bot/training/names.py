"""Names in an example, replaced by invented ones: «me llamo …», «soy …», "my name is …"."""

from __future__ import annotations

import re

from bot.deescalation.cues import fold

GIVEN = frozenset(
    "ana maria juan jose luis carlos carmen laura marta pedro pablo javier antonio manuel "
    "francisco lucia sofia elena isabel pilar rosa teresa andrea paula sara raquel cristina "
    "patricia monica beatriz silvia alba irene claudia valentina camila daniela gabriela "
    "fernanda alejandra alejandro david daniel diego jorge miguel rafael fernando sergio "
    "alberto ricardo roberto eduardo andres felipe oscar raul ruben victor ignacio santiago "
    "sebastian mateo nicolas martin joaquin tomas hugo ivan marcos adrian alvaro gonzalo "
    "guillermo enrique ramon angel jesus pepe paco nuria ines rocio eva clara julia natalia "
    "lorena veronica adriana mariana john mary james robert michael william richard joseph "
    "thomas charles christopher matthew anthony mark donald steven paul andrew joshua kevin "
    "brian george edward jennifer linda elizabeth barbara susan jessica sarah karen nancy "
    "lisa margaret sandra ashley emily donna michelle carol amanda melissa deborah stephanie "
    "rebecca sharon cynthia kathleen amy angela anna emma olivia jack harry oliver peter "
    "simon tom sam ben kate lucy priya rahul amit raj anjali siobhan aoife sean liam niamh".split()
)
"""First names that are taken for one even alone: «soy Laura»."""

NO_NAME = frozenset(
    "el la los las un una de del que y en es por con para no si se me te mi su pero como asi muy "
    "the a an to of in on and my your not is it just so but cliente socio socia".split()
)

_WORD = r"[^\W\d_][^\W\d_'-]+"
_CALLED = re.compile(
    r"\b(?P<keep>me llamo|mi nombre es|my name is|my name's|me llaman)\s+"
    rf"(?P<name>{_WORD}(?: {_WORD}){{0,3}})",
    re.IGNORECASE,
)
_AM = re.compile(
    r"(?i:\b(?P<keep>soy|i am|i'm|i’m|this is|a nombre de|in the name of))\s+"
    r"(?P<title>(?:Sr|Sra|Srta|Mr|Mrs|Ms|Dr)\.? )?"
    r"(?P<name>[^\W\d_a-z][^\W\d_'-]+(?: (?:(?:de|del|la) )?[^\W\d_a-z][^\W\d_'-]+){0,3})"
)


def mask(text: str, *, language: str, told: list[str]) -> str:
    """Return a text with the names replaced that follow the words which announce one.

    Args:
        text: What somebody wrote.
        language: es or en: the language of the invented name.
        told: What was replaced by what is added to it.
    """

    def replace(match: re.Match[str], *, sure: bool) -> str:
        titled = bool(match.groupdict().get("title"))  # "this is Mrs Tully"
        english = match["keep"].lower().startswith(("i", "this"))
        words = _name_words(match["name"], sure=sure, lone=titled, often=not english)
        if not words:
            return match[0]
        invented = _like(words, "Ann Smith" if language == "en" else "Ana Ruiz")
        if words == invented.split():
            return match[0]
        told.append(f"name -> {invented}")
        rest = match["name"].split(" ")[len(words) :]
        return text_before(match) + " ".join([invented, *rest])

    def text_before(match: re.Match[str]) -> str:
        return match[0][: match.start("name") - match.start()]

    text = _CALLED.sub(lambda match: replace(match, sure=True), text)
    return _AM.sub(lambda match: replace(match, sure=False), text)


def _name_words(name: str, *, sure: bool, lone: bool, often: bool) -> list[str]:
    """Return the words of a text's beginning that are a name; none when it is no name.

    Args:
        name: Up to four words.
        sure: Whether the words before it say that it is a name.
        lone: Whether a title before it says so.
        often: Whether two capitalised words are a name there: «soy Rosa Gil», not "I am So Angry".
    """
    words = name.split(" ")
    if sure:
        typed_small = words[0][:1].islower()
        if fold(words[0]) in NO_NAME:
            return []
        end = next((i for i, word in enumerate(words) if fold(word) in NO_NAME), len(words))
        capitals = [i for i, word in enumerate(words[:end]) if i and not word[:1].isupper()]
        return words[: min(end, 2)] if typed_small else words[: min([*capitals, end])]
    shouted = all(word.isupper() for word in words)
    named = lone or fold(words[0]) in GIVEN or (often and len(words) > 1 and not shouted)
    return words if named else []


def _like(words: list[str], invented: str) -> str:
    """Return the invented name with as many words, typed in the same way."""
    name = invented if len(words) > 1 else invented.split()[0]
    if all(word.islower() for word in words):
        return name.lower()
    return name.upper() if all(word.isupper() for word in words) else name
