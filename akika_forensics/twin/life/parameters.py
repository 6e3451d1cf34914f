"""The parameters of a generated company: one TOML file an accountant can read, checked as a whole when it is read.

Amounts are ``Decimal``; ``cents`` of them are what the life reckons with. Shares are of 1.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any, Final

import msgspec

from akika_forensics.errors import WrongUse
from akika_forensics.twin.life.parameter_tables import Names, Parameters

DEFAULT: Final = "garden_supply.toml"
LATEST: Final = 60
"""Days after which nobody comes back to a mistake."""
ACTS: Final = (
    "lists", "draws", "purchases", "banking", "payments", "corrections", "sales", "estimates", "web sales", "period end",
)  # fmt: skip
"""The kinds of acts, each of which somebody does."""


def _read(name: str) -> str:
    return resources.files("akika_forensics.twin.life").joinpath("parameters", name).read_text("utf-8")


def _convert[T](text: str, where: str, into: type[T]) -> T:
    try:
        found: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
        return msgspec.convert(found, into)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WrongUse(
            f"{where} is not a file of parameters: {error}.",
            do="Compare it with the file that comes with this software.",
        ) from error


def load(path: Path | None = None) -> Parameters:
    """The parameters of a file, or those that come with this software. Raises WrongUse naming what is wrong with it."""
    if path is None:
        found = _convert(_read(DEFAULT), DEFAULT, Parameters)
    else:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WrongUse(f"{path} cannot be read: {error}.") from error
        found = _convert(text, str(path), Parameters)
    check(found)
    return found


def load_names() -> Names:
    return _convert(_read("names.toml"), "names.toml", Names)


def text_of(path: Path | None = None) -> str:
    """The file as it stands, to be kept beside what was made of it."""
    return path.read_text("utf-8") if path else _read(DEFAULT)


def check(found: Parameters) -> None:
    """Raises WrongUse where one table names what another does not have."""
    accounts = {row.name for row in found.account}
    named = {row.account for row in found.recurring} | {row.account for row in (*found.spending, *found.abroad)}
    named |= {row.income for row in found.item} | {row.expense for row in found.item if row.expense}
    named |= {row.spread_over for row in found.recurring if row.spread_over}
    missing = sorted(named - accounts)
    if missing:
        raise WrongUse(f"The parameters name an account that they do not list: {missing[0]}.")
    classes = {row.name for row in found.class_}
    lost = sorted({row.class_ for row in found.item} - classes)
    if lost:
        raise WrongUse(f"The parameters name a class that they do not list: {lost[0]}.")
    if len(found.season.months) != 12 or len(found.season.weekdays) != 7:
        raise WrongUse("A season has twelve months and seven weekdays.")
    _check_people(found)
    _check_days(found)


def _check_people(found: Parameters) -> None:
    for row in found.user:
        if not sum(row.hours) or len(row.weekdays) != 7 or not sum(row.weekdays[:5]):
            raise WrongUse(f"{row.name} has no hours from Monday to Friday.")
    for acts in ACTS:
        found.user_for(acts)


def _check_days(found: Parameters) -> None:
    """What follows from something follows on a later day; a cheque is voided while its bill is still in everybody's mind."""
    rows = {name: getattr(found.mistakes, name) for name in found.mistakes.__struct_fields__ if name.endswith("_found")}
    rows |= {"arrives": found.stock.arrives, "reconciled_on": found.period_end.reconciled_on}
    for name, (low, high) in rows.items():
        if not 1 <= low <= high <= LATEST:
            raise WrongUse(f"{name} is {low} to {high} days.", do=f"Write 1 to {LATEST} days, the smaller first.")


def cents(amount: Decimal) -> int:
    """Whole cents of an amount of the file."""
    return int(amount * 100)
