"""Every figure of every statement of a generated company is the sum of the postings that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl
import pytest
from books.companies import captured
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.books import Ledger
from akika_forensics.books.cash_basis import cash_postings
from akika_forensics.books.drill import Figure, open_parts, parts_of
from akika_forensics.books.drill.parts import EARLIER, MOVED, OPENING, PARTS
from akika_forensics.books.statements import ageing
from akika_forensics.books.statements.financial import TOTAL, Statements
from akika_forensics.books.statements.register import general_ledger
from akika_forensics.errors import WrongUse
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record
from akika_forensics.twin import Twin, life

START, END = date(2023, 3, 10), date(2023, 11, 20)
YEAR = date(2023, 7, 1)
"""The company's fiscal year begins in July, so that its one year of documents has two."""

NONE = Decimal(0)


class Place(NamedTuple):
    ledger: Ledger
    names: dict[tuple[str, str], str]
    on: dict[str, pl.DataFrame]

    def statements(self, basis: str) -> Statements:
        return Statements(self.ledger.chart, self.on[basis], self.names)

    def parts(self, figure: Figure) -> pl.DataFrame:
        if figure.statement in ("receivables", "payables"):
            return open_parts(self.ledger, figure)
        return parts_of(self.ledger.chart, self.on[figure.basis], figure, self.names)

    def total(self, **said: Any) -> Decimal:
        rows = self.parts(Figure(**said))
        assert rows.schema == PARTS
        found = rows["counts"].sum()
        assert isinstance(found, Decimal)
        return found


def begun_in_july(company: Record) -> Record:
    return Record(company.key, encode({**company.body, "FiscalYearStartMonth": "July"}))


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    twin = Twin()
    life.fill(twin, life.Wish(900, 11, currency="EUR"))
    records, _ = captured(twin)
    twin.close()
    records = [begun_in_july(one) if one.key.entity == "CompanyInfo" else one for one in records]
    kinds = {"Class": "FullyQualifiedName", "Department": "FullyQualifiedName", "Customer": "DisplayName"}
    names = {
        (one.key.entity, one.key.id): str(one.body[kinds[one.key.entity]]) for one in records if one.key.entity in kinds
    }
    ledger = Ledger.of(records)
    yield Place(ledger, names, {"accrual": ledger.frame, "cash": cash_postings(ledger)})


BASES = pytest.mark.parametrize("basis", ["accrual", "cash"])


def row_of(account: str | None, name: str, role: str) -> dict[str, str]:
    return {"account": account or ""} if role == "account" else {"line": name}


@BASES
def test_every_balance_of_a_trial_balance(place: Place, basis: str) -> None:
    for day in (date(2023, 4, 30), END):
        rows = place.statements(basis).trial_balance(day)
        assert len(rows) > 10
        for account, debit, credit in rows.select("account", "debit", "credit").iter_rows():
            side, value = ("debit", debit) if debit else ("credit", credit)
            asked = {"statement": "trial-balance", "end": day, "basis": basis, "account": account}
            assert place.total(**asked, column=side) == value
            assert place.total(**asked) == (value if debit else -value)
            with pytest.raises(WrongUse, match="no balance"):
                place.total(**asked, column="credit" if debit else "debit")


@BASES
def test_every_figure_of_a_balance_sheet(place: Place, basis: str) -> None:
    for day in (date(2023, 6, 30), END):
        rows = place.statements(basis).balance_sheet([day])
        assert {"account", "total", "sum"} == set(rows["role"])
        for account, name, role, value in rows.select("account", "name", "role", "amount").iter_rows():
            found = place.total(statement="balance-sheet", end=day, basis=basis, **row_of(account, name, role))
            assert found == value, (name, day)


@BASES
@pytest.mark.parametrize("by", ["total", "month", "quarter", "year", "class", "location", "customer"])
def test_every_figure_of_a_profit_and_loss(place: Place, basis: str, by: Any) -> None:
    # The figures of a month or customer of one year are some thousands: the sums, and the accounts of some columns.
    rows = place.statements(basis).profit_and_loss(START, END, by)
    columns = rows["column"].unique(maintain_order=True).to_list()
    some = {*columns[:3], *columns[-3:]}
    asked = {"statement": "profit-and-loss", "start": START, "end": END, "basis": basis, "by": by}
    seen = 0
    for account, name, role, column, value in rows.drop("section").iter_rows():
        if column in some or (role == "sum" and name == "Net Income"):
            assert place.total(**asked, **row_of(account, name, role), column=column) == value, (name, column)
            seen += bool(value)
    assert seen > 10


def test_every_figure_of_a_cash_flow(place: Place) -> None:
    rows = place.statements("accrual").cash_flow(START, END)
    for account, value in rows.select("account", "amount").iter_rows():
        assert place.total(statement="cash-flow", start=START, end=END, account=account) == value, account
    begun = place.parts(Figure(statement="cash-flow", start=START, end=END, account="cash at beginning"))
    assert set(begun["part"]) == {OPENING}


@pytest.mark.parametrize(("statement", "of"), [("receivables", "open_receivable"), ("payables", "open_payable")])
def test_every_figure_of_what_is_open(place: Place, statement: str, of: str) -> None:
    day = END
    documents = getattr(place.ledger, of)(day)
    rows = ageing.aged(documents, day)
    assert len(rows) > 5
    assert place.total(statement=statement, end=day) == rows["open"].sum()
    for party, bucket, value in rows.group_by("party", "bucket").agg(pl.col("open").sum()).iter_rows():
        assert place.total(statement=statement, end=day, party=party or "", bucket=bucket) == value
    for entity, key, value in rows.group_by("entity", "id").agg(pl.col("open").sum()).iter_rows():
        assert place.total(statement=statement, end=day, document=f"{entity}:{key}") == value
    told = ageing.by_party(rows)
    assert [told[bucket].sum() for bucket in ageing.BUCKETS] == [
        place.total(statement=statement, end=day, bucket=bucket) for bucket in ageing.BUCKETS
    ]
    for party, *amounts, total in told.iter_rows():
        for bucket, value in zip((*ageing.BUCKETS, ""), (*amounts, total), strict=True):
            assert place.total(statement=statement, end=day, party=party or "", bucket=bucket) == value


def test_a_customer_whose_payment_is_on_no_invoice_is_a_row_although_both_net_to_nothing(
    lists: list[Record], make: Any
) -> None:
    line = {"Id": "1", "Amount": 100, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    owed = make("Invoice", 1, TxnDate="2026-02-01", CustomerRef={"value": "1"}, TotalAmt=100, Line=[line])
    paid = make("Payment", 2, TxnDate="2026-06-30", CustomerRef={"value": "1"}, TotalAmt=100)
    ledger, day = Ledger.of([*lists, owed, paid]), date(2026, 6, 30)
    rows = ageing.by_party(ageing.aged(ledger.open_receivable(day), day))
    assert rows.rows() == [("1", Decimal(-100), Decimal(0), Decimal(0), Decimal(0), Decimal(100), Decimal(0))]
    for bucket, value in zip((*ageing.BUCKETS, ""), rows.row(0)[1:], strict=True):
        figure = Figure(statement="receivables", end=day, party="1", bucket=bucket)
        assert open_parts(ledger, figure)["counts"].sum() == value


def test_a_balance_is_its_opening_and_what_moved(place: Place) -> None:
    bank = next(one.id for one in place.ledger.chart.accounts.values() if one.type == "Bank")
    rows = place.parts(Figure(statement="register", start=START, end=END, account=bank))
    register = general_ledger(place.ledger.frame, START, END, [bank])
    sums = dict(rows.group_by("part").agg(pl.col("counts").sum()).iter_rows())
    assert sums[OPENING] == register["balance"][0] - register["amount"][0]
    assert sums[MOVED] == register["amount"].sum()
    assert sums[OPENING] + sums[MOVED] == register["balance"][-1]
    assert rows["part"].to_list() == sorted(rows["part"], reverse=True), "the opening comes first"


def test_retained_earnings_are_earlier_results_and_net_income_is_this_year(place: Place) -> None:
    earned = place.ledger.chart.retained_earnings
    assert earned
    rows = place.parts(Figure(statement="balance-sheet", end=END, account=earned))
    earlier = rows.filter(pl.col("part") == EARLIER)
    assert len(earlier)
    assert earlier["date"].max() < YEAR
    result = place.total(statement="profit-and-loss", line="Net Income", start=date(2022, 7, 1), end=date(2023, 6, 30))
    assert earlier["counts"].sum() == result != 0
    now = place.parts(Figure(statement="balance-sheet", end=END, account="net income"))
    assert set(now["part"]) == {MOVED}
    assert now["date"].min() >= YEAR


@given(st.data())
def test_names_and_items_divide_a_figure(place: Place, data: st.DataObject) -> None:
    rows = place.on["accrual"].filter(pl.col("date") <= END)
    account = data.draw(st.sampled_from(sorted(rows["account"].unique())))
    asked = {"statement": "register", "end": END, "account": account}
    pairs = rows.filter(pl.col("account") == account).select("party_entity", "party").unique().rows()
    parties = {f"{entity}:{key}" if key else "" for entity, key in pairs}
    assert sum((place.total(**asked, party=one) for one in parties), NONE) == place.total(**asked)
    item = data.draw(st.sampled_from(sorted(rows["item"].drop_nulls().unique())))
    expected = rows.filter((pl.col("account") == account) & (pl.col("item") == item))["amount"].sum()
    assert place.total(**asked, item=item) == expected


def test_a_posting_that_is_taken_away_is_missed(place: Place) -> None:
    account = place.on["accrual"]["account"][0]
    figure = Figure(statement="register", end=date(2030, 1, 1), account=account)
    whole = place.parts(figure)
    gone = (
        place.on["accrual"]
        .with_row_index()
        .filter(
            pl.col("index") != place.on["accrual"].with_row_index().filter(pl.col("account") == account)["index"][0]
        )
    )
    less = parts_of(place.ledger.chart, gone.drop("index"), figure)
    assert len(less) == len(whole) - 1
    assert less["counts"].sum() != whole["counts"].sum()


def test_two_classes_of_one_name_are_one_column(lists: list[Record], make: Any) -> None:
    def bill(number: int, of: str | None) -> Record:
        detail: dict[str, Any] = {"AccountRef": {"value": "56"}}
        if of:
            detail["ClassRef"] = {"value": of}
        line = {
            "Id": "1",
            "Amount": number,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }
        return make("Bill", number, TxnDate="2026-02-01", VendorRef={"value": "40"}, TotalAmt=number, Line=[line])

    ledger = Ledger.of([*lists, bill(1, "5"), bill(2, "6"), bill(4, "7"), bill(8, None)])
    names = {("Class", "5"): "=North", ("Class", "6"): "=North", ("Class", "7"): "Not specified"}
    day = date(2026, 2, 28)
    rows = Statements(ledger.chart, ledger.frame, names).profit_and_loss(day.replace(day=1), day, "class")
    shown = dict(rows.filter(pl.col("account") == "56").select("column", "amount").iter_rows())
    assert shown == {"=North": Decimal(3), "Not specified": Decimal(12), TOTAL: Decimal(15)}
    for column, value in shown.items():
        figure = Figure(
            statement="profit-and-loss", end=day, start=day.replace(day=1), account="56", by="class", column=column
        )
        assert parts_of(ledger.chart, ledger.frame, figure, names)["counts"].sum() == value


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"statement": "budget", "account": "1"}, "no statement"),
        ({"statement": "trial-balance"}, "Which row"),
        ({"statement": "trial-balance", "account": "1", "line": "Income"}, "Which row"),
        ({"statement": "trial-balance", "line": "Income"}, "no row"),
        ({"statement": "trial-balance", "account": "no such"}, "no account"),
        ({"statement": "trial-balance", "account": "net income"}, "no account"),
        ({"statement": "trial-balance", "account": "1", "column": "Nov 2026"}, "no column"),
        ({"statement": "balance-sheet", "line": "Total Income"}, "no row"),
        ({"statement": "balance-sheet", "account": "income"}, "no row"),
        ({"statement": "profit-and-loss", "line": "Total Equity"}, "no row"),
        ({"statement": "profit-and-loss", "line": "Net Income", "by": "month", "column": "Dec 1999"}, "no column"),
        ({"statement": "profit-and-loss", "line": "Net Income", "by": "class", "column": "None of ours"}, "no column"),
        ({"statement": "profit-and-loss", "line": "Net Income", "by": "moon"}, "no column"),
        ({"statement": "cash-flow", "account": "income"}, "no row"),
        ({"statement": "register", "account": "1", "document": "Invoice:1"}, "no ages"),
        ({"statement": "receivables", "basis": "cash"}, "cash basis"),
        ({"statement": "receivables", "account": "1"}, "no other rows"),
        ({"statement": "receivables", "bucket": "Old"}, "no age"),
        ({"statement": "receivables", "document": "Invoice:none"}, "not open"),
        ({"statement": "register", "account": "1", "start": date(2030, 1, 1)}, "is before"),
    ],
)
def test_a_figure_that_there_is_not_is_refused(place: Place, said: dict[str, Any], match: str) -> None:
    income = next(one.id for one in place.ledger.chart.accounts.values() if one.type == "Income")
    said = {name: income if value == "income" else value for name, value in said.items()}
    with pytest.raises(WrongUse, match=match):
        place.parts(Figure(end=END, **said))


def test_a_payment_in_part_is_told_beside_its_invoice(lists: list[Record], make: Any) -> None:
    def invoice(number: int, value: int) -> Record:
        line = {"Id": "1", "Amount": value, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
        said = {"TxnDate": "2026-02-01", "DueDate": "2026-03-03", "CustomerRef": {"value": "1"}}
        return make("Invoice", number, **said, TotalAmt=value, Line=[line])

    lines = [
        {"Amount": 60, "LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}]},
        {"Amount": 30, "LinkedTxn": [{"TxnId": "2", "TxnType": "Invoice"}]},
    ]
    paid = make("Payment", 3, TxnDate="2026-04-02", CustomerRef={"value": "1"}, TotalAmt=100, Line=lines)
    ledger = Ledger.of([*lists, invoice(1, 100), invoice(2, 30), paid])
    end = date(2026, 4, 30)

    def told(**said: Any) -> list[tuple[Any, ...]]:
        rows = open_parts(ledger, Figure(statement="receivables", end=end, start=date(2026, 4, 1), **said))
        return rows.select("part", "entity", "id", "counts").rows()

    assert told(document="Invoice:1") == [
        ("opening", "Invoice", "1", Decimal(100)),
        ("applied", "Payment", "3", Decimal(-60)),
    ]
    assert told(document="Payment:3") == [
        ("moved", "Payment", "3", Decimal(-100)),
        ("applied", "Invoice", "1", Decimal(60)),
        ("applied", "Invoice", "2", Decimal(30)),
    ]
    assert sum(row[-1] for row in told()) == Decimal(30)
    assert told(bucket="31 - 60") == told(document="Invoice:1"), "58 days past due"
    end = date(2026, 4, 1)
    assert told(document="Invoice:1") == [("opening", "Invoice", "1", Decimal(100))], "before it was paid"
    with pytest.raises(WrongUse, match="not open"):
        told(document="Payment:3")
