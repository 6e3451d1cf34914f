"""``twin generate``: a company that a seed and a file of parameters make, written as files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from akika_forensics.cli.session import Options
from akika_forensics.cli.speech import say, say_json
from akika_forensics.errors import WrongUse

if TYPE_CHECKING:
    from akika_forensics.twin import Twin


def generate(
    context: typer.Context,
    out: Path = typer.Option(..., help="A new or empty folder."),
    records: int = typer.Option(8000, help="About how many records."),
    seed: int = typer.Option(1, help="Another seed, another company."),
    years: int = typer.Option(0, help="How long it lives; 0 leaves it to the parameters and the number of records."),
    currency: str = typer.Option("", help="A second currency, such as EUR."),
    closing_date: str = typer.Option("", help="The books are closed up to this day; without it they are open."),
    parameters: Path | None = typer.Option(None, help="A file of parameters in the place of the one that comes along."),
) -> None:
    """Make a company with a life: one Entity.jsonl an entity, which `akika twin serve --company` takes, and company.json."""
    from akika_forensics.twin import Twin, life

    options: Options = context.obj
    twin = Twin()
    wish = life.Wish(records, seed, years, currency, _day(closing_date))
    made = life.fill(twin, wish, parameters)
    said = life.write(twin, made, out)
    twin.close()
    if options.json:
        say_json({name: value for name, value in said.items() if name != "parameters"} | {"folder": str(out)})
        return
    say(f"{sum(made.counts.values())} records of {made.first_day} to {made.last_day} are in {out}.")
    say(f"Next: akika twin serve --company {out}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUse(f"{text!r} is no day.", do="Write for example 2025-06-30.") from None


def fill(twin: Twin, records: int, seed: int, years: int, currency: str, parameters: Path | None) -> str:
    """Let a company live in an empty twin; gives one sentence about it."""
    from akika_forensics.twin import life

    made = life.fill(twin, life.Wish(records, seed, years, currency), parameters)
    return f"{sum(made.counts.values())} records of {made.first_day} to {made.last_day}, seed {seed}."
