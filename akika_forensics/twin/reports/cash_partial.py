"""Documents that are paid in parts: what each part posts. Rules 5 to 8, 12 and 13 of docs/design/cash-basis.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from akika_forensics.model.money import cents as to_cents
from akika_forensics.twin import identity
from akika_forensics.twin.ledger import rates
from akika_forensics.twin.reports import cash_parts
from akika_forensics.twin.reports.cash_accounts import Named
from akika_forensics.twin.session import Session

type Row = tuple[Any, ...]
"""A posting in the order of the table's columns, entity and Id first."""

_NOT_WHOLE: Final = "NOT EXISTS (SELECT 1 FROM cash_whole AS w WHERE w.entity = a.entity AND w.id = a.id)"
_PARTS: Final = f"""
SELECT a.entity, a.id, a.payer, a.payment, a.day, a.cents, d.total, d.foreigner, d.side, d.held
FROM cash_application AS a JOIN cash_document AS d ON d.entity = a.entity AND d.id = a.id
WHERE {_NOT_WHOLE} ORDER BY a.entity, a.id"""  # noqa: S608 - fixed text
_SIDES: Final = f"""
SELECT p.entity, p.id, p.rowid, coalesce(c.instead, p.account), p.cents, p.party, p.movement, p.own_cents, p.line,
p.class, p.department, p.item, p.memo
FROM (SELECT DISTINCT a.entity, a.id FROM cash_application AS a WHERE {_NOT_WHOLE}) AS q
CROSS JOIN posting AS p ON p.entity = q.entity AND p.id = q.id LEFT JOIN cash_control AS c ON c.id = p.account
ORDER BY p.entity, p.id, p.rowid"""  # noqa: S608 - fixed text


def rows(session: Session, named: Named) -> tuple[list[Row], list[Row]]:
    """Postings, and what payments applied: (payment's entity, Id, day, cents)."""
    sides = groupby(session.store.select(_SIDES), key=itemgetter(0, 1))
    parts = groupby(session.store.select(_PARTS), key=itemgetter(0, 1))
    found: list[Row] = []
    applied: list[Row] = []
    # Both are of the same documents and in the same order; each has sides, or it would not wait for a payment.
    for (key, some), (_, others) in zip(parts, sides, strict=True):
        # By day, then by the payment's Id as a number (rule 7).
        ordered = sorted(some, key=lambda part: (part[4], identity.number_of(part[3])))
        posted, used = _document(session, named, key, ordered, list(others))
        found.extend(posted)
        applied.extend(used)
    return found, applied


def _document(
    session: Session, named: Named, key: tuple[str, str], parts: list[Row], sides: list[Row]
) -> tuple[list[Row], list[Row]]:
    *_, total, foreigner, control, held = parts[0]
    sign = 1 if held > 0 else -1
    own = [side for side in sides if side[2] != control and side[6] is None]
    moved = [side for side in sides if side[6] is not None]
    amounts = [part[5] for part in parts]
    steps = cash_parts.steps([-sign * side[4] for side in own], abs(held), total, amounts)
    rate = rates.of(session, session.find(*key) or {}) if foreigner else rates.ONE
    found: list[Row] = []
    applied: list[Row] = []
    sums = [sum(amounts[: k + 1]) for k in range(len(amounts))]
    for part, step, until in zip(parts, steps, sums, strict=True):
        _, _, payer, payment, day, amount, *_ = part
        before = until - amount
        for side, cents in zip(own, step, strict=True):
            if cents:
                found.append(_posting(side, day, -sign * cents, _own(side, total, before, until)))
        for side in moved:
            cents = cash_parts.stock(side[4], total, until) - cash_parts.stock(side[4], total, before)
            if cents:
                found.append(_posting(side, day, cents, None))
        cleared = int(to_cents(Decimal(amount) / 100 * rate) * 100) if foreigner else sum(step)
        applied.append((payer, payment, day, sign * cleared))
        found.extend(_rounding(session, named, part, sign * (sum(step) - cleared)))
    return found, applied


def _posting(side: Row, day: str, cents: int, own: int | None) -> Row:
    entity, record_id, _, account, _, party, movement, _, line, klass, department, item, memo = side
    return (entity, record_id, day, account, cents, party, movement, own, line, klass, department, item, None, memo)


def _own(side: Row, total: int, before: int, until: int) -> int | None:
    """The same in the currency of the account, where that is another."""
    if side[7] is None:
        return None
    return cash_parts.stock(side[7], total, until) - cash_parts.stock(side[7], total, before)


def _rounding(session: Session, named: Named, part: Row, cents: int) -> Iterator[Row]:
    """What the document's part and the payment's clearing differ by, at most a cent a part (rule 12)."""
    if cents:
        yield of_payment(session, part[2], part[3], part[4], named.exchange, cents)


def of_payment(
    session: Session, payer: str, payment: str, day: str, account: str, cents: int, own: int | None = None
) -> Row:
    """A posting that belongs to a payment and its name (rule 13)."""
    row = session.store.document(payer, payment)
    told: Iterable[str] = (row.party, row.klass, row.department, row.memo) if row else ("", "", "", "")
    party, klass, department, memo = told
    return (payer, payment, day, account, cents, party, None, own, 0, klass, department, "", None, memo)
