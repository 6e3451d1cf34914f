"""An incident as its file describes it: who does what to which records, and when. Others may write such files.

    name = "fictitious-vendor"
    type = "Fictitious vendor"
    what = "One sentence of what happens."
    days = 60                        # how long it goes on; ordinary work goes on meanwhile
    hours = [18, 22]                 # the local hours of its acts; 9 to 17 when nothing is said
    [[actor]]                        # a user of the company of that role, else a new one; kind "app": an application
    key = "insider"
    role = "standard"
    name = "Dana Reyes"              # of a new user, and of an application
    [[find]]                         # victims, chosen before the first act
    as = "bank"
    entity = "Account"
    where = [["AccountType", "=", "Bank"]]
    order = "-CurrentBalance"        # a path, "-" for the greatest first; by chance when nothing is said
    take = 1
    [[step]]
    day = 3                          # days since it began
    actor = "insider"
    do = "enter"                     # a screen, or create, update, delete by an application
    entity = "Vendor"                # what the screen takes, by name; the values are those of ``values``
    body = {DisplayName = "Northside Office Supply"}
    as = "vendor"                    # later steps may speak of what this one made
    times = 1                        # how often, every so many days
    every = 0
    each = "bills"                   # or once for each record of a name
    says = "made up"                 # of the records in the ground truth
    bank = {account = "@bank", payee = "…", after = 2}     # the money really moves: the bank's line for it
    only = "amid"                    # only amid ordinary work, or only "at once" in a running company
    [[divert]]                       # ordinary payments that are not keyed as they came; see ``diverting``
    how = "lap"
    actor = "insider"
    take = 6
    least = 100.00

Everything is read strictly: a word that is not known is refused with the place at which it stands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin.screens.desk import SCREENS

type Condition = tuple[str, str, Any]

OPERATORS: Final = ("=", "!=", "<", "<=", ">", ">=", "in", "contains")
BANK_LINE: Final = "BankLine"
"""Not a record: a line of the bank, with its fields; of it ``id`` is account and number."""
GAP: Final = "gap"
"""The name of the invoice that diverted payments leave open."""
BY_API: Final = frozenset({"create", "update", "delete"})
OFFICE: Final = (9, 17)
ONLY: Final = ("", "amid", "at once")
DIVERTED: Final = ("keep", "lap")
ROLES: Final = ("admin", "accountant", "standard")
KINDS: Final = ("person", "app")
_STEP: Final = frozenset(
    {"only", "day", "actor", "do", "as", "times", "every", "each", "says", "bank", "hours", "may_fail"}
)
_BANK: Final = frozenset({"account", "cents", "payee", "memo", "after"})


@dataclass(frozen=True, slots=True)
class Who:
    """An actor: of a ``role`` of the company, or an application."""

    key: str
    kind: str = "person"
    role: str = "standard"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Find:
    """Records to be chosen: those of ``entity`` that meet all conditions, ``take`` of them in an order.

    ``least`` is how many there must be; fewer are refused.
    """

    name: str
    entity: str
    where: tuple[Condition, ...] = ()
    order: str = ""
    take: int = 1
    least: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done, perhaps many times. ``given`` is what the screen takes, still to be worked out."""

    day: int
    actor: str
    do: str
    given: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    times: int = 1
    every: int = 0
    each: str = ""
    says: str = ""
    bank: Mapping[str, Any] | None = None
    hours: tuple[int, int] | None = None
    may_fail: bool = False
    only: str = ""


@dataclass(frozen=True, slots=True)
class Divert:
    """Up to ``take`` ordinary payments of at least so many cents are diverted; ``how`` is one of ``DIVERTED``."""

    how: str
    actor: str
    take: int
    least: int


@dataclass(frozen=True, slots=True)
class Description:
    name: str
    type: str
    what: str
    days: int
    hours: tuple[int, int]
    actors: tuple[Who, ...]
    finds: tuple[Find, ...]
    steps: tuple[Step, ...]
    diverts: tuple[Divert, ...] = ()


def read(text: str, where: str) -> Description:
    """A description from the text of its file, named ``where``. Raises WrongUse with the place of what is wrong."""
    try:
        told = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"{where} is no TOML: {error}.") from error
    _known(told, {"name", "type", "what", "days", "hours", "actor", "find", "step", "divert"}, where)
    actors = tuple(_actor(row, f"{where}, actor {n}") for n, row in _rows(told, "actor", where))
    finds = tuple(_find(row, f"{where}, find {n}") for n, row in _rows(told, "find", where))
    steps = tuple(_step(row, f"{where}, step {n}", actors) for n, row in _rows(told, "step", where))
    diverts = tuple(_divert(row, f"{where}, divert {n}", actors) for n, row in _rows(told, "divert", where))
    if not steps:
        raise WrongUse(f"{where} has no step.")
    found = Description(
        _text(told, "name", where),
        _text(told, "type", where),
        _text(told, "what", where),
        _number(told, "days", where, 0),
        _hours(told.get("hours"), where) or OFFICE,
        actors,
        finds,
        steps,
        diverts,
    )
    _check_names(found, where)
    late = [step for step in steps if step.day + step.every * (step.times - 1) > found.days]
    if late:
        raise WrongUse(f"{where}: a step comes later than the {found.days} days that it goes on.")
    return found


def _check_names(found: Description, where: str) -> None:
    """Raises WrongUse where a step goes through a name that nothing has, or is done in a way that nobody can."""
    named = {GAP, *(find.name for find in found.finds), *(step.name for step in found.steps if step.name)}
    kinds = {who.key: who.kind for who in found.actors}
    for place, step in enumerate(found.steps, 1):
        if step.each and step.each not in named:
            raise WrongUse(f"{where}, step {place}: nothing is called {step.each!r}.")
        offered = BY_API if kinds[step.actor] == "app" else SCREENS.keys()
        if step.do not in offered:
            raise WrongUse(
                f"{where}, step {place}: {step.do!r} is nothing that {step.actor} can do.",
                do=f"Choose one of {', '.join(sorted(offered))}.",
            )


def _rows(told: Mapping[str, Any], key: str, where: str) -> list[tuple[int, dict[str, Any]]]:
    rows = told.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise WrongUse(f"{where}: {key} is written as [[{key}]].")
    return list(enumerate(rows, 1))


def _actor(row: dict[str, Any], where: str) -> Who:
    _known(row, {"key", "kind", "role", "name"}, where)
    kind, role = row.get("kind", "person"), row.get("role", "standard")
    if kind not in KINDS or role not in ROLES:
        raise WrongUse(f"{where}: kind is one of {', '.join(KINDS)}, role one of {', '.join(ROLES)}.")
    return Who(_text(row, "key", where), kind, role, _text(row, "name", where))


def _find(row: dict[str, Any], where: str) -> Find:
    _known(row, {"as", "entity", "where", "order", "take", "least"}, where)
    entity = _text(row, "entity", where)
    if entity not in CATALOGUE and entity != BANK_LINE:
        raise WrongUse(f"{where}: {entity!r} is no kind of record.")
    take = _number(row, "take", where, 1)
    conditions = row.get("where", [])
    if not isinstance(conditions, list):
        raise WrongUse(f"{where}: where is a list of conditions.")
    return Find(
        _text(row, "as", where),
        entity,
        tuple(_condition(one, where) for one in conditions),
        str(row.get("order", "")),
        take,
        _number(row, "least", where, take),
    )


def _condition(one: Any, where: str) -> Condition:
    match one:
        case [str(path), str(operator), value] if operator in OPERATORS:
            return path, operator, value
    raise WrongUse(f"{where}: {one!r} is no condition.", do=f'Write ["Balance", ">", 0]; {", ".join(OPERATORS)}.')


def _divert(row: dict[str, Any], where: str, actors: tuple[Who, ...]) -> Divert:
    _known(row, {"how", "actor", "take", "least"}, where)
    how = _text(row, "how", where)
    if how not in DIVERTED:
        raise WrongUse(f"{where}: how is one of {', '.join(DIVERTED)}.")
    least = row.get("least", 0)
    if isinstance(least, bool) or not isinstance(least, int | Decimal):
        raise WrongUse(f"{where}: least is an amount.")
    return Divert(how, _of(actors, row, where), _number(row, "take", where, 1), int(least * 100))


def _of(actors: tuple[Who, ...], row: Mapping[str, Any], where: str) -> str:
    actor = _text(row, "actor", where)
    if actor not in {one.key for one in actors}:
        raise WrongUse(f"{where}: {actor!r} is no actor of this incident.")
    return actor


def _step(row: dict[str, Any], where: str, actors: tuple[Who, ...]) -> Step:
    actor = _of(actors, row, where)
    if row.get("only", "") not in ONLY:
        raise WrongUse(f"{where}: only is amid or at once.")
    if not isinstance(row.get("may_fail", False), bool):
        raise WrongUse(f"{where}: may_fail is true or false.")
    bank = row.get("bank")
    if bank is not None:
        _known(bank, _BANK, f"{where}, bank")
    return Step(
        _number(row, "day", where, 0),
        actor,
        _text(row, "do", where),
        {key: value for key, value in row.items() if key not in _STEP},
        str(row.get("as", "")),
        _number(row, "times", where, 1),
        _number(row, "every", where, 0),
        str(row.get("each", "")),
        str(row.get("says", "")),
        bank,
        _hours(row.get("hours"), where),
        row.get("may_fail") is True,
        str(row.get("only", "")),
    )


def _hours(value: Any, where: str) -> tuple[int, int] | None:
    match value:
        case None:
            return None
        case [int(first), int(last)] if 0 <= first <= last <= 23:
            return first, last
    raise WrongUse(f"{where}: hours are two hours of a day, such as [18, 22].")


def _known(row: Any, words: set[str] | frozenset[str], where: str) -> None:
    if not isinstance(row, dict):
        raise WrongUse(f"{where} is no table.")
    unknown = sorted(set(row) - words)
    if unknown:
        raise WrongUse(f"{where}: {unknown[0]!r} is not known.", do=f"It takes {', '.join(sorted(words))}.")


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise WrongUse(f"{where} lacks {key}.")
    return value


def _number(row: Mapping[str, Any], key: str, where: str, default: int) -> int:
    value = row.get(key, default)
    if type(value) is not int or value < 0:
        raise WrongUse(f"{where}: {key} is a whole number.")
    return value
