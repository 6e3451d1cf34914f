"""What the bank says of an account, and the files in which it says so; and that the books agree with it."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.twin import Twin
from akika_forensics.twin.statements import agreement, csv_layouts, ofx, statement
from akika_forensics.twin.statements.lines import BankLine
from akika_forensics.twin.statements.statement import ROUTING, Statement

AT = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
HOSTILE = '=HYPERLINK("http://x.example","pay")\r\n</STMTTRN><OFX> & Söhne \u202e\x00'


def keep(books: Any, *lines: BankLine) -> list[BankLine]:
    with books.twin.transaction():
        return books.twin.store.bank.add(lines)


def line(account: str, day: str, cents: int, **more: str) -> BankLine:
    return BankLine(account, day, cents, **more)


@pytest.fixture
def banked(books: Any) -> Any:
    keep(
        books,
        line(books.checking, "2026-02-27", 500_000, payee="Opening deposit"),
        line(books.checking, "2026-03-04", -12_345, payee="Lumber Co", memo="Invoice 7", number="1001"),
        line(books.checking, "2026-03-04", 99, payee=HOSTILE, memo=HOSTILE),
        line(books.checking, "2026-05-02", -1, payee="Fee"),
        line(books.card, "2026-03-09", -4_500, payee="Fuel"),
        line(books.card, "2026-03-30", 4_500, payee="Payment, thank you"),
    )
    return books


def march(books: Any, account: str) -> Statement:
    return statement.of(books.twin.store, account, *MARCH)


# lines


def test_the_lines_of_an_account_come_in_the_order_of_the_bank(banked: Any) -> None:
    bank = banked.twin.store.bank
    assert [one.cents for one in bank.of(banked.checking)] == [500_000, -12_345, 99, -1]
    assert [one.cents for one in bank.of(banked.checking, "2026-03-01", "2026-03-31")] == [-12_345, 99]
    assert bank.accounts() == sorted([banked.checking, banked.card], key=lambda one: (len(one), one))
    assert bank.days(banked.checking) == ("2026-02-27", "2026-05-02")
    assert bank.balance(banked.checking, "2026-03-31") == 487_754
    assert bank.days("999") is None


def test_every_line_has_an_id_of_its_own(banked: Any) -> None:
    ids = [one.fitid for one in banked.twin.store.bank.of(banked.checking)]
    assert len(set(ids)) == 4
    assert all(ids)
    with pytest.raises(sqlite3.IntegrityError):
        keep(banked, line(banked.checking, "2026-03-05", 1, fitid=ids[0]))
    keep(banked, line(banked.card, "2026-03-05", 1, fitid=ids[0]))


def test_the_lines_are_in_the_file(tmp_path: Any) -> None:
    twin = Twin(tmp_path / "company.sqlite")
    with twin.transaction():
        (kept,) = twin.store.bank.add([line("35", "2026-03-04", -5, payee="Fee", entity="Purchase", id="9")])
    twin.close()
    again = Twin(tmp_path / "company.sqlite")
    assert again.store.bank.of("35") == [kept]
    assert again.store.bank.standing_for("Purchase", "9") == [kept]
    again.close()


# statements


def test_a_statement_goes_on_where_the_last_one_ended(banked: Any) -> None:
    months = list(statement.monthly(banked.twin.store, banked.checking))
    assert [(one.since.month, one.opening, one.closing) for one in months] == [
        (2, 0, 500_000),
        (3, 500_000, 487_754),
        (4, 487_754, 487_754),
        (5, 487_754, 487_753),
    ]
    assert [one.until.isoformat() for one in months] == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
    assert list(statement.monthly(banked.twin.store, banked.account("Checking"))) == months


def test_an_account_without_lines_has_no_statements(books: Any) -> None:
    assert list(statement.monthly(books.twin.store, books.checking)) == []


@pytest.mark.parametrize("account", ["rent", "nothing"])
def test_only_banks_and_cards_have_statements(books: Any, account: str) -> None:
    asked = books.rent if account == "rent" else "404"
    with pytest.raises(WrongUse, match=r"at no bank|There is no account 404"):
        statement.of(books.twin.store, asked, *MARCH)
    with pytest.raises(WrongUse):
        list(statement.monthly(books.twin.store, asked))


def test_a_statement_ends_after_it_begins(banked: Any) -> None:
    with pytest.raises(WrongUse, match="ends before it begins"):
        statement.of(banked.twin.store, banked.checking, date(2026, 3, 2), date(2026, 3, 1))


# the books and the bank


def test_the_bank_is_the_books_less_what_is_outstanding_plus_what_they_do_not_know(books: Any) -> None:
    twin = books.twin
    paid = {"AccountRef": {"value": books.checking}, "PaymentType": "Check", "TxnDate": "2026-03-10"}
    cleared = books.made("Purchase", {**paid, "Line": [books.spend(40)]})
    late = books.made("Purchase", {**paid, "Line": [books.spend("17.25")]})
    short = books.made("Purchase", {**paid, "Line": [books.spend(9)]})
    in_transit = books.made(
        "SalesReceipt",
        books.sale(books.ann, 300, TxnDate="2026-03-31", DepositToAccountRef={"value": books.checking}),
    )
    keep(
        books,
        line(books.checking, "2026-03-12", -4_000, entity="Purchase", id=cleared),
        line(books.checking, "2026-03-20", -600, entity="Purchase", id=short),
        line(books.checking, "2026-03-31", -250, payee="Monthly fee"),
        line(books.checking, "2026-04-02", 30_000, entity="SalesReceipt", id=in_transit),
    )
    found = agreement.of(twin.store, books.checking, "2026-03-31")
    assert found.bank == found.book - sum(one.cents for one in found.outstanding) + sum(
        one.cents for one in found.unrecorded
    )
    assert {(one.entity, one.id): one.cents for one in found.outstanding} == {
        ("Purchase", late): -1_725,
        ("Purchase", short): -300,
        ("SalesReceipt", in_transit): 30_000,
    }
    assert [one.payee for one in found.unrecorded] == ["Monthly fee"]
    assert (found.book, found.bank) == (-6_625 + 30_000, -4_850)
    april = agreement.of(twin.store, books.checking, "2026-04-30")
    assert ("SalesReceipt", in_transit) not in {(one.entity, one.id) for one in april.outstanding}


def test_what_the_books_lost_the_bank_still_shows(books: Any) -> None:
    paid = {"AccountRef": {"value": books.checking}, "PaymentType": "Cash", "TxnDate": "2026-03-10"}
    made = books.twin.create("Purchase", {**paid, "Line": [books.spend(40)]})
    keep(books, line(books.checking, "2026-03-12", -4_000, entity="Purchase", id=made["Id"]))
    books.twin.delete("Purchase", {"Id": made["Id"], "SyncToken": "0"})
    found = agreement.of(books.twin.store, books.checking, "2026-03-31")
    assert [(one.id, one.cents) for one in found.outstanding] == [(made["Id"], 4_000)]
    assert (found.book, found.bank) == (0, -4_000)


# OFX


def sgml(data: bytes) -> ET.Element:
    """A strict reader of OFX 1.0.2: header lines, then elements of which those with text have no end."""
    head, _, body = data.partition(b"\r\n\r\n")
    wanted = ["OFXHEADER", "DATA", "VERSION", "SECURITY", "ENCODING", "CHARSET", "COMPRESSION"]
    assert [row.split(":")[0] for row in head.decode().split("\r\n")] == [*wanted, "OLDFILEUID", "NEWFILEUID"]
    rows = body.decode("cp1252").split("\r\n")
    assert rows.pop() == ""
    closed = []
    for row in rows:
        found = re.fullmatch(r"<(/?)([A-Z0-9.]+)>([^<>]*)", row)
        assert found, row
        assert not (found[1] and found[3])
        closed.append(row + (f"</{found[2]}>" if found[3] else ""))
    return ET.fromstring("".join(closed))  # noqa: S314 - our own file


def xml(data: bytes) -> ET.Element:
    declared, processing = data.split(b"\r\n", 2)[:2]
    assert declared == b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
    assert processing.startswith(b'<?OFX OFXHEADER="200" VERSION="220"')
    return ET.fromstring(data)  # noqa: S314 - our own file


READERS = {"102": sgml, "220": xml}


@pytest.mark.parametrize("version", ofx.VERSIONS)
def test_a_bank_statement_in_ofx(banked: Any, version: str) -> None:
    root = READERS[version](ofx.write([march(banked, banked.checking)], AT, version))
    assert [child.tag for child in root] == ["SIGNONMSGSRSV1", "BANKMSGSRSV1"]
    assert root.findtext("SIGNONMSGSRSV1/SONRS/DTSERVER") == "20260401083000[0:GMT]"
    found = root.find("BANKMSGSRSV1/STMTTRNRS/STMTRS")
    assert found is not None
    assert [child.tag for child in found] == ["CURDEF", "BANKACCTFROM", "BANKTRANLIST", "LEDGERBAL"]
    assert found.findtext("CURDEF") == "USD"
    assert found.findtext("BANKACCTFROM/BANKID") == ROUTING
    assert found.findtext("BANKACCTFROM/ACCTTYPE") == "CHECKING"
    assert found.findtext("BANKTRANLIST/DTSTART") == "20260301120000[0:GMT]"
    assert found.findtext("BANKTRANLIST/DTEND") == "20260331120000[0:GMT]"
    first, second = found.findall("BANKTRANLIST/STMTTRN")
    assert [(child.tag, child.text) for child in first] == [
        ("TRNTYPE", "CHECK"),
        ("DTPOSTED", "20260304120000[0:GMT]"),
        ("TRNAMT", "-123.45"),
        ("FITID", banked.twin.store.bank.of(banked.checking)[1].fitid),
        ("CHECKNUM", "1001"),
        ("NAME", "Lumber Co"),
        ("MEMO", "Invoice 7"),
    ]
    assert [child.tag for child in second] == ["TRNTYPE", "DTPOSTED", "TRNAMT", "FITID", "NAME", "MEMO"]
    assert second.findtext("TRNTYPE") == "CREDIT"
    assert second.findtext("NAME") == '=HYPERLINK("http://x.example","p'
    assert second.findtext("MEMO") == '=HYPERLINK("http://x.example","pay") </STMTTRN><OFX> & Söhne'
    assert found.findtext("LEDGERBAL/BALAMT") == "4877.54"


@pytest.mark.parametrize("version", ofx.VERSIONS)
def test_a_card_owes_and_its_number_is_masked(banked: Any, version: str) -> None:
    one = statement.of(banked.twin.store, banked.card, date(2026, 3, 1), date(2026, 3, 15))
    root = READERS[version](ofx.write([one, march(banked, banked.checking)], AT, version))
    assert [child.tag for child in root] == ["SIGNONMSGSRSV1", "BANKMSGSRSV1", "CREDITCARDMSGSRSV1"]
    found = root.find("CREDITCARDMSGSRSV1/CCSTMTTRNRS/CCSTMTRS")
    assert found is not None
    assert re.fullmatch(r"X{12}\d{4}", found.findtext("CCACCTFROM/ACCTID") or "")
    assert found.findtext("BANKTRANLIST/STMTTRN/TRNTYPE") == "DEBIT"
    assert found.findtext("LEDGERBAL/BALAMT") == "-45.00"


def test_the_older_ofx_has_no_other_characters_than_its_code_page(books: Any) -> None:
    keep(books, line(books.checking, "2026-03-04", 1, payee="Жан Söhne €"))
    data = ofx.write([march(books, books.checking)], AT)
    assert "??? Söhne €".encode("cp1252") in data


def test_other_versions_of_ofx_are_refused(banked: Any) -> None:
    with pytest.raises(WrongUse, match="not offered"):
        ofx.write([], AT, "160")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.just(HOSTILE)


@given(rows=st.lists(st.tuples(st.integers(-(10**9), 10**9), TEXTS, TEXTS), max_size=6), opening=st.integers(-999, 999))
def test_whatever_is_said_every_file_adds_up_and_its_text_is_text(rows: list[Any], opening: int) -> None:
    lines = tuple(line("1", "2026-03-04", cents, fitid=str(n), payee=a, memo=b) for n, (cents, a, b) in enumerate(rows))
    one = Statement("1", "Checking", False, False, "0000000001", "USD", *MARCH, opening, lines)
    total = sum(cents for cents, _, _ in rows)
    for version, read in READERS.items():
        found = read(ofx.write([one], AT, version)).find("BANKMSGSRSV1/STMTTRNRS/STMTRS")
        assert found is not None
        listed = [Decimal(row.findtext("TRNAMT") or "") for row in found.findall("BANKTRANLIST/STMTTRN")]
        assert [int(amount * 100) for amount in listed] == [cents for cents, _, _ in rows]
        assert Decimal(found.findtext("LEDGERBAL/BALAMT") or "") * 100 == opening + total
    for layout in csv_layouts.LAYOUTS:
        read_rows = table(csv_layouts.write(one, layout))
        body = [row for row in read_rows if row and re.match(r"\d", row[0])]
        assert len(body) == len(rows) + (layout == "balance")
    running = table(csv_layouts.write(one, "balance"))
    assert cents_of(running[1][2]) + cents_of(running[2][2]) + cents_of(running[3][2]) == cents_of(running[4][2])
    assert cents_of(running[-1][3]) == opening + total


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def cents_of(text: str) -> int:
    return int(Decimal(text.replace(",", "")) * 100)


# CSV


def test_three_layouts_of_a_bank(banked: Any) -> None:
    one = march(banked, banked.checking)
    said = '=HYPERLINK("http://x.example","pay") </STMTTRN><OFX> & Söhne'
    assert table(csv_layouts.write(one, "amount")) == [
        ["Date", "Description", "Amount"],
        ["03/04/2026", "CHECK 1001 Lumber Co Invoice 7", "-123.45"],
        ["03/04/2026", f"{said} {said}", "0.99"],
    ]
    assert table(csv_layouts.write(one, "debit-credit")) == [
        ["Date", "Description", "Debit", "Credit"],
        ["2026-03-04", "CHECK 1001 Lumber Co Invoice 7", "123.45", ""],
        ["2026-03-04", f"{said} {said}", "", "0.99"],
    ]
    assert table(csv_layouts.write(one, "balance")) == [
        ["Description", "", "Summary Amt."],
        ["Beginning balance as of 03/01/2026", "", "5,000.00"],
        ["Total credits", "", "0.99"],
        ["Total debits", "", "-123.45"],
        ["Ending balance as of 03/31/2026", "", "4,877.54"],
        [],
        ["Date", "Description", "Amount", "Running Bal."],
        ["03/01/2026", "Beginning balance as of 03/01/2026", "", "5,000.00"],
        ["03/04/2026", "CHECK 1001 Lumber Co Invoice 7", "-123.45", "4,876.55"],
        ["03/04/2026", f"{said} {said}", "0.99", "4,877.54"],
    ]


def test_other_layouts_are_refused(banked: Any) -> None:
    with pytest.raises(WrongUse, match="no CSV layout"):
        csv_layouts.write(march(banked, banked.checking), "qif")


# the twin's door


def test_statements_are_files_at_the_twins_own_door(company: Any) -> None:
    books = company.books
    keep(books, line(books.checking, "2026-03-04", 700, payee="Ann"), line(books.checking, "2026-04-04", -50))
    listed = company.http.get("/twin/statements").json()
    assert listed == {
        "statements": [
            {"account": books.checking, "name": "Checking", "first": "2026-03-04", "last": "2026-04-04"},
        ]
    }
    whole = company.http.get(f"/twin/statements/{books.checking}.ofx", params={"version": "220"})
    assert whole.headers["content-type"] == "application/x-ofx"
    assert len(xml(whole.content).findall("BANKMSGSRSV1/STMTTRNRS")) == 2
    days = {"from": "2026-03-01", "to": "2026-03-31"}
    one = company.http.get(f"/twin/statements/{books.checking}.csv", params={**days, "layout": "balance"})
    assert one.headers["content-type"] == "text/csv; charset=utf-8"
    assert one.content == csv_layouts.write(march(books, books.checking), "balance")


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("35", {}, "such as 35.ofx"),
        ("35.qif", {}, "such as 35.ofx"),
        ("404.ofx", {}, "no account 404"),
        ("35.ofx", {"from": "2026-03-01"}, "belong together"),
        ("35.ofx", {"from": "2026-03-01", "to": "soon"}, "'soon' is no day"),
        ("35.csv", {}, "A CSV file is one statement"),
        ("35.csv", {"version": "102"}, "'version' is nothing"),
    ],
)
def test_what_makes_no_sense_is_refused(company: Any, name: str, asked: dict[str, str], said: str) -> None:
    answer = company.http.get(f"/twin/statements/{name}", params=asked)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
