"""What nobody outside Intuit has settled about QuickBooks: one named switch a question, with every behaviour built.

A switch is read with ``session.beliefs.choice("name")`` or, where there is no session, ``store.beliefs``. A *profile*,
written by ``akika twin probe``, holds the answers of a real company; what it answers is settled, the rest is belief.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from akika_forensics.errors import WrongUse
from akika_forensics.model.formats import Format, OtherFormat
from akika_forensics.model.payload import decode
from akika_forensics.twin.doubt import Belief
from akika_forensics.twin.uncertain import TABLE

_PROFILE: Final = Format("akika-beliefs/", 1, "profile of a company")
_FIELDS: Final = frozenset({"format", "host", "at", "beliefs", "open", "left"})
FORMAT: Final = _PROFILE.label
"""Of a profile: ``{"format", "host", "at", "beliefs": {name: {"choice", "asked", "answered"}}, "open": {name: why},
"left": [what could not be removed]}``."""

BELIEFS: Final[dict[str, Belief]] = {row.name: row for row in TABLE}


@dataclass(frozen=True, slots=True)
class Taken:
    """An unverified fact, and what is taken for granted of it."""

    belief: str
    question: str
    taken: str

    def as_dict(self) -> dict[str, str]:
        return {"belief": self.belief, "question": self.question, "taken": self.taken}


@dataclass(frozen=True, slots=True)
class Beliefs:
    """One choice for every belief. ``settled`` names those that a profile answered; ``but`` assumes and settles nothing."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Raises WrongUse for an unknown name or choice, and says what is possible."""
        for name, choice in self.chosen.items():
            _check(name, choice)

    def choice(self, name: str) -> str:
        """Raises WrongUse when there is no such belief."""
        return self.chosen.get(name) or belief(name).default

    def but(self, **choices: str) -> Self:
        """The same with other choices."""
        return type(self)({**self.chosen, **choices}, self.settled)

    @classmethod
    def from_profile(cls, profile: Mapping[str, Any]) -> Self:
        """What a profile settled. Raises WrongUse when it is none or names what is not known here, NewerFormat."""
        try:
            told = _PROFILE.current(profile)
        except OtherFormat:
            told = {}
        answers = told.get("beliefs")
        if not isinstance(answers, Mapping) or not told.keys() <= _FIELDS:
            raise WrongUse(
                "This is not a profile that this version can read.",
                means=f"A profile names its format as {FORMAT!r}.",
                do="Give the file that `akika twin probe` wrote.",
            )
        chosen = {
            str(name): str(row.get("choice") if isinstance(row, Mapping) else row) for name, row in answers.items()
        }
        return cls(chosen, frozenset(chosen))

    @property
    def unsettled(self) -> tuple[Belief, ...]:
        """Every belief that no loaded profile answered, in the order of the table."""
        return tuple(row for row in TABLE if row.name not in self.settled)

    def unverified(self, acts: Iterable[str]) -> tuple[Taken, ...]:
        """What is taken for granted of some acts, such as ``create Vendor`` or ``query Account``, without being known."""
        wanted = frozenset(acts)
        return tuple(
            Taken(row.name, row.question, self.choice(row.name)) for row in self.unsettled if row.matters(wanted)
        )

    def as_dict(self) -> dict[str, Any]:
        """For the company's file."""
        return {"chosen": dict(self.chosen), "settled": sorted(self.settled)}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """From the company's file; a belief that this version no longer knows has no behaviour and is left out."""
        chosen = {
            name: choice
            for name, choice in kept["chosen"].items()
            if name in BELIEFS and choice in BELIEFS[name].choices
        }
        return cls(chosen, frozenset(kept["settled"]) & BELIEFS.keys())


def read_profile(file: Path) -> Beliefs:
    """Raises WrongUse when there is no such file or it is no profile."""
    try:
        profile = decode(file.read_bytes())
    except OSError as error:
        raise WrongUse(f"{file} cannot be read: {error.strerror}.", do="Give a profile's file.") from error
    return Beliefs.from_profile(profile)


def belief(name: str) -> Belief:
    """Raises WrongUse when there is no such belief."""
    found = BELIEFS.get(name)
    if found is None:
        raise WrongUse(f"There is no belief {name!r}.", do=f"Name one of {', '.join(BELIEFS)}.")
    return found


def _check(name: str, choice: str) -> None:
    row = belief(name)
    if choice not in row.choices:
        raise WrongUse(f"{name} cannot be {choice!r}.", do=f"Choose {' or '.join(row.choices)}.")


def read_choices(texts: Iterable[str]) -> dict[str, str]:
    """``NAME=CHOICE`` each. Raises WrongUse."""
    choices: dict[str, str] = {}
    for text in texts:
        name, separator, choice = text.partition("=")
        if not separator:
            raise WrongUse(f"{text!r} is no choice.", do="Write NAME=CHOICE, such as maxresults_above_1000=refused.")
        _check(name, choice)
        choices[name] = choice
    return choices
