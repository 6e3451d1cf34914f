"""TaxSummary: by agency and rate, on both bases; the tables behind it are kept by every way of writing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin import QuickBooksFault, Twin
from tests.twin.conftest import Books, ref
from tests.twin.report_rows import flat, grand, has_data, titles
from tests.twin.tax_scene import add_taxes, taxed

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


@pytest.fixture
def taxing(books: Books) -> Iterator[Books]:
    """200 taxable and 50 not in Tucson (7.1 and 2), 100 in California (8), 30 of them returned, 40 without tax."""
    add_taxes(books)
    tucson = taxed(books.sale(books.ann, 200, TxnDate="2026-01-10"), "3")
    tucson["Line"] += books.sale(books.ann, 50)["Line"]
    books.made("Invoice", tucson)
    books.made("SalesReceipt", taxed(books.sale(books.bob, 100, TxnDate="2026-02-01"), "2"))
    books.made("CreditMemo", taxed(books.sale(books.bob, 30, TxnDate="2026-02-10"), "2"))
    plain = books.sale(books.bob, 40, TxnDate="2026-02-20")
    plain["Line"] += books.sale(books.bob, 0, qty=5)["Line"]
    books.made("Invoice", plain)
    yield books


def test_by_agency_and_rate(taxing: Books) -> None:
    report = taxing.twin.report("TaxSummary", **YEAR)
    assert titles(report) == ["", "Gross Total", "Non-Taxable", "Taxable Amount", "Tax Amount"]
    assert report["Header"]["SummarizeColumnsBy"] == "Total"
    assert flat(report) == [
        (0, "header", ["Arizona Dept. of Revenue", "", "", "", ""]),
        (1, "row", ["AZ State tax", "250.00", "50.00", "200.00", "14.20"]),
        (1, "row", ["Tucson City", "250.00", "50.00", "200.00", "4.00"]),
        (0, "total", ["Total Arizona Dept. of Revenue", "", "", "", "18.20"]),
        (0, "header", ["Board of Equalization", "", "", "", ""]),
        (1, "row", ["California", "70.00", "0.00", "70.00", "5.60"]),
        (0, "total", ["Total Board of Equalization", "", "", "", "5.60"]),
        (0, "row", ["Sales without tax", "40.00", "40.00", "", ""]),
        (0, "total", ["TOTAL", "360.00", "", "", "23.80"]),
    ]
    assert report["Rows"]["Row"][0]["Header"]["ColData"][0] == {"value": "Arizona Dept. of Revenue", "id": "1"}


def test_of_one_agency_and_of_none(taxing: Books) -> None:
    report = taxing.twin.report("TaxSummary", agency_id="2", **YEAR)
    assert [row[0] for _, _, row in flat(report)] == [
        "Board of Equalization",
        "California",
        "Total Board of Equalization",
        "TOTAL",
    ]
    assert flat(report)[-1][2] == ["TOTAL", "", "", "", "5.60"]
    assert not has_data(taxing.twin.report("TaxSummary", agency_id="7' OR 1=1 --", **YEAR))
    assert not has_data(taxing.twin.report("TaxSummary", start_date="2025-01-01", end_date="2025-12-31"))


def test_on_the_cash_basis_as_it_is_paid(taxing: Books) -> None:
    """268.20 of Tucson: a third of it paid in February, the rest in March."""
    invoice = taxing.twin.query("select * from Invoice where DocNumber = '1001'")["QueryResponse"]["Invoice"][0]
    for day, amount in (("2026-02-25", "89.40"), ("2026-03-01", "178.80")):
        pays = taxing.pays(Decimal(amount), ("Invoice", invoice["Id"], Decimal(amount)))
        taxing.made("Payment", {"CustomerRef": ref(taxing.ann), "TxnDate": day, **pays})

    def tucson(start: str, end: str) -> list[str]:
        report = taxing.twin.report(
            "TaxSummary", accounting_method="Cash", agency_id="1", start_date=start, end_date=end
        )
        return flat(report)[1][2][1:]

    assert tucson("2026-01-01", "2026-02-28") == ["83.34", "16.67", "66.67", "4.73"]
    assert tucson("2026-03-01", "2026-12-31") == ["166.66", "33.33", "133.33", "9.47"]
    assert tucson("2026-01-01", "2026-12-31") == ["250.00", "50.00", "200.00", "14.20"]
    assert not has_data(
        taxing.twin.report("TaxSummary", accounting_method="Cash", agency_id="1", date_macro="Last Calendar Year")
    )


def test_what_is_deleted_or_voided_is_not_there(taxing: Books) -> None:
    found = taxing.twin.query("select * from Invoice")["QueryResponse"]["Invoice"]
    for body in found:
        if body["TotalAmt"] == 40:
            taxing.twin.delete("Invoice", body)
        else:
            taxing.twin.void("Invoice", body)
    report = taxing.twin.report("TaxSummary", **YEAR)
    assert [row[0] for _, _, row in flat(report)] == [
        "Board of Equalization",
        "California",
        "Total Board of Equalization",
        "TOTAL",
    ]
    assert flat(report)[-1][2] == ["TOTAL", "70.00", "", "", "5.60"]


@pytest.mark.parametrize("in_order", [True, False])
def test_a_load_keeps_what_was_taxed_as_writing_does(taxing: Books, in_order: bool) -> None:
    copy = Twin(clock=taxing.clock)
    with copy.bulk(in_order=in_order) as bulk:
        lists, rest = [], []
        for (entity, _), payload in taxing.twin.dump().items():
            (rest if entity in {"Invoice", "SalesReceipt", "CreditMemo"} else lists).append((entity, payload))
        for entity, payload in lists + rest:
            bulk.add(entity, payload)
    for name in ("TaxSummary", "ItemSales"):
        assert copy.report(name, **YEAR)["Rows"] == taxing.twin.report(name, **YEAR)["Rows"]
    copy.close()


steps = st.lists(
    st.tuples(
        st.sampled_from(["Invoice", "SalesReceipt", "CreditMemo", "Payment", "delete"]),
        st.integers(0, 5),
        st.integers(1, 9999).map(lambda cents: Decimal(cents) / 100),
        st.sampled_from(["2026-01-05", "2026-02-10", "2026-03-01"]),
    ),
    max_size=9,
)


@given(steps, st.sampled_from(["Accrual", "Cash"]))
def test_the_tax_is_what_the_agencies_are_owed_and_periods_add_up(found: list[Any], basis: str) -> None:
    books = Books()
    add_taxes(books)
    made: list[tuple[str, str]] = []
    for what, pick, amount, day in found:
        try:
            if what == "Payment":
                owed = [one for one in made if one[0] == "Invoice"]
                invoice = books.get("Invoice", owed[pick % len(owed)][1]) if owed else {}
                part = min(amount, Decimal(str(invoice.get("Balance", 0))))
                if part:
                    lines = books.pays(part, ("Invoice", invoice["Id"], part))
                    books.made("Payment", {"CustomerRef": invoice["CustomerRef"], "TxnDate": day, **lines})
            elif what == "delete" and made:
                entity, record_id = made.pop(pick % len(made))
                books.twin.delete(entity, books.get(entity, record_id))
            elif what != "delete":
                body = books.sale(books.ann, amount, TxnDate=day)
                made.append((what, books.made(what, taxed(body, ("2", "3")[pick % 2]) if pick else body)))
        except QuickBooksFault:
            continue
    asked = {"accounting_method": basis, **YEAR}
    report = books.twin.report("TaxSummary", **asked)
    liable = [
        row
        for _, _, row in flat(books.twin.report("BalanceSheet", **asked))
        if row[0].endswith("Payable") or row[0] == "Sales Tax Payable"
    ]
    owed_tax = sum((Decimal(row[1] or 0) for row in liable if not row[0].startswith("Total")), Decimal(0))
    assert grand(report) == owed_tax
    assert (Decimal(flat(report)[-1][2][1]) if flat(report) else 0) == grand(
        books.twin.report("CustomerSales", **asked)
    )
    whole: dict[str, list[Decimal]] = {}
    for start, end in (("2026-01-01", "2026-02-09"), ("2026-02-10", "2026-02-28"), ("2026-03-01", "2026-12-31")):
        part_of_it = books.twin.report("TaxSummary", accounting_method=basis, start_date=start, end_date=end)
        for depth, _, row in flat(part_of_it):
            if depth:
                mine = whole.setdefault(row[0], [Decimal(0)] * 4)
                whole[row[0]] = [a + Decimal(b) for a, b in zip(mine, row[1:], strict=True)]
    assert {row[0]: [Decimal(cell) for cell in row[1:]] for depth, _, row in flat(report) if depth} == whole
    books.twin.close()


def test_half_a_cent_of_a_base_counts(books: Books) -> None:
    """Of 1.00 taxable and 1.00 not, 1.05 count: half of that is 0.525."""
    add_taxes(books)
    body = taxed(books.sale(books.ann, 1, TxnDate="2026-01-10"), "2")
    body["Line"] += books.sale(books.ann, 1)["Line"]
    invoice = books.made("Invoice", body)
    pays = books.pays(Decimal("1.09"), ("Invoice", invoice, Decimal("1.09")))
    books.made("Payment", {"CustomerRef": ref(books.ann), "TxnDate": "2026-02-01", **pays})
    report = books.twin.report("TaxSummary", accounting_method="Cash", agency_id="2", **YEAR)
    assert flat(report)[1][2] == ["California", "1.05", "0.52", "0.53", "0.04"]
