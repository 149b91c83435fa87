"""The help articles in ``data/knowledge``: one file each, ``<slug>.<language>.md``.

A file begins with its front matter, and goes on with paragraphs that can each be quoted alone::

    ---
    title: Devoluciones                 # at most 5 words
    updated: 2026-03-03                 # the day on which somebody last checked it
    language: es                        # es or en, as in the file's name
    intents: [return_item]              # what it may answer, by name in domain.yml
    questions:                          # 3 to 6 ways in which customers ask it
      - "¿cómo devuelvo un producto?"
    ---

    Hay 30 días desde la entrega para devolver un producto, sin dar motivos y sin coste.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.errors import ConfigError, did_you_mean
from bot.nlu import lines

LANGUAGES = ("es", "en")
FIELDS = ("title", "updated", "language", "intents", "questions")
TITLE_WORDS = 5  # a title, the date and one paragraph are said in at most 45 words ...
PASSAGE_WORDS = 26  # ... so these are what is left for a paragraph
PASSAGE_LETTERS = 300  # of a fact in a sentence (bot.deescalation.phrasing)
QUESTIONS = (3, 6)
EXPECTED = "See the docstring of bot/nlu/articles.py for the form of a file."

_NAME = re.compile(r"([a-z0-9][a-z0-9-]*)\.([a-z]{2})\.md")
_FENCE = "---"
_UNSAYABLE = re.compile(r"[{}<>?!¿¡]")


@dataclass(frozen=True)
class Passage:
    """A paragraph of an article and the line of the file that it begins in."""

    text: str
    line: int


@dataclass(frozen=True)
class Article:
    """A help article in one language."""

    slug: str
    language: str
    title: str
    updated: date
    intents: tuple[str, ...]
    questions: tuple[str, ...]
    passages: tuple[Passage, ...]
    place: str  # "data/knowledge/returns.es.md:1"


def files(folder: Path) -> list[Path]:
    """Return the files of articles in a folder, sorted; other Markdown there is a guide."""
    return sorted(path for path in folder.glob("*.md") if path.name[:1].islower())


def read_folder(folder: Path) -> list[Article]:
    """Return all articles of a folder.

    Raises:
        ConfigError: there is none, or one is not as it should be; file and line are named.
    """
    found = [read(path) for path in files(folder)]
    if not found:
        raise ConfigError(f"No help articles (<slug>.<language>.md) in {folder}. {EXPECTED}")
    return found


def read(path: Path) -> Article:
    """Return the article of a file.

    Raises:
        ConfigError: it is not as it should be; the text begins with ``file:line``.
    """
    where = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    name = _NAME.fullmatch(path.name)
    if name is None:
        raise ConfigError(f"{where}:1: the name is not <slug>.<language>.md. {EXPECTED}")
    front, body, start = _split(path, where)
    _check_fields(front, where)
    article = Article(
        slug=name[1],
        language=_text(front, "language", where),
        title=_text(front, "title", where),
        updated=_day(front, where),
        intents=_texts(front, "intents", where),
        questions=_texts(front, "questions", where),
        passages=tuple(_passages(body, start)),
        place=f"{where}:1",
    )
    _check(article, name[2], front, where)
    return article


def _split(path: Path, where: str) -> tuple[lines.Lined, str, int]:
    """Return the front matter, the body, and the line that the body begins in."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where}:1: cannot be read: {error}.") from error
    written = text.splitlines()
    ends = [number for number, line in enumerate(written) if line.rstrip() == _FENCE]
    if len(ends) < 2 or ends[0] != 0:
        raise ConfigError(f"{where}:1: it has no front matter between two lines '---'. {EXPECTED}")
    # The first fence becomes an empty line, so that the lines of the YAML are those of the file.
    front = lines.load("\n".join(["", *written[1 : ends[1]]]), where=where)
    if not isinstance(front, lines.Lined):
        raise ConfigError(f"{where}:1: the front matter has no fields. {EXPECTED}")
    return front, "\n".join(written[ends[1] + 1 :]), ends[1] + 2


def _check_fields(front: lines.Lined, where: str) -> None:
    for field in front:
        if field not in FIELDS:
            line = getattr(field, "line", front.line)
            hint = did_you_mean(str(field), FIELDS)
            raise ConfigError(f"{where}:{line}: unknown field '{field}'.{hint}")
    for field in FIELDS:
        if not front.get(field):
            raise ConfigError(f"{where}:{front.line}: the field '{field}' is missing. {EXPECTED}")


def _text(front: lines.Lined, field: str, where: str) -> str:
    if not isinstance(front[field], str):
        raise ConfigError(f"{where}:{_line(front, field)}: {field} is no text. {EXPECTED}")
    return " ".join(str(front[field]).split())


def _texts(front: lines.Lined, field: str, where: str) -> tuple[str, ...]:
    found = front[field]
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise ConfigError(f"{where}:{_line(front, field)}: {field} is no list of texts. {EXPECTED}")
    return tuple(str(one) for one in found)


def _day(front: lines.Lined, where: str) -> date:
    day = front["updated"]
    if not isinstance(day, date):
        raise ConfigError(
            f"{where}:{_line(front, 'updated')}: updated is '{day}', no day such as 2026-03-03."
        )
    return day


def _line(front: lines.Lined, field: str) -> int:
    keys = {str(key): key for key in front}
    return int(getattr(keys[field], "line", front.line))


def _passages(body: str, start: int) -> Iterator[Passage]:
    """Yield the paragraphs: what stands between empty lines."""
    block: list[str] = []
    for number, line in enumerate([*body.splitlines(), ""], start=start):
        if line.strip():
            block.append(line.strip())
        elif block:
            yield Passage(" ".join(block), number - len(block))
            block = []


def _check(article: Article, language: str, front: lines.Lined, where: str) -> None:
    if article.language not in LANGUAGES or article.language != language:
        raise ConfigError(
            f"{where}:{_line(front, 'language')}: language is '{article.language}'; expected is "
            f"'{language}', as in the file's name, and one of {', '.join(LANGUAGES)}."
        )
    title = f"{where}:{_line(front, 'title')}: the title"
    _check_sayable(article.title, TITLE_WORDS, title)
    least, most = QUESTIONS
    if not least <= len(article.questions) <= most:
        raise ConfigError(
            f"{where}:{_line(front, 'questions')}: {len(article.questions)} questions; "
            f"expected are {least} to {most} ways in which customers ask it."
        )
    if not article.passages:
        raise ConfigError(f"{where}:{front.line}: the article has no paragraphs. {EXPECTED}")
    for passage in article.passages:
        _check_sayable(passage.text, PASSAGE_WORDS, f"{where}:{passage.line}: the paragraph")


def _check_sayable(text: str, words: int, what: str) -> None:
    """Raise when a text cannot be quoted in one short message."""
    if len(text.split()) > words or len(text) > PASSAGE_LETTERS:
        raise ConfigError(
            f"{what} has {len(text.split())} words and {len(text)} letters; it is quoted as one "
            f"message, so at most {words} words and {PASSAGE_LETTERS} letters. Make two of it."
        )
    if found := _UNSAYABLE.search(text):
        raise ConfigError(
            f"{what} has '{found[0]}'. It is quoted inside a message: no questions, exclamations, "
            f"braces or markup."
        )
