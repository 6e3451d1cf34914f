"""Trial balance, balance sheet and profit and loss against the recount."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.twin.recount import cash, sheet, statements
from tests.twin.recount.posting import Side
from tests.twin.recount.stage import Recount

UNMADE = {name: name for name in (cash.INCOME, cash.EXPENSE, "Retained Earnings")}
"""Rows that have a name and no account."""


def trial_balance(books: Recount, basis: str) -> None:
    for end in books.days:
        report = books.report("TrialBalance", start_date=books.start, end_date=end, accounting_method=basis)
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
            "BalanceSheet", start_date=books.start, end_date=books.end, accounting_method=basis, summarize_column_by=by
        )
        ends = {key: end for key, (_, end) in sheet.spans(report).items()} or {"total": books.end}
        theirs = {(key, ends[column]): cents for (key, column), cents in _figures(books, report, list(ends)).items()}
        ours = statements.balance_sheet(books.company, books.sides[basis], list(ends.values()))
        books.same(f"BalanceSheet by {by}, {basis}", ours, theirs)
        assert not sheet.does_not_add_up(report), sheet.does_not_add_up(report)
        totals = [row for row in sheet.rows(report) if row.kind == "summary" and not row.path[:-1]]
        assets, other = ({column: row.cents(column) or 0 for column in ends} for row in totals)
        assert assets == other, f"BalanceSheet by {by}, {basis}: assets are not liabilities and equity"


def profit_and_loss(books: Recount, basis: str) -> None:
    for start, end in books.periods:
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


def profit_and_loss_by_list(books: Recount, basis: str) -> None:
    """By customer, vendor, class, place and item; what belongs to none stands apart."""
    rows = books.sides[basis]
    ways: dict[str, Callable[[Side], str]] = {
        "Customers": lambda side: statements.named(books.company, side, "Customer"),
        "Vendors": lambda side: statements.named(books.company, side, "Vendor"),
        "Classes": lambda side: side.klass,
        "Departments": lambda side: side.department,
        "ProductsAndServices": lambda side: side.item,
    }
    period = {"start_date": books.start, "end_date": books.end, "accounting_method": basis}
    for by, part in ways.items():
        report = books.report("ProfitAndLoss", **period, summarize_column_by=by)
        ours = statements.profit_and_loss(
            books.company, rows, books.start, books.end, lambda side, part=part: part(side) or "not_specified"
        )
        ours |= statements.profit_and_loss(books.company, rows, books.start, books.end, lambda _: "total")
        books.same(f"ProfitAndLoss by {by}, {basis}", ours, _figures(books, report, sheet.keys(report)[1:]))
        assert not sheet.does_not_add_up(report), sheet.does_not_add_up(report)


def profit_and_loss_of_one(books: Recount, basis: str) -> None:
    """Kept to one customer, one class, one place."""
    period = {"start_date": books.start, "end_date": books.end, "accounting_method": basis}
    parts: dict[str, Callable[[Side], str]] = {
        "customer": lambda side: statements.named(books.company, side, "Customer"),
        "class": lambda side: side.klass,
        "department": lambda side: side.department,
    }
    for kind, record in books.kept.items():
        part = parts[kind]
        report = books.report("ProfitAndLoss", **period, **{kind: record})
        rows = [side for side in books.sides[basis] if part(side) == record]
        ours = statements.profit_and_loss(books.company, rows, books.start, books.end, lambda _: "total")
        books.same(f"ProfitAndLoss of {kind} {record}, {basis}", ours, _figures(books, report, ["total"]))


CHECKS = (trial_balance, balance_sheet, profit_and_loss, profit_and_loss_by_list, profit_and_loss_of_one)
