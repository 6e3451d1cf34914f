"""PDFs of documents, and sending them by e-mail."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin.papers import pdf

from .conftest import Books
from .served_scene import Company

PRINTED = sorted(row.name for row in CATALOGUE.values() if row.can("pdf"))
SENT = sorted(row.name for row in CATALOGUE.values() if row.can("send"))


def read(content: bytes) -> list[str]:
    """The text of every page, from a reader that complains of the least fault."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content), strict=True).pages]


def document(books: Books, entity: str, **more: Any) -> dict[str, Any]:
    twin = books.twin
    match entity:
        case "Payment":
            invoice = twin.create("Invoice", books.sale(books.ann, 60))
            body = {"CustomerRef": {"value": books.ann}, **books.pays(60, ("Invoice", invoice["Id"], 60))}
        case "PurchaseOrder":
            payable = books.made("Account", {"Name": "Owed", "AccountType": "Accounts Payable"})
            body = {"VendorRef": {"value": books.lumber}, "Line": [books.stock_up(3, 15)]}
            body["APAccountRef"] = {"value": payable}
        case _:
            body = books.sale(books.ann, 60, item=books.pump, qty=5)
            if entity == "RefundReceipt":
                body["DepositToAccountRef"] = {"value": books.checking}
    return twin.create(entity, {**body, **more})


@pytest.mark.parametrize("entity", PRINTED)
def test_every_document_that_is_printed_says_what_it_is(company: Company, books: Books, entity: str) -> None:
    made = document(books, entity)
    answer = company.get(f"{entity.lower()}/{made['Id']}/pdf", headers={"Accept": "application/pdf, application/json"})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.content.startswith(b"%PDF-1.4\n")
    (text,) = read(answer.content)
    assert "Garden & Sons" in text
    assert f"Number: {made.get('DocNumber') or made['Id']}" in text
    assert ("Lumber Co" if entity == "PurchaseOrder" else "Ann") in text
    assert f"{made['TotalAmt']:.2f}" in text
    assert {"Payment": "Invoice 1001"}.get(entity, "Pump") in text


def test_lines_totals_and_long_documents(books: Books) -> None:
    body = books.sale(books.ann, 1234.5, TxnDate="2026-02-03", CustomerMemo={"value": "Thank you (really) \\o/"})
    line = body["Line"][0]
    body["Line"] = [{**line, "Description": f"Day {number}\nof digging"} for number in range(120)]
    discount = {"PercentBased": True, "DiscountPercent": 10}
    body["Line"].append({"Amount": 14814, "DetailType": "DiscountLineDetail", "DiscountLineDetail": discount})
    made = books.twin.create("Invoice", body)
    pages = read(books.twin.pdf("Invoice", made["Id"]))
    assert len(pages) == 3
    whole = "\n".join(pages)
    assert all(f"Day {number} of digging" in whole for number in range(120))
    assert whole.count("1,234.50") == 120
    assert "-14,814.00" in whole
    assert "133,326.00" in pages[-1]
    assert "Thank you (really) \\o/" in pages[0]
    assert [f"Page {at} of 3" in page for at, page in enumerate(pages, 1)] == [True] * 3


def test_what_has_no_paper(company: Company, books: Books) -> None:
    company.fault(company.get("bill/1/pdf"), 400, "500")
    company.fault(company.get("invoice/99/pdf"), 400, "610")
    company.fault(company.get("invoice/x/pdf"), 400, "2030")
    company.fault(company.get("shoe/1/pdf"), 400, "500")
    made = document(books, "Invoice")
    assert company.http.post(company.path(f"invoice/{made['Id']}/pdf")).status_code == 400


@given(st.lists(st.lists(st.text(max_size=40), max_size=5), min_size=1, max_size=3), st.text(max_size=20))
def test_any_text_makes_a_file_that_opens(pages: list[list[str]], title: str) -> None:
    sheets = [[pdf.Text(50, 700 - 20 * at, 10, one) for at, one in enumerate(page)] for page in pages]
    content = pdf.file(title, sheets)
    reader = PdfReader(io.BytesIO(content), strict=True)
    assert len(reader.pages) == len(pages)
    for page, texts in zip(reader.pages, pages, strict=True):
        found = page.extract_text()
        for one in texts:
            if one.isascii() and one.isalnum():
                assert one in found


@pytest.mark.parametrize("entity", SENT)
def test_a_document_that_is_sent_says_so(company: Company, books: Books, entity: str) -> None:
    made = document(books, entity)
    path = f"{entity.lower()}/{made['Id']}/send"
    before = company.books.twin.dump()
    company.fault(company.send(path, b"", "application/octet-stream"), 400, "6000")
    assert books.twin.dump() == before
    answer = company.send(path, b"", "application/octet-stream", sendTo="ann@example.com")
    assert answer.status_code == 200, answer.text
    body = answer.json()[entity]
    assert body["SyncToken"] == made["SyncToken"]
    assert body["MetaData"]["LastUpdatedTime"] > made["MetaData"]["LastUpdatedTime"]
    if entity != "Payment":
        field = "POEmail" if entity == "PurchaseOrder" else "BillEmail"
        assert (body["EmailStatus"], body[field]) == ("EmailSent", {"Address": "ann@example.com"})
        company.fault(company.send(path, b"", "application/octet-stream", sendTo="nobody"), 400, "2040")
        assert company.send(path, b"", "application/octet-stream").status_code == 200
    if entity not in {"Payment", "PurchaseOrder"}:
        assert body["DeliveryInfo"] == {
            "DeliveryType": "Email",
            "DeliveryTime": body["MetaData"]["LastUpdatedTime"],
        }
    assert company.server.log[1].applied == [f"send {entity}:{made['Id']}"]


def test_a_payment_goes_to_its_customers_address(books: Books) -> None:
    made = document(books, "Payment")
    books.refused("6000", books.twin.send, "Payment", made["Id"])
    ann = books.get("Customer", books.ann)
    books.twin.update("Customer", {**ann, "PrimaryEmailAddr": {"Address": "ann@example.com"}})
    assert books.twin.send("Payment", made["Id"])["Id"] == made["Id"]


def test_a_sent_document_stays_sent_when_it_is_changed(books: Books) -> None:
    made = document(books, "Invoice", BillEmail={"Address": "ann@example.com"})
    sent = books.twin.send("Invoice", made["Id"])
    changed = books.twin.update("Invoice", {**sent, "PrivateNote": "x"})
    assert (changed["EmailStatus"], changed["DeliveryInfo"]) == ("EmailSent", sent["DeliveryInfo"])


def test_what_cannot_be_sent(company: Company, books: Books) -> None:
    def ask(path: str) -> Any:
        return company.send(path, b"", "application/octet-stream", sendTo="a@b.example")

    company.fault(ask("bill/1/send"), 400, "500")
    company.fault(ask("invoice/99/send"), 400, "610")
    company.fault(ask("invoice/x/send"), 400, "2030")
    company.fault(company.get("invoice/1/send"), 400, "500")


def test_forty_mails_are_a_days_measure(books: Books) -> None:
    made = document(books, "Invoice")
    for _ in range(40):
        books.twin.send("Invoice", made["Id"], "a@b.example")
    books.refused("6000", books.twin.send, "Invoice", made["Id"], "a@b.example")
    books.clock.now += timedelta(days=1)
    assert books.twin.send("Invoice", made["Id"], "a@b.example")["EmailStatus"] == "EmailSent"
