"""Keys small documents of February 2026 and reads what the cash basis makes of them."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from akika_forensics.twin.reports import basis
from tests.twin.conftest import Body, Books, ref

INCOME, EXPENSE = "Unapplied Cash Payment Income", "Unapplied Cash Bill Payment Expense"
type Day = dict[str, str]


def cash(books: Books) -> list[tuple[Any, ...]]:
    """Every posting on the cash basis: (entity, Id, day, account's name, cents, party, line, class, quantity)."""
    with books.twin._session() as session:
        table = basis.table(session, "Cash")
        rows = session.store.select(
            f"SELECT entity, id, date, account, cents, party, line, class, quantity FROM {table} "
            "WHERE entity <> 'Opening' ORDER BY date, rowid"
        )
        named = {one: str((basis.account(session, one) or {})["Name"]) for one in {row[3] for row in rows}}
    return [(*row[:3], named[row[3]], *row[4:]) for row in rows]


def by_day(books: Books) -> dict[str, Day]:
    """Account to amount, a day each; accounts that moved by nothing are left out."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in cash(books):
        sums[row[2]][row[3]] += row[4]
    found = {
        day: {name: str(Decimal(value) / 100) for name, value in some.items() if value} for day, some in sums.items()
    }
    return {day: some for day, some in found.items() if some}


def feb(day: int) -> str:
    return f"2026-02-{day:02}"


def invoice(books: Books, amount: Any, day: int, **more: Any) -> str:
    return books.made("Invoice", books.sale(books.ann, amount, TxnDate=feb(day), **more))


def receive(books: Books, amount: Any, day: int, *links: tuple[str, str, Any], **more: Any) -> str:
    body = {"CustomerRef": ref(books.ann), **books.pays(amount, *links), "TxnDate": feb(day), **more}
    return books.made("Payment", {"DepositToAccountRef": ref(books.checking), **body})


def bill(books: Books, amount: Any, day: int, *lines: Body) -> str:
    body = {"VendorRef": ref(books.power), "TxnDate": feb(day), "Line": list(lines) or [books.spend(amount)]}
    return books.made("Bill", body)


def pay(books: Books, amount: Any, day: int, *links: tuple[str, str, Any]) -> str:
    body = {"VendorRef": ref(books.power), **books.pays(amount, *links), "PayType": "Check", "TxnDate": feb(day)}
    return books.made("BillPayment", {**body, "CheckPayment": {"BankAccountRef": ref(books.checking)}})


def credit(books: Books, amount: Any, day: int) -> str:
    return books.made("CreditMemo", books.sale(books.ann, amount, TxnDate=feb(day)))


def journal(books: Books, day: int, *sides: tuple[str, str, Any, str | None]) -> str:
    def line(side: str, account: str, amount: Any, customer: str | None) -> Body:
        detail: Body = {"PostingType": side, "AccountRef": ref(account)}
        if customer:
            detail["Entity"] = {"Type": "Customer", "EntityRef": ref(customer)}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    return books.made("JournalEntry", {"TxnDate": feb(day), "Line": [line(*side) for side in sides]})


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    acts: list[tuple[Any, ...]] = []
    for _ in range(draw(st.integers(1, 8))):
        day, amount = draw(st.integers(0, 25)), draw(st.integers(1, 900))
        acts.append((draw(st.sampled_from(["invoice", "bill", "credit", "receive", "pay"])), day, amount))
    return acts


def live(books: Books, acts: list[tuple[Any, ...]]) -> None:
    """Each payment takes what it can of the oldest document that is open."""
    open_: dict[str, list[list[Any]]] = {"Invoice": [], "Bill": []}
    for act, day, cents in acts:
        amount = Decimal(cents) / 100
        if act in {"invoice", "bill"}:
            make, entity = (invoice, "Invoice") if act == "invoice" else (bill, "Bill")
            lines = [books.spend(amount), books.spend(Decimal("0.01"), books.shrinkage)] if act == "bill" else []
            made = make(books, amount, 1 + day, *lines)
            open_[entity].append([made, amount + (Decimal("0.01") if lines else 0)])
        elif act == "credit":
            credit(books, amount, 1 + day)
        else:
            entity, how = ("Invoice", receive) if act == "receive" else ("Bill", pay)
            target = next((one for one in open_[entity] if one[1]), None)
            part = min(amount, target[1]) if target else Decimal(0)
            if target and part:
                target[1] -= part
                how(books, amount if act == "receive" else part, 1 + day, (entity, target[0], part))
            elif act == "receive":
                how(books, amount, 1 + day)
