"""What each customer owes and each vendor is owed, document by document, on any day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from tests.twin.recount.documents import PAYMENTS, Company, Doc, Key
from tests.twin.recount.posting import Side, side_of

RECEIVABLE, PAYABLE = "Accounts Receivable", "Accounts Payable"


@dataclass(frozen=True)
class Open:
    """A document, or what a journal entry says of one name; cents are what is claimed, credits negative."""

    key: Key
    party: str
    day: str
    due: str
    cents: int


def opened(company: Company, kind: str, day: str) -> list[Open]:
    """What was open at the end of a day. Payments count from their own day, and only against what was there by then."""
    found: dict[tuple[Key, str], int] = defaultdict(int)
    there = [doc for doc in company.docs.values() if doc.day <= day]
    keys = {doc.key for doc in there}
    for doc in there:
        for party, cents in _claims(company, doc, kind).items():
            found[doc.key, party] += cents
    for doc in there:
        if doc.entity not in PAYMENTS or (doc.entity == "Payment") != (kind == RECEIVABLE):
            continue
        for key, cents in doc.applied.items():
            if key in keys:
                value = side_of(company, doc, key) * cents
                found[key, _named(company, key, doc.party)] -= value
                found[doc.key, doc.party] += value
    return [
        Open(key, party, company.docs[key].day, company.docs[key].due or company.docs[key].day, cents)
        for (key, party), cents in found.items()
        if cents
    ]


def _claims(company: Company, doc: Doc, kind: str) -> dict[str, int]:
    """What a document adds to what a party owes us, or we owe it."""
    if doc.entity in ("Invoice", "CreditMemo"):
        return {doc.party: doc.sign * doc.cents} if kind == RECEIVABLE else {}
    if doc.entity in ("Bill", "VendorCredit"):
        return {doc.party: doc.sign * doc.cents} if kind == PAYABLE else {}
    if doc.entity in PAYMENTS:
        return {doc.party: -doc.cents} if (doc.entity == "Payment") == (kind == RECEIVABLE) else {}
    found: dict[str, int] = defaultdict(int)
    sign = 1 if kind == RECEIVABLE else -1
    for line in doc.lines:
        if line.account in company.accounts and company.accounts[line.account].kind == kind:
            found[line.party] += sign * line.cents * (-1 if doc.entity == "Deposit" else 1)
    return found


def _named(company: Company, key: Key, payer: str) -> str:
    return payer if key[0] == "JournalEntry" else company.docs[key].party


def owed(company: Company, kind: str, day: str) -> dict[str, int]:
    """By party."""
    sums: dict[str, int] = defaultdict(int)
    for one in opened(company, kind, day):
        sums[one.party] += one.cents
    return {party: cents for party, cents in sums.items() if cents}


def span(one: Open, day: str, *, length: int = 30, most: int = 4) -> int:
    """0 for what is not past due, then one for each thirty days; the last one is everything beyond."""
    late = (date.fromisoformat(day) - date.fromisoformat(one.due)).days
    return 0 if late <= 0 else min((late - 1) // length + 1, most)


def ages(company: Company, kind: str, day: str) -> dict[tuple[str, int], int]:
    """(party, span) to cents."""
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for one in opened(company, kind, day):
        sums[one.party, span(one, day)] += one.cents
    return {key: cents for key, cents in sums.items() if cents}


def control(company: Company, rows: list[Side], kind: str, day: str) -> int:
    """What the control accounts hold at the end of a day, as a claim."""
    held = sum(side.cents for side in rows if side.day <= day and company.accounts[side.account].kind == kind)
    return held if kind == RECEIVABLE else -held
