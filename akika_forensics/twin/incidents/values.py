"""The values of an incident's file, worked out when an act is done.

    "@vendor"                      a reference to the record of that name: {"value": its Id, "name": what it is called}
    "@vendor.id"                   its Id; "@vendor.Balance" and "@bill.Line.0.Amount" what it says now
    "#{n}", "{day}"                texts: n is the number of the act, {n:04} with zeros, day its date, month its month
    "{@customer.DisplayName} again"            a text around what a record says
    {day = -30}                    a day so many days before the act's
    {between = [400, 900], step = 50}          an amount by chance
    {choice = ["a", "b"]}          one of them by chance
    {of = "@bill.TotalAmt", times = 0.8, plus = 1.00}     an amount from another one, to the cent
    {lines = "@bill.Line", times = 0.8, set = {…}}        the lines of a record: amounts, prices scaled; details changed
    {actor = "insider"}            in a step: the Id of the user that an actor is
    {all = "@bills"}               all records of a name, as {"entity", "id"}
    {rows = N, of = {…}}           a list of so many, each worked out anew; {i} is its number

Everything else stands for itself; what is not there is left out of a table. A text that has to begin with @ or hold
braces is written with them doubled.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Protocol

from akika_forensics.errors import WrongUse
from akika_forensics.model.money import cents, money
from akika_forensics.model.record import RecordKey

type Body = dict[str, Any]

_DROPPED: Final = frozenset({"LinkedTxn", "Id", "LineNum"})


class Records(Protocol):
    """What the company says of a record now; None when it is gone."""

    def get(self, key: RecordKey) -> Body | None: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be spoken of: records by name, the day of the act, its number, chance."""

    records: Records
    names: Mapping[str, Sequence[RecordKey]]
    day: date
    n: int
    chance: random.Random
    i: int = 0

    def key(self, name: str) -> RecordKey:
        """The record of a name: of several, the one whose turn it is. Raises WrongUse for a name without any."""
        found = self.names.get(name)
        if not found:
            raise WrongUse(f"There is no record called @{name}.")
        return found[((self.i or self.n) - 1) % len(found)]

    def body(self, name: str) -> Body:
        """Raises WrongUse when the record is gone."""
        key = self.key(name)
        found = self.records.get(key)
        if found is None:
            raise WrongUse(f"@{name}, which is {key}, is gone.")
        return found


def worked_out(value: Any, scope: Scope) -> Any:
    """The value as it is at the time of the act. Raises WrongUse for what cannot be worked out."""
    match value:
        case str():
            return _text(value, scope)
        case list():
            return [worked_out(one, scope) for one in value]
        case dict():
            return _table(value, scope)
    return value


def _text(value: str, scope: Scope) -> Any:
    if value.startswith("@") and not value.startswith("@@"):
        return _spoken_of(value[1:], scope)
    text = value.removeprefix("@") if value.startswith("@@") else value

    def filled(match: re.Match[str]) -> str:
        return match[0][0] if match["what"] is None else _filled(match["what"], match["zeros"], value, scope)

    return _BRACES.sub(filled, text)


_BRACES: Final = re.compile(r"\{\{|\}\}|\{(?P<what>[^{}:]*)(?::0(?P<zeros>\d))?\}")


def _filled(what: str, zeros: str | None, text: str, scope: Scope) -> str:
    if what.startswith("@"):
        return str(_spoken_of(what[1:], scope))
    known = {"n": str(scope.n), "i": str(scope.i), "day": scope.day.isoformat(), "month": f"{scope.day:%B}"}
    if what not in known:
        raise WrongUse(f"{text!r} holds braces that say nothing.", do="Double them: {{ and }}.")
    return known[what].zfill(int(zeros or 0))


def _spoken_of(path: str, scope: Scope) -> Any:
    name, *parts = path.split(".")
    if parts == ["id"]:
        return scope.key(name).id
    if parts == ["entity"]:
        return scope.key(name).entity
    body = scope.body(name)
    if not parts:
        called = body.get("DisplayName") or body.get("FullyQualifiedName") or body.get("Name")
        return {"value": scope.key(name).id} | ({"name": str(called)} if called else {})
    return at(body, parts)


def at(body: Any, parts: Sequence[str]) -> Any:
    """What stands at a path of a body; None where there is nothing."""
    for part in parts:
        if isinstance(body, Mapping):
            body = body.get(part)
        elif isinstance(body, list) and part.lstrip("-").isdigit() and -len(body) <= int(part) < len(body):
            body = body[int(part)]
        else:
            return None
    return body


def _table(value: dict[str, Any], scope: Scope) -> Any:
    match value:
        case {"day": int(days), **rest} if not rest:
            return (scope.day + timedelta(days=days)).isoformat()
        case {"between": [low, high], **rest} if set(rest) <= {"step"}:
            return _between(money(low), money(high), money(rest.get("step", "0.01")), scope)
        case {"choice": list(rows), **rest} if rows and not rest:
            return worked_out(scope.chance.choice(rows), scope)
        case {"of": str(other), **rest} if rest and set(rest) <= {"times", "plus"}:
            times, plus = money(rest.get("times", 1)), money(rest.get("plus", 0))
            return cents(money(worked_out(other, scope)) * times + plus)
        case {"lines": str(other), **rest} if set(rest) <= {"times", "set", "first"}:
            return _lines(worked_out(other, scope), rest, scope)
        case {"all": str(name), **rest} if not rest:
            return [{"entity": key.entity, "id": key.id} for key in scope.names.get(name.removeprefix("@"), ())]
        case {"rows": int(count), "of": one, **rest} if not rest:
            return [worked_out(one, _row(scope, i)) for i in range(1, min(count, _most(one, scope, count)) + 1)]
    found = {key: worked_out(one, scope) for key, one in value.items()}
    return {key: one for key, one in found.items() if one is not None}


def _most(value: Any, scope: Scope, count: int) -> int:
    """No more rows than there are records of the names that a row speaks of."""
    spoken = {name for name in re.findall(r"@(\w+)", repr(value)) if name in scope.names}
    return min((len(scope.names[name]) for name in spoken), default=count)


def _row(scope: Scope, i: int) -> Scope:
    return Scope(scope.records, scope.names, scope.day, scope.n, scope.chance, i)


def _between(low: Decimal, high: Decimal, step: Decimal, scope: Scope) -> Decimal:
    if step <= 0 or high < low:
        raise WrongUse(f"There is no amount between {low} and {high} in steps of {step}.")
    return cents(low + step * scope.chance.randint(0, int((high - low) / step)))


def _lines(lines: Any, how: Mapping[str, Any], scope: Scope) -> list[Body]:
    """Copies without what the service adds; prices scaled, amounts with them, so that quantity times price stays true."""
    if not isinstance(lines, list):
        raise WrongUse("These are no lines.")
    times = money(how.get("times", 1))
    wanted = [line for line in lines if line.get("DetailType") != "SubTotalLineDetail" and "TxnTaxDetail" not in line]
    return [_line(line, times, how.get("set") or {}, scope) for line in wanted[: how.get("first")]]


def _line(line: Body, times: Decimal, change: Mapping[str, Any], scope: Scope) -> Body:
    kept = {key: value for key, value in line.items() if key not in _DROPPED}
    kind = str(line.get("DetailType"))
    detail = dict(kept.get(kind) or {})
    kept["Amount"] = cents(money(line.get("Amount")) * times)
    if times != 1 and "UnitPrice" in detail:
        detail["UnitPrice"] = money(detail["UnitPrice"]) * times
        kept["Amount"] = cents(detail["UnitPrice"] * money(detail.get("Qty", 1)))
    detail.pop("BillableStatus", None)
    detail |= {key: worked_out(value, scope) for key, value in change.items() if key != "Description"}
    if "Description" in change:
        kept["Description"] = worked_out(change["Description"], scope)
    return {**kept, kind: detail} if detail else kept
