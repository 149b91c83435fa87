"""``remanso examples add`` and ``remanso frustration add``: new examples, checked and written.

All texts of one call are masked and checked first; nothing is written if one is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.deescalation.turn import LEVELS
from bot.encoder.runtime import Encoder
from bot.errors import ConfigError, EncoderError, did_you_mean
from bot.nlu import lines
from bot.nlu.language import SPOKEN, Languages
from bot.training import alike, corpus, insertion, nearest
from bot.training.checks_examples import DOMAINS, REGIONS, STYLES
from bot.training.checks_project import UNSPOKEN, known_intents
from bot.training.corpus import FRUSTRATION, INTENT, Example
from bot.training.masking import mask

Say = Callable[[str], None]
Content = Callable[[Path], str]
Insert = Callable[[Content, Example], tuple[Path, str, int]]  # file, its new content, the line
USUAL_STYLE = {"calm": "even", "annoyed": "even", "frustrated": "resigned", "angry": "furious"}
USUAL_REGION = {"es": "es", "en": "uk"}
NEW_PLACE = "this call"  # the place of a text that was given together with another

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_MARKUP = re.compile(r"\[[^\]]*\]\s*[({]|\$\{")


@dataclass(frozen=True)
class Draft(Example):
    """One example that may be written."""

    masked: tuple[str, ...] = ()  # personal data that was replaced, by kind


@dataclass(frozen=True)
class Taught:
    """One example that was written."""

    example: Example  # with its place
    masked: tuple[str, ...]  # personal data that was replaced, by kind
    doubt: str = ""  # why it may belong to another class


@dataclass(frozen=True)
class Place:
    """Where this happens."""

    root: Path  # the checkout
    models: Path  # where the sentence encoder is, and the vectors that it has computed


def add_intent(
    texts: Sequence[str], intent: str, *, language: str = "", where: Place, say: Say
) -> list[Taught]:
    """Add examples of an intent to ``data/nlu``.

    Args:
        texts: What customers may write, one line each.
        intent: An intent of ``domain.yml``.
        language: es or en; empty: told from each text.
        where: The checkout and the encoder.
        say: Told about what takes long, or cannot be done.

    Raises:
        ConfigError: a text is refused, each with its reason; nothing was written.
    """
    known = [name for name in known_intents(where.root) if name not in UNSPOKEN]
    if intent not in known:
        raise ConfigError(f"Unknown intent '{intent}'.{did_you_mean(intent, known)}")
    drafts = [_draft(text, intent, (), language, where.root) for text in texts]
    there = corpus.intents(where.root)
    _refuse(drafts, there, corpus.held_out(where.root, INTENT))

    def line(content: Content, one: Example) -> tuple[Path, str, int]:
        path = insertion.home(where.root / corpus.NLU, intent, one.language)
        made, number = insertion.with_example(content(path), path, intent, one.text)
        return path, made, number

    return _write(drafts, there, line, where, say)


def add_frustration(
    texts: Sequence[str],
    level: str,
    *,
    language: str = "",
    region: str = "",
    domain: str = "shop",
    style: str = "",
    context: Sequence[str] = (),
    complaint: bool = False,
    where: Place,
    say: Say,
) -> list[Taught]:
    """Add graded examples to ``data/frustration/<language>_added.yml``.

    Args:
        texts: What customers may write, one line each.
        level: calm, annoyed, frustrated or angry.
        language: es or en; empty: told from each text.
        region: Where it is said like that; empty: es or uk.
        domain: What business it is about.
        style: How it is said; empty: what is usual for the level.
        context: The same person's messages just before, oldest first.
        complaint: Whether calm ones tell that something is wrong; others always do.
        where: The checkout and the encoder.
        say: Told about what takes long, or cannot be done.

    Raises:
        ConfigError: a text or a value is refused, with its reason; nothing was written.
    """
    _one_of("level", level, LEVELS)
    style = style or USUAL_STYLE[level]
    _one_of("style", style, STYLES)
    _one_of("domain", domain, DOMAINS)
    drafts = [_draft(text, level, tuple(context), language, where.root) for text in texts]
    for draft in drafts:
        _one_of("region", region or USUAL_REGION[draft.language], REGIONS[draft.language])
    there = corpus.frustration(where.root)
    _refuse(drafts, there, corpus.held_out(where.root, FRUSTRATION))

    def line(content: Content, one: Example) -> tuple[Path, str, int]:
        path = where.root / corpus.GRADED / f"{one.language}_added.yml"
        fields: dict[str, object] = {"text": one.text, "level": level}
        if complaint and level == LEVELS[0]:
            fields["complaint"] = True
        fields["region"] = region or USUAL_REGION[one.language]
        fields |= {"domain": domain, "style": style}
        if one.context:
            fields["context"] = list(one.context)
        made, number = insertion.with_graded(content(path), path, fields)
        return path, made, number

    return _write(drafts, there, line, where, say)


def _one_of(name: str, value: str, accepted: Sequence[str]) -> None:
    if value not in accepted:
        raise ConfigError(f"Unknown {name} '{value}'.{did_you_mean(value, accepted)}")


def _draft(text: str, label: str, context: tuple[str, ...], language: str, root: Path) -> Draft:
    """Return an example with personal data masked."""
    for one in (text, *context):
        if reason := _malformed(one):
            raise ConfigError(f"«{one}»: {reason} Nothing was written.")
    language = language or _language(text, root)
    _one_of("language", language, SPOKEN)
    said, *before = (mask(" ".join(one.split()), language=language) for one in (text, *context))
    told = tuple(dict.fromkeys(line for one in (said, *before) for line in one.told))
    turns = tuple(one.text for one in before)
    return Draft(said.text, label, language, NEW_PLACE, turns, masked=told)


def _malformed(text: str) -> str:
    """Return why a text cannot be an example, with the fix; empty when it can."""
    if not text.strip():
        return "An example needs a text."
    if len(text.splitlines()) > 1 or _CONTROL.search(text):
        return "An example is one line: take out line breaks and control characters."
    if text.lstrip().startswith("/"):
        return "An example does not start with '/', which Rasa reads as a command."
    if _MARKUP.search(text):
        return "Markup such as [x](y) is not for examples: details are found by data/patterns."
    return ""


def _language(text: str, root: Path) -> str:
    lists = lines.load_file(root / "data" / "patterns" / "language.yml")
    found = str(Languages(lists).language(text)["code"])
    if found not in SPOKEN:
        accepted = " or ".join(SPOKEN)
        raise ConfigError(
            f"«{text}» is neither Spanish nor English, it seems. If it is, say --language "
            f"{accepted}. Nothing was written."
        )
    return found


def _refuse(drafts: list[Draft], there: list[Example], held: list[Example]) -> None:
    """Refuse the whole call if one text is a copy, contradicts, or is held out.

    Raises:
        ConfigError: every reason, with the place of the other text.
    """
    held_out = corpus.index(held)
    reasons = []
    for number, draft in enumerate(drafts):
        others = [*there, *drafts[:number]]
        if reason := _copy(draft, others) or _leak(draft, held_out):
            reasons.append(f"«{draft.text}»: {reason}")
    if reasons:
        raise ConfigError("\n".join([*reasons, "Nothing was written."]))


def _copy(draft: Draft, others: list[Example]) -> str:
    own = [one for one in others if (one.label, one.language) == (draft.label, draft.language)]
    for other, same in corpus.index(own).near(draft.text):
        how = "is there already" if same else "is nearly there already"
        return f"{how}: «{other.text}» of '{other.label}' ({other.place}). Say it differently."
    name = alike.key(draft.text)
    for other in others:
        if alike.key(other.text) == name and other.context == draft.context:
            return (
                f"is an example of '{other.label}' ({other.place}); one text cannot be two things. "
                "The GUIDE.md beside it says which one it is."
            )
    return ""


def _leak(draft: Draft, held_out: alike.Index[Example]) -> str:
    for other, same in corpus.copies(draft, held_out):
        how = "is" if same else "is nearly"
        return (
            f"{how} the held-out text «{other.text}» ({other.place}): trained on it, the "
            "measurement would be worth nothing. Say it differently."
        )
    return ""


def _write(
    drafts: list[Draft], there: list[Example], insert: Insert, where: Place, say: Say
) -> list[Taught]:
    """Write all drafts, file by file, once every file's new content is known to be right."""
    contents: dict[Path, str] = {}
    found = []
    doubts = _doubts(drafts, there, where, say)
    for draft, doubt in zip(drafts, doubts, strict=True):
        path, made, line = insert(lambda path: contents.get(path) or insertion.read(path), draft)
        contents[path] = made
        place = f"{path.relative_to(where.root)}:{line}"
        found.append(Taught(replace(draft, place=place), draft.masked, doubt))
    for path, content in contents.items():
        insertion.write(path, content)
    return found


def _doubts(drafts: list[Draft], there: list[Example], where: Place, say: Say) -> list[str]:
    """Return for each draft why it may belong to another class; empty when it does not seem so."""
    try:
        encoder: Any = Encoder.load(where.models)
    except EncoderError as error:
        say(f"Not compared with the other examples by meaning: {error}")
        return ["" for _ in drafts]
    texts = [one.text for one in (*drafts, *there)]
    made = nearest.vectors(encoder, texts, models=where.models, say=say)
    found = []
    for draft, vector in zip(drafts, made, strict=False):  # theirs come first
        others = [at for at, one in enumerate(there) if one.language == draft.language]
        known = made[len(drafts) :][others]
        found.append(nearest.doubts(draft, vector, [there[at] for at in others], known))
    return found
