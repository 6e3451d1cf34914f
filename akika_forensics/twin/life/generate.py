"""A company with a life, from a seed: filled into a twin, or written as files.

The same parameters and the same wish make the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.twin.life import folder as folders
from akika_forensics.twin.life import founding, papers, parameters
from akika_forensics.twin.life.acts import Act
from akika_forensics.twin.life.agenda import morning_after
from akika_forensics.twin.life.bulk import elsewhere
from akika_forensics.twin.life.bulk.known import Known
from akika_forensics.twin.life.bulk.run import Inlet, before, rows
from akika_forensics.twin.life.lived import Life
from akika_forensics.twin.life.parameter_tables import Parameters
from akika_forensics.twin.life.plan import Plan
from akika_forensics.twin.life.wish import Wish

if TYPE_CHECKING:
    from akika_forensics.twin.beliefs import Beliefs
    from akika_forensics.twin.engine import Twin

COMPANY: Final = "company.json"
_COUNTED: Final = "SELECT entity, count(*) FROM record GROUP BY entity ORDER BY entity"


@dataclass(frozen=True, slots=True)
class Generated:
    """What was made: of which wish and file of parameters, how many records of each kind, from which day to which."""

    wish: Wish
    parameters: str
    counts: dict[str, int]
    first_day: str
    last_day: str

    def as_dict(self) -> dict[str, Any]:
        wish = self.wish
        return {
            "seed": wish.seed,
            "records": wish.records,
            "years": wish.years or None,
            "currency": wish.currency or None,
            "closing_date": wish.closing_date.isoformat() if wish.closing_date else None,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "counts": self.counts,
            "parameters": self.parameters,
        }


def fill(
    twin: Twin, wish: Wish, file: Path | None = None, *, lived: bool = False, until: datetime | None = None
) -> Generated:
    """Found the company in an empty twin and let it live. ``file`` holds other parameters than those that come along.

    ``lived`` does every act through the engine; without it the same life is written down as it ends, much faster.
    From 25,000 records on that takes a second process, which a script can start below ``if __name__ == "__main__"`` alone.
    ``until`` ends it before the first act at or after a moment; ``later`` gives the acts from there on.

    Raises WrongUse for a wish or a file that cannot be, and for a twin that holds a company already.
    """
    rules = parameters.load(file)
    wish.check()
    if twin.count("Account"):
        raise WrongUse("This company has accounts already.", do="Give an empty one.")
    plan = Plan(rules, parameters.load_names(), wish)
    founding.found(twin, rules, wish)
    if lived:
        life = living(twin, wish, file)
        life.live(before(plan.acts(), until))
        if life.departures:
            first = life.departures[0]
            raise WrongUse(f"The parameters make a life that cannot be lived: {first.what} ({first.act}).")
    else:
        _write_down(twin, plan, rules, wish, file, until)
    if wish.closing_date is not None and until is None:
        close(twin, wish, plan)
    counts = {str(name): int(number) for name, number in twin.store.select(_COUNTED)}
    return Generated(
        wish,
        parameters.text_of(file),
        counts,
        plan.first_day.isoformat(),
        plan.last_day.isoformat(),
    )


def empty(file: Path | None = None, path: Path | None = None, beliefs: Beliefs | None = None) -> Twin:
    """A twin to be filled, whose clock stands on the first day of the life; in memory or in a new file at ``path``."""
    return founding.nothing_yet(parameters.load(file), path, beliefs)


def living(twin: Twin, wish: Wish, file: Path | None = None) -> Life:
    """Whoever lives acts in a company that was filled, with its people."""
    rules = parameters.load(file)
    return Life(twin, rules.account_of("payable"), wish.currency, founding.people(rules))


def later(wish: Wish, after: datetime, file: Path | None = None) -> Iterator[Act]:
    """The acts of a life from a moment on: of a wish and a file always the same, whatever became of the company."""
    plan = Plan(parameters.load(file), parameters.load_names(), wish)
    return (act for act in plan.acts() if act.at >= after)


def _write_down(
    twin: Twin, plan: Plan, rules: Parameters, wish: Wish, file: Path | None, until: datetime | None
) -> None:
    people = founding.people(rules)
    with twin.beside() as store:
        inlet = Inlet(store)
        known = Known(twin, rules, wish.currency)
        if wish.records >= elsewhere.WORTH_IT:
            for batch in elsewhere.batches(known, wish, file, until):
                inlet.take(batch)
        else:
            rows(before(plan.acts(), until), known, people, people[rules.user_for("lists").key].user, inlet.take)
        inlet.finish()


def close(twin: Twin, wish: Wish, plan: Plan) -> None:
    """Close the books up to a day, on the morning after the life."""
    assert wish.closing_date is not None  # noqa: S101 - the caller's condition, for the type checker
    old = twin.get("Preferences", "1") or {}
    changed = {"AccountingInfoPrefs": {"BookCloseDate": wish.closing_date.isoformat()}}
    sent = {"Id": "1", "SyncToken": old["SyncToken"], "sparse": True, **changed}
    twin.update("Preferences", sent, at=morning_after(plan.last_day))


def write(twin: Twin, made: Generated, folder: Path, *, with_papers: bool = False) -> dict[str, Any]:
    """Write one ``Entity.jsonl`` an entity and ``company.json``; gives the latter, with the ``digest`` of the records.

    ``with_papers`` lets ``papers`` of the whole life lie beside them, as of the twin's clock. Raises WrongUse unless the
    folder is new or empty.
    """
    said = made.as_dict() | {"digest": folders.write(twin, folder)}
    (folder / COMPANY).write_bytes(payloads.encode(said) + b"\n")
    if with_papers:
        first, last = date.fromisoformat(made.first_day), date.fromisoformat(made.last_day)
        papers.write(twin, folder / papers.FOLDER, first, last)
    return said
