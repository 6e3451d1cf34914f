"""Files that a person imports at the screens, in the columns of QuickBooks' own templates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.errors import WrongUse

from .conftest import Books
from .test_screens import last, refused

INVOICES = "*InvoiceNo,*Customer,*InvoiceDate,*DueDate,Terms,Memo,Item(Product/Service),ItemDescription,ItemQuantity,ItemRate,*ItemAmount,Service Date\n"
BILLS = "*BillNo,*Vendor,*BillDate,*DueDate,Memo,*Account,LineDescription,*LineAmount\n"


def imported(books: Books, entity: str, text: str, **more: Any) -> Any:
    return books.twin.screens.import_file(entity, text, **more)


def test_customers_and_vendors(books: Books) -> None:
    text = '\ufeffname,COMPANY,Email,Phone,Street,City,State,ZIP\r\n"Nine, Inc.",Nine,a@b.example,555,1 Way,Reno,NV,89501\r\n\r\n=2+2,,,,,,,\r\n'
    first, second = imported(books, "Customer", text)["ids"]
    body = books.get("Customer", first)
    assert (body["DisplayName"], body["CompanyName"]) == ("Nine, Inc.", "Nine")
    assert body["PrimaryEmailAddr"]["Address"] == "a@b.example"
    assert body["BillAddr"]["PostalCode"] == "89501"
    assert books.get("Customer", second)["DisplayName"] == "=2+2"
    (vendor,) = imported(books, "Vendor", "Name,Tax ID\nNew Lumber,12-345\n")["ids"]
    assert books.get("Vendor", vendor)["DisplayName"] == "New Lumber"


def test_the_rows_of_one_number_are_one_invoice(books: Books) -> None:
    rows = (
        'X-1,Ann,02/28/2026,03/30/2026,,Hello,Digging,By hand,2,"$1,000.50","2,001.00",\n'
        "X-1,Ann,02/28/2026,,,,Digging,,,,5,\nX-2,bob,03/01/2026,,,,Digging,,1,3,3,\n"
    )
    first, second = imported(books, "Invoice", INVOICES + rows)["ids"]
    body = books.get("Invoice", first)
    assert (body["DocNumber"], body["TxnDate"], body["DueDate"]) == ("X-1", "2026-02-28", "2026-03-30")
    assert (body["TotalAmt"], body["PrivateNote"]) == (2006, "Hello")
    assert body["Line"][0]["SalesItemLineDetail"]["Qty"] == 2
    assert books.get("Invoice", second)["CustomerRef"]["value"] == books.bob
    assert int(second) == int(first) + 1
    assert len({event.at for event in last(books, 2)}) == 1


def test_bills_post_to_named_accounts(books: Books) -> None:
    ann = books.twin.screens.invite("Ann", "ann@example.com")["id"]
    made = imported(books, "Bill", f"{BILLS}7,Lumber Co,02/03/2026,03/05/2026,,Rent,March,12.50\n", by=ann)["ids"]
    body = books.get("Bill", made[0])
    assert (body["TotalAmt"], body["DocNumber"]) == (Decimal("12.50"), "7")
    assert body["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == books.rent
    assert books.twin.store.trail.of("Bill", made[0])[0].user == ann


def test_missing_names_are_added_when_asked(books: Books) -> None:
    text = INVOICES + "9,Zoe,02/01/2026,,,,Weeding,,,,10,\n10,Zoe,02/01/2026,,,,Weeding,,,,11,\n"
    refused(books, "Row 2: 'Zoe' is not in the list of Customer", books.twin.screens.import_file, "Invoice", text)
    done = imported(books, "Invoice", text, add_missing=True)
    assert [row["entity"] for row in done["added"]] == ["Customer", "Item"]
    assert books.get("Customer", done["added"][0]["id"])["Balance"] == 21
    text = BILLS + "7,Lumber Co,02/03/2026,,,Nowhere,,1\n"
    refused(
        books, "'Nowhere' is not in the list of Account", books.twin.screens.import_file, "Bill", text, add_missing=True
    )


def test_elsewhere_the_day_comes_first(books: Books) -> None:
    info = books.get("CompanyInfo", "1")
    books.twin.put_raw("CompanyInfo", _encoded({**info, "Country": "GB"}))
    (made,) = imported(books, "Bill", f"{BILLS}7,Lumber Co,03/02/2026,,,Rent,,1\n")["ids"]
    assert books.get("Bill", made)["TxnDate"] == "2026-02-03"


def _encoded(body: dict[str, Any]) -> bytes:
    from akika_forensics.model.payload import encode

    return encode(body)


def test_a_faulty_file_imports_nothing(books: Books) -> None:
    call = books.twin.screens.import_file
    good = "1,Lumber Co,02/03/2026,,,Rent,,1\n"
    refused(books, "Row 3: 'soon' is no date", call, "Bill", f"{BILLS}{good}2,Lumber Co,soon,,,Rent,,1\n")
    refused(books, "Row 3: 'much' is no amount", call, "Bill", f"{BILLS}{good}2,Lumber Co,02/03/2026,,,Rent,,much\n")
    for much in ("NaN", "Infinity", "1e400"):
        row = f"2,Lumber Co,02/03/2026,,,Rent,,{much}\n"
        refused(books, f"Row 3: '{much}' is no amount", call, "Bill", f"{BILLS}{good}{row}")
    refused(books, "1000 rows at most", call, "Customer", "Name\n" + "".join(f"C{n}\n" for n in range(1001)))
    refused(books, "Row 2 was not imported", call, "Customer", "Name\nNew one\nAnn\n")
    for entity, text, said in (
        ("Payment", "", "cannot be imported"),
        ("Bill", "a,b\n1,2\n", "no column BillNo"),
        ("Customer", "", "no column Name"),
        ("Customer", "Name\n\n", "no rows"),
        ("Customer", "Name\n" + "x" * 200_000, "no CSV file"),
    ):
        with pytest.raises(WrongUse, match=said):
            call(entity, text)


def test_closed_books_ask_for_the_password(books: Books) -> None:
    books.twin.screens.close_books("2026-02-28", "sesame")
    text = f"{BILLS}1,Lumber Co,02/03/2026,,,Rent,,1\n"
    refused(books, "closing date password", books.twin.screens.import_file, "Bill", text)
    assert len(imported(books, "Bill", text, password="sesame")["ids"]) == 1
