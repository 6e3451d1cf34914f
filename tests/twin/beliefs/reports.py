"""Reports and lists."""

from __future__ import annotations

from typing import Any

from tests.twin.beliefs.looking import Body, answered, look, ref


def _listed(books: Any, **parameters: str) -> Body:
    """The list of two transactions of two days, made by an application, the second kind before the first by name."""
    books.twin.create("Invoice", books.sale(books.ann, 30, TxnDate="2026-03-03"))
    spent = {
        "PaymentType": "Cash",
        "AccountRef": ref(books.checking),
        "TxnDate": "2026-03-04",
        "Line": [books.spend(4)],
    }
    books.twin.reconcile("Purchase", books.made("Purchase", spent))
    report: Body = books.twin.report("TransactionList", start_date="2026-03-01", end_date="2026-03-31", **parameters)
    return report


def _cells(report: Body) -> list[list[str]]:
    return [[cell["value"] for cell in row["ColData"]] for row in report["Rows"]["Row"]]


@look("report_columns")
def _(books: Any) -> str:
    first = _listed(books)["Columns"]["Column"][0]
    return {("Date", True): "described", ("tx_date", False): "keyed"}[first["ColType"], "MetaData" in first]


@look("ledger_sub_accounts")
def _(books: Any) -> str:
    above = books.made("Account", {"Name": "Above", "AccountType": "Expense"})
    below = {"Name": "Below", "AccountType": "Expense", "SubAccount": True, "ParentRef": ref(above)}
    inner = books.made("Account", below)
    spent = {"PaymentType": "Cash", "AccountRef": ref(books.checking), "TxnDate": "2026-03-04"}
    books.twin.create("Purchase", {**spent, "Line": [books.spend(4, inner)]})
    report = books.twin.report("GeneralLedger", start_date="2026-03-01", end_date="2026-03-31", account=inner)
    (section,) = report["Rows"]["Row"]
    heads = [row["Header"]["ColData"][0].get("id") for row in (section, section["Rows"]["Row"][0])]
    return {(None, inner): "own", (inner, None): "first_child"}[heads[0], heads[1]]


@look("account_list_words")
def _(books: Any) -> str:
    row = books.twin.report("AccountList", account_type="Expense")["Rows"]["Row"][0]["ColData"]
    return {"Expenses": "as_on_screens", "Expense": "as_in_records"}[row[1]["value"]]


@look("column_order")
def _(books: Any) -> str:
    columns = _listed(books, columns="memo,tx_date")["Columns"]["Column"]
    return {"Date": "own", "Memo/Description": "asked"}[columns[0]["ColTitle"]]


@look("rows_sorted_by")
def _(books: Any) -> str:
    return {"Invoice": "date", "Cash Expense": "txn_type"}[_cells(_listed(books))[0][1]]


@look("app_as_author")
def _(books: Any) -> str:
    (seen,) = {row[0] for row in _cells(_listed(books, columns="create_by"))}
    return {"Craig Carlson": "user", "": "nobody"}[seen]


@look("cleared_in_reports")
def _(books: Any) -> str:
    return {"R": "letters", "Reconciled": "words"}[_cells(_listed(books, columns="is_cleared"))[-1][0]]


@look("created_from_to")
def _(books: Any) -> str:
    return "heeded" if _listed(books, end_createdate="2026-01-01")["Rows"] == {} else "ignored"


@look("modified_from_to")
def _(books: Any) -> str:
    return "heeded" if _listed(books, end_moddate="2026-01-01")["Rows"] == {} else "ignored"


@look("tax_summary_us")
def _(books: Any) -> str:
    return answered(lambda: books.twin.report("TaxSummary"), "5030", "answered", "refused")
