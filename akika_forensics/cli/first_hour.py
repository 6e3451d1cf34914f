"""``first-hour``: what to do first after an incident, what expires when, and what was kept by hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from akika_forensics.cli.first_hour_speech import kept_json, slice_json, tell
from akika_forensics.cli.session import Options, open_case
from akika_forensics.cli.speech import counted, say, say_json, table
from akika_forensics.errors import WrongUse
from akika_forensics.model import instants
from akika_forensics.model.instants import parse_instant

if TYPE_CHECKING:
    from datetime import date, datetime

    from akika_forensics.case import Case
    from akika_forensics.case.first_hour import Slice, Standing

group = typer.Typer(help="What to do first after an incident, and what was done.", invoke_without_command=True)

STEP = typer.Argument(help="The step, such as users; `akika first-hour` lists them.")


@group.callback()
def show(
    context: typer.Context,
    at: str = typer.Option("", "--at", help="When the incident began, 2026-11-23T10:00:00Z; the vault keeps it."),
    what: str = typer.Option("", help="What it is, in a few words; with --at."),
) -> None:
    """The list with what was done, by whom, and what expires when. Without a vault it is the bare list."""
    if context.invoked_subcommand is not None:
        if at or what:
            raise WrongUse("--at and --what stand alone.", do="Say them first: akika first-hour --at TIME.")
        return
    options: Options = context.obj
    moment = instants.now()
    incident = _instant(at) if at else None
    if what and incident is None:
        raise WrongUse("Nobody said when it began.", do="Give --at too.")
    if not (options.vault or os.environ.get("AKIKA_VAULT")):
        tell(options, _bare(incident, what), moment)
        return
    case = open_case(options)
    if incident is not None:
        case.first_hour().begin(incident, what)
    tell(options, _standing(case), moment)


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise WrongUse(f"{text!r} is no time.", do="Write 2026-11-23T10:00:00Z, with its zone.") from error


def _bare(incident: datetime | None, what: str) -> Standing:
    from akika_forensics.case.first_hour import STEPS, Known, Row, Standing, deadlines

    found = deadlines(incident, Known()) if incident else ()
    return Standing(incident, what, tuple(Row(step, "open") for step in STEPS), found)


def _standing(case: Case) -> Standing:
    state = case.companies.standing(case.company_name).capture
    return case.first_hour().standing(ends=state.ends, last_day=state.last_day)


@group.command("tick")
def tick(
    context: typer.Context,
    step: str = STEP,
    note: str = typer.Option("", help="What there is to say about it."),
    again: bool = typer.Option(False, "--again", help="It is to be done once more: open."),
) -> None:
    """Say that a step is done; custody keeps who said so and when."""
    options: Options = context.obj
    case = open_case(options)
    case.first_hour().mark(step, "open" if again else "done", note)
    tell(options, _standing(case), instants.now())


@group.command("skip")
def skip(
    context: typer.Context, step: str = STEP, note: str = typer.Option(..., help="Why it is not needed here.")
) -> None:
    """Say that a step is not needed, and why."""
    options: Options = context.obj
    case = open_case(options)
    case.first_hour().mark(step, "not_needed", note)
    tell(options, _standing(case), instants.now())


@group.command("keep")
def keep(
    context: typer.Context,
    step: str = STEP,
    files: list[Path] = typer.Argument(help="Pictures, exports, letters."),
    days: str = typer.Option(
        "", help="Which slice of the Audit Log it is: 2026-10-01..2026-10-31; its rows are counted."
    ),
    note: str = typer.Option("", help="What there is to say about them."),
) -> None:
    """Seal files in the vault with a step, and tick it; custody keeps their SHA-256."""
    options: Options = context.obj
    hour = open_case(options).first_hour()
    kept = hour.keep(step, [(file.name, _read(file)) for file in files], days=_days(days), note=note)
    if options.json:
        say_json({"step": step, "kept": [kept_json(one) for one in kept]})
    else:
        for one in kept:
            rows = f", {one.rows:,} rows" if one.rows is not None else ""
            say(f"{one.name}: {one.length:,} bytes{rows}, SHA-256 {one.sha256}")
    cut = [one for one in hour.slices() if one.cut_off and one.file in {row.name for row in kept}]
    if cut:
        if not options.json:
            say(
                "An export of 10,000 rows or more may be cut off: `akika first-hour slices` says how to export these days again."
            )
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file} cannot be read ({error.strerror}).", do="Name a file.") from error


def _days(text: str) -> Slice | None:
    from akika_forensics.case.first_hour import slices

    if not text:
        return None
    try:
        return slices.read_days(text)
    except ValueError as error:
        raise WrongUse(f"{text!r} are no days.", do="Write 2026-10-01..2026-10-31.") from error


@group.command("slices")
def list_slices(
    context: typer.Context,
    since: str = typer.Option("", help="The first day, 2025-11-01 [two years ago]."),
    until: str = typer.Option("", help="The last day [today]."),
) -> None:
    """How to cut the Audit Log for export, and which slices are kept. Without a vault it is the bare table."""
    from akika_forensics.case.first_hour import slices

    options: Options = context.obj
    first, last = _day(since), _day(until)
    if options.vault or os.environ.get("AKIKA_VAULT"):
        found = open_case(options).first_hour().slices(first, last)
    else:
        found = slices.every(instants.now(), first, last)
    if options.json:
        say_json({"slices": [slice_json(one) for one in found]})
        return
    table(
        ("from", "to", "rows", "file", ""),
        [
            (one.first, one.last, "" if one.rows is None else f"{one.rows:,}", one.file or "________", one.words)
            for one in found
        ],
        right=(2,),
    )
    say(f"Keep each: akika first-hour keep audit-log FILE --days {found[0].first}..{found[0].last}" if found else "")


def _day(text: str) -> date | None:
    found = _days(text)
    return found.first if found else None


@group.command("take")
def take(
    context: typer.Context,
    step: str = STEP,
    out: Path = typer.Option(..., help="A new folder."),
) -> None:
    """Write what was kept for a step into a folder. It leaves the vault's protection, and custody says so."""
    options: Options = context.obj
    made = open_case(options).first_hour().hand_out(step, out)
    if options.json:
        say_json({"step": step, "files": [str(file) for file in made]})
    else:
        say(f"{counted(len(made), 'file')} in {out}.")
