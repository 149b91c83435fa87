"""``remanso customer``: everything there is of a customer, and its erasure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_text import errors_as_text
from bot.settings import ROOT, Settings, load

if TYPE_CHECKING:
    from bot.handoff.attachments import Attachments
    from bot.handoff.desk import Desk

app = typer.Typer(help="Export or erase what there is of a customer.")

Id = Annotated[str, typer.Option("--id", help="The customer, as the company knows them.")]
Email = Annotated[str, typer.Option(help="Their e-mail address.")]
Conversation = Annotated[str, typer.Option(help="One conversation alone.")]

WRITTEN = ("data", "tests/conversations", "evaluation")
"""Folders with what trainers write, below the checkout."""


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Desk, Attachments]]:
    from bot.deescalation.phrasing import Phrasebook
    from bot.handoff.attachments import Attachments
    from bot.handoff.desk import Desk
    from bot.handoff.rules import DeskRules
    from bot.handoff.store import Store

    with errors_as_text():
        store = Store(settings.database())
        try:
            phrasebook = Phrasebook.from_folder(ROOT / "data" / "responses")
            desk = Desk(store, phrasebook, DeskRules.from_file(settings.desk))
            yield desk, Attachments(desk, settings.attachments())
        finally:
            store.close()


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="The .zip to write: customer.json and files.")],
    customer_id: Id = "",
    email: Email = "",
    conversation: Conversation = "",
) -> None:
    """Write everything there is of a customer to a file, for them.

    Example: remanso customer export ana.zip --email ana@ejemplo.es
    """
    from bot.handoff.export import Export
    from bot.handoff.subject import Subject
    from bot.handoff.tracker import Tracker

    settings = load()
    with _opened(settings) as (desk, attachments):
        tracker = Tracker(settings.tracker_database())
        subject = Subject(customer_id, email, conversation)
        whole = Export(desk, attachments, tracker).pack(subject, target)
        target.chmod(0o600)
        count = len(whole["conversations"])
        typer.echo(f"Wrote {count} conversations to {target}. Left out:")
        for each in whole["left_out"]:
            typer.echo(f"  {each}")


@app.command()
def erase(
    customer_id: Id = "",
    email: Email = "",
    conversation: Conversation = "",
    force: Annotated[bool, typer.Option(help="Although a case is open; it is closed.")] = False,
    yes: Annotated[bool, typer.Option(help="Do not ask.")] = False,
) -> None:
    """Erase what a customer wrote and what names them; times and codes stay for the measures.

    It works while everything runs. Exit code 1 when something of the customer may be left.

    Example: remanso customer erase --id c-1042
    """
    from bot.handoff.erasure import Erasure
    from bot.handoff.subject import Subject
    from bot.handoff.tracker import Tracker
    from bot.web.data_rights import NOT_COVERED

    settings = load()
    with _opened(settings) as (desk, attachments):
        subject = Subject(customer_id, email, conversation)
        with desk.store.database.read() as connection:
            count = len(subject.find(connection))
        if not yes:
            typer.confirm(f"Erase {count} conversations? This cannot be undone.", abort=True)
        tracker = Tracker(settings.tracker_database())
        written = [ROOT / folder for folder in WRITTEN]
        done = Erasure(desk, attachments, tracker, written=written).erase(subject, force=force)
        what = f"{len(done.conversations)} conversations, {len(done.tickets)} cases"
        typer.echo(f"Erased {what}, {done.files} files, {done.events} events. Not covered:")
        for each in NOT_COVERED:
            typer.echo(f"  {each}")
        for trace in done.traces:
            typer.secho(f"{trace.file}:{trace.line}: {trace.what}", fg="yellow", err=True)
        if not done.clean:
            typer.secho("The database was busy: the gateway cleans its free pages later.", fg="red")
        if done.traces or not done.clean:
            raise typer.Exit(1)
