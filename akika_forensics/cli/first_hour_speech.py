"""How the list of the first hour is told: in words for a terminal, and as JSON."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from akika_forensics.cli.session import Options
from akika_forensics.cli.speech import counted, say, say_json, table
from akika_forensics.model.instants import format_instant

if TYPE_CHECKING:
    from akika_forensics.case.first_hour import Deadline, KeptFile, Row, Slice, Standing

_WIDTH = 100
_SIGNS = {"open": "[ ]", "done": "[x]", "not_needed": "[-]"}


def tell(options: Options, found: Standing, moment: datetime) -> None:
    from akika_forensics.case.first_hour import NOT_TO_DO, PHASES

    if options.json:
        say_json(_document(found, moment))
        return
    if found.incident is None:
        say("Nobody said yet when it began: akika first-hour --at 2026-11-23T10:00:00Z")
    else:
        say(f"Incident of {format_instant(found.incident)}{f': {found.what}' if found.what else ''}")
    for number, (phase, heading) in enumerate(PHASES, 1):
        say()
        say(f"{number}. {heading}")
        for row in found.rows:
            if row.step.phase == phase:
                _tell_row(row)
    if found.deadlines:
        say()
        say("What expires")
        table(
            ("until (UTC)", "left", "what", ""),
            [(_until(one), _left(one, moment), one.name, one.safe or one.do) for one in found.deadlines],
        )
    say()
    say("What not to do")
    for what, why in NOT_TO_DO:
        say(textwrap.fill(f"{what}: {why}.", _WIDTH, initial_indent="  ", subsequent_indent="    "))
    say()
    say(f"{found.open} of {len(found.rows)} steps are open.")


def _tell_row(row: Row) -> None:
    said = f"  ({row.by}, {row.at:%Y-%m-%d %H:%M} UTC)" if row.at is not None else ""
    say(f"  {_SIGNS[row.state]} {row.step.name}: {row.step.title}{said}")
    if row.note:
        say(f"      {row.note}")
    if row.files:
        say(f"      {counted(len(row.files), 'file')}: {', '.join(one.name for one in row.files)}")
    if row.state == "open":
        say(textwrap.fill(row.step.how, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6))


def _until(one: Deadline) -> str:
    return f"{one.until:%Y-%m-%d %H:%M}" if one.until else "not known"


def _left(one: Deadline, moment: datetime) -> str:
    left = one.left(moment)
    if left is None:
        return ""
    if left < timedelta(0):
        return "over"
    return (
        counted(left.days, "day") if left >= timedelta(days=2) else counted(int(left.total_seconds() // 3600), "hour")
    )


def _document(found: Standing, moment: datetime) -> dict[str, Any]:
    from akika_forensics.case.first_hour import NOT_TO_DO

    return {
        "incident": format_instant(found.incident) if found.incident else None,
        "what": found.what,
        "open": found.open,
        "steps": [
            {
                "step": row.step.name,
                "phase": row.step.phase,
                "title": row.step.title,
                "how": row.step.how,
                "state": row.state,
                "by": row.by,
                "at": format_instant(row.at) if row.at else None,
                "note": row.note,
                "kept": [kept_json(one) for one in row.files],
            }
            for row in found.rows
        ],
        "deadlines": [
            {
                "name": one.name,
                "until": format_instant(one.until) if one.until else None,
                "over": (left := one.left(moment)) is not None and left < timedelta(0),
                "what": one.what,
                "do": one.do,
                "safe": one.safe,
            }
            for one in found.deadlines
        ],
        "not_to_do": [{"what": what, "why": why} for what, why in NOT_TO_DO],
    }


def kept_json(one: KeptFile) -> dict[str, Any]:
    return {
        "name": one.name,
        "sha256": one.sha256,
        "length": one.length,
        "by": one.by,
        "at": one.at,
        "days": one.days or None,
        "rows": one.rows,
    }


def slice_json(one: Slice) -> dict[str, Any]:
    return {
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "rows": one.rows,
        "file": one.file or None,
        "cut_off": one.cut_off,
        "words": one.words,
    }
