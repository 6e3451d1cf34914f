"""Labelled incidents: what can go wrong with a company's books, done to a twin as people and applications do it.

Every incident gives its ground truth: the acts, by whom and when; the records they struck, with the digest of each
before and after; and the records that moved along because the service computes them. Nothing else of the company
changes. ``library`` holds the files in which they are described; ``description`` says how to write another.
"""

from __future__ import annotations

import random
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin import wire
from akika_forensics.twin.incidents import plain, schedule, truth
from akika_forensics.twin.incidents.description import Description, read
from akika_forensics.twin.incidents.performing import Performer
from akika_forensics.twin.incidents.plain import PLAIN

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin


def _library() -> dict[str, Description]:
    folder = resources.files(__package__) / "library"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    found = [read(one.read_text("utf-8"), one.name) for one in files]
    return {one.name: one for one in found}


LIBRARY: Final = _library()
INCIDENTS: Final[dict[str, str]] = {row.name: row.what for row in PLAIN.values()} | {
    row.name: row.what for row in LIBRARY.values()
}
"""Every incident by name, and what happens in it."""


def described(name: str) -> Description:
    """A described incident by its name. Raises WrongUse when there is none."""
    if name not in LIBRARY:
        raise WrongUse(f"There is no incident {name!r}.", do=f"Choose one of {', '.join(INCIDENTS)}.")
    return LIBRARY[name]


def described_in(file: Path) -> Description:
    """A described incident from a file. Raises WrongUse."""
    try:
        return read(file.read_text("utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file} cannot be read.", do="Give a text file that describes an incident.") from error


def run(twin: Twin, name: str, *, seed: int = 1, description: str | None = None) -> dict[str, Any]:
    """Do one incident at once; gives its ground truth, ready to be written as JSON.

    ``description`` is the text of a file of the caller's own, which then is done under that name. What would have taken
    weeks is done now, one act after the other, and only the dates on the documents say when it would have been. Raises
    WrongUse when there is no such incident or the company lacks a victim; then nothing has been changed.
    """
    if type(seed) is not int:
        raise WrongUse("A seed is a whole number.")
    before = truth.digests(twin)
    if name in PLAIN and description is None:
        with twin.transaction():
            struck = plain.strike(twin, name)
        return truth.plain(name, PLAIN[name].what, struck, before, truth.digests(twin))
    return _run(twin, read(description, name) if description is not None else described(name), seed, before)


def _run(twin: Twin, description: Description, seed: int, before: truth.Digests) -> dict[str, Any]:
    chance = random.Random(f"akika incident {seed} {description.name}")
    today = twin.clock().astimezone(wire.PACIFIC).date()
    begin = today - timedelta(days=description.days)
    with twin.transaction():
        performer = Performer(twin, description, chance)
        for turn in schedule.turns(description, begin, wire.PACIFIC, chance, live=True):
            performer.perform(turn)
    return truth.told(description, performer, before, truth.digests(twin), seed)
