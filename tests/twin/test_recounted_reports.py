"""After anything that was keyed every report says what a recount of the documents says."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from tests.twin.recount import cash, parties, posting, sheet, statements
from tests.twin.recount.acts import USUAL, act
from tests.twin.recount.documents import Company
from tests.twin.recount.keying import Keeper

SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"
STEPS = st.lists(st.tuples(st.sampled_from(USUAL), st.integers(0, 2**20)), min_size=5, max_size=60 if SOAK else 30)
START, END = "2025-11-01", "2026-03-31"


type Check = Callable[[Recount, str], None]


class Recount:
    """A company after some steps, its sides on a basis, and its reports."""

    def __init__(self, steps: list[tuple[str, int]]) -> None:
        self.keeper = Keeper()
        for name, seed in steps:
            act(self.keeper, name, seed)
        self.company: Company = self.keeper.company()
        self.sides = {"Accrual": posting.sides(self.company), "Cash": cash.cash_sides(self.company)}
        self.names = {account.id: account.name for account in self.company.accounts.values()}

    def close(self) -> None:
        self.keeper.shop.twin.close()

    def report(self, name: str, **parameters: str) -> dict[str, Any]:
        made: dict[str, Any] = self.keeper.shop.twin.report(name, **parameters)
        return made

    def same(self, what: str, ours: dict[Any, Any], theirs: dict[Any, Any]) -> None:
        wrong = sheet.differences(ours, theirs, self.names)
        told = "\n".join(f"  {doc}" for doc in self.company.docs.values())
        assert not wrong, f"{what}:\n  " + "\n  ".join(wrong) + f"\nkeyed:\n{told}"


def trial_balance(books: Recount, basis: str) -> None:
    for end in ("2025-12-31", "2026-02-10", END):
        report = books.report("TrialBalance", start_date=START, end_date=end, accounting_method=basis)
        theirs = {}
        for row in sheet.data(report):
            key = row.id or row.first
            theirs[_retained(books, key)] = (row.cents("debit") or 0) - (row.cents("credit") or 0)
        ours = statements.trial_balance(books.company, books.sides[basis], end)
        books.same(f"TrialBalance of {end}, {basis}", ours, {key: cents for key, cents in theirs.items() if cents})


def _retained(books: Recount, key: str) -> str:
    account = books.company.accounts.get(key)
    return "retained" if key == "Retained Earnings" or (account and account.subtype == "RetainedEarnings") else key


def _figures(books: Recount, report: dict[str, Any], columns: list[str]) -> statements.Table:
    """Of a statement: what stands beside each account, in each column."""
    found: statements.Table = {}
    for row in sheet.rows(report):
        key = _retained(books, row.id or {"NetIncome": "result"}.get(row.group, "") or UNMADE.get(row.first, ""))
        if not key or (row.kind == "summary" and key != "result"):
            continue
        for column in columns:
            if row.cents(column):
                found[key, column] = row.cents(column) or 0
    return found


def balance_sheet(books: Recount, basis: str) -> None:
    for by in ("Total", "Month", "Quarter"):
        report = books.report(
            "BalanceSheet", start_date=START, end_date=END, accounting_method=basis, summarize_column_by=by
        )
        ends = {key: end for key, (_, end) in sheet.spans(report).items()} or {"total": END}
        theirs = {(key, ends[column]): cents for (key, column), cents in _figures(books, report, list(ends)).items()}
        ours = statements.balance_sheet(books.company, books.sides[basis], list(ends.values()))
        books.same(f"BalanceSheet by {by}, {basis}", ours, theirs)
        assert not sheet.does_not_add_up(report), sheet.does_not_add_up(report)
        totals = [row for row in sheet.rows(report) if row.kind == "summary" and not row.path[:-1]]
        assets, other = ({column: row.cents(column) or 0 for column in ends} for row in totals)
        assert assets == other, f"BalanceSheet by {by}, {basis}: assets are not liabilities and equity"


def profit_and_loss(books: Recount, basis: str) -> None:
    for start, end in ((START, END), ("2026-01-01", "2026-02-28"), ("2025-11-01", "2025-12-31")):
        for by in ("Total", "Month", "Quarter", "Year"):
            period = {"start_date": start, "end_date": end, "accounting_method": basis}
            report = books.report("ProfitAndLoss", **period, summarize_column_by=by)
            spans = sheet.spans(report) | {"total": (start, end)}
            ours = {}
            for key, (first, last) in spans.items():
                part = statements.profit_and_loss(
                    books.company, books.sides[basis], first, last, lambda _, key=key: str(key)
                )
                ours |= part
            books.same(
                f"ProfitAndLoss of {start} to {end} by {by}, {basis}", ours, _figures(books, report, list(spans))
            )
            assert not sheet.does_not_add_up(report), sheet.does_not_add_up(report)


def profit_and_loss_by_customer(books: Recount, basis: str) -> None:
    period = {"start_date": START, "end_date": END, "accounting_method": basis}
    report = books.report("ProfitAndLoss", **period, summarize_column_by="Customers")
    rows = books.sides[basis]
    ours = statements.profit_and_loss(books.company, rows, START, END, lambda side: statements.customer(side))
    ours |= statements.profit_and_loss(books.company, rows, START, END, lambda _: "total")
    books.same(f"ProfitAndLoss by customer, {basis}", ours, _figures(books, report, sheet.keys(report)[1:]))


LATER = ("2026-01-04", "2026-02-10", END, "2026-07-31")
OWED = (
    (parties.RECEIVABLE, "Customer", "AgedReceivables", "CustomerBalance"),
    (parties.PAYABLE, "Vendor", "AgedPayables", "VendorBalance"),
)


def ageing(books: Recount, basis: str) -> None:
    """The same on both bases."""
    for kind, entity, aged, balance in OWED:
        for day in LATER:
            ours = parties.ages(books.company, kind, day)
            report = books.report(aged, report_date=day)
            titles = sheet.keys(report)[1:]
            theirs, totals = {}, {}
            for row in sheet.rows(report):
                if row.kind == "summary":
                    continue
                for span, title in enumerate(titles[:-1]):
                    if row.cents(title):
                        theirs[f"{entity}:{row.id}", span] = row.cents(title)
                if row.cents(titles[-1]):
                    totals[f"{entity}:{row.id}"] = row.cents(titles[-1])
            books.same(f"{aged} of {day}", ours, theirs)
            owed = parties.owed(books.company, kind, day)
            books.same(f"{aged} of {day}, totals", owed, totals)
            assert not sheet.does_not_add_up(report), sheet.does_not_add_up(report)
            held = parties.control(books.company, books.sides["Accrual"], kind, day)
            assert sum(owed.values()) == held, f"{aged} of {day}: {sum(owed.values())} is not the {held} of the account"
            said = [row.cents(titles[-1]) for row in sheet.rows(report) if row.group == "GrandTotal"]
            assert (said or [0])[-1] == held, f"{aged} of {day}: its total is not what the account holds"
            _balances(books, balance, entity, day, owed)


def _balances(books: Recount, name: str, entity: str, day: str, owed: dict[str, int]) -> None:
    report = books.report(name, report_date=day)
    column = sheet.keys(report)[-1]
    rows = [row for row in sheet.rows(report) if row.kind != "summary" and row.cents(column)]
    books.same(f"{name} of {day}", owed, {f"{entity}:{row.id}": row.cents(column) for row in rows})


def ageing_detail(books: Recount, basis: str) -> None:
    for kind, _, aged, balance in OWED:
        for day in LATER:
            for name in (aged.removesuffix("s") + "Detail", balance + "Detail"):
                report = books.report(name, report_date=day)
                ours = {one.key[1]: 0 for one in parties.opened(books.company, kind, day)}
                for one in parties.opened(books.company, kind, day):
                    ours[one.key[1]] += one.cents
                theirs: dict[str, int] = {}
                for row in sheet.data(report):
                    record = row.ids.get("txn_type", "")
                    theirs[record] = theirs.get(record, 0) + (
                        row.cents("subt_open_bal") or row.cents("subt_neg_open_bal") or 0
                    )
                books.same(f"{name} of {day}", ours, theirs)


UNMADE = {name: name for name in (cash.INCOME, cash.EXPENSE, "Retained Earnings")}
"""Rows that have a name and no account."""
CHECKS: list[Check] = [trial_balance, balance_sheet, profit_and_loss, profit_and_loss_by_customer]
OWN: list[Check] = []


def run(steps: list[tuple[str, int]], basis: str) -> None:
    books = Recount(steps)
    try:
        for check in CHECKS:
            check(books, basis)
        for check in OWN if basis == "Accrual" else []:
            check(books, basis)
    finally:
        books.close()


@settings(max_examples=300 if SOAK else 20, deadline=None, derandomize=not SOAK)
@given(STEPS)
def test_on_the_accrual_basis(steps: list[tuple[str, int]]) -> None:
    run(steps, "Accrual")


@settings(max_examples=300 if SOAK else 20, deadline=None, derandomize=not SOAK)
@given(STEPS)
def test_on_the_cash_basis(steps: list[tuple[str, int]]) -> None:
    run(steps, "Cash")


def test_the_acts_reach_everything() -> None:
    """The random life keys every kind of transaction, or it proves nothing."""
    keeper = Keeper()
    for seed in range(400):
        act(keeper, USUAL[seed % len(USUAL)], seed)
    kinds = {doc.entity for doc in keeper.docs.values()}
    assert len(kinds) == 13, kinds
    assert any(len(doc.applied) > 1 for doc in keeper.docs.values())
    keeper.shop.twin.close()
