"""``remanso evaluate --personas``: simulated customers with our bot and with the plain one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.cli_serve import say
from bot.cli_text import errors_as_text
from bot.settings import load


def play_personas(
    only: Sequence[str],
    *,
    conversations: int,
    seed: int | None,
    ablations: int,
    workers: int,
    model: Path | None,
    present: bool,
    output: Path | None,
) -> None:
    """Play simulated customers, print and write the report.

    Args:
        only: Personas by name; none means all.
        conversations: With each bot.
        seed: Of personas, words and choices; None for the usual one.
        ablations: Conversations with each mechanism switched off; 0 leaves that out.
        workers: Processes.
        model: An archive; None for the published one.
        present: Whether the present dialogue is put on that model's understanding first.
        output: Folder of the report.
    """
    with errors_as_text():
        from evaluation import simulate, simulate_terminal
        from evaluation.evaluate import REPORTS

        options = simulate.Options(
            conversations=conversations,
            seed=simulate.SEED if seed is None else seed,
            ablations=ablations,
            workers=workers,
            only=tuple(only),
            model=model,
            present=present,
        )
        report = simulate.evaluate(load(), options, say=say)
        simulate_terminal.show(report)
        data, page = simulate.write(report, output or REPORTS)
        say(f"Written: {page} (for people), {data} (for programs).")
