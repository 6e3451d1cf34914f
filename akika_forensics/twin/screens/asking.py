"""How an operation of the screens is asked for: what it may be given, and how it says no."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from keyword import iskeyword
from typing import Any, Final

from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model.money import cents, money
from akika_forensics.twin.session import Session

type Body = dict[str, Any]
type Run = Callable[..., Body]
type Key = tuple[str, str]

EVERYBODY: Final = frozenset({"admin", "accountant", "standard"})
ADMINS: Final = frozenset({"admin", "accountant"})
ACCOUNTANTS: Final = frozenset({"accountant"})


class ScreenRefused(Refused):
    """A screen says no, in a plain sentence; nothing was done."""

    code = "screen_refused"


@dataclass(frozen=True, slots=True)
class Screen:
    """``run`` takes the session and what was asked for by name; ``roles`` may use it."""

    name: str
    what: str
    run: Run
    roles: frozenset[str] = EVERYBODY
    reads: bool = False

    def takes(self) -> list[str]:
        """What may be given, in order; what must be given first. ``class`` is called so, whatever Python says."""
        return [one.name.rstrip("_") for one in self._parameters()]

    def must(self) -> list[str]:
        return [one.name.rstrip("_") for one in self._parameters() if one.default is inspect.Parameter.empty]

    def _parameters(self) -> list[inspect.Parameter]:
        return list(inspect.signature(self.run).parameters.values())[1:]

    def call(self, session: Session, given: Mapping[str, Any]) -> Body:
        """Do it with what was given, which ``check`` has seen; a number may stand for an Id."""
        texts = {one.name.rstrip("_") for one in self._parameters() if one.annotation == "str"}
        chosen = {
            name: str(value) if name in texts and isinstance(value, int) else value for name, value in given.items()
        }
        return self.run(session, **{f"{name}_" if iskeyword(name) else name: value for name, value in chosen.items()})

    def check(self, given: Mapping[str, Any]) -> None:
        """Raises WrongUse for what the screen does not take, for what it lacks, and for what is of another form."""
        unknown = sorted(set(given) - set(self.takes()))
        if unknown:
            raise WrongUse(f"{self.name} does not take {unknown[0]}.", do=f"Give {', '.join(self.takes())}.")
        lacking = [name for name in self.must() if name not in given]
        if lacking:
            raise WrongUse(f"{self.name} lacks {lacking[0]}.", do=f"Give {', '.join(self.must())}.")
        for one in self._parameters():
            name = one.name.rstrip("_")
            if name in given and not _fits(str(one.annotation), given[name]):
                raise WrongUse(f"{name} is {_SAID[str(one.annotation)]}, not {given[name]!r:.40}.")


_SAID: Final = {
    "str": "a text",
    "bool": "true or false",
    "Mapping[str, Any]": "an object",
    "dict[str, Any] | None": "an object",
}
"""What a parameter takes, by its annotation; the screens look at the others themselves."""


def _fits(annotation: str, value: Any) -> bool:
    match annotation:
        case "str":
            return isinstance(value, str | date) or type(value) is int
        case "bool":
            return isinstance(value, bool)
        case "Mapping[str, Any]":
            return isinstance(value, Mapping)
        case "dict[str, Any] | None":
            return value is None or isinstance(value, dict)
    return True


def found(session: Session, entity: Any, record_id: Any) -> Body:
    """A record. Raises WrongUse when there is none."""
    body = session.find(str(entity), str(record_id))
    if body is None:
        raise WrongUse(f"There is no {entity} {record_id}.")
    return body


def keys(rows: Any) -> list[Key]:
    """``[{"entity", "id"}, …]`` or pairs. Raises WrongUse for anything else, for none, and for one named twice."""
    listed: list[Key] = []
    for row in rows if isinstance(rows, Sequence) and not isinstance(rows, str) else ():
        match row:
            case {"entity": entity, "id": record_id}:
                listed.append((str(entity), str(record_id)))
            case (str(entity), record_id):
                listed.append((entity, str(record_id)))
            case _:
                raise WrongUse(f"{row!r} names no transaction.", do='Write {"entity": "Bill", "id": "12"}.')
    if not listed:
        raise WrongUse("No transaction is named.", do='Give a list of {"entity": "Bill", "id": "12"}.')
    if len(set(listed)) != len(listed):
        raise WrongUse("A transaction is named twice.")
    return listed


def whole(amount: Any) -> int:
    """An amount in cents. Raises WrongUse for what is no amount."""
    try:
        value = money(amount)
    except (TypeError, ValueError) as error:
        raise WrongUse(f"{amount!r} is no amount.") from error
    return int(cents(value) * 100)


def amount_of(cents_: int) -> Decimal:
    return Decimal(cents_) / 100


def day(text: Any) -> date:
    """Raises WrongUse for what is no day."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise WrongUse(f"{text!r} is no day.", do="Write it as 2026-03-31.") from None
