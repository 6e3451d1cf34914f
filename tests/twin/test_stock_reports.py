"""InventoryValuationSummary and InventoryValuationDetail: hand-worked stock, and the ledger after any history."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model.payload import encode
from akika_forensics.twin import QuickBooksFault
from tests.twin.conftest import Body, Books, ref
from tests.twin.report_rows import flat, has_data, titles


def bought(books: Any, qty: Any, amount: Any, day: str) -> Body:
    made: Body = books.twin.create(
        "Bill", {"VendorRef": ref(books.lumber), "Line": [books.stock_up(qty, amount)], "TxnDate": day}
    )
    return made


def sold(books: Any, qty: Any, day: str, entity: str = "Invoice") -> Body:
    made: Body = books.twin.create(
        entity, books.sale(books.ann, Decimal(9) * qty, item=books.pump, qty=qty, TxnDate=day)
    )
    return made


def test_first_in_first_out_on_any_day(books: Books) -> None:
    """10 at 4 to begin with; 5 more at 6; 12 sold take the 10 at 4 and 2 at 6, so 3 at 6 are left."""
    bought(books, 5, 30, "2026-01-10")
    sold(books, 12, "2026-02-01")
    report = books.twin.report("InventoryValuationSummary")
    assert titles(report) == ["", "SKU", "Qty", "Asset Value", "Avg Cost"]
    assert [column["ColType"] for column in report["Columns"]["Column"]] == ["ProductsAndService", *["Money"] * 4]
    assert flat(report) == [
        (0, "row", ["Pump", "", "3.00", "18.00", "6.00"]),
        (0, "row", ["TOTAL", " ", "", "18.00", ""]),
    ]
    pump, total = report["Rows"]["Row"]
    assert pump == {"ColData": [{"value": "Pump", "id": books.pump}, *pump["ColData"][1:]]}
    assert total["group"] == "GrandTotal"
    assert report["Header"]["DateMacro"] == "today"
    assert report["Header"]["Option"][0] == {"Name": "report_date", "Value": "2026-03-02"}
    before = books.twin.report("InventoryValuationSummary", report_date="2026-01-31")
    assert flat(before)[0][2] == ["Pump", "", "15.00", "70.00", "4.67"]
    assert flat(books.twin.report("InventoryValuationSummary", report_date="2025-12-31")) == []


def test_every_movement_with_what_was_there_after_it(books: Books) -> None:
    bill = bought(books, 5, 30, "2026-01-10")
    sold(books, 12, "2026-02-01")
    report = books.twin.report("InventoryValuationDetail", start_date="2026-01-01", end_date="2026-02-28")
    kinds = ["tx_date", "txn_type", "doc_num", "name", "quantity", "rate", "home_amount", "qty_on_hand"]
    assert [column["ColType"] for column in report["Columns"]["Column"]] == [*kinds, "home_asset_value"]
    assert flat(report) == [
        (0, "header", ["Pump", *[""] * 8]),
        (1, "row", ["2026-01-01", "Inventory Starting Value", "START", "", "10.00", "4.00", "40.00", "10.00", "40.00"]),
        (1, "row", ["2026-01-10", "Bill", "", "Lumber Co", "5.00", "6.00", "30.00", "15.00", "70.00"]),
        (1, "row", ["2026-02-01", "Invoice", "1001", "Ann", "-12.00", "4.33", "-52.00", "3.00", "18.00"]),
        (0, "total", ["Total for Pump", "", "", "", "3.00", "", "18.00", "3.00", "18.00"]),
    ]
    rows = report["Rows"]["Row"][0]["Rows"]["Row"]
    assert rows[0]["ColData"][3] == {"value": "", "id": ""}
    assert rows[1]["ColData"][1]["id"] == bill["Id"]
    assert rows[1]["ColData"][3]["id"] == books.lumber
    later = books.twin.report("InventoryValuationDetail", date_macro="Last Month", columns="quantity,qty_on_hand")
    assert flat(later)[1][2] == ["-12.00", "3.00"]


def test_the_details_of_this_month_unasked(books: Books) -> None:
    report = books.twin.report("InventoryValuationDetail")
    assert (report["Header"]["StartPeriod"], report["Header"]["DateMacro"]) == ("2026-03-01", "this month-to-date")
    assert not has_data(report)
    assert report["Rows"] == {}


def test_adjustments_and_returns_move_stock(books: Books) -> None:
    body = {
        "AdjustAccountRef": ref(books.shrinkage),
        "TxnDate": "2026-01-15",
        "Line": [
            {
                "DetailType": "ItemAdjustmentLineDetail",
                "ItemAdjustmentLineDetail": {"ItemRef": ref(books.pump), "QtyDiff": -2},
            }
        ],
    }
    books.made("InventoryAdjustment", body)
    sold(books, 3, "2026-01-20")
    sold(books, 1, "2026-01-25", "CreditMemo")
    report = books.twin.report("InventoryValuationDetail", start_date="2026-01-02", end_date="2026-01-31")
    rows = [(row[1], row[4], row[-1]) for _, part, row in flat(report) if part == "row"]
    assert rows == [
        ("Inventory Qty Adjust", "-2.00", "32.00"),
        ("Invoice", "-3.00", "20.00"),
        ("Credit Memo", "1.00", "24.00"),
    ]


def test_categories_hold_their_items_as_recorded(books: Books) -> None:
    """Source: recorded ItemSales: the total of a category is a row after its section."""
    books.twin.put_raw("Item", encode({"Id": "90", "Name": "Garden", "Type": "Category", "Active": True}))
    pump = books.get("Item", books.pump)
    books.twin.put_raw("Item", encode({**pump, "SubItem": True, "ParentRef": ref("90"), "Sku": "P-1"}))
    report = books.twin.report("InventoryValuationSummary")
    section, total, _ = report["Rows"]["Row"]
    assert "Summary" not in section
    assert section["Rows"]["Row"][0] == {
        "ColData": [
            {"value": "Pump", "id": books.pump},
            *({"value": value} for value in ("P-1", "10.00", "40.00", "4.00")),
        ],
        "type": "Data",
    }
    assert total == {
        "ColData": [{"value": "Total Garden", "id": "90"}, *({"value": value} for value in ("", "", "40.00", ""))]
    }


def test_an_item_without_stock_stays_while_it_is_in_use(books: Books) -> None:
    sold(books, 10, "2026-01-20")
    assert flat(books.twin.report("InventoryValuationSummary"))[0][2] == ["Pump", "", "0.00", "0.00", ""]
    books.twin.put_raw("Item", encode({**books.get("Item", books.pump), "Active": False}), post=False)
    assert flat(books.twin.report("InventoryValuationSummary")) == []
    books.twin.put_raw("Item", encode({**books.get("Item", books.pump), "Active": True}), post=False)
    assert flat(books.twin.report("InventoryValuationSummary", item="12345")) == []


steps = st.lists(
    st.tuples(
        st.sampled_from(["buy", "sell", "return", "remove"]),
        st.integers(1, 9),
        st.integers(1, 4000).map(lambda cents: Decimal(cents) / 100),
        st.sampled_from(["2026-01-05", "2026-01-20", "2026-02-10", "2026-03-01"]),
    ),
    max_size=12,
)


@given(steps)
def test_the_value_is_that_of_the_stock_account_on_any_day(found: list[tuple[str, int, Decimal, str]]) -> None:
    books = Books()
    made: list[tuple[str, Body]] = []
    for what, qty, amount, day in found:
        try:
            if what == "buy":
                made.append(("Bill", bought(books, qty, amount, day)))
            elif what == "remove" and made:
                entity, body = made.pop(qty % len(made))
                books.twin.delete(entity, books.get(entity, body["Id"]))
            else:
                entity = "Invoice" if what == "sell" else "CreditMemo"
                made.append((entity, sold(books, qty, day, entity)))
        except QuickBooksFault:
            continue
    for day in ("2025-12-31", "2026-01-05", "2026-01-31", "2026-02-10", "2026-12-31"):
        held = Decimal(books.twin.store.balances(until=day).get(books.stock, 0)) / 100
        summary = flat(books.twin.report("InventoryValuationSummary", report_date=day))
        assert (Decimal(summary[-1][2][3]) if summary else 0) == held
        detail = flat(books.twin.report("InventoryValuationDetail", start_date="2025-01-01", end_date=day))
        assert (Decimal(detail[-1][2][-1]) if detail else 0) == held
    assert str(books.get("Item", books.pump)["QtyOnHand"]) == f"{Decimal(summary[0][2][2]).normalize():f}"
    books.twin.close()
