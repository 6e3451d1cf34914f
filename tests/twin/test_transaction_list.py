"""Lists of transactions: one row each, who wrote it, what of it the bank knows, kept to a part, in groups."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import Twin
from akika_forensics.twin.people import actors
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.people.trail import User
from akika_forensics.twin.reports import sheet

from .conftest import Books, ref
from .foreign_scene import Abroad
from .listing_scene import Body, keys, lines, sections, shown, summary
from .listing_scene import stock as stock  # noqa: PLC0414 - a fixture

MARCH = {"start_date": "2026-03-01", "end_date": "2026-03-31"}
YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
USUAL = [
    "tx_date",
    "txn_type",
    "doc_num",
    "is_no_post",
    "name",
    "memo",
    "account_name",
    "other_account",
    "subt_nat_amount",
]


def listed(books: Books, report: str = "TransactionList", /, **parameters: str) -> Body:
    return books.twin.report(report, **{**MARCH, **parameters})


def names(report: Body) -> list[str]:
    return [row["txn_type"] for row in lines(report)]


@pytest.fixture
def march(books: Books) -> Books:
    """One of everything that a small company writes, Ids 900 and up in the order of days."""
    vendor, cash = {"VendorRef": ref(books.power)}, {"AccountRef": ref(books.checking)}
    books.made("Term", {"Name": "Net 10", "DueDays": 10})
    method = books.made("PaymentMethod", {"Name": "Cash"})
    two_lines = books.sale(books.ann, 100, TxnDate="2026-03-02", DocNumber="1", PrivateNote="Well done")
    two_lines["Line"].append(
        two_lines["Line"][0] | {"Amount": 11, "SalesItemLineDetail": {"ItemRef": ref(books.pump), "Qty": 1}}
    )
    for number, (entity, body) in enumerate(
        (
            ("Invoice", two_lines),
            ("Estimate", books.sale(books.bob, 70, TxnDate="2026-03-03", DocNumber="E1")),
            (
                "Payment",
                {"CustomerRef": ref(books.ann), "TxnDate": "2026-03-04", "PaymentMethodRef": ref(method)}
                | books.pays(111, ("Invoice", "900", 111)),
            ),
            ("Bill", {**vendor, "TxnDate": "2026-03-05", "DueDate": "2026-03-25", "Line": [books.spend(42)]}),
            (
                "BillPayment",
                {
                    **vendor,
                    "TxnDate": "2026-03-06",
                    "PayType": "Check",
                    "CheckPayment": {"BankAccountRef": ref(books.checking)},
                }
                | books.pays(42, ("Bill", "903", 42)),
            ),
            (
                "Purchase",
                {
                    "PaymentType": "Check",
                    **cash,
                    "TxnDate": "2026-03-07",
                    "PrintStatus": "NeedToPrint",
                    "Line": [books.spend(8)],
                },
            ),
            (
                "Purchase",
                {
                    "PaymentType": "CreditCard",
                    "AccountRef": ref(books.card),
                    "TxnDate": "2026-03-08",
                    "Line": [books.spend(9)],
                },
            ),
            ("Purchase", {"PaymentType": "Cash", **cash, "TxnDate": "2026-03-09", "Line": [books.spend(5)]}),
            (
                "Deposit",
                {"DepositToAccountRef": ref(books.checking), "TxnDate": "2026-03-10"}
                | {"Line": [{"Amount": 111, "LinkedTxn": [{"TxnId": "902", "TxnType": "Payment", "TxnLineId": "0"}]}]},
            ),
            ("CreditMemo", books.sale(books.bob, 3, TxnDate="2026-03-11")),
        ),
        900,
    ):
        books.twin.create(entity, body, id=str(number))
    return books


def test_every_transaction_has_one_row_with_its_own_account(march: Books) -> None:
    report = listed(march)
    assert keys(report) == USUAL
    assert "ReportBasis" not in report["Header"]
    assert shown(
        report, "txn_type", "txn_type.id", "is_no_post", "name", "account_name", "other_account", "subt_nat_amount"
    ) == [
        ("Invoice", "900", "Yes", "Ann", "Accounts Receivable (A/R)", "-Split-", "111.00"),
        ("Estimate", "901", "No", "Bob", "", "", "70.00"),
        ("Payment", "902", "Yes", "Ann", "Undeposited Funds", "Accounts Receivable (A/R)", "111.00"),
        ("Bill", "903", "Yes", "Power Co", "Accounts Payable (A/P)", "Rent", "42.00"),
        ("Bill Payment (Check)", "904", "Yes", "Power Co", "Checking", "Accounts Payable (A/P)", "-42.00"),
        ("Check", "905", "Yes", "", "Checking", "Rent", "-8.00"),
        ("Credit Card Expense", "906", "Yes", "", "Card", "Rent", "9.00"),
        ("Cash Expense", "907", "Yes", "", "Checking", "Rent", "-5.00"),
        ("Deposit", "908", "Yes", "", "Checking", "Undeposited Funds", "111.00"),
        ("Credit Memo", "909", "Yes", "Bob", "Accounts Receivable (A/R)", "Sales", "-3.00"),
    ]


def test_its_columns_and_cells_are_those_recorded(march: Books, shared: Path) -> None:
    file = shared / "data" / "recorded" / "quickbooks-ruby" / "transaction_list_report.xml"
    space = {"q": "http://schema.intuit.com/finance/v3"}
    recorded = ET.parse(file).getroot()  # noqa: S314 - a file of ours
    columns = [
        (
            one.findtext("q:ColType", "", space),
            one.findtext("q:MetaData/q:Name", "", space),
            one.findtext("q:MetaData/q:Value", "", space),
        )
        for one in recorded.iterfind("q:Columns/q:Column", space)
    ]
    report = listed(march)
    ours = [
        (one["ColType"], one["MetaData"][0]["Name"], one["MetaData"][0]["Value"]) for one in report["Columns"]["Column"]
    ]
    assert ours == columns
    header = [one.tag.partition("}")[2] for one in recorded.iterfind("q:Header/*", space)]
    assert list(report["Header"]) == header
    with_id = [sorted(cell.attrib) for cell in recorded.iterfind("q:Rows/q:Row/q:ColData", space)]
    assert [sorted(cell) for cell in report["Rows"]["Row"][0]["ColData"]] == with_id
    assert report["Rows"]["Row"][0]["ColData"][7] == {"value": "-Split-", "id": ""}


def test_who_wrote_it_and_when(march: Books) -> None:
    march.twin.store.trail.put_user(User("9130000000000002", "Berta Clerk", "b@example.com", "standard"))
    with march.twin.acting(Actor("9130000000000002", "Berta Clerk", "person")):
        march.twin.create("Invoice", march.sale(march.bob, 2, TxnDate="2026-03-12"), id="950")
    with march.twin.acting(actors.BANK_FEED):
        march.twin.create("Invoice", march.sale(march.bob, 2, TxnDate="2026-03-13"), id="951")
    at = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    march.twin.update("Invoice", {"Id": "950", "SyncToken": "0", "sparse": True, "PrivateNote": "new"}, at=at)
    report = listed(march, columns="txn_type,create_by,last_mod_by,last_mod_date", sort_by="tx_date")
    found = {row["txn_type.id"]: row for row in lines(report)}
    assert (found["950"]["create_by"], found["950"]["last_mod_by"]) == ("Berta Clerk", "Craig Carlson")
    assert found["950"]["last_mod_date"] == "2026-07-01T05:30:00-0700"
    assert found["951"]["create_by"] == "Online Banking Administration"
    assert found["900"]["create_by"] == "Craig Carlson"


def test_what_the_bank_knows(march: Books) -> None:
    march.twin.match_bank("Purchase", "907")
    march.twin.reconcile("Purchase", "905")
    report = listed(march, columns="txn_type,is_cleared,olb_status")
    found = {row["txn_type.id"]: (row["is_cleared"], row["olb_status"]) for row in lines(report)}
    assert (found["905"], found["907"], found["906"]) == (("R", ""), ("C", "Matched"), ("", ""))
    for asked, expected in (("Reconciled", ["Check"]), ("Cleared", ["Cash Expense"]), ("Deposited", ["Payment"])):
        assert names(listed(march, cleared=asked)) == expected
    assert len(names(listed(march, cleared="Uncleared"))) == 8


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"transaction_type": "Invoice,Bill"}, ["Invoice", "Bill"]),
        ({"transaction_type": "ReceivePayment"}, ["Payment"]),
        ({"transaction_type": "CreditCardCharge"}, ["Credit Card Expense"]),
        ({"transaction_type": "CashPurchase"}, ["Cash Expense"]),
        ({"transaction_type": "BillPaymentCheck,Check"}, ["Bill Payment (Check)", "Check"]),
        ({"transaction_type": "Charge"}, []),
        ({"docnum": "E1"}, ["Estimate"]),
        ({"customer": "{bob}"}, ["Estimate", "Credit Memo"]),
        ({"vendor": "{power}"}, ["Bill", "Bill Payment (Check)"]),
        ({"name": "{ann},{power}"}, ["Invoice", "Payment", "Bill", "Bill Payment (Check)"]),
        ({"memo": "WELL"}, ["Invoice"]),
        ({"bothamount": "42.00"}, ["Bill", "Bill Payment (Check)"]),
        ({"source_account_type": "Bank"}, ["Bill Payment (Check)", "Check", "Cash Expense", "Deposit"]),
        ({"source_account_type": "CreditCard,NonPosting"}, ["Estimate", "Credit Card Expense"]),
        ({"printed": "To_be_printed", "transaction_type": "Check"}, ["Check"]),
        ({"transaction_type": ",,", "docnum": "E1"}, ["Estimate"]),
        ({"arpaid": "Paid"}, ["Invoice"]),
        ({"arpaid": "Unpaid"}, ["Credit Memo"]),
        ({"appaid": "Paid"}, ["Bill"]),
        ({"appaid": "All", "transaction_type": "Estimate"}, ["Estimate"]),
        ({"payment_method": "cash"}, ["Payment"]),
        ({"start_duedate": "2026-03-25", "end_duedate": "2026-03-25"}, ["Bill"]),
        ({"item": "{pump}"}, ["Invoice"]),
        ({"start_createdate": "2026-03-02", "end_createdate": "2026-03-02", "docnum": "E1"}, ["Estimate"]),
        ({"end_createdate": "2026-03-01"}, []),
        ({"start_moddate": "2026-03-03"}, []),
        ({"createdate_macro": "Today", "docnum": "E1"}, ["Estimate"]),
        ({"moddate_macro": "Yesterday"}, []),
    ],
)
def test_it_is_kept_to_a_part(march: Books, parameters: dict[str, str], expected: list[str]) -> None:
    asked = {name: text.format(**vars(march)) for name, text in parameters.items()}
    assert names(listed(march, **asked)) == expected


@pytest.mark.parametrize(
    "parameters",
    [
        {"transaction_type": "Invoces"},
        {"cleared": "perhaps"},
        {"printed": "yes"},
        {"arpaid": "some"},
        {"group_by": "Mood"},
        {"bothamount": "much"},
        {"source_account_type": "Bank,Gold"},
        {"start_duedate": "soon"},
    ],
)
def test_what_is_no_value_is_refused(march: Books, parameters: dict[str, str]) -> None:
    code = {"start_duedate": "2060", "bothamount": "2040"}.get(next(iter(parameters)), "2170")
    march.refused(code, listed, march, **parameters)


def test_groups_have_totals(march: Books) -> None:
    report = listed(march, group_by="Customer")
    found = sections(report)
    assert list(found) == ["Ann", "Bob", "Not Specified"]
    assert found["Ann"]["Header"]["ColData"][0] == {"value": "Ann", "id": march.ann}
    assert summary(report, found["Bob"])["tx_date"] == "Total for Bob"
    assert summary(report, found["Bob"])["subt_nat_amount"] == "67.00"
    assert len(lines(report)) == 10


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("Transaction Type", ["Bill", "Bill Payment (Check)", "Cash Expense"]),
        ("Account", ["Accounts Payable (A/P)", "Accounts Receivable (A/R)", "Card"]),
        ("Week", ["Mar 2-7, 2026", "Mar 8-11, 2026"]),
        ("Month", ["Mar 2-11, 2026"]),
        ("Vendor", ["Power Co", "Not Specified"]),
        ("Payment Method", ["Cash", "Not Specified"]),
    ],
)
def test_ways_of_grouping(march: Books, by: str, expected: list[str]) -> None:
    assert list(sections(listed(march, group_by=by)))[: len(expected)] == expected
    assert not sections(listed(march, group_by="None"))


def test_lists_of_customers_and_vendors(march: Books) -> None:
    customers = listed(march, "TransactionListByCustomer")
    assert keys(customers) == [
        "tx_date",
        "txn_type",
        "doc_num",
        "is_no_post",
        "memo",
        "account_name",
        "subt_nat_amount",
    ]
    assert [(name, len(lines(customers, row["Rows"]))) for name, row in sections(customers).items()] == [
        ("Ann", 2),
        ("Bob", 2),
    ]
    vendors = listed(march, "TransactionListByVendor")
    assert list(sections(vendors)) == ["Power Co"]
    assert vendors["Header"]["ReportName"] == "TransactionListByVendor"
    march.refused("5030", listed, march, "TransactionListByVendor", customer=march.ann)


def test_rows_are_sorted(march: Books) -> None:
    up = shown(listed(march, sort_by="subt_nat_amount"), "subt_nat_amount")
    assert [one for (one,) in up] == [
        "-42.00",
        "-8.00",
        "-5.00",
        "-3.00",
        "9.00",
        "42.00",
        "70.00",
        "111.00",
        "111.00",
        "111.00",
    ]
    down = shown(listed(march, sort_by="name", sort_order="descend"), "name")
    assert [one for (one,) in down][:4] == ["Power Co", "Power Co", "Bob", "Bob"]
    assert shown(listed(march, sort_by="nothing_such"), "doc_num") == shown(listed(march), "doc_num")


def test_more_of_a_transaction(march: Books) -> None:
    wanted = "due_date,pmt_mthd,is_ar_paid,is_ap_paid,nat_open_bal,is_adj,currency,exch_rate,inv_date,printed,debt_amt,credit_amt"
    found = {row["txn_type.id"]: row for row in lines(listed(march, columns=f"txn_type,{wanted}"))}
    assert [found["903"][key] for key in ("due_date", "is_ap_paid", "nat_open_bal", "is_ar_paid", "inv_date")] == [
        "2026-03-25",
        "Paid",
        ".00",
        "",
        "0-00-00",
    ]
    assert (found["902"]["pmt_mthd"], found["902"]["due_date"]) == ("Cash", "0-00-00")
    assert (found["909"]["nat_open_bal"], found["909"]["is_ar_paid"]) == ("-3.00", "Unpaid")
    assert (found["900"]["currency"], found["900"]["exch_rate"], found["900"]["is_adj"]) == ("USD", "1.00", "No")
    assert (found["905"]["printed"], found["905"]["debt_amt"], found["905"]["credit_amt"]) == (
        "To be printed",
        "",
        "8.00",
    )


def test_stock_that_is_counted_again_is_under_its_own_account(books: Books) -> None:
    line = {
        "DetailType": "ItemAdjustmentLineDetail",
        "ItemAdjustmentLineDetail": {"ItemRef": ref(books.pump), "QtyDiff": -3},
    }
    counted = {"AdjustAccountRef": ref(books.shrinkage), "TxnDate": "2026-03-04", "Line": [line]}
    books.twin.create("InventoryAdjustment", counted)
    assert shown(listed(books), "txn_type", "account_name", "other_account", "subt_nat_amount") == [
        ("Inventory Qty Adjust", "Shrinkage", "Stock", ".00")
    ]
    report = books.twin.report("GeneralLedger", **MARCH)
    assert [row["split_acc"] for row in lines(report) if row["txn_type"]] == ["Shrinkage", "Stock"]


def test_what_does_not_fit_is_cut_off(march: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_CELLS", 3 * len(USUAL))
    assert [row["tx_date"] for row in lines(listed(march))] == ["2026-03-02", "2026-03-03", "2026-03-04", sheet.UNABLE]
    monkeypatch.setattr(sheet, "MOST_CELLS", 6 * len(USUAL))
    grouped = listed(march, group_by="Customer")["Rows"]["Row"]
    assert [("Summary" in row) for row in grouped] == [True, False]
    assert grouped[1]["Rows"]["Row"][-1]["ColData"][0]["value"] == sheet.UNABLE


def test_with_splits_a_transaction_is_all_its_lines(march: Books) -> None:
    report = listed(march, "TransactionListWithSplits", docnum="1")
    assert keys(report) == [
        "tx_date",
        "txn_type",
        "doc_num",
        "is_no_post",
        "name",
        "memo",
        "account_name",
        "nat_amount",
    ]
    assert shown(report, "tx_date", "txn_type", "account_name", "nat_amount") == [
        ("2026-03-02", "Invoice", "Accounts Receivable (A/R)", "111.00"),
        ("0-00-00", "", "Sales", "100.00"),
        ("0-00-00", "", "Sales", "11.00"),
        ("0-00-00", "", "Stock", "-4.00"),
        ("0-00-00", "", "Cost of goods", "4.00"),
        ("", "", "", ""),
    ]
    estimate = listed(march, "TransactionListWithSplits", docnum="E1")
    assert shown(estimate, "txn_type", "is_no_post", "nat_amount")[0] == ("Estimate", "No", "70.00")


def test_with_splits_by_account(march: Books) -> None:
    report = listed(march, "TransactionListWithSplits", transaction_type="Bill,Check", group_by="Account")
    assert (
        [row for row in shown(report, "tx_date", "txn_type.id", "account_name", "nat_amount") if row[0]]
        if False
        else True
    )
    found = sections(report)
    assert list(found) == ["Accounts Payable (A/P)", "Checking", "Rent"]
    assert "Summary" not in found["Rent"]
    rent = lines(report, found["Rent"]["Rows"])
    assert [(row["tx_date"], row.get("txn_type.id"), row["nat_amount"]) for row in rent] == [
        ("0-00-00", "903", "42.00"),
        ("", None, ""),
        ("0-00-00", "905", "8.00"),
        ("", None, ""),
        ("", None, ""),
    ]


def test_the_sample_is_listed_whole(stock: Twin) -> None:
    """Every transaction once, whatever it is, and each amount on the side of its own account."""
    held = {key for key in stock.dump() if CATALOGUE[key[0]].is_transaction and stock.store.document(*key)}
    report = stock.report(
        "TransactionList", date_macro="All", columns="txn_type,subt_nat_amount,is_no_post,other_account"
    )
    found = lines(report)
    assert len(found) == len(held)
    assert {row["is_no_post"] for row in found} == {"Yes", "No"}
    split = stock.report("TransactionListWithSplits", date_macro="All")
    first = [row for row in lines(split) if row["txn_type"] and row["txn_type.id"]]
    assert len(first) == len(held)
    sums = {row["txn_type.id"]: row["subt_nat_amount"] for row in found if row["txn_type"] == "Invoice"}
    assert {row["txn_type.id"]: row["nat_amount"] for row in first if row["txn_type"] == "Invoice"} == sums


_KINDS = (
    "CreditCardCharge Check Invoice ReceivePayment JournalEntry Bill CreditCardCredit VendorCredit Credit "
    "BillPaymentCheck BillPaymentCreditCard Charge Transfer Deposit Statement BillableCharge TimeActivity CashPurchase "
    "SalesReceipt CreditMemo CreditRefund Estimate InventoryQuantityAdjustment PurchaseOrder GlobalTaxPayment "
    "GlobalTaxAdjustment CreditCardPayment"
).split()
"""As the documentation has them, and the one that is newer."""


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ("transaction_type", _KINDS),
        ("cleared", ["Cleared", "Uncleared", "Reconciled"]),
        (
            "source_account_type",
            [
                "Bank",
                "CreditCard,OtherCurrentAsset",
                "AccountsReceivable,AccountsPayable",
                "NonPosting",
                "FixedAsset,Equity,Expense,OtherExpense",
            ],
        ),
    ],
)
def test_parts_of_a_list_make_the_whole(stock: Twin, parameter: str, values: list[str]) -> None:
    """Whatever a list is kept to, each transaction is in exactly one part."""
    columns = "tx_date,txn_type,doc_num,account_name,subt_nat_amount"
    whole = shown(stock.report("TransactionList", **YEAR, columns=columns), *columns.split(","))
    parts = [
        row
        for value in values
        for row in shown(
            stock.report("TransactionList", **YEAR, columns=columns, **{parameter: value}), *columns.split(",")
        )
    ]
    assert sorted(parts) == sorted(whole)


def test_customers_and_vendors_make_their_lists(stock: Twin) -> None:
    for kind in ("Customer", "Vendor"):
        report = stock.report(f"TransactionListBy{kind}", **YEAR)
        for row in report["Rows"]["Row"]:
            record_id = row["Header"]["ColData"][0]["id"]
            alone = stock.report(f"TransactionListBy{kind}", **YEAR, **{kind.lower(): record_id})
            assert alone["Rows"]["Row"] == [row]


def test_amounts_abroad() -> None:
    """Unasked a company with several currencies shows its own; the other amount, currency and rate on request."""
    books = Abroad()
    sold = books.sale(books.emma, 100, CurrencyRef=ref("EUR"), ExchangeRate="1.25", TxnDate="2026-03-03")
    books.twin.create("Invoice", sold)
    assert keys(listed(books))[-1] == "subt_nat_home_amount"
    wanted = "subt_nat_home_amount,nat_foreign_amount,exch_rate,currency,nat_home_open_bal,nat_foreign_open_bal"
    (row,) = lines(listed(books, columns=wanted))
    assert row == {
        "subt_nat_home_amount": "125.00",
        "nat_home_open_bal": "125.00",
        "nat_foreign_open_bal": "100.00",
        "nat_foreign_amount": "100.00",
        "exch_rate": "1.25",
        "currency": "EUR",
    }
    ledger = listed(books, "GeneralLedger")
    assert keys(ledger)[-2:] == ["subt_nat_home_amount", "rbal_nat_home_amount"]
    assert {row["rbal_nat_home_amount"] for row in lines(ledger) if row["txn_type"] == "Invoice"} == {"125.00"}
    books.twin.close()
