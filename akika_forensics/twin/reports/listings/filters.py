"""What a list is kept to: conditions over the tables of the company's file.

Source: QuickBooks API, reports, parameters of the lists of transactions and the general ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import cents, money
from akika_forensics.twin import faults, wire
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import periods
from akika_forensics.twin.reports.listings import kinds
from akika_forensics.twin.reports.listings.facts import NOT_POSTING
from akika_forensics.twin.reports.report import Asked
from akika_forensics.twin.session import Session

SPANS: Final = ("createdate", "moddate", "duedate")
OPTIONS: Final = frozenset(
    {
        "name",
        "memo",
        "docnum",
        "term",
        "payment_method",
        "transaction_type",
        "source_account_type",
        "cleared",
        "printed",
        "arpaid",
        "appaid",
        "bothamount",
        *(f"{edge}_{span}" for edge in ("start", "end") for span in SPANS),
        *(f"{span}_macro" for span in SPANS),
    }
)
"""Those of TransactionList."""

_DOUBTED: Final = {"createdate": "created_from_to", "moddate": "modified_from_to"}
"""Spans of days that may not be heeded, and the belief about it."""

_TYPES: Final = {kind.replace(" ", "").lower(): kind for kind in accounts.CLASSIFICATION}


@dataclass(slots=True)
class Conditions:
    """Joined by AND; ``values`` in the order of their places."""

    texts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: Any) -> None:
        self.texts.append(text)
        self.values.extend(values)

    def among(self, text: str, values: Iterable[str]) -> None:
        """``{}`` in ``text`` becomes a list of places, once."""
        wanted = sorted(values)
        self.add(text.format(f"({','.join('?' * len(wanted))})"), *wanted)

    def where(self) -> str:
        return " AND ".join(self.texts) or "1"


def of(session: Session, asked: Asked, *, sides: bool) -> Conditions:
    """Of everything but the days and the accounts. ``sides``: of the sides of transactions, else of whole ones.

    Raises QuickBooksFault 2170 and 2060 for what is no value of its parameter.
    """
    found = Conditions()
    said = asked.parameters
    _parties(found, asked, sides=sides)
    for kind, column in (("item", "item"), ("class", "class"), ("department", "department")):
        wanted = asked.only(kind)
        if wanted and sides:
            found.among(f"p.{column} IN {{}}", wanted)
        elif wanted:
            exists = "EXISTS (SELECT 1 FROM posting AS q WHERE q.entity = d.entity AND q.id = d.id AND q.{} IN {{}})"
            found.among(exists.format(column), wanted)
    if said.get("source_account"):
        found.among("d.account IN {}", _split(said["source_account"]))
    if said.get("source_account_type"):
        _source_types(session, found, said["source_account_type"])
    for name, read in _READERS.items():
        if said.get(name):
            read(session, found, said[name])
    for span in SPANS:
        _span(session, found, asked, span)
    return found


def accounts_of(session: Session, text: str, name: str) -> frozenset[str]:
    """The accounts of some types, such as ``Bank,AccountsReceivable``. Raises QuickBooksFault 2170."""
    wanted = {_account_type(one, name) for one in _split(text)}
    return frozenset(str(body["Id"]) for body in session.each("Account") if body.get("AccountType") in wanted)


def _account_type(text: str, name: str) -> str:
    found = _TYPES.get(text.replace(" ", "").lower())
    if found is None:
        raise faults.malformed(name, "enum", text)
    return found


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _parties(found: Conditions, asked: Asked, *, sides: bool) -> None:
    named = _split(asked.parameters.get("name", ""))
    wanted = {f"{kind.capitalize()}:{one}" for kind in ("customer", "vendor", "employee") for one in asked.only(kind)}
    for parties in (wanted, {f"{kind}:{one}" for kind in ("Customer", "Vendor", "Employee") for one in named}):
        if parties and sides:
            found.among("CASE WHEN p.party <> '' THEN p.party ELSE d.party END IN {}", parties)
        elif parties:
            found.among("d.party IN {}", parties)


def _source_types(session: Session, found: Conditions, text: str) -> None:
    kinds_wanted = [one for one in _split(text) if one.lower() != "nonposting"]
    wanted = accounts_of(session, ",".join(kinds_wanted), "source_account_type") if kinds_wanted else frozenset()
    if len(kinds_wanted) == len(_split(text)):
        found.among("d.account IN {}", wanted)
    else:
        names = ", ".join(f"'{name}'" for name in NOT_POSTING)
        found.among(f"(d.entity IN ({names}) OR d.account IN {{}})", wanted)


def _types(session: Session, found: Conditions, text: str) -> None:
    wanted = [kinds.condition(session, one) for one in _split(text)]
    if not wanted:
        return
    found.add(f"({' OR '.join(condition for condition, _ in wanted)})", *(v for _, values in wanted for v in values))


def _cleared(_: Session, found: Conditions, text: str) -> None:
    marked = "EXISTS (SELECT 1 FROM mark AS m WHERE m.entity = d.entity AND m.id = d.id{})"
    reconciled = marked.format(" AND m.what = 'reconciled'")
    match text.lower():
        case "reconciled":
            found.add(reconciled)
        case "cleared":
            found.add(f"{marked.format('')} AND NOT {reconciled}")
        case "uncleared":
            found.add(f"NOT {marked.format('')}")
        case "deposited":
            found.add(
                "EXISTS (SELECT 1 FROM link AS l WHERE l.target_entity = d.entity AND l.target_id = d.id "
                "AND l.source_entity = 'Deposit')"
            )
        case _:
            raise faults.malformed("cleared", "enum", text)


def _printed(_: Session, found: Conditions, text: str) -> None:
    status = {"printed": "PrintComplete", "to_be_printed": "NeedToPrint"}.get(text.lower())
    if status is None:
        raise faults.malformed("printed", "enum", text)
    found.add("CAST(rec.payload AS TEXT) ->> '$.PrintStatus' = ?", status)


def _paid(name: str, *entities: str) -> Callable[[Session, Conditions, str], None]:
    def read(_: Session, found: Conditions, text: str) -> None:
        if text.lower() == "all":
            return
        if text.lower() not in {"paid", "unpaid"}:
            raise faults.malformed(name, "enum", text)
        sign = "=" if text.lower() == "paid" else "<>"
        found.add(f"CAST(CAST(rec.payload AS TEXT) ->> '$.Balance' AS NUMERIC) {sign} 0")
        found.among("d.entity IN {}", entities)

    return read


def _amount(_: Session, found: Conditions, text: str) -> None:
    try:
        wanted = int(cents(money(text)) * 100)
    except ValueError:
        raise faults.malformed("bothamount", "decimal", text) from None
    found.add("abs(coalesce(d.own_cents, d.cents)) = ?", abs(wanted))


def _method(session: Session, found: Conditions, text: str) -> None:
    wanted = {one.casefold() for one in _split(text)}
    methods = [str(body["Id"]) for body in session.each("PaymentMethod") if str(body.get("Name")).casefold() in wanted]
    found.among("CAST(rec.payload AS TEXT) ->> '$.PaymentMethodRef.value' IN {}", methods)


_READERS: Final[dict[str, Callable[[Session, Conditions, str], None]]] = {
    "docnum": lambda _, found, text: found.add("d.number = ?", text),
    "memo": lambda _, found, text: found.add("instr(folded(d.memo), ?) > 0", text.casefold()),
    "term": lambda _, found, text: found.among(
        "CAST(rec.payload AS TEXT) ->> '$.SalesTermRef.value' IN {}", _split(text)
    ),
    "payment_method": _method,
    "transaction_type": _types,
    "cleared": _cleared,
    "printed": _printed,
    "arpaid": _paid("arpaid", "Invoice", "CreditMemo"),
    "appaid": _paid("appaid", "Bill", "VendorCredit"),
    "bothamount": _amount,
}


def _span(session: Session, found: Conditions, asked: Asked, span: str) -> None:
    said = asked.parameters
    macro, start, end = said.get(f"{span}_macro"), _day(said, f"start_{span}"), _day(said, f"end_{span}")
    doubtful = _DOUBTED.get(span)
    if doubtful is not None and session.beliefs.choice(doubtful) == "ignored":
        start = end = None
    if macro and not (start or end):
        period = periods.asked(session, {"date_macro": macro})
        start, end = period.start, period.end
    if start is None and end is None:
        return
    first, last = start or date.min, end or date.max
    if span == "duedate":
        found.add("d.due <> '' AND d.due BETWEEN ? AND ?", first.isoformat(), last.isoformat())
        return
    column = "rec.created" if span == "createdate" else "rec.updated"
    if start is not None:
        found.add(f"{column} >= ?", _midnight(start))
    if end is not None and end < date.max:
        found.add(f"{column} < ?", _midnight(end + timedelta(days=1)))


def _day(said: Any, name: str) -> date | None:
    text = said.get(name)
    if not text:
        return None
    try:
        return parse_date(text)
    except ValueError:
        raise faults.malformed(name, "date", text) from None


def _midnight(day: date) -> int:
    return wire.microseconds(datetime.combine(day, time(), wire.PACIFIC))
