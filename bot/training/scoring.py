"""What a model says to texts whose answer is known, and how often it is right.

The texts are those of ``evaluation/nlu/``: ``dev_es.yml`` and ``dev_en.yml`` with intents,
``frustration_dev_es.yml`` and ``frustration_dev_en.yml`` with levels. ``remanso parse``'s own road
scores them, in a process of its own: neither Rasa nor the encoder stays in the caller's memory.
What a model said is kept in ``models/.scores/``, so that it is asked once.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError, RemansoError
from bot.nlu import development, graded, labelled
from bot.settings import ROOT, Settings
from bot.training.environment import quiet

TEXTS = ROOT / "evaluation" / "nlu"
INTENT, FRUSTRATION = "intent", "frustration"  # the kinds of texts
ASK_HUMAN = "ask_human"
SAFETY = ("self_harm", "violence_threat", "emergency")
CRITICAL = (*SAFETY, ASK_HUMAN)  # a miss of these harms somebody
FRUSTRATED = ("frustrated", "angry")
KEPT = 20  # files of answers that are kept
CODE = ("bot/nlu", "bot/encoder", "bot/deescalation")  # what scores depend on beside the archive


@dataclass(frozen=True)
class Text:
    """One text with the answer that a person gave it."""

    text: str
    expected: str  # an intent or a level
    kind: str  # INTENT or FRUSTRATION
    language: str  # es or en
    context: tuple[str, ...] = ()  # the same person's messages before, oldest first


@dataclass(frozen=True)
class Answer:
    """What a model said to a text."""

    intent: str
    level: str
    frustration: float  # in [0, 1]

    def to(self, text: Text) -> str:
        """Return the part of the answer that the text asks for."""
        return self.intent if text.kind == INTENT else self.level


def right(text: Text, answer: Answer) -> bool:
    """Return whether an answer is right: the intent itself; for a level, frustrated or not."""
    if text.kind == INTENT:
        return answer.intent == text.expected
    return (answer.level in FRUSTRATED) == (text.expected in FRUSTRATED)


def development_texts(folder: Path = TEXTS) -> list[Text]:
    """Return the development texts; empty where there are none.

    Raises:
        ConfigError: a file is wrong.
    """
    files = [*development.labelled_files(folder), *development.graded_files(folder)]
    return [text for path in files for text in texts_of(path)]


def texts_of(path: Path) -> list[Text]:
    """Read a file of texts with intents (``nlu:``) or with levels (``examples:``).

    Raises:
        ConfigError: it is neither, or one of its texts is wrong.
    """
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    if isinstance(content, dict) and "examples" in content:
        language = "en" if path.stem.endswith("_en") or path.stem.startswith("en_") else "es"
        return [
            Text(one.text, one.level, FRUSTRATION, language, one.context)
            for one in graded.read_file(path)
        ]
    if isinstance(content, dict) and "nlu" in content:
        return [Text(one.text, one.intent, INTENT, one.language) for one in labelled.read(path)]
    raise ConfigError(
        f"{path} has neither 'nlu:' (texts with intents, as in data/nlu) nor 'examples:' "
        "(texts with levels, as in data/frustration)."
    )


def answers(
    settings: Settings, models: Sequence[Path], texts: Sequence[Text]
) -> list[list[Answer]]:
    """Return what each model says to each text, in their order.

    Raises:
        ConfigError: a model cannot be used; the text says why.
    """
    places = [_place(settings, model, texts) for model in models]
    wanted = [
        (model, place) for model, place in zip(models, places, strict=True) if not place.is_file()
    ]
    if wanted and texts:
        _score(settings, dict(wanted), texts)
    return [_read(place) if texts else [] for place in places]


def _place(settings: Settings, model: Path, texts: Sequence[Text]) -> Path:
    """Return where the answers are kept: by archive, texts and the code that reads both."""
    digest = hashlib.sha256(model.read_bytes())
    digest.update(repr([(one.text, one.context) for one in texts]).encode("utf-8", "replace"))
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return settings.models / ".scores" / f"{digest.hexdigest()[:16]}.jsonl"


def _read(place: Path) -> list[Answer]:
    lines = place.read_text(encoding="utf-8").splitlines()
    return [Answer(**json.loads(line)) for line in lines]


def _score(settings: Settings, wanted: dict[Path, Path], texts: Sequence[Text]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "in.jsonl"
        lines = (json.dumps({"text": one.text, "context": [*one.context]}) for one in texts)
        asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
        pairs = [str(path.resolve()) for pair in wanted.items() for path in pair]
        command = [sys.executable, "-m", "bot.training.scoring", str(asked), *pairs]
        done = subprocess.run(
            command, cwd=ROOT, env=quiet(settings), capture_output=True, text=True, check=False
        )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise ConfigError(said[-1])
    kept = (settings.models / ".scores").glob("*.jsonl")
    for old in sorted(kept, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)


def _answer(line: str) -> str:
    parsed = json.loads(line)
    said = Answer(str(parsed["intent"]), parsed["level"], float(parsed["frustration"]))
    return json.dumps(asdict(said))


def main(arguments: Sequence[str]) -> None:
    """Score a file with models: ``in.jsonl model out.jsonl [model out.jsonl ...]``."""
    from bot.training.parse import parse_file

    asked = Path(arguments[0])
    for model, place in zip(arguments[1::2], arguments[2::2], strict=True):
        kept = Path(place)
        kept.parent.mkdir(parents=True, exist_ok=True)
        parsed, draft = asked.with_suffix(".out"), kept.with_suffix(".draft")
        try:
            parse_file(asked, parsed, Path(model))
        except RemansoError as error:
            sys.exit(" ".join(str(error).split()))
        except Exception as error:  # noqa: BLE001 - an archive of older code fails anywhere
            sys.exit(
                f"{Path(model).name} does not fit the present code of the bot ({error!r}). "
                "Train it again: remanso train."
            )
        lines = parsed.read_text(encoding="utf-8").split("\n")
        draft.write_text("".join(f"{_answer(line)}\n" for line in lines if line), encoding="utf-8")
        draft.replace(kept)


if __name__ == "__main__":
    main(sys.argv[1:])
