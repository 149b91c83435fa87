"""``remanso evaluate --personas``: simulated customers with our bot and with the plain one.

The customers (``bot.simulation``) see only the screen. What only the report may see is
added here: the product's own check of wording, triggers, errors, and our bot with one mechanism
switched off.
"""

from __future__ import annotations

import json
import tarfile
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.settings import Settings
from bot.simulation.talk import Record
from evaluation import play
from evaluation.in_parallel import Outcome, in_parallel
from evaluation.people import read_all
from evaluation.replies import PlayError
from evaluation.simulate_chat import Task, converse, load_plain
from evaluation.simulate_report import FACTORS, PLAIN, Played, report
from evaluation.systems import OURS

Say = Callable[[str], None]

POLICY = "bot.policies.deescalation_policy.DeescalationPolicy"
SEED = 20_261
EVERY = 100  # conversations between two lines that tell of them

Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Options:
    """What is to be played.

    Args:
        conversations: With each bot.
        seed: Of personas, words and choices; the same for every bot.
        ablations: With each mechanism switched off; 0 leaves that out.
        workers: Processes.
        only: Personas, by name; all when empty.
        model: Another archive than the published one.
        present: The checkout's dialogue on the model's understanding, trained first.
    """

    conversations: int = 500
    seed: int = SEED
    ablations: int = 150
    workers: int = 2
    only: tuple[str, ...] = ()
    model: Path | None = None
    present: bool = False


def tasks(names: Sequence[str], count: int, seed: int) -> list[Task]:
    """Return ``count`` conversations: every persona as often as any other, in turn."""
    return [Task(names[n % len(names)], f"{seed}-{n}") for n in range(count)]


def evaluate(settings: Settings, options: Options, *, say: Say) -> dict[str, Any]:
    """Play everything and return the report, ready for JSON.

    Args:
        settings: The installation.
        options: What is to be played.
        say: Told what happens, a line at a time.
    """
    from bot.training.published import published_model

    began = time.monotonic()
    personas = read_all()
    names = [name for name in personas if not options.only or name in options.only]
    if not names:
        raise ConfigError(f"There is no such persona. Known: {', '.join(personas)}.")
    model = options.model or published_model(settings)
    listed = tasks(names, options.conversations, options.seed)
    part = listed[: options.ablations]
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), model, options, say)
        bots = {name: stage.play(name, listed) for name in (OURS, PLAIN)}
        switched, others = {}, {}
        if part:
            switched = {what: stage.play(OURS, part, without=what) for what in MECHANISMS}
            others = {
                factor: {name: stage.play(name, part, stubborn=factor) for name in bots}
                for factor in FACTORS
            }
    about = f"{model.name}{' with the present dialogue' if options.present else ''}"
    played_ = Played(bots, switched, others)
    return report(
        played_, personas, model=about, seed=options.seed, seconds=time.monotonic() - began
    )


class Stage:
    """Where the bots are played: their archives, in a folder that is thrown away."""

    def __init__(self, folder: Path, model: Path, options: Options, say: Say) -> None:
        """Make both archives.

        Args:
            folder: Where they go.
            model: Ours.
            options: What is to be played.
            say: Told what happens.
        """
        from evaluation.baselines.plain.build import build
        from evaluation.fresh import fresh

        say("Training the plain bot's dialogue ...")
        plain = build(model, folder / "plain.tar.gz")
        if options.present:
            say("Training the present dialogue ...")
            model = fresh(model, folder / model.name)
        self._folder, self._say, self._workers = folder, say, options.workers
        self._bots = {OURS: (model, play.Bot.load), PLAIN: (plain, load_plain)}

    def play(
        self, bot: str, listed: Sequence[Task], *, without: str = "", stubborn: float = 1.0
    ) -> list[Record]:
        """Return the records of conversations with a bot."""
        model, load = self._bots[bot]
        how = f" without {without}" if without else ""
        how += f", {stubborn} times as many who do not answer" if stubborn != 1.0 else ""
        self._say(f"{len(listed)} conversations with {bot}{how} ...")
        if without:
            model = altered(model, self._folder / "variant.tar.gz", MECHANISMS[without])
        tasks_ = [replace(one, stubborn=stubborn) for one in listed]
        return played(tasks_, model, load, self._workers, self._say)


def played(
    listed: Sequence[Task],
    model: Path,
    load: Callable[[Path], play.Bot],
    workers: int,
    say: Say = lambda line: None,
) -> list[Record]:
    """Return the records of conversations, in order; one that broke the player is an error."""
    outcomes = in_parallel(
        converse, listed, model=model, workers=workers, load=load, done=_counted(say, len(listed))
    )
    broken = [one for one in outcomes if one.error]
    if broken:
        first = broken[0]
        raise PlayError(
            f"{len(broken)} of {len(outcomes)} conversations broke the player, first "
            f"{first.task}:\n{first.error}\n{first.transcript}"
        )
    return [one.value for one in outcomes]


def _counted(say: Say, count: int) -> Callable[[Outcome], None]:
    """Return what tells of every hundredth conversation that is over."""
    over = 0

    def done(outcome: Outcome) -> None:
        nonlocal over
        over += 1
        if over % EVERY == 0:
            say(f"  {over} of {count}")

    return done


# Our mechanisms that can be switched off in a trained archive: what each change leaves is what a
# conversation is like without it. Names of triggers that a model does not know are passed over.


def _without(*names: str) -> Change:
    def change(node: dict[str, Any]) -> None:
        triggers = node["config"]["triggers"]
        node["config"]["triggers"] = {k: v for k, v in triggers.items() if k not in names}

    return change


def _no_listening(node: dict[str, Any]) -> None:
    node["uses"] = "evaluation.without.WithoutListening"


MECHANISMS: dict[str, Change] = {
    "listening and acknowledging": _no_listening,
    "triggers of emotion": _without(
        "abuse_after_boundary",
        "anger_not_lower",
        "attempts_spent",
        "falling_mood",
        "first_abuse",
        "stated_problem",
        "strong_emotion",
        "tone_change",
        "very_angry",
    ),
    "triggers of counts": _without(
        "about_to_repeat",
        "half_understood",
        "no_progress",
        "not_understood",
        "not_understood_twice",
        "repeated_complaint",
    ),
    "triggers of threats and complaints": _without(
        "churn_threat", "data_rights", "formal_complaint", "legal_threat", "press_threat"
    ),
    "triggers of contacts and care": _without(
        "frequent_contact", "many_contacts", "repeated_contact", "second_contact", "special_care"
    ),
    "triggers of authority": _without("always_person", "out_of_authority"),
}


def altered(model: Path, target: Path, change: Change) -> Path:
    """Write the archive with another configuration of our policy; nothing is trained."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(model) as tar:
            tar.extractall(folder, filter="data")
        path = folder / "metadata.json"
        metadata = json.loads(path.read_text(encoding="utf-8"))
        nodes = metadata["predict_schema"]["nodes"].values()
        for node in nodes:
            if node["uses"] == POLICY:
                change(node)
        path.write_text(json.dumps(metadata), encoding="utf-8")
        with tarfile.open(target, "w:gz") as tar:
            for one in sorted(folder.iterdir()):
                tar.add(one, arcname=one.name)
    return target


def write(found: Mapping[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write the report as JSON and as a page; return both paths."""
    from evaluation.simulate_page import render

    folder.mkdir(parents=True, exist_ok=True)
    data, page = folder / "personas.json", folder / "personas.html"
    data.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    page.write_text(render(found), encoding="utf-8")
    return data, page
