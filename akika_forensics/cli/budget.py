"""``budget``: the month's reads, as Intuit counts them, against a cap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli.session import Command, Options, open_case
from akika_forensics.cli.speech import say, say_json, table
from akika_forensics.errors import WrongUse
from akika_forensics.model import instants

if TYPE_CHECKING:
    from akika_forensics.case.budget import Month, Share


def budget(
    context: typer.Context,
    cap: str = typer.Option("", help="Reads a month that are not to be passed, such as 500000; none lifts it."),
    every: str = typer.Option("24h", help="How often captures are taken, for what is to come: 30m, 24h, 7d."),
) -> None:
    from akika_forensics.case.budget import captures_left
    from akika_forensics.case.schedule import read_period

    options: Options = context.obj
    period = read_period(every).period
    case = open_case(options)
    if cap:
        case.budget.limit(_read_cap(cap))
    now = instants.now()
    left = captures_left(now, period)
    month = case.budget.month(now, dict.fromkeys(case.companies.names(), left), reserve=True)
    if options.json:
        say_json(_document(month))
    else:
        _tell(month, every)


def _read_cap(text: str) -> int | None:
    if text.lower() == "none":
        return None
    digits = text.replace(",", "").replace("_", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 16):
        raise WrongUse(f"{text!r} is no cap.", do="Give a number of reads, such as 500000, or none.")
    return int(digits)


def _document(month: Month) -> dict[str, Any]:
    return {
        "month": month.month,
        "ends": instants.format_instant(month.ends),
        "cap": month.cap,
        "held_against_cap": "credits_by_items" if month.each_item else "credits",
        "credits": month.read.calls,
        "credits_by_items": month.read.by_items,
        "expected": {"credits": month.expected.once, "credits_by_items": month.expected.by_items},
        "measure": month.decision.measure.value,
        "share": round(month.decision.share, 4),
        "companies": [_row(one) for one in month.shares],
    }


def _row(one: Share) -> dict[str, Any]:
    return {
        "company": one.name,
        "credits": one.read.calls,
        "credits_by_items": one.read.by_items,
        "downloads": one.read.downloads,
        "next_capture": {"credits": one.next.cost.once, "credits_by_items": one.next.cost.by_items},
        "rests_on_captures": one.next.rests_on,
        "captures_to_come": round(one.captures, 1),
        "at_least": one.at_least,
    }


_MEASURES = {
    "whole": "Captures go on as they are.",
    "few_controls": "Captures take few of QuickBooks' own reports until the month ends, and say so.",
    "rarer": "Captures take few reports and come less often until the month ends: {share:.0%} of them.",
    "none": "The watch takes no capture until the month ends; what is left is kept for the day on which something happens.",
}


def _tell(month: Month, every: str) -> None:
    rows = [
        (
            one.name,
            f"{one.read.calls:,}",
            f"{one.read.by_items:,}",
            f"{one.next.cost.once:,}",
            f"{one.next.cost.by_items:,}",
            "counted" if one.next.rests_on else "reckoned",
        )
        for one in month.shares
    ]
    say(f"Reads of {month.month}, which ends {month.ends:%Y-%m-%d %H:%M %Z}:")
    heads = ("company", "read", "by items", "next capture", "by items", "which is")
    table(heads, rows, right=(1, 2, 3, 4))
    say(
        f"At one capture {every} each the month ends with {month.expected.once:,} ({month.expected.by_items:,} by items)."
    )
    for one in month.shares:
        if one.at_least:
            say(f"Of {one.name} at least that was read: the count of this month was damaged and began anew.")
    if month.cap is None:
        say("No cap is set; `akika budget --cap 500000` sets that of Intuit's free tier.")
        return
    held = "by items" if month.each_item else "with a batch as one"
    say(
        f"The cap is {month.cap:,}, counted {held}. {_MEASURES[month.decision.measure].format(share=month.decision.share)}"
    )


COMMANDS = (Command("budget", "What was read this month, as Intuit counts it, and what is to come.", budget),)
