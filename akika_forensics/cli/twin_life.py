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
    from akika_forensics.twin.beliefs import Beliefs
    from akika_forensics.twin.life import Wish


def generate(
    context: typer.Context,
    out: Path = typer.Option(..., help="A new or empty folder."),
    records: int = typer.Option(8000, help="About how many records."),
    seed: int = typer.Option(1, help="Another seed, another company."),
    years: int = typer.Option(0, help="How long it lives; 0 leaves it to the parameters and the number of records."),
    currency: str = typer.Option("", help="A second currency, such as EUR."),
    closing_date: str = typer.Option("", help="The books are closed up to this day; without it they are open."),
    parameters: Path | None = typer.Option(None, help="A file of parameters in the place of the one that comes along."),
    incident: str = typer.Option("", help="An incident amid its life, by name or as a file that describes it."),
    papers: bool = typer.Option(True, help="Beside it the banks' statements, the Audit Log and exported reports."),
    on: str = typer.Option("", help="The day on which the incident begins; without it after two thirds of the life."),
) -> None:
    """Make a company with a life: one Entity.jsonl an entity, which `akika twin serve --company` takes, and company.json.

    In papers beside them lies what people get of a company elsewhere than through the API.

    With an incident three of them: before, damaged, clean; the truth; and the papers of the damaged one.
    """
    from akika_forensics.twin import life
    from akika_forensics.twin.life import folder

    options: Options = context.obj
    wish = life.Wish(records, seed, years, currency, _day(closing_date))
    if incident:
        _with_incident(options, wish, incident, _day(on), parameters, out)
        return
    folder.check(out)
    twin = life.empty(parameters)
    made = life.fill(twin, wish, parameters)
    twin.clock.set(life.morning_after(date.fromisoformat(made.last_day)))
    said = life.write(twin, made, out, with_papers=papers)
    twin.close()
    if options.json:
        say_json({name: value for name, value in said.items() if name != "parameters"} | {"folder": str(out)})
        return
    say(f"{sum(made.counts.values())} records of {made.first_day} to {made.last_day} are in {out}.")
    say(f"Next: akika twin serve --company {out}")


def _with_incident(
    options: Options, wish: Wish, incident: str, on: date | None, parameters: Path | None, out: Path
) -> None:
    from akika_forensics.twin import incidents
    from akika_forensics.twin.incidents import scene, writing
    from akika_forensics.twin.life import folder

    if wish.closing_date is not None:
        raise WrongUse("An incident is played in open books.", do="Leave --closing-date away.")
    file = Path(incident)
    description = incidents.described_in(file) if file.suffix == ".toml" else incidents.described(incident)
    folder.check(out)
    played = scene.Stage.build(wish, on, parameters).play(description, wish.seed)
    writing.write(played, out)
    truth = played.truth
    if options.json:
        say_json({"folder": str(out), **truth})
        return
    say(str(truth["what"]))
    say(
        f"{len(truth['records'])} records struck, {len(truth['consequences'])} moved along; the companies and the truth are in {out}."
    )
    say(f"Next: akika twin serve --company {out / writing.DAMAGED}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUse(f"{text!r} is no day.", do="Write for example 2025-06-30.") from None


def made(
    path: Path | None,
    beliefs: Beliefs | None,
    records: int,
    seed: int,
    years: int,
    currency: str,
    parameters: Path | None,
) -> tuple[Twin, str]:
    """A company that lived, its clock on the morning after; and one sentence about it."""
    from akika_forensics.twin import life

    wish = life.Wish(records, seed, years, currency)
    wish.check()
    twin = life.empty(parameters, path, beliefs)
    done = life.fill(twin, wish, parameters)
    twin.clock.set(life.morning_after(date.fromisoformat(done.last_day)))
    twin.clock.release()
    count = sum(done.counts.values())
    return twin, f"{count} records of {done.first_day} to {done.last_day}, seed {seed}; the clock goes on from there."
