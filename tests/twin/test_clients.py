"""Other people's clients against the served company: python-quickbooks and intuit-oauth."""

from __future__ import annotations

import base64
import hashlib
import hmac
import warnings
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from akika_forensics.twin import TwinServer, serve

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from intuitlib.client import AuthClient
    from intuitlib.enums import Scopes
    from intuitlib.exceptions import AuthClientError
    from quickbooks import QuickBooks
    from quickbooks.batch import batch_create, batch_delete
    from quickbooks.cdc import change_data_capture
    from quickbooks.exceptions import QuickbooksException
    from quickbooks.objects.account import Account
    from quickbooks.objects.attachable import Attachable
    from quickbooks.objects.base import AttachableRef, LinkedTxn, Ref
    from quickbooks.objects.bill import Bill
    from quickbooks.objects.billpayment import BillPayment, BillPaymentLine, CheckPayment
    from quickbooks.objects.customer import Customer
    from quickbooks.objects.deposit import Deposit, DepositLine, DepositLineDetail
    from quickbooks.objects.detailline import (
        AccountBasedExpenseLine,
        AccountBasedExpenseLineDetail,
        SalesItemLine,
        SalesItemLineDetail,
    )
    from quickbooks.objects.invoice import Invoice
    from quickbooks.objects.item import Item
    from quickbooks.objects.journalentry import JournalEntry, JournalEntryLine, JournalEntryLineDetail
    from quickbooks.objects.payment import Payment, PaymentLine
    from quickbooks.objects.preferences import Preferences
    from quickbooks.objects.salesreceipt import SalesReceipt
    from quickbooks.objects.vendor import Vendor

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def server(books: Any) -> Iterator[TwinServer]:
    with serve(books.twin) as served:
        yield served


@pytest.fixture
def auth(server: TwinServer, monkeypatch: pytest.MonkeyPatch) -> AuthClient:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    given = server.credentials
    discovery = f"{server.base_url}/.well-known/openid_configuration"
    return AuthClient(given.client_id, given.client_secret, "http://localhost/back", discovery)


@pytest.fixture
def client(server: TwinServer, auth: AuthClient, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{server.base_url}/v3")
    return QuickBooks(
        auth_client=auth, refresh_token=server.credentials.refresh_token, company_id=server.realm_id, minorversion=75
    )


def named(value: str, name: str = "", kind: str = "") -> Ref:
    made = Ref()
    made.value, made.name, made.type = value, name, kind
    return made


def invoice_for(books: Any, customer: str, amount: float = 120) -> Invoice:
    line = SalesItemLine()
    line.Amount = amount
    line.Description = "Digging a pond"
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = named(books.digging)
    made = Invoice()
    made.CustomerRef = named(customer)
    made.Line.append(line)
    return made


def linked(amount: float, kind: str, record_id: str, line: Any) -> Any:
    line.Amount = amount
    link = LinkedTxn()
    link.TxnId, link.TxnType, link.TxnLineId = record_id, kind, 0
    line.LinkedTxn.append(link)
    return line


def test_the_browser_step_gives_tokens_that_work_and_refresh_and_end(server: TwinServer, auth: AuthClient) -> None:
    url = auth.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID], state_token="s1")
    answer = httpx.get(url, follow_redirects=False)
    assert answer.status_code == 302
    back = httpx.URL(answer.headers["location"]).params
    assert back["state"] == "s1"
    assert back["realmId"] == server.realm_id
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    first, access = auth.refresh_token, auth.access_token
    auth.refresh()
    assert auth.refresh_token == first, "replaced once a day"
    assert auth.access_token != access
    for token in (access, auth.access_token):
        assert (
            httpx.get(
                f"{server.base_url}/v1/openid_connect/userinfo", headers={"Authorization": f"Bearer {token}"}
            ).status_code
            == 200
        )
    auth.revoke(auth.refresh_token)
    with pytest.raises(AuthClientError) as caught:
        auth.refresh()
    assert caught.value.status_code == 400


def test_names_are_created_read_changed_and_made_inactive(client: QuickBooks, books: Any) -> None:
    customer = Customer()
    customer.DisplayName = "Cy O'Hara"
    customer.GivenName = "Cy"
    customer = customer.save(qb=client)
    assert customer.Id
    again = Customer.get(int(customer.Id), qb=client)
    assert again.DisplayName == again.PrintOnCheckName == "Cy O'Hara"
    again.Notes = "likes ponds"
    again = again.save(qb=client)
    assert (again.SyncToken, again.Notes) == ("1", "likes ponds")
    assert [found.Id for found in Customer.filter(DisplayName="Cy O'Hara", qb=client)] == [customer.Id]
    again.Active = False
    again = again.save(qb=client)
    assert books.get("Customer", customer.Id)["DisplayName"] == "Cy O'Hara (deleted)"
    assert Customer.filter(Active=True, DisplayName="Cy O'Hara", qb=client) == []
    twin = Vendor()
    twin.DisplayName = "Ann"
    with pytest.raises(QuickbooksException) as caught:
        twin.save(qb=client)
    assert caught.value.error_code == 6240


def test_an_invoice_is_paid_deposited_and_deleted(client: QuickBooks, books: Any) -> None:
    invoice = invoice_for(books, books.ann)
    invoice = invoice.save(qb=client)
    assert (invoice.TotalAmt, invoice.Balance, invoice.DocNumber) == (120, 120, "1001")
    payment = Payment()
    payment.TotalAmt = 150
    payment.CustomerRef = named(books.ann)
    payment.Line.append(linked(120, "Invoice", invoice.Id, PaymentLine()))
    payment = payment.save(qb=client)
    assert payment.UnappliedAmt == 30
    deposit = Deposit()
    deposit.DepositToAccountRef = named(books.checking)
    line = linked(150, "Payment", payment.Id, DepositLine())
    del line.DetailType
    line.DepositLineDetail = None
    deposit.Line.append(line)
    deposit = deposit.save(qb=client)
    assert deposit.TotalAmt == 150
    with pytest.raises(QuickbooksException) as caught:
        payment.delete(qb=client)
    assert caught.value.error_code == 6540
    deposit.delete(qb=client)
    payment = Payment.get(int(payment.Id), qb=client)
    payment.delete(qb=client)
    invoice = Invoice.get(int(invoice.Id), qb=client)
    assert (invoice.Balance, invoice.LinkedTxn) == (120, [])
    invoice.void(qb=client)
    assert books.get("Invoice", invoice.Id)["PrivateNote"] == "Voided"
    invoice = Invoice.get(int(invoice.Id), qb=client)
    invoice.delete(qb=client)
    assert Invoice.count(qb=client) == 0


def test_a_payment_is_voided(client: QuickBooks, books: Any) -> None:
    invoice = invoice_for(books, books.bob, 80)
    invoice = invoice.save(qb=client)
    payment = Payment()
    payment.TotalAmt = 80
    payment.CustomerRef = named(books.bob)
    payment.Line.append(linked(80, "Invoice", invoice.Id, PaymentLine()))
    payment = payment.save(qb=client)
    assert Invoice.get(int(invoice.Id), qb=client).Balance == 0
    payment.void(qb=client)
    assert Invoice.get(int(invoice.Id), qb=client).Balance == 80
    assert Payment.get(int(payment.Id), qb=client).TotalAmt == 0


def test_bills_are_paid_and_journals_balance(client: QuickBooks, books: Any) -> None:
    line = AccountBasedExpenseLine()
    line.Amount = 60
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = named(books.rent)
    bill = Bill()
    bill.VendorRef = named(books.power)
    bill.Line.append(line)
    bill = bill.save(qb=client)
    assert bill.Balance == 60
    pay = BillPayment()
    pay.VendorRef = named(books.power)
    pay.PayType = "Check"
    pay.TotalAmt = 60
    pay.CheckPayment = CheckPayment()
    pay.CheckPayment.BankAccountRef = named(books.checking)
    pay.Line.append(linked(60, "Bill", bill.Id, BillPaymentLine()))
    pay = pay.save(qb=client)
    paid = Bill.get(int(bill.Id), qb=client)
    assert paid.Balance == 0
    assert paid.LinkedTxn[0].TxnType == "BillPaymentCheck"
    journal = JournalEntry()
    for side, account in (("Debit", books.rent), ("Credit", books.checking)):
        entry = JournalEntryLine()
        entry.Amount = 12.34
        entry.JournalEntryLineDetail = JournalEntryLineDetail()
        entry.JournalEntryLineDetail.PostingType = side
        entry.JournalEntryLineDetail.AccountRef = named(account)
        journal.Line.append(entry)
    journal = journal.save(qb=client)
    assert [row.Id for row in journal.Line] == ["0", "1"]
    assert str(books.balances()["Rent"]) == "72.34"


def test_lists_are_read_in_pages_and_by_statement(client: QuickBooks, books: Any) -> None:
    assert {found.DisplayName for found in Customer.all(qb=client)} == {"Ann", "Bob", "Shed"}
    assert [found.Name for found in Item.where("Type = 'Inventory'", qb=client)] == ["Pump"]
    assert [found.Name for found in Account.all(order_by="Name", max_results=2, start_position=2, qb=client)]
    assert len(Account.choose([books.checking, books.card], field="Id", qb=client)) == 2
    assert Account.count("AccountType = 'Bank'", qb=client) == 1
    assert Preferences.get(qb=client).CurrencyPrefs.HomeCurrency.value == "USD"
    with pytest.raises(QuickbooksException) as caught:
        Customer.where("Shoe = '44'", qb=client)
    assert caught.value.error_code == 4001


def test_batches_and_the_change_feed(client: QuickBooks, books: Any) -> None:
    started = books.clock.now.isoformat().replace("+00:00", "Z")
    fresh = Customer()
    fresh.DisplayName = "Dot"
    taken = Customer()
    taken.DisplayName = "Ann"
    answer = batch_create([fresh, taken], qb=client)
    assert [found.DisplayName for found in answer.successes] == ["Dot"]
    assert [fault.Error[0].code for fault in answer.faults] == ["6240"]
    first, second = invoice_for(books, books.ann), invoice_for(books, books.bob)
    made = batch_create([first, second], qb=client).successes
    assert [found.DocNumber for found in made] == ["1001", "1002"]
    gone = batch_delete([made[0]], qb=client)
    assert len(gone.successes) == 1
    changed = change_data_capture([Invoice, Customer], started, qb=client)
    assert [found.DisplayName for found in changed.Customer if found.DisplayName == "Dot"]
    rows = {found.Id: getattr(found, "status", "") for found in changed.Invoice}
    assert rows == {made[1].Id: "", made[0].Id: "Deleted"}


def test_a_repeated_request_id_makes_one_record(client: QuickBooks, books: Any) -> None:
    receipt = SalesReceipt()
    receipt.CustomerRef = named(books.ann)
    receipt.Line = invoice_for(books, books.ann).Line
    receipt = receipt.save(qb=client, request_id="once")
    other = SalesReceipt()
    other.CustomerRef = named(books.ann)
    other.Line = invoice_for(books, books.ann).Line
    other = other.save(qb=client, request_id="once")
    assert other.Id == receipt.Id
    assert SalesReceipt.count(qb=client) == 1


def test_reports_and_webhook_signatures(client: QuickBooks, server: TwinServer) -> None:
    report = client.get_report("TrialBalance", {"end_date": "2026-12-31"})
    assert report["Header"]["ReportName"] == "TrialBalance"
    body = '{"eventNotifications":[]}'
    token = server.credentials.webhook_verifier_token
    signature = base64.b64encode(hmac.new(token.encode(), body.encode(), hashlib.sha256).digest()).decode()
    assert client.validate_webhook_signature(body, signature, token)


def test_lists_line_by_line(client: QuickBooks, books: Any) -> None:
    books.twin.create("Invoice", books.sale(books.ann, 12, TxnDate="2026-03-03", DocNumber="77"), id="900")
    asked = {"start_date": "2026-03-01", "end_date": "2026-03-31"}
    found = client.get_report(
        "TransactionList", {**asked, "columns": "txn_type,create_by,is_cleared", "name": books.ann}
    )
    assert [cell["value"] for cell in found["Rows"]["Row"][0]["ColData"]] == ["Invoice", "Craig Carlson", ""]
    ledger = client.get_report("GeneralLedger", {**asked, "account": books.sales})
    assert [row["ColData"][1] for row in ledger["Rows"]["Row"][0]["Rows"]["Row"]] == [{"value": "Invoice", "id": "900"}]
    journal = client.get_report("JournalReport", asked)
    assert journal["Rows"]["Row"][-1]["Summary"]["ColData"][-2:] == [{"value": "12.00"}] * 2
    with pytest.raises(QuickbooksException):
        client.get_report("TransactionList", {**asked, "group_by": "Mood"})


def test_a_plain_deposit_line(client: QuickBooks, books: Any) -> None:
    line = DepositLine()
    line.Amount = 40
    line.DepositLineDetail = DepositLineDetail()
    line.DepositLineDetail.AccountRef = named(books.sales)
    deposit = Deposit()
    deposit.DepositToAccountRef = named(books.checking)
    deposit.Line.append(line)
    deposit = deposit.save(qb=client)
    assert deposit.TotalAmt == 40


@pytest.mark.parametrize("from_disk", [True, False])
def test_files_are_attached_found_and_removed(client: QuickBooks, books: Any, tmp_path: Any, from_disk: bool) -> None:
    content = bytes(range(256)) * 300
    invoice = invoice_for(books, books.ann)
    invoice = invoice.save(qb=client)
    link = AttachableRef()
    link.EntityRef = invoice.to_ref()
    file = Attachable()
    file.FileName, file.ContentType, file.Note = "plan.pdf", "application/pdf", "the pond"
    file.AttachableRef.append(link)
    if from_disk:
        path = tmp_path / "plan.pdf"
        path.write_bytes(content)
        file._FilePath = str(path)
    else:
        file._FileBytes = content
    file.save(qb=client)
    (found,) = Attachable.filter(FileName="plan.pdf", qb=client)
    assert (found.Id, found.Size, found.Note, found.ContentType) == (
        file.Id,
        len(content),
        "the pond",
        "application/pdf",
    )
    assert found.AttachableRef[0].EntityRef.value == invoice.Id
    assert httpx.get(found.TempDownloadUri).content == content
    found.Note = "the other pond"
    found.save(qb=client)
    assert Attachable.get(int(found.Id), qb=client).Note == "the other pond"
    found = Attachable.get(int(found.Id), qb=client)
    found.delete(qb=client)
    assert Attachable.all(qb=client) == []


def test_a_document_is_printed_and_sent(client: QuickBooks, books: Any) -> None:
    invoice = invoice_for(books, books.ann)
    invoice = invoice.save(qb=client)
    assert invoice.download_pdf(qb=client).startswith(b"%PDF-1.4")
    with pytest.raises(QuickbooksException) as caught:
        invoice.send(qb=client)
    assert caught.value.error_code == 6000
    sent = invoice.send(qb=client, send_to="ann+ponds@example.com")
    assert sent["Invoice"]["BillEmail"] == {"Address": "ann+ponds@example.com"}
    assert Invoice.get(int(invoice.Id), qb=client).EmailStatus == "EmailSent"
