"""The statement of cash flows against the recount: from what was earned to the money that there is."""

from __future__ import annotations

from collections import defaultdict

from tests.twin.recount import sheet, statements
from tests.twin.recount.stage import Recount

PARTS = {
    "InvestingActivities": ("Fixed Asset", "Other Asset"),
    "FinancingActivities": ("Long Term Liability", "Equity"),
}


def cash_flow(books: Recount, _: str) -> None:
    """Each account where it belongs, with what it brought in; the money before and after."""
    for by in ("Total", "Month"):
        report = books.report("CashFlow", start_date=books.start, end_date=books.end, summarize_column_by=by)
        spans = sheet.spans(report) | {"total": (books.start, books.end)}
        ours: dict[tuple[str, str, str], int] = defaultdict(int)
        for key, (first, last) in spans.items():
            for side in books.sides["Accrual"]:
                part = _part(books, side.account)
                if part == "cash" and side.day < first:
                    ours["BeginningCash", "", key] += side.cents
                if part == "cash" and side.day <= last:
                    ours["EndingCash", "", key] += side.cents
                if part == "cash" and first <= side.day <= last:
                    ours["CashIncrease", "", key] += side.cents
                elif first <= side.day <= last:
                    account = "" if part == "NetIncome" else side.account
                    ours[part, account, key] -= side.cents
        theirs: dict[tuple[str, str, str], int] = {}
        for row in sheet.rows(report):
            named = row.group in ("NetIncome", "BeginningCash", "EndingCash", "CashIncrease")
            part = row.group if named else row.path[-1][0] if row.path else ""
            for key in spans:
                if row.cents(key) and (named or (row.kind == "data" and row.id)):
                    theirs[_titled(part), row.id, key] = row.cents(key) or 0
        books.same(f"CashFlow by {by}", {key: cents for key, cents in ours.items() if cents}, theirs)


def _titled(part: str) -> str:
    if part.endswith("ACTIVITIES"):
        return f"{part.split(maxsplit=1)[0].capitalize()}Activities"
    return "OperatingAdjustments" if part.startswith("Adjustments") else part


def _part(books: Recount, account: str) -> str:
    found = books.company.accounts[account]
    if found.kind == "Bank" or found.subtype == "UndepositedFunds":
        return "cash"
    if statements.earns(books.company, account):
        return "NetIncome"
    for part, kinds in PARTS.items():
        # Depreciation costs no money: what it took off assets adjusts the result.
        if found.kind in kinds and not found.subtype.startswith("Accumulated"):
            return part
    return "OperatingAdjustments"


LISTS = (cash_flow,)
