"""The general ledger: worked by hand, in the recorded form, and against the trial balance."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akika_forensics.twin import Twin
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import sheet

from .conftest import Books, ref
from .listing_scene import Body, keys, lines, number, sections, shown, summary, walk
from .listing_scene import stock as stock  # noqa: PLC0414 - a fixture

MARCH = {"start_date": "2026-03-01", "end_date": "2026-03-31"}
USUAL = ["tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount"]


@pytest.fixture
def march(books: Books) -> Books:
    """Sales, purchases and payments of a few days, and a sale of the month before."""
    books.twin.create("Invoice", books.sale(books.bob, 40, DocNumber="99", TxnDate="2026-02-20"))
    books.twin.create("Invoice", books.sale(books.ann, 100, DocNumber="100", TxnDate="2026-03-05"), id="900")
    pays = books.pays(60, ("Invoice", "900", 60))
    books.twin.create(
        "Payment",
        {"CustomerRef": ref(books.ann), "TxnDate": "2026-03-10", **pays, "DepositToAccountRef": ref(books.checking)},
    )
    bill = {"VendorRef": ref(books.power), "TxnDate": "2026-03-07", "Line": [books.spend(30), books.spend(12)]}
    made = books.twin.create("Bill", bill)
    paid = {"PayType": "Check", "CheckPayment": {"BankAccountRef": ref(books.checking)}}
    books.twin.create(
        "BillPayment",
        {"VendorRef": ref(books.power), "TxnDate": "2026-03-12", **paid, **books.pays(42, ("Bill", made["Id"], 42))},
    )
    return books


def ledger(books: Books, **parameters: str) -> Body:
    return books.twin.report("GeneralLedger", **{**MARCH, **parameters})


def test_every_account_from_its_beginning_to_its_end(march: Books) -> None:
    report = ledger(march)
    found = sections(report)
    checking = lines(report, found["Checking"]["Rows"])
    assert [
        (row["txn_type"], row["split_acc"], row["subt_nat_amount"], row["rbal_nat_amount"]) for row in checking
    ] == [
        ("Payment", "Accounts Receivable (A/R)", "60.00", "60.00"),
        ("Bill Payment (Check)", "Accounts Payable (A/P)", "-42.00", "18.00"),
    ]
    receivable = lines(report, found["Accounts Receivable (A/R)"]["Rows"])
    assert [(row["tx_date"], row["subt_nat_amount"], row["rbal_nat_amount"]) for row in receivable] == [
        ("Beginning Balance", "", "40.00"),
        ("2026-03-05", "100.00", "140.00"),
        ("2026-03-10", "-60.00", "80.00"),
    ]
    payable = lines(report, found["Accounts Payable (A/P)"]["Rows"])
    assert [(row["split_acc"], row["rbal_nat_amount"]) for row in payable] == [
        ("-Split-", "42.00"),
        ("Checking", ".00"),
    ]
    assert [row["rbal_nat_amount"] for row in lines(report, found["Rent"]["Rows"])] == ["30.00", "42.00"]
    income = lines(report, found["Sales"]["Rows"])
    assert [(row["tx_date"], row["rbal_nat_amount"]) for row in income] == [
        ("Beginning Balance", "40.00"),
        ("2026-03-05", "140.00"),
    ]
    assert summary(report, found["Rent"]) == dict.fromkeys(USUAL, "") | {
        "tx_date": "Total for Rent",
        "subt_nat_amount": "42.00",
    }


def test_columns_ids_and_header_are_those_recorded(march: Books) -> None:
    report = march.twin.report("GeneralLedger")
    assert report["Header"]["DateMacro"] == "this month-to-date"
    assert list(report["Header"]) == [
        "Time",
        "ReportName",
        "DateMacro",
        "ReportBasis",
        "StartPeriod",
        "EndPeriod",
        "Currency",
        "Option",
    ]
    report = ledger(march)
    assert keys(report) == USUAL
    section = sections(report)["Accounts Receivable (A/R)"]
    account = section["Header"]["ColData"]
    assert (account[0]["id"], account[1:]) == (march.account("Accounts Receivable (A/R)"), [{"value": ""}] * 7)
    row = lines(report, section["Rows"])[1]
    assert (row["txn_type.id"], row["doc_num"], row["name"], row["name.id"], row["split_acc.id"]) == (
        "900",
        "100",
        "Ann",
        march.ann,
        march.sales,
    )
    assert section["Rows"]["Row"][0]["ColData"][:2] == [{"value": "Beginning Balance"}, {"value": ""}]


def test_accounts_stand_in_the_order_of_the_chart(march: Books) -> None:
    assert [row["Header"]["ColData"][0]["value"] for row in ledger(march)["Rows"]["Row"]] == [
        "Checking",
        "Accounts Receivable (A/R)",
        "Stock",
        "Accounts Payable (A/P)",
        "Opening Balance Equity",
        "Sales",
        "Rent",
    ]


def test_what_earlier_years_earned_is_in_retained_earnings(books: Books) -> None:
    books.twin.create("Invoice", books.sale(books.ann, 70, TxnDate="2025-11-05"))
    books.twin.create("Invoice", books.sale(books.ann, 5, TxnDate="2026-01-05"))
    found = sections(ledger(books))
    retained = lines(ledger(books), found["Retained Earnings"]["Rows"])
    assert [row["rbal_nat_amount"] for row in retained] == ["70.00"]
    assert [row["rbal_nat_amount"] for row in lines(ledger(books), found["Sales"]["Rows"])] == ["5.00"]


def test_accounts_below_others(books: Books) -> None:
    """What an account holds itself comes first, without a header; one that holds nothing shows no Id."""
    below = {"AccountType": "Expense", "SubAccount": True, "ParentRef": ref(books.rent)}
    yard = books.made("Account", {"Name": "Yard", **below})
    empty = books.made("Account", {"Name": "Empty", "AccountType": "Expense"})
    deep = books.made(
        "Account", {"Name": "Deep", "AccountType": "Expense", "SubAccount": True, "ParentRef": ref(empty)}
    )
    spent = [books.spend(10), books.spend(7, yard), books.spend(4, deep)]
    books.twin.create(
        "Purchase", {"PaymentType": "Cash", "AccountRef": ref(books.checking), "TxnDate": "2026-03-03", "Line": spent}
    )
    report = ledger(books)
    rent = sections(report)["Rent"]
    own, sub = rent["Rows"]["Row"]
    assert rent["Header"]["ColData"][0] == {"value": "Rent", "id": books.rent}
    assert "Header" not in own
    assert summary(report, own)["tx_date"] == "Total for Rent"
    assert summary(report, own)["subt_nat_amount"] == "10.00"
    assert sub["Header"]["ColData"][0] == {"value": "Yard", "id": yard}
    assert summary(report, rent)["tx_date"] == "Total for Rent with sub-accounts"
    assert summary(report, rent)["subt_nat_amount"] == "17.00"
    hollow = sections(report)["Empty"]
    assert hollow["Header"]["ColData"][0] == {"value": "Empty"}
    assert summary(report, hollow)["tx_date"] == "Total for Empty"
    assert summary(report, hollow)["subt_nat_amount"] == "4.00"
    assert lines(report, rent["Rows"])[0]["split_acc"] == "Checking"
    assert sections(report)["Checking"]["Rows"]["Row"][0]["ColData"][5] == {"value": "-Split-", "id": ""}
    assert shown(ledger(books, columns="account_name"), "account_name")[-1] == ("Rent:Yard",)


def test_opening_stock_has_no_document_and_is_told_nevertheless(books: Books) -> None:
    report = books.twin.report("GeneralLedger", start_date="2026-01-01", end_date="2026-01-01")
    (row,) = lines(report, sections(report)["Stock"]["Rows"])
    assert row == {
        "tx_date": "2026-01-01",
        "txn_type": "Inventory Starting Value",
        "txn_type.id": "",
        "doc_num": "START",
        "name": "",
        "name.id": "",
        "memo": "Pump - Opening inventory and value",
        "split_acc": "Opening Balance Equity",
        "split_acc.id": books.account("Opening Balance Equity"),
        "subt_nat_amount": "40.00",
        "rbal_nat_amount": "40.00",
    }


def test_nothing_at_all(books: Books) -> None:
    report = books.twin.report("GeneralLedger", start_date="2024-01-01", end_date="2024-01-31")
    assert report["Rows"] == {}
    assert report["Header"]["Option"] == [{"Name": "NoReportData", "Value": "true"}]


def test_columns_come_in_the_reports_order_and_unknown_ones_are_left_out(march: Books) -> None:
    report = ledger(march, columns="subt_nat_amount,TX_DATE,nonsense,create_by,account_name,credit_amt,debt_amt")
    assert keys(report) == ["tx_date", "create_by", "debt_amt", "credit_amt", "account_name", "subt_nat_amount"]
    rows = lines(report, sections(report)["Accounts Payable (A/P)"]["Rows"])
    assert [(row["debt_amt"], row["credit_amt"], row["create_by"]) for row in rows] == [
        ("", "42.00", "Craig Carlson"),
        ("42.00", "", "Craig Carlson"),
    ]
    total = summary(report, sections(report)["Accounts Payable (A/P)"])
    assert (total["debt_amt"], total["credit_amt"], total["subt_nat_amount"]) == ("42.00", "42.00", ".00")
    assert keys(ledger(march, columns="nonsense")) == USUAL


def test_the_order_of_columns_is_that_of_a_ledger_recorded_in_2026(march: Books) -> None:
    asked = "tx_date,txn_type,doc_num,name,memo,split_acc,debt_amt,credit_amt,create_by,create_date"
    report = ledger(march, columns=asked)
    assert [(one["MetaData"][0]["Value"], one["ColType"]) for one in report["Columns"]["Column"]] == [
        ("tx_date", "Date"),
        ("txn_type", "String"),
        ("doc_num", "String"),
        ("create_date", "TimeStamp"),
        ("create_by", "String"),
        ("name", "String"),
        ("debt_amt", "Money"),
        ("credit_amt", "Money"),
        ("memo", "String"),
        ("split_acc", "String"),
    ]
    beginning = sections(report)["Accounts Receivable (A/R)"]["Rows"]["Row"][0]["ColData"]
    assert beginning == [{"value": "Beginning Balance"}, *[{"value": ""}] * 9]


def test_notes_and_splits_as_recorded_in_2026(books: Books) -> None:
    """A journal entry is in several accounts whatever it has; the note of a payment stands on the side of its bank."""
    line = {"Amount": 7, "DetailType": "JournalEntryLineDetail", "Description": "Opening Balance"}
    sides = [
        {**line, "JournalEntryLineDetail": {"PostingType": side, "AccountRef": ref(account)}}
        for side, account in (("Debit", books.checking), ("Credit", books.sales))
    ]
    books.twin.create("JournalEntry", {"TxnDate": "2026-03-02", "Line": sides})
    paid = {"CustomerRef": ref(books.ann), "TotalAmt": 5, "TxnDate": "2026-03-03", "PrivateNote": "Thanks"}
    books.twin.create("Payment", {**paid, "DepositToAccountRef": ref(books.checking)})
    two = [books.spend(3), books.spend(4)]
    spent = {"PaymentType": "Cash", "AccountRef": ref(books.checking), "TxnDate": "2026-03-04", "Line": two}
    books.twin.create("Purchase", spent)
    report = ledger(books, columns="account_name,txn_type,memo,split_acc")
    assert [row for row in shown(report, "txn_type", "account_name", "memo", "split_acc") if row[1]] == [
        ("Journal Entry", "Checking", "Opening Balance", "-Split-"),
        ("Payment", "Checking", "Thanks", "Accounts Receivable (A/R)"),
        ("Cash Expense", "Checking", "", "-Split-"),
        ("Payment", "Accounts Receivable (A/R)", "", "Checking"),
        ("Journal Entry", "Sales", "Opening Balance", "-Split-"),
        ("Cash Expense", "Rent", "", "Checking"),
        ("Cash Expense", "Rent", "", "Checking"),
    ]


def test_classes_and_locations_stand_in_it_where_they_are_kept(books: Books) -> None:
    said = {"TrackDepartments": True, "ClassTrackingPerTxnLine": True}
    token = books.get("Preferences", "1")["SyncToken"]
    books.twin.update("Preferences", {"Id": "1", "SyncToken": token, "sparse": True, "AccountingInfoPrefs": said})
    north = books.made("Department", {"Name": "North"})
    crew = books.made("Class", {"Name": "Crew"})
    body = books.sale(books.ann, 9, TxnDate="2026-03-04", DepartmentRef=ref(north))
    body["Line"][0]["SalesItemLineDetail"]["ClassRef"] = ref(crew)
    books.twin.create("Invoice", body)
    books.twin.create("Invoice", books.sale(books.ann, 5, TxnDate="2026-03-04"))
    report = ledger(books)
    assert keys(report)[3:7] == ["name", "dept_name", "klass_name", "memo"]
    assert [(row["dept_name"], row["klass_name"]) for row in lines(report, sections(report)["Sales"]["Rows"])] == [
        ("North", "Crew"),
        ("", ""),
    ]
    kept = ledger(books, **{"class": crew})
    assert [row["subt_nat_amount"] for row in lines(kept) if row["txn_type"]] == ["9.00"]
    assert list(sections(ledger(books, department=north))) == ["Accounts Receivable (A/R)", "Sales"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"account_type": "Bank"}, ["Checking"]),
        ({"account_type": "Bank,Expense"}, ["Checking", "Rent"]),
        ({"source_account_type": "Bank"}, ["Checking", "Accounts Receivable (A/R)", "Accounts Payable (A/P)"]),
        ({"vendor": "{power}"}, ["Checking", "Accounts Payable (A/P)", "Rent"]),
        ({"customer": "{ann}"}, ["Checking", "Accounts Receivable (A/R)", "Sales"]),
        ({"customer": "{ann}", "account": "{sales}"}, ["Sales"]),
        ({"account": "{sales},{rent}"}, ["Sales", "Rent"]),
        ({"item": "{digging}"}, ["Sales"]),
        ({"source_account": "{checking}", "account": "{checking}"}, ["Checking"]),
    ],
)
def test_it_is_kept_to_a_part(march: Books, parameters: dict[str, str], expected: list[str]) -> None:
    asked = {name: text.format(**vars(march)) for name, text in parameters.items()}
    assert list(sections(ledger(march, **asked))) == expected


def test_a_filter_holds_for_the_beginning_too(march: Books) -> None:
    found = ledger(march, customer=march.bob)
    assert shown(found, "tx_date", "rbal_nat_amount") == [("Beginning Balance", "40.00")] * 2
    assert found["Header"]["Customer"] == march.bob


def test_rows_are_sorted_as_asked(march: Books) -> None:
    for order, expected in (("ascend", ["-60.00", "100.00"]), ("descend", ["100.00", "-60.00"])):
        report = ledger(march, sort_by="subt_nat_amount", sort_order=order)
        rows = lines(report, sections(report)["Accounts Receivable (A/R)"]["Rows"])
        assert [row["subt_nat_amount"] for row in rows[1:]] == expected
        assert rows[-1]["rbal_nat_amount"] == "80.00"
    march.refused("2170", ledger, march, sort_order="sideways")
    march.refused("2170", ledger, march, account_type="Treasure")


def test_inactive_accounts_and_names_are_marked(march: Books) -> None:
    for entity, record_id in (("Account", march.rent), ("Vendor", march.power)):
        token = march.get(entity, record_id)["SyncToken"]
        march.twin.update(entity, {"Id": record_id, "SyncToken": token, "sparse": True, "Active": False})
    report = ledger(march)
    assert "Rent (deleted)" in sections(report)
    assert {row["name"] for row in lines(report, sections(report)["Rent (deleted)"]["Rows"])} == {"Power Co (deleted)"}


def test_the_accounts_own_numbers(books: Books) -> None:
    token = books.get("Account", books.sales)["SyncToken"]
    books.twin.update("Account", {"Id": books.sales, "SyncToken": token, "sparse": True, "AcctNum": "4000"})
    said = {"AccountingInfoPrefs": {"UseAccountNumbers": True}}
    books.twin.update(
        "Preferences", {"Id": "1", "SyncToken": books.get("Preferences", "1")["SyncToken"], "sparse": True, **said}
    )
    books.twin.create("Invoice", books.sale(books.ann, 9, TxnDate="2026-03-04"))
    report = ledger(books, columns="account_name,account_num")
    assert ("4000 Sales", "4000") in shown(report, "account_name", "account_num")


def test_text_from_the_books_stays_text(books: Books) -> None:
    hostile = "=cmd|'/c calc'!A1 {0} %s <b>\"'; DROP TABLE posting; --\n\u202e"
    customer = books.made("Customer", {"DisplayName": "O'Neil \"; --"})
    body = books.sale(customer, 3, TxnDate="2026-03-04", PrivateNote=hostile, DocNumber="a'b")
    books.twin.create("Invoice", body)
    row = lines(ledger(books), sections(ledger(books))["Accounts Receivable (A/R)"]["Rows"])[0]
    assert (row["memo"], row["name"], row["doc_num"]) == (hostile, "O'Neil \"; --", "a'b")
    assert shown(ledger(books, account="' OR 1=1 --"), "tx_date") == []


def test_what_does_not_fit_is_cut_off_without_a_word(march: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_CELLS", 7 * len(USUAL))
    report = ledger(march)
    rows = [row["ColData"][0]["value"] for row in walk(report["Rows"]) if "ColData" in row]
    assert rows == ["2026-03-10", "2026-03-12", "Beginning Balance", "2026-03-05", sheet.UNABLE]
    assert [("Summary" in row) for row in report["Rows"]["Row"]] == [True, False]
    assert report["Header"]["Option"] == [{"Name": "NoReportData", "Value": "false"}]


def test_each_side_of_a_transfer_is_reconciled_by_itself(books: Books) -> None:
    savings = books.made("Account", {"Name": "Savings", "AccountType": "Bank"})
    moved = {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(savings), "Amount": 5, "TxnDate": "2026-03-06"}
    transfer = books.made("Transfer", moved)
    books.twin.screens.reconcile(books.checking, "2026-03-31", -5, [{"entity": "Transfer", "id": transfer}])
    spent = {
        "PaymentType": "Cash",
        "AccountRef": ref(books.checking),
        "TxnDate": "2026-03-04",
        "Line": [books.spend(4)],
    }
    books.twin.match_bank("Purchase", books.made("Purchase", spent))
    report = ledger(books, columns="txn_type,account_name,is_cleared")
    assert shown(report, "txn_type", "account_name", "is_cleared") == [
        ("Cash Expense", "Checking", "C"),
        ("Transfer", "Checking", "R"),
        ("Transfer", "Savings", ""),
        ("Beginning Balance", "", ""),
        ("Beginning Balance", "", ""),
        ("Cash Expense", "Rent", ""),
    ]


def test_on_the_cash_basis_it_tells_what_was_paid(march: Books) -> None:
    report = ledger(march, accounting_method="Cash")
    assert report["Header"]["ReportBasis"] == "Cash"
    sales = lines(report, sections(report)["Sales"]["Rows"])
    assert [(row["tx_date"], row["subt_nat_amount"]) for row in sales] == [("2026-03-10", "60.00")]
    assert "Accounts Receivable (A/R)" not in sections(report)


def _ends(report: Body) -> dict[str, Decimal]:
    """The last balance of every account by Id, as the account shows it."""
    found: dict[str, Decimal] = {}
    for row in walk(report["Rows"]):
        head = row.get("Header", {}).get("ColData", [{}])[0]
        if "id" not in head:
            continue
        own = (
            row["Rows"]["Row"][0] if "Header" not in row["Rows"]["Row"][0] and "Rows" in row["Rows"]["Row"][0] else row
        )
        balance = [number(one["ColData"][-1]["value"]) for one in own["Rows"]["Row"] if "ColData" in one]
        moved = [number(one["ColData"][-2]["value"]) for one in own["Rows"]["Row"] if "ColData" in one]
        begins = own["Rows"]["Row"][0]["ColData"][0]["value"] == "Beginning Balance"
        assert balance[-1] == (balance[0] if begins else 0) + sum(moved)
        found[head["id"]] = balance[-1]
    return found


def check(twin: Twin, start: str, end: str, basis: str) -> None:
    """Beginning and rows give the end, and the end is the trial balance's."""
    report = twin.report("GeneralLedger", start_date=start, end_date=end, accounting_method=basis)
    balances = {}
    for row in twin.report("TrialBalance", start_date=start, end_date=end, accounting_method=basis)["Rows"].get(
        "Row", []
    ):
        if "ColData" in row:
            name, debit, credit = row["ColData"]
            balances[name.get("id", name["value"])] = number(debit["value"]) - number(credit["value"])
    found = {}
    for account, balance in _ends(report).items():
        body = twin.get("Account", account) or {}
        sign = 1 if accounts.classification(body) in {"Asset", "Expense"} else -1
        found[account] = sign * balance
    assert {one: cents for one, cents in found.items() if cents} == balances


@settings(deadline=None)
@given(months=st.lists(st.integers(7, 12), min_size=2, max_size=2), basis=st.sampled_from(["Accrual", "Cash"]))
def test_beginning_and_rows_give_the_trial_balance(stock: Twin, months: list[int], basis: str) -> None:
    first, last = sorted(months)
    check(stock, f"2026-{first:02}-01", f"2026-{last:02}-28", basis)


def test_and_so_after_more_of_everything(march: Books) -> None:
    march.twin.create("SalesReceipt", march.sale(march.ann, 18, item=march.pump, qty=2, TxnDate="2026-03-20"))
    march.twin.create(
        "Transfer",
        {"FromAccountRef": ref(march.checking), "ToAccountRef": ref(march.card), "Amount": 5, "TxnDate": "2026-03-21"},
    )
    check(march.twin, "2026-03-01", "2026-03-31", "Accrual")
    check(march.twin, "2026-02-01", "2026-02-28", "Accrual")
