"""Every switch of the table does what each of its choices says."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from akika_forensics.cli.app import main
from akika_forensics.errors import WrongUse
from akika_forensics.model.payload import encode
from akika_forensics.twin import Beliefs, Limits, QuickBooksFault, Twin, serve
from akika_forensics.twin.attachments.upload import Upload
from akika_forensics.twin.beliefs import BELIEFS, FORMAT, read_choices
from akika_forensics.twin.people.actors import OWNER
from akika_forensics.twin.uncertain import ATTACH, FEED, FILTER, TABLE
from tests.twin.foreign_scene import Abroad
from tests.twin.hook_scene import Receiver, Sender
from tests.twin.tax_scene import add_taxes, taxed

type Body = dict[str, Any]
Look = Callable[[Any], str]
"""Does something to a company and says which choice it shows."""

LOOKS: dict[str, Look] = {}


def ref(value: str) -> Body:
    return {"value": value}


def look(name: str) -> Callable[[Look], Look]:
    def keep(function: Look) -> Look:
        LOOKS[name] = function
        return function

    return keep


def answered(call: Callable[[], Any], code: str, fine: str, refused: str) -> str:
    """``fine`` when the call works, ``refused`` when it is refused with exactly this code."""
    try:
        call()
    except QuickBooksFault as fault:
        return refused if fault.code == code else str(fault)
    return fine


def code_of(call: Callable[[], Any]) -> str:
    """The code with which the call is refused."""
    with pytest.raises(QuickBooksFault) as caught:
        call()
    return caught.value.code


def select(books: Any, statement: str) -> Callable[[], Any]:
    return lambda: books.twin.query(statement)


@look("maxresults_above_1000")
def _(books: Any) -> str:
    return answered(select(books, "select * from Customer maxresults 1001"), "4001", "capped", "refused")


def _abroad(books: Any) -> Any:
    """The same beliefs in a company with several currencies."""
    other = Abroad()
    other.twin.believe(books.twin.beliefs)
    rate = b'{"SourceCurrencyCode":"EUR","TargetCurrencyCode":"USD","Rate":1.5,"AsOfDate":"2026-02-01"}'
    other.twin.put_raw("ExchangeRate", rate)
    return other


@look("customer_tax_code")
def _(books: Any) -> str:
    add_taxes(books)
    customer = books.made("Customer", {"DisplayName": "Cal", "DefaultTaxCodeRef": ref("2")})
    made = books.twin.create("Invoice", taxed(books.sale(customer, 100)))
    return {8: "taken", 0: "ignored"}[int(made["TxnTaxDetail"]["TotalTax"])]


@look("rate_left_out")
def _(books: Any) -> str:
    other = _abroad(books)
    body = other.sale(other.emma, 5, CurrencyRef=ref("EUR"))
    return answered(lambda: other.twin.create("Invoice", body), "2410", "from_the_list", "refused")


@look("currency_left_out")
def _(books: Any) -> str:
    other = _abroad(books)
    body = other.sale(other.emma, 5, ExchangeRate=2)
    return answered(lambda: other.twin.create("Invoice", body), "6000", "of_the_name", "home")


@look("vendor_currency_on_create")
def _(books: Any) -> str:
    other = _abroad(books)
    made = other.twin.create("Vendor", {"DisplayName": "Fer", "CurrencyRef": ref("EUR")})
    return {"EUR": "taken", "USD": "ignored"}[made["CurrencyRef"]["value"]]


@look("multicurrency_by_api")
def _(books: Any) -> str:
    on = {**books.get("Preferences", "1"), "CurrencyPrefs": {"MultiCurrencyEnabled": True}}
    after = books.twin.update("Preferences", on)
    return "taken" if after["CurrencyPrefs"]["MultiCurrencyEnabled"] else "ignored"


@look("orderby_id")
def _(books: Any) -> str:
    return answered(select(books, "select * from Customer order by Id desc"), "4001", "works", "refused")


@look("numbers_in_lists")
def _(books: Any) -> str:
    assert books.twin.query("select * from Customer where Id in ('1', '2')")
    return answered(select(books, "select * from Customer where Id in (1, 2)"), "4000", "read", "refused")


@look("quoted_booleans")
def _(books: Any) -> str:
    assert books.twin.query("select * from Customer where Active = true")
    return answered(select(books, "select * from Customer where Active = 'true'"), "10000", "read", "broken")


@look("addresses_in_columns")
def _(books: Any) -> str:
    assert books.twin.query("select DisplayName, PrimaryEmailAddr from Customer")
    return answered(select(books, "select Id, BillAddr from Customer"), "4001", "shown", "not_found")


@look("total_count")
def _(books: Any) -> str:
    books.twin.create("Invoice", books.sale(books.ann, 5))
    shown = tuple(
        "totalCount" in books.twin.query(f"select * from {name}")["QueryResponse"] for name in ("Invoice", "Customer")
    )
    return {(True, False): "some", (False, False): "never", (True, True): "always"}[shown]


@look("query_inventory_adjustment")
def _(books: Any) -> str:
    return answered(select(books, "select * from InventoryAdjustment"), "4001", "answered", "refused")


def _filter(entity: str, field: str) -> Look:
    def found(books: Any) -> str:
        one = answered(select(books, f"select * from {entity} where {field} = '1'"), "4001", "answered", "refused")
        plain = answered(select(books, f"select * from {entity} where Id = '1'"), "4001", "answered", "refused")
        assert plain == "answered"
        return one

    return found


for _entity, (_name, _fields) in FILTER.items():
    LOOKS[_name] = _filter(_entity, min(_fields))


@look("feed_too_old")
def _(books: Any) -> str:
    since = books.clock() - timedelta(days=31)
    assert books.twin.change_feed(["Customer"], since + timedelta(days=2)).groups
    return answered(lambda: books.twin.change_feed(["Customer"], since), "500", "answered", "refused")


def _feed(entity: str) -> Look:
    def found(books: Any) -> str:
        since = books.clock() - timedelta(days=1)
        return answered(lambda: books.twin.change_feed(["Customer", entity], since), "4001", "carried", "refused")

    return found


for _entity, _name in FEED.items():
    LOOKS[_name] = _feed(_entity)


def _target(books: Any, entity: str) -> str:
    if entity == "Account":
        return books.rent
    if entity == "Vendor":
        return books.power
    if entity == "Employee":
        return books.made("Employee", {"GivenName": "Eve", "FamilyName": "Day"})
    bodies: dict[str, Body] = {
        "CreditCardPayment": {
            "CreditCardAccountRef": ref(books.card),
            "BankAccountRef": ref(books.checking),
            "Amount": 5,
        },
        "TimeActivity": {"NameOf": "Vendor", "VendorRef": ref(books.power), "Hours": 1, "TxnDate": "2026-03-01"},
        "InventoryAdjustment": {
            "AdjustAccountRef": ref(books.shrinkage),
            "TxnDate": "2026-03-01",
            "Line": [
                {
                    "DetailType": "ItemAdjustmentLineDetail",
                    "ItemAdjustmentLineDetail": {"ItemRef": ref(books.pump), "QtyDiff": 1},
                }
            ],
        },
    }
    return books.made(entity, bodies[entity])


def _attach(entity: str) -> Look:
    def found(books: Any) -> str:
        cited = {"type": entity, "value": _target(books, entity)}
        note = {"Note": "a note", "AttachableRef": [{"EntityRef": cited}]}
        return answered(lambda: books.twin.create("Attachable", note), "6050", "allowed", "refused")

    return found


for _entity, _name in ATTACH.items():
    LOOKS[_name] = _attach(_entity)


@look("inactive_name")
def _(books: Any) -> str:
    gone = books.get("Vendor", books.power)
    books.twin.update("Vendor", {**gone, "Active": False})
    seen = answered(lambda: books.twin.create("Customer", {"DisplayName": "Power Co"}), "6240", "free", "taken")
    books.twin.update(
        "Vendor", {**books.get("Vendor", books.power), "CompanyName": "Gone"}
    )  # its own name is no obstacle
    return seen


@look("inactive_mark")
def _(books: Any) -> str:
    term = books.twin.create("Term", {"Name": "Net 9", "DueDays": 9})
    gone = books.twin.update("Term", {**term, "Active": False})
    again = books.twin.create("Term", {"Name": "Net 9", "DueDays": 8})
    books.refused("6240", books.twin.update, "Term", {**gone, "Active": True})
    assert again["Name"] == "Net 9"
    account = books.twin.create("Account", {"Name": "Old", "AccountType": "Expense"})
    assert books.twin.update("Account", {**account, "Active": False})["Name"] == "Old (deleted)"
    return {"Net 9 (deleted)": "marked", "Net 9": "bare"}[gone["Name"]]


@look("vendor_terms_on_create")
def _(books: Any) -> str:
    term = books.made("Term", {"Name": "Net 9", "DueDays": 9})
    made = books.twin.create("Vendor", {"DisplayName": "Slow Co", "TermRef": ref(term)})
    later = books.twin.update("Vendor", {**made, "TermRef": ref(term)})
    assert later["TermRef"]["value"] == term
    return "kept" if "TermRef" in made else "dropped"


def _post(books: Any, url: str, body: Any) -> httpx.Response:
    with serve(books.twin) as server:
        return httpx.post(
            f"{server.base_url}/v3/company/{server.realm_id}/{url}",
            content=encode(body),
            headers={"Authorization": f"Bearer {server.credentials.access_token}"},
        )


@look("requestid_again")
def _(books: Any) -> str:
    first, second = (_post(books, "customer?requestid=r1", {"DisplayName": name}) for name in ("Cy", "Di"))
    assert first.status_code == 200
    assert books.twin.count("Customer") == 4
    if second.status_code == 200:
        assert second.content == first.content
        return "replayed"
    assert second.json()["Fault"]["Error"][0]["code"] == "600"
    return "refused"


@look("requestid_kept")
def _(books: Any) -> str:
    _post(books, "customer?requestid=r1", {"DisplayName": "Cy"})
    books.clock.now += timedelta(hours=23)
    assert "Cy" in _post(books, "customer?requestid=r1", {"DisplayName": "Di"}).text
    books.clock.now += timedelta(hours=2)
    return "for_ever" if "Cy" in _post(books, "customer?requestid=r1", {"DisplayName": "Di"}).text else "for_a_day"


def _throttled(books: Any) -> httpx.Response:
    with serve(books.twin, limits=Limits(a_minute=1)) as server:
        url = f"{server.base_url}/v3/company/{server.realm_id}/companyinfo/1"
        head = {"Authorization": f"Bearer {server.credentials.access_token}"}
        assert httpx.get(url, headers=head).status_code == 200
        refused = httpx.get(url, headers=head)
    assert refused.status_code == 429
    return refused


@look("retry_after")
def _(books: Any) -> str:
    return {None: "absent", "60": "sent"}[_throttled(books).headers.get("Retry-After")]


@look("throttle_body")
def _(books: Any) -> str:
    body = _throttled(books).content
    assert not body or b"ThrottleExceeded" in body
    return "envelope" if body else "empty"


def _token_answers(books: Any) -> list[Body]:
    with serve(books.twin, beliefs=books.twin.beliefs) as server:
        given = server.credentials
        form = {"grant_type": "refresh_token", "refresh_token": given.refresh_token}
        client = (given.client_id, given.client_secret)
        return [form, httpx.post(server.token_url, data=form, auth=client).json()]


@look("refresh_token_value")
def _(books: Any) -> str:
    before, after = _token_answers(books)
    return "daily" if before["refresh_token"] == after["refresh_token"] else "every_use"


@look("refresh_token_hard_end")
def _(books: Any) -> str:
    return "told" if "x_refresh_token_hard_expires_in" in _token_answers(books)[1] else "left_out"


@look("void_elsewhere")
def _(books: Any) -> str:
    made = books.twin.create(
        "Transfer", {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(books.card), "Amount": 5}
    )
    bill = books.twin.create("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(5)]})
    assert books.twin.void("Bill", bill) == bill
    seen = answered(lambda: books.twin.void("Transfer", made), "500", "ignored", "refused")
    assert books.get("Transfer", made["Id"]) == made
    return seen


@look("metering_batch")
def _(books: Any) -> str:
    items = [{"bId": str(number), "Query": "select * from Customer"} for number in range(3)]
    items += [{"bId": "4", "operation": "create", "Vendor": {"DisplayName": name}} for name in ("New", "New")]
    with _signed_in(books) as web:
        web.post("batch", json={"BatchItemRequest": items})
        counted = web.get(f"http://127.0.0.1:{web.base_url.port}/twin/metering").json()
    return {(1, 0): "once", (1, 3): "each_item"}[(counted["core"], counted["coreplus"])]


@look("metering_download")
def _(books: Any) -> str:
    with _signed_in(books) as web:
        note = web.post("attachable", json={"Note": "n"}).json()["Attachable"]
        files = {"file_content_0": ("a.txt", b"text", "text/plain")}
        made = web.post("upload", files=files).json()["AttachableResponse"][0]["Attachable"]
        assert note["Id"] != made["Id"]
        assert web.get(f"download/{made['Id']}").status_code == 200
        counted = web.get(f"http://127.0.0.1:{web.base_url.port}/twin/metering").json()
    return {0: "free", 1: "counted"}[counted["coreplus"]]


@contextmanager
def _signed_in(books: Any) -> Iterator[httpx.Client]:
    with serve(books.twin) as server:
        headers = {"Authorization": f"Bearer {server.credentials.access_token}", "Accept": "application/json"}
        base = f"{server.base_url}/v3/company/{server.realm_id}"
        with httpx.Client(base_url=base, headers=headers) as web:
            yield web


def _batched(item: Body, key: str) -> Look:
    def found(books: Any) -> str:
        (answer,) = books.twin.batch([{"bId": "1", **item}])
        assert set(answer) == {key, "bId"} or answer["Fault"]["Error"][0]["code"] == "500"
        return "answered" if key in answer else "refused"

    return found


LOOKS["batch_cdc_query"] = _batched(
    {"CDCQuery": {"Entities": "customer,Invoice", "ChangedSince": "2026-03-02T00:00:00 00:00"}}, "CDCResponse"
)
LOOKS["batch_report_query"] = _batched({"ReportQuery": "TrialBalance?end_date=2026-03-31"}, "Report")


@look("batch_void")
def _(books: Any) -> str:
    made = books.twin.create("Invoice", books.sale(books.ann, 5))
    item = {"bId": "1", "operation": "void", "Invoice": {"Id": made["Id"], "SyncToken": "0"}}
    answer = books.twin.batch([item])[0]
    voided = books.get("Invoice", made["Id"])["TotalAmt"] == 0
    assert voided == ("Fault" not in answer)
    return "applied" if voided else "refused"


@look("journal_code_delete")
def _(books: Any) -> str:
    made = books.twin.create("JournalCode", {"Name": "VT"})
    seen = answered(lambda: books.twin.delete("JournalCode", made), "500", "deleted", "refused")
    assert (books.twin.get("JournalCode", made["Id"]) is None) == (seen == "deleted")
    return seen


@look("batch_send")
def _(books: Any) -> str:
    made = books.twin.create("Invoice", {**books.sale(books.ann, 5), "BillEmail": {"Address": "ann@example.com"}})
    answer = books.twin.batch([{"bId": "1", "operation": "send", "Invoice": {"Id": made["Id"]}}])[0]
    sent = books.get("Invoice", made["Id"])["EmailStatus"] == "EmailSent"
    assert sent == ("Fault" not in answer)
    return "sent" if sent else "refused"


@look("transaction_ids")
def _(books: Any) -> str:
    one = books.made("Invoice", books.sale(books.ann, 5))
    other = books.made("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(5)]})
    return "by_type" if one == other == "1" else "shared"


@look("relink_deposited")
def _(books: Any) -> str:
    invoice = books.made("Invoice", books.sale(books.ann, 100))
    paid = books.twin.create("Payment", {"CustomerRef": ref(books.ann), **books.pays(100, ("Invoice", invoice, 100))})
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    books.made("Deposit", {"DepositToAccountRef": ref(books.checking), "Line": [line]})
    paid = books.get("Payment", paid["Id"])
    books.refused("6540", books.twin.update, "Payment", {**paid, "TotalAmt": 90, "Line": []})
    return answered(lambda: books.twin.update("Payment", {**paid, "Line": []}), "6540", "allowed", "refused")


@look("vendor_opening")
def _(books: Any) -> str:
    made = books.twin.create("Vendor", {"DisplayName": "Debt Co", "Balance": 70, "OpenBalanceDate": "2026-02-01"})
    return {Decimal(70): "posted", Decimal(0): "ignored"}[Decimal(books.get("Vendor", made["Id"])["Balance"])]


@look("account_opening")
def _(books: Any) -> str:
    opening = {"Name": "Savings", "AccountType": "Bank", "OpeningBalance": 70, "OpeningBalanceDate": "2026-02-01"}
    made = books.twin.create("Account", opening)
    return {Decimal(70): "posted", Decimal(0): "ignored"}[Decimal(books.get("Account", made["Id"])["CurrentBalance"])]


@look("sparse_elsewhere")
def _(books: Any) -> str:
    made = books.twin.create("Term", {"Name": "Net 9", "DueDays": 9, "DiscountPercent": 2})
    sent = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Name": "Net 8", "DueDays": 8}
    return "heeded" if "DiscountPercent" in books.twin.update("Term", sent) else "taken_for_full"


@look("short_delete")
def _(books: Any) -> str:
    made = books.twin.create(
        "Transfer", {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(books.card), "Amount": 5}
    )
    short = {"Id": made["Id"], "SyncToken": "0"}
    seen = answered(lambda: books.twin.delete("Transfer", short), "2020", "enough", "refused")
    if seen == "refused":
        books.twin.delete("Transfer", made)
    return seen


@look("check_numbers")
def _(books: Any) -> str:
    body = {"PaymentType": "Check", "AccountRef": ref(books.checking), "Line": [books.spend(5)], "DocNumber": "7"}
    books.twin.create("Purchase", body)
    return answered(lambda: books.twin.create("Purchase", body), "6140", "accepted", "refused")


@look("due_next_month")
def _(books: Any) -> str:
    term = books.made("Term", {"Name": "The 20th", "DayOfMonthDue": 20, "DueNextMonthDays": 5})
    made = books.twin.create("Invoice", books.sale(books.ann, 5, TxnDate="2026-01-15", SalesTermRef=ref(term)))
    return {"2026-01-20": "stays", "2026-02-20": "moves"}[made["DueDate"]]


@look("template_name")
def _(books: Any) -> str:
    body = {"Invoice": {**books.sale(books.ann, 5), "RecurringInfo": {"Name": "Rent", "RecurType": "UnScheduled"}}}
    books.twin.create("RecurringTransaction", body)
    return answered(lambda: books.twin.create("RecurringTransaction", body), "6240", "repeatable", "unique")


@look("deleted_budget")
def _(books: Any) -> str:
    made = books.twin.create("Budget", {"Name": "Plan", "StartDate": "2026-01-01", "EndDate": "2026-12-31"})
    body = {"Id": made["Id"], "SyncToken": "0"}
    with serve(books.twin) as server:
        address = f"{server.base_url}/v3/company/{server.realm_id}/budget"
        headers = {"Authorization": f"Bearer {server.credentials.access_token}"}
        gone = httpx.post(address, params={"operation": "delete"}, json=body, headers=headers).json()
    stub = {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    return "time_only" if list(gone) == ["time"] else "stub" if gone["Budget"] == stub else str(gone)


@look("journal_codes_elsewhere")
def _(books: Any) -> str:
    seen = answered(lambda: books.twin.create("JournalCode", {"Name": "VT"}), "5030", "taken", "refused")
    body = books.get("CompanyInfo", "1")
    books.twin.put_raw("CompanyInfo", encode({**body, "Country": "FR"}))
    assert books.twin.create("JournalCode", {"Name": "AC"})["Type"] == "Others"
    return seen


@look("bearer_on_file")
def _(books: Any) -> str:
    books.twin.attach(Upload([b"x"], "x.txt", "text/plain", {}))
    with serve(books.twin, beliefs=books.twin.beliefs) as server:
        headers = {"Authorization": f"Bearer {server.credentials.access_token}"}
        path = f"{server.base_url}/v3/company/{server.realm_id}/query?query=select * from Attachable"
        address = httpx.get(path, headers=headers).json()["QueryResponse"]["Attachable"][0]["TempDownloadUri"]
        assert httpx.get(address).content == b"x"
        return {400: "refused", 200: "sent"}[httpx.get(address, headers=headers).status_code]


@look("send_token")
def _(books: Any) -> str:
    made = books.made("Invoice", books.sale(books.ann, 5))
    return {"0": "unchanged", "1": "raised"}[books.twin.send("Invoice", made, "ann@example.com")["SyncToken"]]


@look("inactive_with_balance")
def _(books: Any) -> str:
    made = books.twin.create("Account", {"Name": "Savings", "AccountType": "Bank", "OpeningBalance": 70})
    seen = []
    for entity, record_id in (("Account", made["Id"]), ("Item", books.pump)):
        sent = {**books.get(entity, record_id), "Active": False}
        seen.append(answered(lambda e=entity, b=sent: books.twin.update(e, b), "6220", "posted", "refused"))
    assert books.get("Item", books.pump)["QtyOnHand"] == (0 if seen[1] == "posted" else 10)
    return seen[0] if seen[0] == seen[1] else str(seen)


@look("unbalanced_journal")
def _(books: Any) -> str:
    lines = [
        {
            "Amount": amount,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": ref(account)},
        }
        for side, account, amount in (("Debit", books.rent, 5), ("Credit", books.checking, 4))
    ]
    return code_of(lambda: books.twin.create("JournalEntry", {"Line": lines}))


@look("closed_books")
def _(books: Any) -> str:
    books.close("2026-01-31")
    return code_of(lambda: books.twin.create("Invoice", books.sale(books.ann, 5, TxnDate="2026-01-31")))


@look("deposited_note")
def _(books: Any) -> str:
    sold = books.twin.create("SalesReceipt", books.sale(books.ann, 30))
    line = {"Amount": 30, "LinkedTxn": [{"TxnId": sold["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}]}
    books.made("Deposit", {"DepositToAccountRef": ref(books.checking), "Line": [line]})
    noted = {"Id": sold["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "till 2"}
    return answered(lambda: books.twin.update("SalesReceipt", noted), "6540", "allowed", "refused")


@look("matched_update")
def _(books: Any) -> str:
    paid = {"PaymentType": "Check", "AccountRef": ref(books.checking), "Line": [books.spend(5)]}
    made = books.twin.create("Purchase", paid)
    books.twin.match_bank("Purchase", made["Id"])
    books.refused("6480", books.twin.delete, "Purchase", made)
    return code_of(lambda: books.twin.update("Purchase", {**made, "PrivateNote": "x"}))


@look("untracked_item")
def _(books: Any) -> str:
    sent = {**books.get("Item", books.pump), "TrackQtyOnHand": False}
    seen = answered(lambda: books.twin.update("Item", sent), "6000", "ignored", "refused")
    assert books.get("Item", books.pump)["TrackQtyOnHand"] is True
    return seen


@look("order_payable")
def _(books: Any) -> str:
    order = {"VendorRef": ref(books.lumber), "Line": [books.spend(5)]}
    return answered(lambda: books.twin.create("PurchaseOrder", order), "2020", "defaulted", "required")


def _notified(books: Any, act: Callable[[], Any], form: str = "cloudevents", answer: int = 200) -> list[Body]:
    """The CloudEvents, or the entities of the older form, that an act sends to a receiver."""
    with Receiver(lambda _: answer) as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, form)
        act()
        sender.settle()
        bodies = [json.loads(delivery.body) for delivery in receiver.got]
    if form == "cloudevents":
        return [event for body in bodies for event in body]
    return [entity for body in bodies for entity in body["eventNotifications"][0]["dataChangeEvent"]["entities"]]


def _listed(books: Any, **parameters: str) -> Body:
    """The list of two transactions of two days, made by an application, the second kind before the first by name."""
    books.twin.create("Invoice", books.sale(books.ann, 30, TxnDate="2026-03-03"))
    spent = {
        "PaymentType": "Cash",
        "AccountRef": ref(books.checking),
        "TxnDate": "2026-03-04",
        "Line": [books.spend(4)],
    }
    books.twin.reconcile("Purchase", books.made("Purchase", spent))
    report: Body = books.twin.report("TransactionList", start_date="2026-03-01", end_date="2026-03-31", **parameters)
    return report


def _cells(report: Body) -> list[list[str]]:
    return [[cell["value"] for cell in row["ColData"]] for row in report["Rows"]["Row"]]


@look("report_columns")
def _(books: Any) -> str:
    first = _listed(books)["Columns"]["Column"][0]
    return {("Date", True): "described", ("tx_date", False): "keyed"}[first["ColType"], "MetaData" in first]


@look("ledger_sub_accounts")
def _(books: Any) -> str:
    above = books.made("Account", {"Name": "Above", "AccountType": "Expense"})
    below = {"Name": "Below", "AccountType": "Expense", "SubAccount": True, "ParentRef": ref(above)}
    inner = books.made("Account", below)
    spent = {"PaymentType": "Cash", "AccountRef": ref(books.checking), "TxnDate": "2026-03-04"}
    books.twin.create("Purchase", {**spent, "Line": [books.spend(4, inner)]})
    report = books.twin.report("GeneralLedger", start_date="2026-03-01", end_date="2026-03-31", account=inner)
    (section,) = report["Rows"]["Row"]
    heads = [row["Header"]["ColData"][0].get("id") for row in (section, section["Rows"]["Row"][0])]
    return {(None, inner): "own", (inner, None): "first_child"}[heads[0], heads[1]]


@look("account_list_words")
def _(books: Any) -> str:
    row = books.twin.report("AccountList", account_type="Expense")["Rows"]["Row"][0]["ColData"]
    return {"Expenses": "as_on_screens", "Expense": "as_in_records"}[row[1]["value"]]


@look("column_order")
def _(books: Any) -> str:
    columns = _listed(books, columns="memo,tx_date")["Columns"]["Column"]
    return {"Date": "own", "Memo/Description": "asked"}[columns[0]["ColTitle"]]


@look("rows_sorted_by")
def _(books: Any) -> str:
    return {"Invoice": "date", "Cash Expense": "txn_type"}[_cells(_listed(books))[0][1]]


@look("app_as_author")
def _(books: Any) -> str:
    (seen,) = {row[0] for row in _cells(_listed(books, columns="create_by"))}
    return {"Craig Carlson": "user", "": "nobody"}[seen]


@look("cleared_in_reports")
def _(books: Any) -> str:
    return {"R": "letters", "Reconciled": "words"}[_cells(_listed(books, columns="is_cleared"))[-1][0]]


@look("created_from_to")
def _(books: Any) -> str:
    return "heeded" if _listed(books, end_createdate="2026-01-01")["Rows"] == {} else "ignored"


def _types(books: Any, act: Callable[[], Any]) -> set[str]:
    return {event["type"] for event in _notified(books, act)}


def _pay(books: Any) -> Callable[[], Any]:
    sold = books.made("Invoice", books.sale(books.ann, 30))
    body = {"CustomerRef": ref(books.ann), **books.pays(30, ("Invoice", sold, 30))}
    return lambda: books.made("Payment", body)


@look("webhook_indirect")
def _(books: Any) -> str:
    return "notified" if "qbo.invoice.updated.v1" in _types(books, _pay(books)) else "silent"


@look("webhook_moved_along")
def _(books: Any) -> str:
    return "notified" if "qbo.customer.updated.v1" in _types(books, _pay(books)) else "silent"


@look("webhook_inactive")
def _(books: Any) -> str:
    off = {**books.get("Vendor", books.power), "Active": False}
    (seen,) = _types(books, lambda: books.twin.update("Vendor", off))
    return {"qbo.vendor.deleted.v1": "deleted", "qbo.vendor.updated.v1": "updated"}[seen]


@look("webhook_payment_method")
def _(books: Any) -> str:
    off = {**books.twin.create("PaymentMethod", {"Name": "Barter"}), "Active": False}
    (seen,) = _types(books, lambda: books.twin.update("PaymentMethod", off))
    return seen.split(".")[2]


@look("webhook_last_updated")
def _(books: Any) -> str:
    (told,) = _notified(books, lambda: books.twin.create("Term", {"Name": "Net 7", "DueDays": 7}), "legacy")
    if re.fullmatch(r"[\dT:-]{19}\.\d{3}Z", told["lastUpdated"]):
        return "utc"
    return "offset" if re.fullmatch(r"[\dT:-]{19}-0800", told["lastUpdated"]) else told["lastUpdated"]


@look("webhook_event_id")
def _(books: Any) -> str:
    (told,) = _notified(books, lambda: books.twin.create("Term", {"Name": "Net 7", "DueDays": 7}))
    uuid.UUID(told["id"][:36])
    return {"": "uuid", f"-Term-{told['intuitentityid']}": "uuid_and_record"}[told["id"][36:]]


@look("webhook_data")
def _(books: Any) -> str:
    (told,) = _notified(books, lambda: books.twin.create("Term", {"Name": "Net 7", "DueDays": 7}))
    assert ("data" in told) == ("datacontenttype" in told)
    return "empty" if told.get("data") == {} else "absent"


@look("webhook_content_type")
def _(books: Any) -> str:
    with Receiver() as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, "cloudevents")
        sender.couriers.subscribe(receiver.url, "legacy")
        books.twin.create("Term", {"Name": "Net 7", "DueDays": 7})
        older, newer = sorted(receiver.wait(2), key=lambda delivery: delivery.body[:1] == b"[")
    assert older.headers["content-type"] == "application/json; charset=utf-8"
    kind = newer.headers["content-type"].removesuffix("; charset=utf-8").removeprefix("application/")
    return {"json": "json", "cloudevents+json": "cloudevents"}[kind]


@look("webhook_void")
def _(books: Any) -> str:
    sold = books.twin.create("Invoice", books.sale(books.ann, 30))
    (seen,) = _types(books, lambda: books.twin.void("Invoice", sold))
    return seen.removeprefix("qbo.invoice.").removesuffix(".v1")


@look("webhook_acknowledged")
def _(books: Any) -> str:
    with Receiver(lambda _: 202) as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, "legacy")
        books.twin.create("Term", {"Name": "Net 7", "DueDays": 7})
        sender.settle()
        return {(1, "acknowledged"): "any_2xx", (1, "failed"): "only_200"}[sender.outcomes[0]]


@look("webhook_retries")
def _(books: Any) -> str:
    with Receiver(lambda _: 500) as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, "legacy")
        books.twin.create("Term", {"Name": "Net 7", "DueDays": 7})
        sender.settle()
        for _ in range(12):
            sender.advance(hours=6)
            sender.settle()
        return "given_up" if sender.outcomes[-1] == (1, "given up") else "held_back"


@look("last_modified_by")
def _(books: Any) -> str:
    person = books.twin.screens.enter("Vendor", {"DisplayName": "By a person"})["id"]
    app = books.twin.create("Vendor", {"DisplayName": "By an application"})
    told = [body["MetaData"].get("LastModifiedByRef", {}).get("value") for body in (books.get("Vendor", person), app)]
    return {(None, None): "absent", (OWNER, OWNER): "user", (OWNER, "0"): "person_alone"}[told[0], told[1]]


@look("merge_touches")
def _(books: Any) -> str:
    made = books.twin.create("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(5)]})
    books.twin.screens.merge("Vendor", books.power, books.lumber)
    after = books.get("Bill", made["Id"])
    assert after["VendorRef"] == {"value": books.lumber, "name": "Lumber Co"}
    if after["MetaData"] == made["MetaData"]:
        return "untouched"
    return "time" if after["SyncToken"] == made["SyncToken"] else "time_and_token"


def _log(books: Any) -> str:
    return str(books.twin.audit_log().decode("utf-8-sig"))


@look("merge_feed")
def _(books: Any) -> str:
    books.twin.screens.merge("Vendor", books.power, books.lumber)
    feed = books.twin.change_feed(["Vendor"], books.clock() - timedelta(days=20))
    assert books.twin.get("Vendor", books.power) is None
    return "stub" if [record_id for group in feed.groups for record_id, _ in group.deleted] else "silent"


@look("audit_app_writes")
def _(books: Any) -> str:
    books.twin.create("Vendor", {"DisplayName": "By an application"})
    row = _log(books).splitlines()[1]
    return "system_administration" if "System Administration,Added Vendor By an" in row else "user"


@look("audit_merge")
def _(books: Any) -> str:
    books.twin.screens.merge("Vendor", books.power, books.lumber)
    return "edited" if "Edited Vendor Lumber Co" in _log(books) else "hidden"


@look("audit_zone_label")
def _(books: Any) -> str:
    books.twin.create("Vendor", {"DisplayName": "Summer"}, at=books.clock() - timedelta(days=250))
    (row,) = [line for line in _log(books).splitlines() if line.endswith("Added Vendor Summer")]
    return "by_season" if "Pacific Daylight Time" in row else "standard"


@look("tax_summary_us")
def _(books: Any) -> str:
    return answered(lambda: books.twin.report("TaxSummary"), "5030", "answered", "refused")


CHOICES = [(row.name, choice) for row in TABLE for choice in row.choices]


def test_every_belief_has_its_proof() -> None:
    assert set(LOOKS) == set(BELIEFS)
    assert len(TABLE) == len(BELIEFS)


@pytest.mark.parametrize(("name", "choice"), CHOICES, ids=[f"{name}={choice}" for name, choice in CHOICES])
def test_each_choice_is_what_the_company_then_does(name: str, choice: str, books: Any) -> None:
    books.twin.believe(Beliefs().but(**{name: choice}))
    assert LOOKS[name](books) == choice


def test_rows_are_questions_with_several_choices_and_a_source() -> None:
    for row in TABLE:
        assert row.question.endswith("?")
        assert len(set(row.choices)) == len(row.choices) >= 2
        assert row.default in row.choices
        assert row.source
        assert row.affects


def test_an_unknown_name_or_choice_is_refused_with_what_is_possible() -> None:
    with pytest.raises(WrongUse, match="orderby_id"):
        Beliefs().choice("order_by_id")
    with pytest.raises(WrongUse, match="works or refused"):
        Beliefs().but(orderby_id="perhaps")
    with pytest.raises(WrongUse, match="NAME=CHOICE"):
        read_choices(["orderby_id"])
    with pytest.raises(WrongUse, match="akika-beliefs/1"):
        Beliefs.from_profile({"beliefs": {}})


def test_a_profile_settles_and_an_assumption_does_not() -> None:
    profile = {"format": FORMAT, "beliefs": {"orderby_id": {"choice": "refused", "asked": "", "answered": "4001"}}}
    settled = Beliefs.from_profile(profile)
    assert settled.choice("orderby_id") == "refused"
    assumed = settled.but(retry_after="sent")
    names = [row.name for row in assumed.unsettled]
    assert "orderby_id" not in names
    assert "retry_after" in names
    assert len(names) == len(TABLE) - 1


def test_only_what_matters_to_an_act_is_named() -> None:
    names = {row.belief for row in Beliefs().unverified(["create Vendor"])}
    assert {"vendor_terms_on_create", "inactive_name", "vendor_opening"} <= names
    assert not {"account_opening", "orderby_id"} & names
    assert "query_inventory_adjustment" not in {row.belief for row in Beliefs().unverified(["query Vendor"])}
    assert "orderby_id" in {row.belief for row in Beliefs().unverified(["order Vendor"])}


def test_a_company_keeps_what_it_believes_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "company.sqlite"
    profile = {"format": FORMAT, "beliefs": {"orderby_id": {"choice": "refused"}}}
    first = Twin(file, beliefs=Beliefs.from_profile(profile).but(retry_after="sent"))
    first.close()
    again = Twin(file)
    assert again.beliefs == first.beliefs
    assert again.beliefs.settled == {"orderby_id"}
    again.close()
    third = Twin(file, beliefs=Beliefs())
    assert third.beliefs.choice("retry_after") == "absent"
    third.close()


def test_serving_can_bring_other_beliefs(books: Any) -> None:
    with serve(books.twin, beliefs=Beliefs({"orderby_id": "refused"})) as server:
        head = {"Authorization": f"Bearer {server.credentials.access_token}"}
        url = f"{server.base_url}/v3/company/{server.realm_id}/query"
        answer = httpx.get(url, params={"query": "select * from Term order by Id"}, headers=head)
    assert answer.status_code == 400


def test_ids_by_type_do_not_meet_those_given_before(books: Any) -> None:
    """A company that changes its mind gives no Id twice."""
    bill: Body = {"VendorRef": ref(books.power), "Line": [books.spend(5)]}
    made = [books.made("Bill", bill), books.made("Invoice", books.sale(books.ann, 5))]
    books.twin.believe(Beliefs().but(transaction_ids="by_type"))
    more = [books.made("Bill", bill) for _ in range(3)]
    books.twin.believe(Beliefs())
    last = books.made("Bill", bill)
    assert len({made[0], *more, last}) == 5
    assert int(last) > max(int(number) for number in (*made, *more))


def test_the_command_line_lists_them_with_what_a_profile_settled(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "profile.json"
    file.write_text(json.dumps({"format": FORMAT, "beliefs": {"orderby_id": {"choice": "refused"}}}))
    assert main(["twin", "beliefs", "--profile", str(file), "--json"]) == 0
    rows = {row["belief"]: row for row in json.loads(capfd.readouterr().out)["beliefs"]}
    assert rows.keys() == BELIEFS.keys()
    assert (rows["orderby_id"]["taken"], rows["orderby_id"]["settled"]) == ("refused", True)
    assert [row["belief"] for row in rows.values() if row["settled"]] == ["orderby_id"]
    assert main(["twin", "beliefs"]) == 0
    assert "orderby_id: [works] or refused" in capfd.readouterr().out


def test_serving_takes_choices_from_the_command_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["twin", "serve", "--belief", "orderby_id=perhaps"]) == 2
    assert "works or refused" in capfd.readouterr().err
    assert main(["twin", "serve", "--profile", "/nowhere/profile.json"]) == 2
