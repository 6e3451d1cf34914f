"""Tax of documents in another currency: reports have it in the company's, at the documents' rates."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from books import altered
from books.companies import Controls, captured

from akika_forensics.books import Captured, Ledger
from akika_forensics.books.tie_out.tied import tie
from akika_forensics.books.tie_out.why import TAX
from akika_forensics.model.record import Record, RecordKey
from tests.twin.foreign_scene import Abroad, euro
from tests.twin.tax_scene import add_taxes, taxed

type Company = tuple[list[Record], Controls, RecordKey]


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    """8 % of 250.00 EUR are 20.00 EUR, 22.00 at 1.10; of 50.00 EUR, credited, 4.00 EUR, 5.00 at 1.25."""
    books = Abroad()
    add_taxes(books)
    sold = taxed(books.sale(books.emma, 250, TxnDate="2026-02-03", **euro("1.10")), "2")
    back = taxed(books.sale(books.emma, 50, TxnDate="2026-02-04", **euro("1.25")), "2")
    made = books.twin.create("Invoice", sold)
    books.twin.create("CreditMemo", back)
    assert made["TxnTaxDetail"]["TotalTax"] == 20
    records, controls = captured(books.twin)
    books.twin.close()
    yield records, controls, RecordKey("Invoice", str(made["Id"]))


def test_tax_of_each_rate_is_in_home_currency(company: Company) -> None:
    records, controls, _ = company
    tied = tie(Ledger.of(records), controls, Captured(records))
    assert tied.residuals.rows() == []
    assert [one for one in tied.findings if one.severity == "problem"] == []
    taxes = tied.lines.filter(tied.lines["report"] == "TaxSummary")
    assert {
        (subject, ours, theirs) for subject, ours, theirs in taxes.select("subject", "ours", "theirs").iter_rows()
    } == {("3", Decimal("17.00"), Decimal("17.00"))}


def test_a_total_beyond_its_lines_is_the_tax_engines_at_home(company: Company) -> None:
    """The document's tax line is 1.00 EUR less than its total: 1.10 at home."""
    records, controls, key = company

    def change(body: dict[str, Any]) -> None:
        body["TxnTaxDetail"]["TaxLine"][0]["Amount"] = float(body["TxnTaxDetail"]["TaxLine"][0]["Amount"]) - 1

    tied = tie(Ledger.of(altered.record(records, key, change)), controls)
    assert set(tied.residuals.select("report", "subject", "residual", "reason").iter_rows()) == {
        ("TaxSummary", "3", Decimal("-1.10"), TAX)
    }
