"""``capture``: a snapshot of the live company, and what it says of itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import typer

from akika_forensics import jobs
from akika_forensics.cli.session import Command, Options, open_case
from akika_forensics.cli.speech import counted, note, say, say_json
from akika_forensics.jobs.terminal import follow

if TYPE_CHECKING:
    from akika_forensics.capture.budget import Cost


def capture(
    context: typer.Context,
    full: bool = typer.Option(
        False, "--full", help="Read every record, not only what changed since the snapshot before."
    ),
    record: list[str] = typer.Option(
        [], help="Read this record alone, such as Invoice:130, and what belongs to it; may be given again."
    ),
    afresh: bool = typer.Option(False, "--afresh", help="Begin anew also where an interrupted capture could go on."),
) -> None:
    from akika_forensics.case.plain_words import stored
    from akika_forensics.case.scopes import said_of
    from akika_forensics.cli.findings import tell_findings

    options: Options = context.obj
    started = time.monotonic()
    case = open_case(options)
    name = case.company_name
    for word in case.companies.warnings(name):
        note(f"akika: {word}")
    expected = case.budget.forecast(name, full=full, some=bool(record))
    if not options.json and case.companies.standing(name).capture.good:
        note(f"About {told(expected.cost)} are to be expected.")
    job = jobs.start(
        "Capturing",
        lambda work: case.capture(
            full=full, afresh=afresh, records=record, progress=work.progress, should_stop=work.should_stop
        ),
        kind="capture",
        about=case.vault.id,
        queue=case.vault.id,
    )
    info = follow(job, quiet=options.json)
    elapsed = round(time.monotonic() - started, 2)
    spent = case.budget.cost(name, info)
    if options.json:
        say_json(
            {
                "snapshot": info.id,
                "records": info.records,
                "new_versions": info.new_versions,
                "requests": info.requests,
                "credits": spent.once,
                "credits_by_items": spent.by_items,
                "forecast": {"credits": expected.cost.once, "credits_by_items": expected.cost.by_items},
                "fence": info.fence,
                "complete": info.complete,
                "findings": info.findings,
                "counts": info.counts,
                "elapsed_s": elapsed,
            }
        )
    else:
        say(
            f"Snapshot {info.id}: {info.records:,} records, {info.new_versions:,} new versions, {info.requests} requests, {elapsed:.1f} s."
        )
        if info.scoped:
            say(said_of(info))
        say(f"It cost {told(spent)}.")
        say("It is complete." if info.complete else "It is NOT complete:")
        tell_findings(map(stored, info.findings))
    if not info.complete:
        raise typer.Exit(1)


def told(cost: Cost) -> str:
    """``214 reads of the month (or 389, if each item of a batch counts)``."""
    items = f" (or {cost.by_items:,}, if each item of a batch counts)" if cost.by_items != cost.once else ""
    return f"{counted(cost.once, 'read')} of the month{items}"


COMMANDS = (Command("capture", "Take a snapshot of the live company.", capture),)
