"""Both sides of every document on the accrual basis, out of what was keyed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tests.twin.recount import stock
from tests.twin.recount.documents import DOCUMENTS, SALES, Company, Doc, Key, Line

OPENING: Key = ("Opening", "0")


@dataclass(frozen=True)
class Side:
    """Home cents on an account, debit positive. ``line`` 0 is the document's whole; ``pair`` marks what stock costs."""

    day: str
    key: Key
    account: str
    cents: int
    line: int = 0
    item: str = ""
    klass: str = ""
    department: str = ""
    party: str = ""
    memo: str = ""
    pair: int = 0


def sides(company: Company) -> list[Side]:
    """Every side of the company's books."""
    costs = _costs(company)
    found = _opening(company)
    for doc in company.docs.values():
        found += of(company, doc, costs.get(doc.key, {}))
    return found


def of(company: Company, doc: Doc, costs: dict[int, int]) -> list[Side]:
    """The sides of one document; ``costs`` are what its lines did to stock, by position."""
    rows = _plain(company, doc)
    left = sum(row.cents for row in rows)
    if left:
        exchange = company.role("Other Expense", "ExchangeGainOrLoss")
        rows.append(Side(doc.day, doc.key, exchange, -left, len(doc.lines) + 1))
    for position, line in enumerate(doc.lines, 1):
        rows += _stock(company, doc, line, position, costs.get(position, 0))
    return [row for row in rows if row.cents]


def _opening(company: Company) -> list[Side]:
    equity = company.role("Equity", "OpeningBalanceEquity")
    found = []
    for item in company.items.values():
        value = stock.whole(item.opening * item.cost)
        if value:
            found += [Side(item.opened, OPENING, item.asset, value), Side(item.opened, OPENING, equity, -value)]
    return found


def _costs(company: Company) -> dict[Key, dict[int, int]]:
    found: dict[Key, dict[int, int]] = defaultdict(dict)
    for item in company.items.values():
        for move in stock.count(company, item):
            found[move.key][move.position] = move.cost
    return found


def _plain(company: Company, doc: Doc) -> list[Side]:
    match doc.entity:
        case "Payment" | "BillPayment":
            return _payment(company, doc)
        case "JournalEntry":
            return [_side(doc, line, at, line.cents) for at, line in enumerate(doc.lines, 1)]
        case "Transfer" | "CreditCardPayment" | "TaxPayment":
            return [_whole(doc, doc.cents), _side(doc, doc.lines[0], 1, -doc.cents)]
        case "InventoryAdjustment":
            return []
        case "Deposit":
            return _deposit(company, doc)
        case _ if doc.entity in SALES:
            rows = [_whole(doc, doc.sign * doc.cents)]
            for at, line in enumerate(doc.lines, 1):
                value = line.cents if line.kind == "discount" else -line.cents
                rows.append(_side(doc, line, at, doc.sign * value))
            return rows
        case "Bill" | "VendorCredit" | "Purchase":
            rows = [_whole(doc, -doc.sign * doc.cents)]
            return rows + [_side(doc, line, at, doc.sign * line.cents) for at, line in enumerate(doc.lines, 1)]
        case _:
            return []


def _payment(company: Company, doc: Doc) -> list[Side]:
    """What each document stood at is cleared, and the rest at the payment's own rate."""
    cleared = sum(clears(company, doc, key) for key in doc.applied)
    used = sum(side_of(company, doc, key) * cents for key, cents in doc.applied.items())
    cleared += doc.home(doc.cents - used)
    sign = 1 if doc.entity == "Payment" else -1
    bank, control = doc.account, doc.lines[0].account
    return [
        Side(doc.day, doc.key, bank, sign * doc.home(doc.cents), 0, department=doc.department),
        Side(doc.day, doc.key, control, -sign * cleared, 0, party=doc.party, department=doc.department),
    ]


def clears(company: Company, payment: Doc, key: Key) -> int:
    """Home cents that a payment takes off for one document, credits with a minus."""
    rate = company.docs[key].rate
    return side_of(company, payment, key) * stock.whole(payment.applied[key] * rate)


def side_of(company: Company, payment: Doc, key: Key) -> int:
    """1 for what is claimed, -1 for what was credited."""
    if key[0] in DOCUMENTS:
        return -1 if key[0] in ("CreditMemo", "VendorCredit") else 1
    entry = company.docs[key]
    kind = "Accounts Receivable" if payment.entity == "Payment" else "Accounts Payable"
    net = sum(line.cents for line in entry.lines if company.accounts[line.account].kind == kind)
    return 1 if (net > 0) == (payment.entity == "Payment") else -1


def _deposit(company: Company, doc: Doc) -> list[Side]:
    rows = [_whole(doc, doc.cents)]
    for at, line in enumerate(doc.lines, 1):
        if line.kind == "back":
            rows.append(_side(doc, line, at, line.cents))
        elif line.target is not None:
            came = company.docs[line.target].home(line.cents)
            rows.append(Side(doc.day, doc.key, line.account, -came, at, department=doc.department))
        else:
            rows.append(_side(doc, line, at, -line.cents))
    return rows


def _whole(doc: Doc, cents: int) -> Side:
    return Side(doc.day, doc.key, doc.account, doc.home(cents), 0, party=doc.party, department=doc.department)


def _side(doc: Doc, line: Line, at: int, cents: int) -> Side:
    where = line.department or doc.department
    party = line.party or (doc.party if doc.entity in SALES else "")
    return Side(doc.day, doc.key, line.account, doc.home(cents), at, line.item, line.klass, where, party, line.memo)


def _stock(company: Company, doc: Doc, line: Line, at: int, cost: int) -> list[Side]:
    """What a movement did to stock beyond what the document itself says."""
    if not line.item or not line.quantity or company.items[line.item].kind != "Inventory":
        return []
    item = company.items[line.item]
    if doc.entity in ("Bill", "Purchase", "VendorCredit"):
        cost -= doc.sign * doc.home(line.cents)
    against = stock.counter(item, doc, line)
    where = line.department or doc.department
    party = line.party or doc.party
    return [
        Side(doc.day, doc.key, account, cents, at, line.item, line.klass, where, party, line.memo, pair=at)
        for account, cents in ((item.asset, cost), (against, -cost))
    ]
