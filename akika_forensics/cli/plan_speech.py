"""How a plan, its steps and a run of it are told, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli.session import Options
from akika_forensics.cli.speech import Told, note, say, say_json
from akika_forensics.errors import Interrupted

if TYPE_CHECKING:
    from akika_forensics.restore.document import Note, Plan
    from akika_forensics.restore.execute import RunReport


def tell_plan(options: Options, plan: Plan, out: Path) -> None:
    if options.json:
        say_json(
            {
                "plan": plan.id,
                "digest": plan.digest,
                "file": str(out),
                "steps": len(plan.steps),
                "conflicts": [note_json(n) for n in plan.conflicts],
                "findings": [note_json(n) for n in plan.findings],
                "by_hand": [note_json(n) for n in plan.by_hand],
                "left_alone": [note_json(n) for n in plan.left_alone],
                "forecast": plan.forecast,
            }
        )
        return
    number = len(plan.steps)
    say(f"Plan {plan.id}: {number} step{'' if number == 1 else 's'}, written to {out}.")
    tell_notes(plan)
    if not (number or plan.conflicts or plan.by_hand):
        say("It puts nothing back: what was named is as it was. `akika diff` shows what changed.")
        return
    say(f"Next: akika plan rehearse {out}")


def note_json(given: Note) -> dict[str, Any]:
    return {
        "code": given.code,
        "record": given.record,
        "label": given.label,
        "what": given.what,
        "values": given.values,
    }


def tell_notes(plan: Plan) -> None:
    for title, notes in (
        ("asks a decision", plan.conflicts),
        ("by hand", plan.by_hand),
        ("note", plan.findings),
        ("left alone", plan.left_alone),
    ):
        for given in notes:
            say(f"  {title}: {given.label} ({given.record}): {given.what}")


def steps_json(rows: Iterable[Any]) -> list[dict[str, str]]:
    return [
        {
            "id": row.id,
            "action": row.action,
            "record": row.record,
            "label": row.label,
            "state": row.state,
            "fidelity": row.fidelity,
            "reason": row.reason,
            "why": row.why,
        }
        for row in rows
    ]


def tell_run(options: Options, shown: Any, report: RunReport) -> None:
    if options.json:
        say_json(
            {"state": report.state, "why": report.why, "steps": steps_json(shown.steps), "counts": report.counts()}
        )
    else:
        say(f"The run is {report.state}. {report.why}".rstrip())
        say(", ".join(f"{number} {state}" for state, number in sorted(report.counts().items())))
        for row in shown.steps:
            if row.state not in {"verified", "applied", "adopted"}:
                say(f"  {row.id} {row.action} {row.label}: {row.state}. {row.why}")
    if report.state == "interrupted":
        note("akika: Stopped. `akika plan resume FILE` goes on.")
        raise Told(Interrupted.exit_code)
    if report.state != "complete":
        raise typer.Exit(1)
