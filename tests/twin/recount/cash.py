"""The cash basis, by the rules of docs/design/cash-basis.md; the numbers in comments are theirs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction

from tests.twin.recount.documents import DOCUMENTS, PAYMENTS, Company, Doc, Key, whole
from tests.twin.recount.posting import OPENING, Side, clears, side_of, sides

INCOME, EXPENSE = "Unapplied Cash Payment Income", "Unapplied Cash Bill Payment Expense"


@dataclass(frozen=True)
class Application:
    """What one payment settles of one document, in cents of the document's currency, and what it cleared at home."""

    payment: Doc
    target: Key
    day: str
    cents: int
    cleared: int


def cash_sides(company: Company) -> list[Side]:
    """Every side of the company's books on the cash basis."""
    of_document: dict[Key, list[Side]] = defaultdict(list)
    for side in sides(company):
        of_document[side.key].append(side)
    applications = _applications(company)
    found: list[Side] = list(of_document.pop(OPENING, []))
    through: dict[tuple[Key, str], int] = defaultdict(int)
    for key, rows in of_document.items():
        doc = company.docs[key]
        if key[0] in PAYMENTS:
            found += _payment(company, doc, rows, through)
        elif key[0] in DOCUMENTS and doc.cents and _claim(company, rows):
            found += _document(company, doc, rows, applications.get(key, []), through)
        else:
            found += [_elsewhere(company, side) for side in rows]
    for key, made in applications.items():
        if key[0] == "JournalEntry":
            found += _entry(company, made, through)
    found += [
        Side(day, key, unapplied(company, key[0]), cents, 0, party=company.docs[key].party)
        for (key, day), cents in through.items()
        if cents
    ]
    return [side for side in found if side.cents]


def unapplied(company: Company, payment: str) -> str:
    """Rule 14."""
    if payment == "Payment":
        return company.role("Income", "UnappliedCashPaymentIncome", INCOME)
    return company.role("Expense", "UnappliedCashBillPaymentExpense", EXPENSE)


def _applications(company: Company) -> dict[Key, list[Application]]:
    """Rules 3 and 7."""
    found: dict[Key, list[Application]] = defaultdict(list)
    for payment in company.of(*PAYMENTS):
        for target, cents in payment.applied.items():
            day = max(payment.day, company.docs[target].day)
            found[target].append(Application(payment, target, day, cents, clears(company, payment, target)))
    for made in found.values():
        made.sort(key=lambda one: (one.day, int(one.payment.id)))
    return found


def _claim(company: Company, rows: list[Side]) -> int:
    """H of rule 6 with the sign of a debit."""
    return sum(side.cents for side in rows if side.line == 0 and not side.pair)


def _payment(company: Company, doc: Doc, rows: list[Side], through: dict[tuple[Key, str], int]) -> list[Side]:
    """Rule 4."""
    kept = [side for side in rows if not company.is_control(side.account)]
    for side in rows:
        if company.is_control(side.account):
            through[doc.key, doc.day] += side.cents
    return kept


def _document(
    company: Company, doc: Doc, rows: list[Side], made: list[Application], through: dict[tuple[Key, str], int]
) -> list[Side]:
    """Rules 2, 5, 6, 8 and 12."""
    claim = _claim(company, rows)
    sign = 1 if claim > 0 else -1
    others = [side for side in rows if side.line and not side.pair]
    others.sort(key=lambda side: side.line)
    pairs = [side for side in rows if side.pair]
    found: list[Side] = []
    counted = [0] * len(others)
    stocked = [0] * len(pairs)
    applied = so_far = 0
    for one in made:
        applied += one.cents
        part = whole(Fraction(abs(claim) * applied, doc.cents))
        now = shares([-sign * side.cents for side in others], part)
        for at, side in enumerate(others):
            found.append(replace(side, day=one.day, cents=-sign * (now[at] - counted[at])))
        counted = now
        for at, side in enumerate(pairs):
            value = whole(Fraction(side.cents * applied, doc.cents))
            found.append(replace(side, day=one.day, cents=value - stocked[at]))
            stocked[at] = value
        counts, so_far = part - so_far, part
        # What the payment cleared leaves the account through which it came; a cent more or less is a gain or a loss.
        cleared = one.cleared if one.payment.entity == "Payment" else -one.cleared
        through[one.payment.key, one.day] += cleared
        odd = sign * counts - cleared
        exchange = company.role("Other Expense", "ExchangeGainOrLoss")
        found.append(Side(one.day, one.payment.key, exchange, odd, 0, party=one.payment.party))
    return found


def shares(parts: list[int], count: int) -> list[int]:
    """``count`` cents over parts that sum to at least that: whole cents down, the missing ones to the largest rests."""
    total = sum(parts)
    down = [part * count // total for part in parts]
    rests = [part * count % total for part in parts]
    missing = count - sum(down)
    for at in sorted(range(len(parts)), key=lambda at: -rests[at])[:missing]:
        down[at] += 1
    return down


def _entry(company: Company, made: list[Application], through: dict[tuple[Key, str], int]) -> list[Side]:
    """Rule 10."""
    found = []
    for one in made:
        control = one.payment.lines[0].account
        cleared = one.cleared if one.payment.entity == "Payment" else -one.cleared
        through[one.payment.key, one.day] += cleared
        found.append(Side(one.day, one.payment.key, control, -cleared, 0, party=one.payment.party))
    return found


def _elsewhere(company: Company, side: Side) -> Side:
    """Rules 1, 9, 10 and 11."""
    if side.key[0] in ("JournalEntry", *DOCUMENTS) or not company.is_control(side.account):
        return side
    kind = company.accounts[side.account].kind
    return replace(side, account=unapplied(company, "Payment" if kind == "Accounts Receivable" else "BillPayment"))


__all__ = ["cash_sides", "shares", "side_of", "unapplied"]
