"""The Audit Log as the screens export it tells what was done, and no more than it can."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from akika_forensics.cli.app import main
from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import QuickBooksFault
from akika_forensics.twin.people import local_time
from akika_forensics.twin.people.audit_log import FAMILIES, MOST, Asked, families
from akika_forensics.twin.people.trail import Event
from akika_forensics.twin.people.wording import Words
from akika_forensics.twin.statements.lines import BankLine

from .conftest import Books, ref

SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"
AT = datetime(2026, 2, 19, 22, 8, 30, tzinfo=UTC)


def rows(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def texts(books: Books, **asked: Any) -> list[str]:
    """The events, newest first."""
    return [row[2] for row in rows(books.twin.audit_log(Asked(**asked)))[1:]]


def tell(books: Books, *events: Event) -> None:
    with books.twin.transaction():
        books.twin.store.trail.add(events)


def event(verb: str, entity: str, at: datetime = AT, **more: Any) -> Event:
    row = {
        "seq": 0,
        "user": "7",
        "name": "Ann",
        "kind": "person",
        "id": "1",
        "request": None,
        "doc": "",
        "party": "",
        "date": "",
        "cents": None,
        "indirect": False,
        "detail": "",
        **more,
    }
    return Event(verb=verb, entity=entity, at=int(at.timestamp()) * 1_000_000, **row)


# forms


def test_the_native_form_has_three_columns(books: Books) -> None:
    tell(books, event("created", "Account", party="Opening Balance Equity", at=AT + timedelta(days=30)))
    header, first = rows(books.twin.audit_log())[:2]
    assert header == ["Date Changed", "User", "Event"]
    assert first == ["Mar 21, 2026, 3:08 pm Pacific Daylight Time", "Ann", "Added account Opening Balance Equity"]


def test_the_wide_form_has_a_block_and_columns_of_its_own(books: Books) -> None:
    told = event("deleted", "Bill", doc="77", party="Lumber Co", date="2026-02-01", cents=-123_456_7)
    tell(books, told)
    asked = Asked(since=date(2026, 2, 1), until=date(2026, 2, 28), form="wide")
    block, body = rows(books.twin.audit_log(asked))[:4], rows(books.twin.audit_log(asked))[4:]
    assert block == [["Garden & Sons"], ["Audit Log"], ["February 1, 2026 - February 28, 2026"], []]
    assert body == [
        ["Date Changed", "User", "Event", "Name", "Date", "Amount"],
        [
            "Feb 19, 2026, 2:08 pm Pacific Standard Time",
            "Ann",
            "Deleted Bill No. 77",
            "Lumber Co",
            "02/01/2026",
            "-12,345.67",
        ],
    ]
    assert rows(books.twin.audit_log(Asked(form="wide")))[2] == ["All Dates"]


def test_text_from_the_books_stays_text(books: Books) -> None:
    name = '=cmd|" /C calc"!A1\nSecond, line'
    tell(books, event("updated", "Vendor", party=name, at=AT + timedelta(days=30)))
    assert texts(books)[0] == f"Edited Vendor {name}"


@pytest.mark.parametrize("asked", [{"family": "everything"}, {"form": "pdf"}])
def test_what_is_not_offered_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(WrongUse):
        Asked(**asked)


# words


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            event("created", "Invoice", doc="1042", party="Ann", cents=100_000),
            "Added Invoice No. 1042 for Ann for $1000.00",
        ),
        (event("updated", "Invoice", doc="1042", party="Ann", cents=100_000), "Edited Invoice No. 1042 for Ann"),
        (event("updated", "Invoice", party="Ann", indirect=True), "Edited, Indirect Invoice for Ann"),
        (
            event("created", "BillPayment", party="Acme", cents=100_000, detail='{"type": "Bill Payment (Check)"}'),
            "Added Bill Payment (Check) to Acme for $1000.00",
        ),
        (event("deleted", "Purchase", cents=5, detail='{"type": "Expense"}'), "Deleted Expense for $0.05"),
        (event("voided", "Paycheck", doc="9", party="Ed"), "Voided Payroll Check No. 9 to Ed"),
        (event("created", "TaxCode", party="State"), "Added Tax Group State"),
        (event("updated", "Preferences"), "Edited settings"),
        (event("updated", "Preferences", detail='{"settings": "closing date"}'), "Edited settings: closing date"),
        (event("reconciled", "Account", party="Checking", cents=5), "Reconciled Checking"),
        (event("merged", "Vendor", party="Acme"), "Edited Vendor Acme"),
        (event("created", "User", party="Ann"), "Added user Ann"),
        (event("signed in", "User", party="Ann"), "Signed in"),
        (
            event("disconnected", "Account", party="Checking", detail='{"bank": "First"}'),
            "Online Banking connection disabled from First to Checking",
        ),
        (
            event("downloaded", "Account", party="Checking", detail='{"bank": "First"}'),
            "Manually updated Online Banking accounts for First",
        ),
    ],
)
def test_every_event_has_its_words(told: Event, said: str) -> None:
    assert Words().event(told) == said


def test_other_countries_have_their_own_words() -> None:
    words = Words("GB", "GBP")
    paid = event("created", "BillPayment", party="Acme", cents=50, detail='{"type": "Bill Payment (Check)"}')
    assert words.event(paid) == "Added Bill Payment (Cheque) to Acme for £0.50"
    assert words.event(event("created", "Vendor", party="Acme")) == "Added Supplier Acme"
    assert Words("US", "CHF").amount(-150) == "-CHF 1.50"


def test_every_kind_of_record_has_a_name_and_a_family() -> None:
    for entity in CATALOGUE:
        assert Words().event(event("created", entity)).startswith("Added ")
        assert set(families(event("created", entity))) < set(FAMILIES)


# time


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("America/New_York", "5:08 pm Eastern Standard Time", "6:08 pm Eastern Daylight Time"),
        ("America/Phoenix", "3:08 pm Mountain Standard Time", "3:08 pm Mountain Standard Time"),
        ("Europe/London", "10:08 pm Greenwich Mean Time", "11:08 pm British Summer Time"),
        ("Asia/Kolkata", "3:38 am India Standard Time", "3:38 am India Standard Time"),
        ("Asia/Tokyo", "7:08 am GMT+09:00", "7:08 am GMT+09:00"),
    ],
)
def test_times_are_local_and_name_their_zone(zone: str, winter: str, summer: str) -> None:
    for moment, said in ((AT, winter), (AT.replace(month=7), summer)):
        assert local_time.to_the_minute(moment.astimezone(ZoneInfo(zone))).endswith(f", 2026, {said}")


def test_midnight_and_noon_are_twelve() -> None:
    day = datetime(2026, 3, 4, tzinfo=ZoneInfo("UTC"))
    said = [local_time.to_the_minute(day.replace(hour=hour)) for hour in (0, 12)]
    assert said == [f"Mar 4, 2026, 12:00 {half} Coordinated Universal Time" for half in ("am", "pm")]


def test_the_zone_is_that_of_the_company(books: Books) -> None:
    info = books.get("CompanyInfo", "1")
    books.twin.put_raw("CompanyInfo", _encoded({**info, "DefaultTimeZone": "America/New_York"}))
    tell(books, event("signed in", "User", at=AT + timedelta(days=30)))
    assert rows(books.twin.audit_log())[1][0] == "Mar 21, 2026, 6:08 pm Eastern Daylight Time"
    for unknown in ("Mars/Olympus", "", None):
        assert local_time.zone_of({"DefaultTimeZone": unknown}).key == "America/Los_Angeles"


def _encoded(body: dict[str, Any]) -> bytes:
    from akika_forensics.model.payload import encode

    return encode(body)


# what is shown


def test_the_newest_comes_first_and_the_filters_choose(books: Books) -> None:
    for number, (verb, entity) in enumerate(
        [
            ("created", "Invoice"),
            ("deleted", "Invoice"),
            ("created", "Vendor"),
            ("signed in", "User"),
            ("reconciled", "Account"),
        ]
    ):
        tell(books, event(verb, entity, at=AT + timedelta(days=number), name=f"User {number}"))
    asked = {"since": date(2026, 2, 19), "until": date(2026, 2, 22)}
    assert texts(books, **asked) == ["Signed in", "Added Vendor", "Deleted Invoice", "Added Invoice"]
    assert texts(books, family="transactions", **asked) == ["Deleted Invoice", "Added Invoice"]
    assert texts(books, family="deleted/voided", **asked) == ["Deleted Invoice"]
    assert texts(books, family="reconciliations") == ["Reconciled "]
    assert texts(books, family="sign-in/out", user="User 3") == ["Signed in"]
    assert texts(books, user="User 9") == []


def test_the_day_of_a_filter_is_the_companys(books: Books) -> None:
    tell(books, event("signed in", "User", at=datetime(2026, 2, 20, 5, tzinfo=UTC)))
    assert texts(books, family="sign-in/out", since=date(2026, 2, 20)) == []
    assert texts(books, family="sign-in/out", until=date(2026, 2, 19)) == ["Signed in"]


def test_ten_thousand_rows_are_all_there_is(books: Books) -> None:
    tell(books, *(event("signed in", "User", at=AT + timedelta(seconds=number)) for number in range(MOST + 5)))
    found = rows(books.twin.audit_log(Asked(family="sign-in/out")))
    assert len(found) == MOST + 1
    newest = local_time.to_the_minute((AT + timedelta(seconds=MOST + 4)).astimezone(ZoneInfo("America/Los_Angeles")))
    assert found[1][0] == newest


def test_after_two_years_nothing_is_left(books: Books) -> None:
    now = books.clock()
    tell(
        books,
        event("signed in", "User", at=now - timedelta(days=731)),
        event("signed out", "User", at=now - timedelta(days=729)),
    )
    assert texts(books, family="sign-in/out") == ["Signed out"]


def test_names_of_nobody_and_of_the_service(books: Books) -> None:
    fitid = _banked(books)[0].fitid
    screens = books.twin.screens
    screens.connect_bank(books.checking, "First Bank")
    screens.add(books.checking, fitid, books.rent)
    screens.disconnect_bank(books.checking)
    tell(books, event("signed in", "User", name="", at=books.clock()))
    found = {row[2]: row[1] for row in rows(books.twin.audit_log())[1:]}
    assert found["Online Banking connection enabled from First Bank to Checking"] == "Online Banking Administration"
    assert found["Online Banking connection disabled from First Bank to Checking"] == "Online Banking Administration"
    assert found["Added Expense for $5.00"] == "Craig Carlson"
    assert found["Added Vendor Lumber Co"] == "System Administration"
    assert found["Signed in"] == "(deleted user)"


def _banked(books: Books) -> list[BankLine]:
    with books.twin.transaction():
        return books.twin.store.bank.add([BankLine(books.checking, "2026-01-05", -500)])


# the same story as the log of requests


def test_the_audit_log_tells_the_story_of_the_request_log(company: Any) -> None:
    books: Books = company.books
    since = books.twin.store.trail.last()
    made = company.post("bill", {"VendorRef": ref(books.lumber), "Line": [books.spend(9)], "DocNumber": "B1"}).json()[
        "Bill"
    ]
    company.post("bill", {"VendorRef": ref("404"), "Line": [books.spend(9)]})
    company.post("bill", {**made, "PrivateNote": "late"})
    sold = company.post("invoice", {**books.sale(books.ann, 30), "DocNumber": "S1"}).json()["Invoice"]
    company.post("payment", {"CustomerRef": ref(books.ann), **books.pays(30, ("Invoice", sold["Id"], 30))})
    company.post("invoice", sold, operation="void")
    items = [
        {"bId": "1", "operation": "create", "Vendor": {"DisplayName": "New"}},
        {"bId": "2", "operation": "create", "Vendor": {"DisplayName": "Lumber Co"}},
    ]
    company.post("batch", {"BatchItemRequest": items})
    company.post("bill", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    told = books.twin.store.trail.events(since)
    logged = {entry.seq: entry for entry in books.twin.log}
    direct = [one for one in told if not one.indirect and one.entity != "Account"]
    acts = [f"{_WORDS[one.verb]} {one.entity}:{one.id}" for one in direct]
    applied = [act for entry in books.twin.log for act in entry.applied]
    assert acts == applied
    assert all(f"{_WORDS[one.verb]} {one.entity}:{one.id}" in logged[one.request or 0].applied for one in direct)
    exported = rows(books.twin.audit_log())[1 : len(told) + 1]
    assert [row[2] for row in exported if "account" not in row[2]] == [
        "Deleted Bill No. B1 for Lumber Co for $9.00",
        "Added Vendor New",
        "Edited, Indirect Payment for Ann",
        "Voided Invoice No. S1 for Ann",
        "Edited, Indirect Invoice No. S1 for Ann",
        "Added Payment for Ann for $30.00",
        "Added Invoice No. S1 for Ann for $30.00",
        "Edited Bill No. B1 for Lumber Co",
        "Added Bill No. B1 for Lumber Co for $9.00",
    ]


_WORDS = {"created": "create", "updated": "update", "deleted": "delete", "voided": "void"}


# the twin's door and the command


def test_it_is_a_file_at_the_door_and_a_command(company: Any, tmp_path: Path, capsys: Any) -> None:
    books: Books = company.books
    answer = company.http.get("/twin/audit-log.csv", params={"events": "lists", "form": "wide"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content == books.twin.audit_log(Asked(family="lists", form="wide"))
    for wrong in ({"events": "x"}, {"from": "soon"}, {"color": "red"}):
        assert company.http.get("/twin/audit-log.csv", params=wrong).status_code == 400
    out = tmp_path / "audit.csv"
    command = ["twin", "audit-log", "--url", company.server.base_url, "--out", str(out), "--events", "lists"]
    assert main(command) == 0
    assert out.read_bytes() == books.twin.audit_log(Asked(family="lists"))
    assert main(command) != 0
    assert main([*command[:5], str(tmp_path / "other.csv"), "--form", "pdf"]) != 0
    assert "no Audit Log in the form" in capsys.readouterr().err


ACTS = st.lists(
    st.tuples(st.sampled_from(["sell", "bill", "edit", "void", "delete", "refused", "person"]), st.integers(0, 99))
)


@settings(max_examples=200 if SOAK else 12, phases=[Phase.explicit, Phase.generate])
@given(acts=ACTS)
def test_after_any_sequence_the_log_has_what_was_applied_and_nothing_else(acts: list[tuple[str, int]]) -> None:
    """The expectation is kept by hand, beside the twin; indirect edits are told apart."""
    books = Books()
    try:
        books.twin.screens.invite("Ann", "ann@example.com")
        before, told, made = len(_direct(books)), [], []
        for act, number in acts:
            _do(books, act, number, told, made)
        found = _direct(books)
        assert [(row[1], row[2]) for row in found[: len(found) - before]] == told[::-1]
    finally:
        books.twin.close()


def _direct(books: Books) -> list[list[str]]:
    """Rows without indirect edits and without the accounts that QuickBooks makes for itself."""
    return [row for row in rows(books.twin.audit_log())[1:] if "Indirect" not in row[2] and " account " not in row[2]]


def _do(books: Books, act: str, number: int, told: list[tuple[str, str]], made: list[tuple[str, str, str]]) -> None:
    who, doc = "System Administration", f"D{len(told)}"
    match act:
        case "sell" | "person":
            body = {**books.sale(books.ann, number + 1), "DocNumber": doc}
            if act == "sell":
                record_id = books.made("Invoice", body)
            else:
                who, record_id = "Ann", books.twin.screens.enter("Invoice", body, by="Ann")["id"]
            made.append(("Invoice", record_id, f"Invoice No. {doc} for Ann"))
            told.append((who, f"Added Invoice No. {doc} for Ann for ${number + 1}.00"))
        case "bill":
            body = {"VendorRef": ref(books.lumber), "Line": [books.spend(number + 1)], "DocNumber": doc}
            made.append(("Bill", books.made("Bill", body), f"Bill No. {doc} for Lumber Co"))
            told.append((who, f"Added Bill No. {doc} for Lumber Co for ${number + 1}.00"))
        case "refused":
            with pytest.raises(QuickBooksFault):
                books.made("Bill", {"VendorRef": ref("404"), "Line": [books.spend(1)]})
        case _ if made:
            entity, record_id, said = made[number % len(made)]
            body = books.get(entity, record_id)
            if act == "edit":
                if body.get("PrivateNote") != str(number):
                    books.twin.update(entity, {**body, "sparse": True, "PrivateNote": str(number)})
                    told.append((who, f"Edited {said}"))
            elif act == "void":
                if not str(body.get("PrivateNote")).startswith("Voided"):
                    books.twin.screens.void(entity, record_id, by="Ann")
                    told.append(("Ann", f"Voided {said}"))
            else:
                total = body["TotalAmt"]
                books.twin.delete(entity, body)
                made.remove((entity, record_id, said))
                told.append((who, f"Deleted {said} for ${total:.2f}"))
