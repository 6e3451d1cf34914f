"""Whom an incident strikes: records that meet conditions, the same every time for the same seed.

A condition speaks of a path in the record's body, such as ``CustomerRef.value``, or of what is known beside it:

    $age         days since its date; $made: days since it was keyed
    $paid        an invoice or bill of which nothing is open; $open: cents, as an amount, that are
    $deposited   a payment or receipt that a deposit holds
    $matched, $reconciled, $cleared    its marks
    $payments    how many payments settle it
    $home        whether it is in the company's own currency
    $taxed       whether it carries tax
    $expense     whether it is charged to expense accounts alone
    $alike       how many other active accounts have the account's type and detail type
    $used        of a record of a list: in how many transactions it is cited by name (customers, vendors, accounts)
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.money import money
from akika_forensics.model.record import RecordKey
from akika_forensics.twin import wire
from akika_forensics.twin.identity import number_of
from akika_forensics.twin.incidents.description import BANK_LINE, Condition, Find
from akika_forensics.twin.incidents.values import Body, Scope, at, worked_out

if TYPE_CHECKING:
    from akika_forensics.twin.store import Store

MANY: Final = 2_000
"""Records of an entity that are looked at, by chance, where a company has more."""


class Company:
    """A company as an incident looks at it; ``gone`` is what records said last that the incident deleted."""

    def __init__(self, store: Store, gone: Mapping[RecordKey, Body] | None = None) -> None:
        self._store = store
        self._gone = gone or {}

    def get(self, key: RecordKey) -> Body | None:
        if key.entity == BANK_LINE:
            account, _, fitid = key.id.partition("/")
            line = self._store.bank.find(account, fitid)
            return asdict(line) if line is not None else None
        row = self._store.get(key.entity, key.id)
        return payloads.decode(row.payload) if row is not None else self._gone.get(key)

    def find(self, wanted: Find, scope: Scope) -> list[RecordKey]:
        """Raises WrongUse when there are too few."""
        taken: list[tuple[RecordKey, Body]] = []
        for key in self._candidates(wanted.entity, scope.chance):
            body = self.get(key)
            if body is not None and all(self._meets(key, body, one, scope) for one in wanted.where):
                taken.append((key, body))
                if not wanted.order and len(taken) == wanted.take:
                    break
        if wanted.order:
            path, descending = wanted.order.removeprefix("-"), wanted.order.startswith("-")
            taken.sort(key=lambda row: _rank(self._fact(row[0], row[1], path, scope)), reverse=descending)
        if len(taken) < wanted.least:
            raise WrongUse(
                f"The company has {len(taken) or 'no'} {wanted.entity} of the kind that the incident is about, "
                f"and it takes {wanted.least}.",
                means="Nothing has been changed.",
                do="Choose another incident, or another company.",
            )
        return [key for key, _ in taken[: wanted.take]]

    def _candidates(self, entity: str, chance: random.Random) -> list[RecordKey]:
        if entity == BANK_LINE:
            bank = self._store.bank
            ids = [f"{account}/{line.fitid}" for account in bank.accounts() for line in bank.of(account)]
            return [RecordKey(entity, one) for one in ids]
        ids = sorted(self._store.ids(entity), key=lambda one: (number_of(one), one))
        chance.shuffle(ids)
        return [RecordKey(entity, one) for one in ids[:MANY]]

    def _meets(self, key: RecordKey, body: Body, condition: Condition, scope: Scope) -> bool:
        path, operator, wanted = condition
        wanted = worked_out(wanted, scope)
        found = self._fact(key, body, path, scope)
        match operator:
            case "=":
                return _same(found, wanted)
            case "!=":
                return not _same(found, wanted)
            case "in":
                return any(_same(found, one) for one in wanted)
            case "contains":
                return str(wanted).casefold() in str(found or "").casefold()
        if found is None:
            return False
        one, other = (found, wanted) if isinstance(wanted, str) else (_amount(found), _amount(wanted))
        return _COMPARE[operator](one, other)

    def _fact(self, key: RecordKey, body: Body, path: str, scope: Scope) -> Any:
        if not path.startswith("$"):
            return at(body, path.split("."))
        known = _FACTS.get(path)
        if known is None:
            raise WrongUse(f"{path} is not known of a record.", do=f"Known are {', '.join(sorted(_FACTS))}.")
        return known(self._store, key, body, scope.day)


def _amount(value: Any) -> Decimal:
    try:
        return money(value)
    except (TypeError, ValueError, ArithmeticError):
        return Decimal(0)


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(found, bool):
        return bool(found) is wanted if isinstance(wanted, bool) else False
    if isinstance(wanted, int | Decimal):
        return found is not None and _amount(found) == _amount(wanted)
    if isinstance(wanted, dict) and isinstance(found, dict):
        return str(found.get("value")) == str(wanted.get("value"))
    return str(found or "") == str(wanted)


def _rank(value: Any) -> tuple[int, Decimal, str]:
    if isinstance(value, bool | int | float | Decimal):
        return 1, money(int(value) if isinstance(value, bool) else value), ""
    return (2, Decimal(0), str(value)) if value is not None else (0, Decimal(0), "")


_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def _age(_: Store, __: RecordKey, body: Body, day: date) -> int | None:
    dated = str(body.get("TxnDate") or "")[:10]
    return (day - date.fromisoformat(dated)).days if dated else None


def _made(store: Store, key: RecordKey, _: Body, day: date) -> int | None:
    row = store.get(key.entity, key.id)
    return (day - wire.moment_of(row.created).astimezone(wire.PACIFIC).date()).days if row else None


def _paid(_: Store, __: RecordKey, body: Body, ___: date) -> bool:
    return money(body.get("TotalAmt")) > 0 and not money(body.get("Balance"))


def _settlements(store: Store, key: RecordKey) -> int:
    return sum(row.source_entity in {"Payment", "BillPayment"} for row in store.links_to(key.entity, key.id))


def _deposited(store: Store, key: RecordKey, _: Body, __: date) -> bool:
    return any(row.source_entity == "Deposit" for row in store.links_to(key.entity, key.id))


def _home(store: Store, _: RecordKey, body: Body, __: date) -> bool:
    code = (body.get("CurrencyRef") or {}).get("value")
    row = store.get("Preferences", "1")
    prefs = payloads.decode(row.payload) if row is not None else {}
    own = at(prefs, ["CurrencyPrefs", "HomeCurrency", "value"]) or "USD"
    return code in {None, "", own}


def _expense(store: Store, _: RecordKey, body: Body, __: date) -> bool:
    named = [at(line, ["AccountBasedExpenseLineDetail", "AccountRef", "value"]) for line in body.get("Line") or []]
    rows = [store.get("Account", str(one)) for one in named]
    return bool(rows) and all(
        row is not None and payloads.decode(row.payload).get("AccountType") == "Expense" for row in rows
    )


def _alike(store: Store, key: RecordKey, body: Body, __: date) -> int:
    bodies = (payloads.decode(row.payload) for row in store.rows("Account") if row.id != key.id)
    return sum(
        one.get("Active") is not False
        and all(one.get(name) == body.get(name) for name in ("AccountType", "AccountSubType"))
        for one in bodies
    )


def _used(store: Store, key: RecordKey, _: Body, __: date) -> int:
    if key.entity in {"Customer", "Vendor", "Employee"}:
        return int(store.select("SELECT count(*) FROM document WHERE party = ?", (f"{key.entity}:{key.id}",))[0][0])
    return int(store.select("SELECT count(*) FROM posting WHERE account = ?", (key.id,))[0][0])


_FACTS: Final[dict[str, Callable[[Any, RecordKey, Body, date], Any]]] = {
    "$age": _age,
    "$made": _made,
    "$paid": _paid,
    "$open": lambda _, __, body, ___: money(body.get("Balance")),
    "$deposited": _deposited,
    "$matched": lambda store, key, _, __: "matched" in store.marks(key.entity, key.id),
    "$reconciled": lambda store, key, _, __: "reconciled" in store.marks(key.entity, key.id),
    "$cleared": lambda store, key, _, __: bool(store.marks(key.entity, key.id)),
    "$payments": lambda store, key, _, __: _settlements(store, key),
    "$taxed": lambda _, __, body, ___: bool(money((body.get("TxnTaxDetail") or {}).get("TotalTax"))),
    "$home": _home,
    "$expense": _expense,
    "$alike": _alike,
    "$used": _used,
}
