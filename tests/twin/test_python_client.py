"""python-quickbooks with intuit-oauth, as published: a whole life cycle for every class of objects that it offers."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import TwinServer, serve

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import quickbooks.objects
    from intuitlib.client import AuthClient
    from quickbooks import QuickBooks
    from quickbooks.objects.company_info import CompanyInfo
    from quickbooks.objects.exchangerate import ExchangeRate
    from quickbooks.objects.invoice import Invoice
    from quickbooks.objects.payment import Payment
    from quickbooks.objects.preferences import Preferences
    from quickbooks.objects.recurringtransaction import RecurringTransaction
    from quickbooks.objects.salesreceipt import SalesReceipt
    from quickbooks.objects.taxcode import TaxCode
    from quickbooks.objects.taxrate import TaxRate
    from quickbooks.objects.taxservice import TaxRateDetails, TaxService

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

type Body = dict[str, Any]


class Life(NamedTuple):
    """What is created, what is then changed, and how it ends."""

    body: Body
    field: str = "PrivateNote"
    value: Any = "changed"
    end: str = "delete"


def ref(value: str) -> Body:
    return {"value": value}


def lives(books: Any) -> dict[str, Life]:
    """A life for each entity that the client can make."""
    books.twin.create("Bill", {"VendorRef": ref(books.lumber), "Line": [books.spend(1)]})
    payable = books.account("Accounts Payable (A/P)")
    customer, vendor = {"CustomerRef": ref(books.ann)}, {"VendorRef": ref(books.power)}
    sale: Body = {"Line": books.sale(books.ann, 20)["Line"]}
    cost: Body = {"Line": [books.spend(30)]}
    bill = books.made("Bill", {**vendor, **cost})
    adjusted = {"ItemRef": ref(books.pump), "QtyDiff": 1}
    return {
        "Account": Life({"Name": "Travel", "AccountType": "Expense"}, "Description", "changed", "inactive"),
        "Class": Life({"Name": "North"}, "Name", "South", "inactive"),
        "Customer": Life({"DisplayName": "Cy"}, "CompanyName", "Cy Ltd", "inactive"),
        "Department": Life({"Name": "Shop"}, "Name", "Yard", "inactive"),
        "Employee": Life({"GivenName": "Eve", "FamilyName": "Day"}, "Title", "Dr", "inactive"),
        "Item": Life(
            {"Name": "Hedge", "Type": "Service", "IncomeAccountRef": ref(books.sales)}, "UnitPrice", 7.5, "inactive"
        ),
        "PaymentMethod": Life({"Name": "Barter"}, "Type", "CREDIT_CARD", "inactive"),
        "Term": Life({"Name": "Net 9", "DueDays": 9}, "DueDays", 10, "inactive"),
        "Vendor": Life({"DisplayName": "Hose Co"}, "CompanyName", "Hose Ltd", "inactive"),
        "TaxAgency": Life({"DisplayName": "Town"}, "", None, ""),
        "Invoice": Life({**customer, **sale}),
        "Estimate": Life({**customer, **sale}),
        "SalesReceipt": Life({**customer, **sale}),
        "CreditMemo": Life({**customer, **sale}),
        "RefundReceipt": Life({**customer, **sale, "DepositToAccountRef": ref(books.checking)}),
        "Payment": Life({**customer, "TotalAmt": 8}),
        "Bill": Life({**vendor, **cost}),
        "BillPayment": Life(
            {
                **vendor,
                "PayType": "Check",
                "CheckPayment": {"BankAccountRef": ref(books.checking)},
                **books.pays(30, ("Bill", bill, 30)),
            }
        ),
        "VendorCredit": Life({**vendor, **cost}),
        "Purchase": Life({"PaymentType": "Cash", "AccountRef": ref(books.checking), **cost}),
        "PurchaseOrder": Life({**vendor, **cost, "APAccountRef": ref(payable)}),
        "JournalEntry": Life({"Line": [side("Debit", books.rent), side("Credit", books.checking)]}),
        "Deposit": Life(
            {
                "DepositToAccountRef": ref(books.checking),
                "Line": [
                    {
                        "Amount": 11,
                        "DetailType": "DepositLineDetail",
                        "DepositLineDetail": {"AccountRef": ref(books.sales)},
                    }
                ],
            }
        ),
        "Transfer": Life({"FromAccountRef": ref(books.checking), "ToAccountRef": ref(books.card), "Amount": 13}),
        "CreditCardPayment": Life(
            {"CreditCardAccountRef": ref(books.card), "BankAccountRef": ref(books.checking), "Amount": 14}
        ),
        "TimeActivity": Life(
            {"NameOf": "Vendor", **vendor, "Hours": 2, "TxnDate": "2026-03-01"}, "Description", "changed"
        ),
        "Attachable": Life({"Note": "a note"}, "Note", "changed"),
        "InventoryAdjustment": Life(
            {
                "AdjustAccountRef": ref(books.shrinkage),
                "TxnDate": "2026-03-01",
                "Line": [{"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": adjusted}],
            }
        ),
    }


def side(posting: str, account: str) -> Body:
    detail = {"PostingType": posting, "AccountRef": ref(account)}
    return {"Amount": 12.34, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


def offered() -> dict[str, Any]:
    """The client's classes that can be saved and listed, by entity."""
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(quickbooks.objects.__path__):
        loaded = importlib.import_module(f"quickbooks.objects.{module.name}")
        for name, kind in inspect.getmembers(loaded, inspect.isclass):
            entity = getattr(kind, "qbo_object_name", "")
            own = kind.__module__ == loaded.__name__ and not name.startswith("Recurring")
            if own and entity in CATALOGUE and all(hasattr(kind, verb) for verb in ("save", "get", "query")):
                found[entity] = kind
    return found


OFFERED = offered()
ELSEWHERE = {"CompanyInfo", "CompanyCurrency"}
"""Settings have no beginning and no end; a company of one currency has no list of them."""


@pytest.fixture
def server(books: Any) -> Iterator[TwinServer]:
    with serve(books.twin) as served:
        yield served


@pytest.fixture
def client(server: TwinServer, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{server.base_url}/v3")
    given = server.credentials
    discovery = f"{server.base_url}/.well-known/openid_configuration"
    auth = AuthClient(given.client_id, given.client_secret, "http://localhost/back", discovery)
    return QuickBooks(auth_client=auth, refresh_token=given.refresh_token, company_id=server.realm_id, minorversion=75)


def test_every_class_that_can_live_has_a_life(books: Any) -> None:
    assert set(OFFERED) - ELSEWHERE == set(lives(books)) & set(OFFERED)
    assert len(OFFERED) >= 27


@pytest.mark.parametrize("entity", sorted(set(OFFERED) - ELSEWHERE))
def test_a_record_is_made_read_listed_counted_changed_and_ended(entity: str, client: QuickBooks, books: Any) -> None:
    kind, life = OFFERED[entity], lives(books)[entity]
    trial = books.balances()
    before = kind.count(qb=client)
    made = kind.from_json(life.body).save(qb=client)
    assert made.Id
    assert made.SyncToken == "0"
    assert kind.count(qb=client) == before + 1
    assert kind.get(made.Id, qb=client).to_dict() == made.to_dict()
    assert [found.Id for found in kind.choose([made.Id], qb=client)] == [made.Id]
    assert made.Id in [found.Id for found in kind.all(qb=client)]
    assert made.Id in [found.Id for found in kind.where("MetaData.CreateTime > '2020-01-01'", qb=client)]
    if not life.field:
        return
    setattr(made, life.field, life.value)
    changed = made.save(qb=client)
    assert (changed.Id, changed.SyncToken) == (made.Id, "1")
    assert getattr(changed, life.field) == life.value
    if life.end == "inactive":
        changed.Active = False
        assert changed.save(qb=client).Active is False
        assert books.get(entity, made.Id)["Active"] is False
    else:
        answer = changed.delete(qb=client)
        key = CATALOGUE[entity].key
        assert (answer[key]["status"], answer[key]["Id"]) == ("Deleted", made.Id)
        assert books.twin.get(entity, made.Id) is None
        assert books.balances() == trial
    assert kind.count(qb=client) == before


@pytest.mark.parametrize(
    "kind", [Invoice, Payment, SalesReceipt, OFFERED["BillPayment"]], ids=lambda kind: kind.__name__
)
def test_what_the_client_can_void_is_voided(kind: Any, client: QuickBooks, books: Any) -> None:
    entity = kind.qbo_object_name
    made = kind.from_json(lives(books)[entity].body)
    before = books.balances()
    made = made.save(qb=client)
    assert books.balances() != before
    made.void(qb=client)
    assert Decimal(books.get(entity, made.Id)["TotalAmt"]) == 0
    assert books.get(entity, made.Id)["PrivateNote"].startswith("Voided")
    assert books.balances() == before


def test_a_request_id_saves_once(client: QuickBooks, books: Any) -> None:
    kind = OFFERED["Customer"]
    once = kind.from_json({"DisplayName": "Once"}).save(qb=client, request_id="one")
    twice = kind.from_json({"DisplayName": "Twice"}).save(qb=client, request_id="one")
    assert (once.Id, once.DisplayName) == (twice.Id, twice.DisplayName)


def test_settings_are_read_and_changed(client: QuickBooks, books: Any) -> None:
    info = CompanyInfo.all(qb=client)[0]
    info.LegalName = "Garden & Sons Ltd"
    assert info.save(qb=client).LegalName == "Garden & Sons Ltd"
    preferences = Preferences.get(qb=client)
    preferences.SalesFormsPrefs.CustomTxnNumbers = True
    assert preferences.save(qb=client).SalesFormsPrefs.CustomTxnNumbers is True
    assert OFFERED["Invoice"].from_json(lives(books)["Invoice"].body).save(qb=client).DocNumber in (None, "")


def test_tax_codes_are_made_by_the_tax_service(client: QuickBooks, books: Any) -> None:
    agency = OFFERED["TaxAgency"].from_json({"DisplayName": "Town"}).save(qb=client)
    service = TaxService()
    service.TaxCode = "Town tax"
    rate = TaxRateDetails()
    rate.TaxRateName, rate.RateValue, rate.TaxAgencyId, rate.TaxApplicableOn = "Town 5", 5, agency.Id, "Sales"
    service.TaxRateDetails.append(rate)
    answer = service.save(qb=client)
    assert answer.TaxCode == "Town tax"
    assert TaxCode.get(answer.TaxCodeId, qb=client).Name == "Town tax"
    assert [found.RateValue for found in TaxRate.all(qb=client) if found.Name == "Town 5"] == [5]


TEMPLATES = ("Bill", "CreditMemo", "Deposit", "Estimate", "Invoice", "JournalEntry", "Purchase", "PurchaseOrder",
             "RefundReceipt", "SalesReceipt", "Transfer", "VendorCredit")  # fmt: skip


@pytest.mark.parametrize("inner", TEMPLATES)
def test_templates_of_every_kind_are_made_read_listed_and_deleted(inner: str, client: QuickBooks, books: Any) -> None:
    schedule = {"StartDate": "2026-04-01", "IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1}
    info = {"Name": "Every month", "RecurType": "Automated", "Active": True, "ScheduleInfo": schedule}
    template = RecurringTransaction.from_json({inner: {**lives(books)[inner].body, "RecurringInfo": info}})
    made = template.save(qb=client)
    record_id = getattr(made, inner).Id
    read = RecurringTransaction.get(record_id, qb=client)
    assert getattr(read, inner).RecurringInfo.Name == "Every month"
    assert [getattr(found, inner).Id for found in RecurringTransaction.all(qb=client)] == [record_id]
    answer = read.delete(qb=client)
    assert answer["RecurringTransaction"]["status"] == "Deleted"
    assert RecurringTransaction.all(qb=client) == []


def test_rates_and_currencies_are_listed_where_there_are_several(client: QuickBooks, books: Any) -> None:
    preferences = books.get("Preferences", "1")
    preferences["CurrencyPrefs"] = {**preferences["CurrencyPrefs"], "MultiCurrencyEnabled": True}
    books.twin.update("Preferences", preferences)
    currency = OFFERED["CompanyCurrency"].from_json({"Code": "EUR", "Name": "Euro"}).save(qb=client)
    assert OFFERED["CompanyCurrency"].get(currency.Id, qb=client).Code == "EUR"
    rate = ExchangeRate()
    rate.SourceCurrencyCode, rate.AsOfDate, rate.Rate, rate.TargetCurrencyCode = "EUR", "2026-03-01", 1.1, "USD"
    assert rate.save(qb=client).Rate == 1.1
    listed = ExchangeRate.where("SourceCurrencyCode in ('EUR') and AsOfDate = '2026-03-01'", qb=client)
    assert [found.Rate for found in listed] == [1.1]


def test_lists_that_can_only_be_read_are_empty_lists(client: QuickBooks) -> None:
    for name in ("customertype", "taxcode", "taxrate", "budget"):
        module = importlib.import_module(f"quickbooks.objects.{name}")
        kind = next(found for found in vars(module).values() if getattr(found, "qbo_object_name", "").lower() == name)
        assert isinstance(kind.all(qb=client), list)


@pytest.mark.parametrize("entity", ["Invoice", "Estimate", "SalesReceipt"])
def test_papers_are_downloaded(entity: str, client: QuickBooks, books: Any) -> None:
    made = OFFERED[entity].from_json(lives(books)[entity].body).save(qb=client)
    assert made.download_pdf(qb=client).startswith(b"%PDF-")


@pytest.mark.parametrize("entity", ["Invoice", "Estimate", "PurchaseOrder"])
def test_papers_are_sent(entity: str, client: QuickBooks, books: Any) -> None:
    made = OFFERED[entity].from_json(lives(books)[entity].body).save(qb=client)
    answer = made.send(qb=client, send_to="ann+1@example.com")
    assert answer[entity]["EmailStatus"] == "EmailSent"
