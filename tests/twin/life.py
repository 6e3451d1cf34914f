"""For each of the 43 entities: what a client sends to create it, and what it changes afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.twin.conftest import Body, Books, ref


def _line(kind: str, amount: Any, **detail: Any) -> Body:
    return {"Amount": amount, "DetailType": kind, kind: detail}


def _purchase_form(books: Books, **more: Any) -> Body:
    return {"VendorRef": ref(books.lumber), "Line": [books.spend(30)], **more}


def _order(books: Books) -> Body:
    """An order has to name the account that its bill will go to."""
    made = books.twin.create("Bill", _purchase_form(books))
    return _purchase_form(books, APAccountRef=made["APAccountRef"])


def _journal(books: Books) -> Body:
    def side(posting: str, account: str) -> Body:
        return _line("JournalEntryLineDetail", 12, PostingType=posting, AccountRef=ref(account))

    return {"Line": [side("Debit", books.rent), side("Credit", books.checking)]}


def _deposit(books: Books) -> Body:
    return {
        "DepositToAccountRef": ref(books.checking),
        "Line": [_line("DepositLineDetail", 9, AccountRef=ref(books.sales))],
    }


def _bill_payment(books: Books) -> Body:
    bill = books.made("Bill", _purchase_form(books))
    return {
        "VendorRef": ref(books.lumber),
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": ref(books.checking)},
        **books.pays(10, ("Bill", bill, 10)),
    }


def _adjustment(books: Books) -> Body:
    return {
        "AdjustAccountRef": ref(books.shrinkage),
        "TxnDate": "2026-02-01",
        "Line": [
            {
                "DetailType": "ItemAdjustmentLineDetail",
                "ItemAdjustmentLineDetail": {"ItemRef": ref(books.pump), "QtyDiff": -1},
            }
        ],
    }


def _time(books: Books) -> Body:
    return {
        "NameOf": "Vendor",
        "VendorRef": ref(books.power),
        "CustomerRef": ref(books.ann),
        "ItemRef": ref(books.digging),
        "Hours": 2,
        "Minutes": 30,
    }


def _template(books: Books) -> Body:
    schedule = {"StartDate": "2026-01-31", "IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 31}
    info = {"Name": "Rent of the shed", "RecurType": "Automated", "ScheduleInfo": schedule}
    return {"Invoice": {**books.sale(books.ann, 25), "RecurringInfo": info}}


def _budget(books: Books) -> Body:
    detail = {"BudgetDate": "2026-01-01", "Amount": 250, "AccountRef": ref(books.rent)}
    return {"Name": "Plan", "StartDate": "2026-01-01", "EndDate": "2026-12-31", "BudgetDetail": [detail]}


def _tax_service(books: Books) -> Body:
    agency = books.made("TaxAgency", {"DisplayName": "Revenue"})
    rate = {"TaxRateName": "State", "RateValue": "7.1", "TaxAgencyId": agency, "TaxApplicableOn": "Sales"}
    return {"TaxCode": "State and town", "TaxRateDetails": [rate]}


def _tax_records(books: Books) -> None:
    books.twin.create("TaxService", _tax_service(books))


def _charge(books: Books) -> None:
    line = books.spend(18)
    line["AccountBasedExpenseLineDetail"] |= {"BillableStatus": "Billable", "CustomerRef": ref(books.ann)}
    books.made("Bill", _purchase_form(books, Line=[line]))


def _placed(entity: str, record_id: str, **body: Any) -> Callable[[Books], None]:
    return lambda books: books.twin.create(entity, body, id=record_id) and None


@dataclass(frozen=True)
class Recipe:
    """``body`` is None for what no request creates; ``place`` puts such a record there, and comes before any other."""

    body: Callable[[Books], Body] | None = None
    change: Body = field(default_factory=lambda: {"PrivateNote": "changed"})
    place: Callable[[Books], None] | None = None
    foreign: bool = False


_NAME = {"Name": "Another name"}
_PARTY = {"CompanyName": "Another name"}

RECIPES: dict[str, Recipe] = {
    "Invoice": Recipe(lambda books: books.sale(books.ann, 10)),
    "SalesReceipt": Recipe(lambda books: books.sale(books.ann, 10)),
    "Estimate": Recipe(lambda books: books.sale(books.ann, 10)),
    "CreditMemo": Recipe(lambda books: books.sale(books.ann, 10)),
    "RefundReceipt": Recipe(lambda books: books.sale(books.ann, 10, DepositToAccountRef=ref(books.checking))),
    "Payment": Recipe(lambda books: {"CustomerRef": ref(books.ann), "TotalAmt": 10}),
    "Bill": Recipe(_purchase_form),
    "BillPayment": Recipe(_bill_payment),
    "VendorCredit": Recipe(_purchase_form),
    "Purchase": Recipe(
        lambda books: {"PaymentType": "Cash", "AccountRef": ref(books.checking), "Line": [books.spend(7)]}
    ),
    "PurchaseOrder": Recipe(_order),
    "JournalEntry": Recipe(_journal),
    "Deposit": Recipe(_deposit),
    "Transfer": Recipe(
        lambda books: {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(books.card), "Amount": 5}
    ),
    "CreditCardPayment": Recipe(
        lambda books: {"CreditCardAccountRef": ref(books.card), "BankAccountRef": ref(books.checking), "Amount": 5}
    ),
    "InventoryAdjustment": Recipe(_adjustment),
    "TimeActivity": Recipe(_time, {"Description": "changed"}),
    "RecurringTransaction": Recipe(_template),
    "ReimburseCharge": Recipe(place=_charge),
    "TaxPayment": Recipe(
        place=_placed("TaxPayment", "70", PaymentDate="2026-01-31", PaymentAmount=5, PaymentAccountRef=ref("1"))
    ),
    "Account": Recipe(lambda _: {"Name": "Savings", "AccountType": "Bank"}, _NAME),
    "Customer": Recipe(lambda _: {"DisplayName": "Cara"}, _PARTY),
    "Vendor": Recipe(lambda _: {"DisplayName": "Diggers"}, _PARTY),
    "Employee": Recipe(lambda _: {"GivenName": "Ed", "FamilyName": "Oak"}, {"FamilyName": "Elm"}),
    "Item": Recipe(lambda books: {"Name": "Hoeing", "Type": "Service", "IncomeAccountRef": ref(books.sales)}, _NAME),
    "Class": Recipe(lambda _: {"Name": "North"}, _NAME),
    "Department": Recipe(lambda _: {"Name": "Shop"}, _NAME),
    "PaymentMethod": Recipe(lambda _: {"Name": "Voucher"}, _NAME),
    "Term": Recipe(lambda _: {"Name": "Net 7", "DueDays": 7}, _NAME),
    "CustomerType": Recipe(place=_placed("CustomerType", "3", Name="Retail")),
    "CompanyCurrency": Recipe(lambda _: {"Code": "EUR"}, {"Active": False}, foreign=True),
    "TaxAgency": Recipe(lambda _: {"DisplayName": "Customs"}),
    "TaxCode": Recipe(place=_tax_records),
    "TaxRate": Recipe(place=_tax_records),
    "TaxService": Recipe(_tax_service),
    "TaxClassification": Recipe(place=_placed("TaxClassification", "EUC-1", Code="EUC-1", Name="Clothing", Level="1")),
    "JournalCode": Recipe(lambda _: {"Name": "VT", "Type": "Sales"}, {"Description": "changed"}),
    "Budget": Recipe(_budget, _NAME),
    "CompanyInfo": Recipe(change={"LegalName": "Another name"}, place=lambda _: None),
    "Preferences": Recipe(change={"TaxPrefs": {"UsingSalesTax": False}}, place=lambda _: None),
    "ExchangeRate": Recipe(
        change={"Rate": 1.25},
        place=lambda books: (
            books.twin.update("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-01-31", "Rate": 1.5})
            and None
        ),
        foreign=True,
    ),
    "Entitlements": Recipe(place=lambda _: None),
    "Attachable": Recipe(lambda _: {"Note": "Look into this"}, {"Note": "changed"}),
}
