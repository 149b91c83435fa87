"""Whether a new story says anything new, and whether it contradicts what is already there.

The comparison is Rasa's own: two stories contradict each other when different actions follow the
same beginning (the same last turns that the stories' policy looks back on), and a story contradicts
a rule when the rule answers otherwise. Nothing is trained; TensorFlow is not imported.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError
from bot.training.checks_stories import Tale, read
from bot.training.quiet_rasa import quiet_rasa
from bot.training.stories import STORIES, TESTS, Draft, Step, slug

MEMORY = "MemoizationPolicy"
FOUND = re.compile(r"^- (the prediction of the action .*)$", re.M)


def free_name(root: Path, made: Draft, *, given: bool) -> str:
    """Return a name that no story or rule and no file has.

    Args:
        root: The checkout.
        made: The story.
        given: Whether the trainer chose its name; then no other is made up.

    Raises:
        ConfigError: the chosen name is taken.
    """
    taken = {tale.name for tale in read(root)}
    tried = [made.name] if given else [made.name, *(f"{made.name} ({n})" for n in range(2, 100))]
    for name in tried:
        files = [root / folder / f"{slug(name)}.yml" for folder in (STORIES, TESTS)]
        if name not in taken and not any(file.exists() for file in files):
            return name
    raise ConfigError(
        f"There is a story, a rule or a file named '{made.name}' already. Choose another --name."
    )


def covered_by(root: Path, steps: list[Step]) -> Tale | None:
    """Return the story that begins with these very steps; None without one."""
    wanted = [_bare(step) for step in steps]
    for tale in read(root):
        known = [_bare(step) for step in tale.steps[: len(wanted)]]
        if tale.kind == "story" and known == wanted:
            return tale
    return None


def _bare(step: Step) -> str:
    kept = ("intent", "action", "active_loop", "slot_was_set")
    return json.dumps({key: step[key] for key in kept if key in step} or step, default=str)


def contradictions(root: Path, made: Draft) -> list[str]:
    """Return what a story contradicts, a sentence each; empty when nothing.

    Args:
        root: The checkout with ``config.yml``, ``domain.yml`` and ``data/``.
        made: The story.

    Raises:
        ConfigError: the stories, rules or domain of the checkout cannot be read.
    """
    with quiet_rasa(), tempfile.TemporaryDirectory() as folder:
        from rasa.shared.exceptions import RasaException

        file = Path(folder) / "new.yml"
        file.write_text(made.text(), encoding="utf-8")
        try:
            found = _Rasa(root, file)
            unknown = found.unknown(made.steps)
            return unknown or [*found.stories(made.name), *found.rules(made.name, Path(folder))]
        except RasaException as error:
            raise ConfigError(f"{root / 'data'} is not readable for Rasa: {error}") from error


class _Rasa:
    """Rasa's view of the checkout with the new story in it."""

    def __init__(self, root: Path, new: Path) -> None:
        from rasa.shared.core.domain import Domain
        from rasa.shared.core.generator import TrainingDataGenerator
        from rasa.shared.core.training_data.loading import load_data_from_files
        from rasa.shared.core.training_data.structures import StoryGraph

        self._root = root
        config = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
        self._policies: list[dict[str, Any]] = config["policies"]
        responses = sorted((root / "data" / "responses").glob("*.yml"))
        self._domain = Domain.load([str(path) for path in (root / "domain.yml", *responses)])
        files = [*(root / STORIES).glob("**/*.yml"), *(root / "data" / "rules").glob("**/*.yml")]
        steps = load_data_from_files([*sorted(str(path) for path in files), str(new)], self._domain)
        self._trackers = TrainingDataGenerator(
            StoryGraph(steps), domain=self._domain, remove_duplicates=False, augmentation_factor=0
        ).generate()

    def unknown(self, steps: list[Step]) -> list[str]:
        """Return intents and actions of a story that the domain does not have any more."""
        known = {"intent": self._domain.intents, "action": self._domain.action_names_or_texts}
        return [
            f"The {kind} '{step[kind]}' is not in domain.yml (any more)."
            for step in steps
            for kind in ("intent", "action")
            if kind in step and step[kind] not in known[kind]
        ]

    def stories(self, name: str) -> Iterator[str]:
        """Yield where a story goes on otherwise than another one."""
        from rasa.core.training.story_conflict import find_story_conflicts

        stories = [one for one in self._trackers if not one.is_rule_tracker]
        memory = self._config_of(MEMORY).get("max_history")
        mine = [one for one in stories if one.sender_id == name]  # none: it is there already
        for other in (one for one in stories if mine and one is not mine[0]):
            for conflict in find_story_conflicts([mine[0], other], self._domain, memory):
                head, *lines = str(conflict).splitlines()
                where = head.partition("conflict ")[2].rstrip(":")
                told = " but ".join(line.strip().replace(" predicted in", " in") for line in lines)
                yield f"{where[:1].upper()}{where[1:]}: {told} ({self._place(other.sender_id)})."

    def rules(self, name: str, folder: Path) -> list[str]:
        """Return where rules answer otherwise than a story."""
        from rasa.core.policies.rule_policy import InvalidRule, RulePolicy
        from rasa.engine.graph import ExecutionContext, GraphSchema
        from rasa.engine.storage.local_model_storage import LocalModelStorage
        from rasa.engine.storage.resource import Resource

        store = folder / "model"
        store.mkdir()
        config = {**RulePolicy.get_default_config(), **self._config_of("RulePolicy")}
        policy = RulePolicy(
            config,
            LocalModelStorage.create(store),
            Resource("rules"),
            ExecutionContext(GraphSchema({})),
        )
        try:
            policy.train(self._trackers, self._domain)
        except InvalidRule as error:
            told = [line for line in FOUND.findall(str(error)) if f"'{name}'" in line]
            return [f"{line[:1].upper()}{line[1:]}{self._rule(line)}" for line in told]
        return []

    def _config_of(self, policy: str) -> dict[str, Any]:
        found = next((one for one in self._policies if one["name"].endswith(policy)), {})
        return {key: value for key, value in found.items() if key != "name"}

    def _rule(self, line: str) -> str:
        match = re.search(r"with rule\(s\) '([^']*)'", line)
        return f" ({self._place(match.group(1).split(', ')[0])})" if match else ""

    def _place(self, name: str) -> str:
        """Return where a story or a rule is, as ``data/rules/order.yml:7``."""
        return next((tale.place for tale in read(self._root) if tale.name == name), name)
