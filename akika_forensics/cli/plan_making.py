"""``plan create``, ``decide``, ``undo``: plans made, made anew with a person's decisions, and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics import jobs
from akika_forensics.cli.plan_speech import tell_plan
from akika_forensics.cli.session import Options, open_case
from akika_forensics.errors import WrongUse
from akika_forensics.jobs.terminal import follow

if TYPE_CHECKING:
    from akika_forensics.restore.document import Plan


FILE = typer.Argument(help="The plan's file.")


def create(
    context: typer.Context,
    to: str = typer.Option(..., help="The snapshot to go back to."),
    out: Path = typer.Option(..., help="The plan's file, new."),
    after: str = typer.Option("", help="The first snapshot after the incident; later work is then told apart."),
    record: list[str] = typer.Option([], help="A record, such as Invoice:130; repeat it."),
    everything: bool = typer.Option(
        False, "--all", help="The whole company; what was added is never removed by this alone."
    ),
    import_since: str = typer.Option("", help="Remove what was created from this time on …"),
    import_until: str = typer.Option("", help="… up to this time."),
    import_entity: str = typer.Option("", help="Only this entity of the import."),
    snapshot: str = typer.Option(
        "", "--now", help="Use this snapshot as the state of now instead of capturing afresh."
    ),
) -> None:
    """Make a plan bound to a fresh capture of the company."""
    from akika_forensics.restore.scope import scope_of

    options: Options = context.obj
    scope = scope_of(record, everything=everything, imports=_imports(import_since, import_until, import_entity))
    case = open_case(options)

    def work(work: jobs.Work) -> Plan:
        return case.plans.create(
            to=to, scope=scope, out=out, after=after or None, now_snapshot=snapshot or None, progress=work.step
        )

    job = jobs.start("Planning", work, kind="plan", about=case.vault.id, queue=case.vault.id)
    tell_plan(options, follow(job, quiet=options.json), out)


def _imports(since: str, until: str, entity: str) -> list[Any]:
    from akika_forensics.model.instants import parse_instant
    from akika_forensics.restore.scope import OPEN, ImportWindow

    if not since:
        if until or entity:
            raise WrongUse("An import needs its beginning.", do="Give --import-since.")
        return []
    try:
        end = parse_instant(until) if until else OPEN
        return [ImportWindow(parse_instant(since), end, entity or None)]
    except ValueError as error:
        raise WrongUse(f"The time of the import cannot be read: {error}.", do="Write 2026-11-23T10:00:00Z.") from error


def decide(
    context: typer.Context,
    file: Path = FILE,
    decision: list[str] = typer.Argument(help="Decisions: Invoice:130=restore|keep|recreate|adopt:ID."),
    out: Path = typer.Option(..., help="The new plan's file."),
) -> None:
    """Make the plan anew with a person's decisions; it has a new digest and no approval."""
    options: Options = context.obj
    decisions: dict[str, str] = {}
    for text in decision:
        record, separator, choice = text.partition("=")
        if not separator:
            raise WrongUse(f"{text!r} is no decision.", do="Write Invoice:130=restore.")
        decisions[record] = choice
    plan = open_case(options).plans.decide(file, decisions, out)
    tell_plan(options, plan, out)


def undo(
    context: typer.Context, file: Path = FILE, out: Path = typer.Option(..., help="The undo plan's file, new.")
) -> None:
    """Make a plan that takes back what stands of an executed plan; it needs its own approval."""
    options: Options = context.obj
    case = open_case(options)

    def work(work: jobs.Work) -> Plan:
        return case.plans.undo(file, out, progress=work.step)

    job = jobs.start("Planning to take it back", work, kind="plan", about=case.vault.id, queue=case.vault.id)
    tell_plan(options, follow(job, quiet=options.json), out)
