"""What is told beside a statement: what only reports show, by kind, and every problem or how many more there are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from akika_forensics.books import Ledger
from akika_forensics.books.drill import Figure, parts_of
from akika_forensics.books.postings.frame import POSTINGS
from akika_forensics.books.tie_out.documents import REPORT_ONLY
from akika_forensics.case.statements.asked import KINDS, ask
from akika_forensics.case.statements.books import Books
from akika_forensics.case.statements.remarks import MOST, ReportOnly, about, report_only, report_only_of
from akika_forensics.model.record import Record

BANK, TAX, FUEL, AR = "35", "90", "56", "84"
PAID, REMITTED = date(2026, 5, 31), date(2026, 6, 15)


def sides(kind: str, number: str, day: date, **amounts: int) -> list[dict[str, Any]]:
    return [
        {
            "entity": kind,
            "id": number,
            "line": REPORT_ONLY,
            "date": day,
            "account": account[1:],
            "amount": Decimal(value),
        }
        for account, value in amounts.items()
    ]


@pytest.fixture
def books(lists: list[Record]) -> Books:
    """A pay run of two checks, and the taxes withheld, which touch no cost."""
    rows = [
        *sides("Payroll Check", "900", PAID, _56=7000, _35=-6000, _90=-1000),
        *sides("Payroll Check", "901", PAID, _56=5000, _35=-4000, _90=-1000),
        *sides("Tax Payment", "902", REMITTED, _90=2000, _35=-2000),
    ]
    return Books("s1", Ledger.of(lists), pl.DataFrame(rows, schema=POSTINGS), {})


PAYROLL = ReportOnly("Payroll Check", 2, Decimal(12000))
TAXES = ReportOnly("Tax Payment", 1, Decimal(2000))


@pytest.mark.parametrize(
    ("kind", "start", "end", "more", "told"),
    [
        ("profit-and-loss", date(2026, 1, 1), date(2026, 12, 31), {}, [PAYROLL]),
        ("profit-and-loss", date(2026, 6, 1), date(2026, 12, 31), {}, []),
        ("balance-sheet", None, date(2026, 12, 31), {}, [PAYROLL, TAXES]),
        ("balance-sheet", None, date(2026, 6, 1), {"basis": "cash"}, [PAYROLL]),
        ("trial-balance", None, date(2026, 5, 30), {}, []),
        ("cash-flow", date(2026, 6, 1), date(2026, 6, 30), {}, [PAYROLL, TAXES]),
        ("register", date(2026, 6, 1), date(2026, 6, 30), {"account": BANK}, [PAYROLL, TAXES]),
        ("register", date(2026, 6, 1), date(2026, 6, 30), {"account": AR}, []),
        ("receivables", None, date(2026, 12, 31), {}, []),
    ],
)
def test_what_only_reports_tell_of_is_told_of_the_statements_that_have_it(
    books: Books, kind: str, start: date | None, end: date, more: dict[str, str], told: list[ReportOnly]
) -> None:
    assert list(report_only(books, ask(books, kind, end, start, **more))) == told


def test_a_figure_tells_what_of_it_only_reports_tell_of(books: Books) -> None:
    figure = Figure(statement="register", account=TAX, start=PAID, end=PAID)
    assert report_only_of(books, parts_of(books.ledger.chart, books.postings(), figure)) == (PAYROLL,)
    figure = Figure(statement="register", account=AR, start=PAID, end=PAID)
    assert report_only_of(books, parts_of(books.ledger.chart, books.postings(), figure)) == ()


def test_books_of_documents_alone_have_nothing_to_tell(lists: list[Record]) -> None:
    books = Books("s1", Ledger.of(lists), pl.DataFrame(schema=POSTINGS), {})
    for kind in KINDS:
        assert report_only(books, ask(books, kind, REMITTED, account=BANK)) == ()
    assert about(books, "Craig's", ()) == ["Snapshot s1 of Craig's, rebuilt from its documents."]


def test_words_and_numbers(books: Books) -> None:
    assert PAYROLL.as_dict() == {"kind": "Payroll Check", "transactions": 2, "amount": "12000.00"}
    first, *rest = about(books, "Craig's", (PAYROLL, TAXES))
    assert first.endswith(", rebuilt from its documents and, of what no application can read, from the general ledger.")
    assert [one.partition(" taken")[0] for one in rest] == [
        "2 transactions of the kind Payroll Check (12,000.00) are",
        "1 transaction of the kind Tax Payment (2,000.00) is",
    ]


@pytest.mark.parametrize(("number", "last"), [(MOST, "Bill"), (MOST + 1, "1 more"), (MOST + 7, "7 more")])
def test_problems_beyond_the_first_are_counted(lists: list[Record], make: Any, number: int, last: str) -> None:
    line = {"Id": "1", "Amount": 5, "DetailType": "AccountBasedExpenseLineDetail"}
    detail = {"AccountBasedExpenseLineDetail": {"AccountRef": {"value": FUEL}}}
    bills = [
        make("Bill", place, TxnDate="2026-02-01", VendorRef={"value": "40"}, TotalAmt=80, Line=[line | detail])
        for place in range(1, number + 1)
    ]
    books = Books("s1", Ledger.of([*lists, *bills]), pl.DataFrame(schema=POSTINGS), {})
    assert len(books.ledger.unposted) == number
    lines = about(books, "Craig's", ())
    assert sum(one.startswith("Bill:") for one in lines) == MOST
    assert lines[-1].startswith(last)
