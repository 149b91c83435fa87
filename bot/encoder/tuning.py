"""Fine-tune the sentence encoder on the project's own examples, and put the result on the shelf.

The upper layers learn to tell apart what the tasks tell apart (multi-task classification heads on
the sentence vector, as in Caruana 1997 and Liu et al., ACL 2019); the heads are thrown away. The
lower layers stay as they are, so each text goes through them once and every round costs only the
upper ones: minutes on two cores. Processors that multiply 16-bit matrices (AMX) do so, which takes
half the time; the weights themselves stay in 32 bits. A round that is finished is kept, so that a
run that was cut off goes on there.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.encoder import export, shelf

Progress = Callable[[str], None]
CHUNK = 64  # texts that go through the lower layers at once


@dataclass(frozen=True)
class Task:
    """One thing that the vectors shall tell apart."""

    name: str
    texts: Sequence[str]  # normalised, without the encoder's prefix
    targets: NDArray[Any]  # class numbers from 0 (whole numbers), or texts x questions: 0, 1, nan
    weight: float = 1.0  # of its loss

    @property
    def outputs(self) -> int:
        """Return the length of the head's output."""
        return int(self.targets.max()) + 1 if self.targets.ndim == 1 else self.targets.shape[1]


@dataclass(frozen=True)
class Recipe:
    """How it is tuned; the numbers come from ``evaluation``'s development texts."""

    frozen: int = 6  # lower layers that stay as they are, of 12
    rounds: int = 2  # times that every example is seen
    batch: int = 64  # texts a step; 32 with a rate of 1.4e-4 learns as well, and takes longer
    rate: float = 2e-4  # highest learning rate of the layers
    head_rate: float = 2e-3  # and of the heads
    warm_up: float = 0.1  # share of the steps in which the rate grows
    smoothing: float = 0.1  # of class targets
    scale: float = 20.0  # of the vector before a head; its length is 1
    seed: int = 7


def tune(
    models: Path, base: str, tasks: Sequence[Task], recipe: Recipe, *, progress: Progress
) -> str:
    """Tune the encoder ``base`` and return the hash of the result, which is then on the shelf.

    The current encoder stays the current one: choosing is left to the caller.

    Args:
        models: The folder of all models.
        base: Hash of the encoder to start from.
        tasks: What to learn; at least one.
        recipe: How.
        progress: Told what happens, in one line a step.

    Raises:
        EncoderError: the base is missing, cannot be trained on, or torch is not installed.
    """
    os.environ["USE_TF"] = "0"
    source = f"tuned {base} {_mark(tasks, recipe)}"
    found = shelf.find(models, source)
    if found is not None:
        progress(f"The tuned encoder {found} is there and whole.")
        return found
    manifest = shelf.manifest(models, base)
    model = export.load_folder(shelf.shelf(models) / base / shelf.TRAINABLE)
    kept = shelf.shelf(models) / f".tuning-{hashlib.sha256(source.encode()).hexdigest()[:16]}.pt"
    _Tuner(model, manifest.prefix, tasks, recipe, kept, progress).run()
    made = export.finish(
        models, model, source=source, prefix=manifest.prefix, progress=progress, original=False
    )
    kept.unlink(missing_ok=True)
    return made


def _mark(tasks: Sequence[Task], recipe: Recipe) -> str:
    digest = hashlib.sha256(json.dumps(asdict(recipe), sort_keys=True).encode())
    for task in tasks:
        digest.update(f"{task.name} {task.weight}".encode() + task.targets.tobytes())
        digest.update("\0".join(task.texts).encode("utf-8", "replace"))
    return digest.hexdigest()[:16]


class _Tuner:
    """One run: the state that its steps share."""

    def __init__(
        self,
        model: Any,
        prefix: str,
        tasks: Sequence[Task],
        recipe: Recipe,
        kept: Path,
        progress: Progress,
    ) -> None:
        import torch

        self._torch = torch
        torch.manual_seed(recipe.seed)
        self._bert = model[0].auto_model
        self._recipe = recipe
        self._tasks = tasks
        self._kept = kept
        self._progress = progress
        self._short = _multiplies_short()
        self._states = self._lower(model, prefix)
        layers = self._bert.encoder.layer
        self._upper = layers[min(recipe.frozen, len(layers) - 1) :]
        width = self._bert.config.hidden_size
        self._heads = torch.nn.ModuleList([torch.nn.Linear(width, one.outputs) for one in tasks])
        for parameter in self._bert.parameters():
            parameter.requires_grad = False
        for parameter in self._upper.parameters():
            parameter.requires_grad = True

    def run(self) -> None:
        """Train round after round; a kept round is not trained again."""
        torch, recipe = self._torch, self._recipe
        optimiser = torch.optim.AdamW(
            [
                {"params": list(self._upper.parameters()), "lr": recipe.rate},
                {"params": list(self._heads.parameters()), "lr": recipe.head_rate},
            ],
            weight_decay=0.01,
            fused=True,  # one pass over the weights: a quarter of the tuning's time saved
        )
        steps = recipe.rounds * sum(math.ceil(len(one.texts) / recipe.batch) for one in self._tasks)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: _rate(step, steps, recipe.warm_up)
        )
        done = self._resume(optimiser, schedule)
        for number in range(done, recipe.rounds):
            began, losses = time.monotonic(), []
            self._upper.train()
            for index, rows in self._batches(number):
                loss = self._loss(index, rows)
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self._upper.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                losses.append(float(loss.detach()))
            self._keep(number + 1, optimiser, schedule)
            self._progress(
                f"  tuned, round {number + 1} of {recipe.rounds}: loss "
                f"{np.mean(losses):.3f}, {time.monotonic() - began:.0f} s"
            )
        self._bert.eval()

    def _lower(self, model: Any, prefix: str) -> list[Any]:
        """Return what the lower layers make of every text, a tensor each."""
        torch = self._torch
        texts = [prefix + text for one in self._tasks for text in one.texts]
        self._progress(f"Reading {len(texts)} examples once through the lower layers.")
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        states: list[Any] = [None] * len(texts)
        self._bert.eval()
        with torch.no_grad(), self._quick():
            for start in range(0, len(order), CHUNK):
                rows = order[start : start + CHUNK]
                features = model.tokenize([texts[row] for row in rows])
                mask = features["attention_mask"]
                hidden = self._bert.embeddings(input_ids=features["input_ids"])
                extended = self._bert.get_extended_attention_mask(mask, mask.shape)
                for layer in self._bert.encoder.layer[: self._recipe.frozen]:
                    hidden = layer(hidden, extended)[0]
                for row, state, ones in zip(rows, hidden, mask.sum(dim=1).tolist(), strict=True):
                    states[row] = state[:ones].clone()
        return states

    def _quick(self) -> Any:
        """Return the context in which matrices are multiplied in 16 bits where that is quicker."""
        return self._torch.autocast("cpu", dtype=self._torch.bfloat16, enabled=self._short)

    def _batches(self, number: int) -> Iterator[tuple[int, list[int]]]:
        """Yield (task, rows) of one round: texts of like length together, in random order."""
        chance = random.Random(self._recipe.seed * 1000 + number)  # noqa: S311 - no secret
        batches, start = [], 0
        for index, task in enumerate(self._tasks):
            lengths = [len(self._states[start + row]) for row in range(len(task.texts))]
            rows = sorted(range(len(lengths)), key=lambda row: (lengths[row] // 6, chance.random()))
            size = self._recipe.batch
            batches += [(index, rows[at : at + size]) for at in range(0, len(rows), size)]
            start += len(task.texts)
        chance.shuffle(batches)
        yield from batches

    def _loss(self, index: int, rows: list[int]) -> Any:
        torch, task = self._torch, self._tasks[index]
        start = sum(len(one.texts) for one in self._tasks[:index])
        states = [self._states[start + row] for row in rows]
        outputs = self._heads[index](self._vectors(states) * self._recipe.scale)
        targets = torch.as_tensor(task.targets[rows])
        if task.targets.ndim == 1:
            loss = torch.nn.functional.cross_entropy(
                outputs, targets.long(), label_smoothing=self._recipe.smoothing
            )
        else:
            said = torch.isfinite(targets)  # nobody has answered the other questions
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                outputs, torch.nan_to_num(targets).float(), weight=said.float()
            )
        return loss * task.weight

    def _vectors(self, states: list[Any]) -> Any:
        """Return the sentence vectors: upper layers, mean over the tokens, length 1."""
        torch = self._torch
        hidden = torch.nn.utils.rnn.pad_sequence(states, batch_first=True).float()
        mask = torch.zeros(hidden.shape[:2], dtype=torch.long)
        for row, state in enumerate(states):
            mask[row, : len(state)] = 1
        extended = self._bert.get_extended_attention_mask(mask, mask.shape)
        with self._quick():
            for layer in self._upper:
                hidden = layer(hidden, extended)[0]
        weights = mask.unsqueeze(-1).float()
        summed = (hidden.float() * weights).sum(1)
        return torch.nn.functional.normalize(summed / weights.sum(1), dim=1)

    def _keep(self, done: int, optimiser: Any, schedule: Any) -> None:
        state = {
            "done": done,
            "upper": self._upper.state_dict(),
            "heads": self._heads.state_dict(),
            "optimiser": optimiser.state_dict(),
            "schedule": schedule.state_dict(),
            "chance": self._torch.get_rng_state(),
        }
        draft = self._kept.with_suffix(f".{os.getpid()}")
        self._torch.save(state, draft)
        draft.replace(self._kept)

    def _resume(self, optimiser: Any, schedule: Any) -> int:
        if not self._kept.exists():
            return 0
        try:
            state = self._torch.load(self._kept, weights_only=True)
        except (OSError, RuntimeError, EOFError, ValueError):
            self._progress("The round that was kept is damaged: starting again.")
            return 0
        self._upper.load_state_dict(state["upper"])
        self._heads.load_state_dict(state["heads"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        self._torch.set_rng_state(state["chance"])
        self._progress(f"Going on after round {state['done']}.")
        return int(state["done"])


def _multiplies_short() -> bool:
    """Return whether this processor multiplies 16-bit matrices, in tiles made for that."""
    import torch

    told = getattr(torch.cpu, "get_capabilities", None)  # older versions of torch do not tell
    return bool(told and told().get("amx_tile", False))


def _rate(step: int, steps: int, warm_up: float) -> float:
    """Return the factor of the learning rate: growing, then falling in a line to 0."""
    begin = max(1, int(steps * warm_up))
    return step / begin if step < begin else max(0.0, (steps - step) / max(1, steps - begin))
