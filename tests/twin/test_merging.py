"""What else a merge of two names does: who is told, what moves along, and what is not merged."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.twin import Beliefs, QuickBooksFault
from akika_forensics.twin.statements.lines import BankLine

from .conftest import START, Books, ref
from .hook_scene import Receiver, Sender
from .merging_acts import DAY, pair
from .test_screens import last, refused


def test_it_is_told_once_with_both_ids(books: Books) -> None:
    gone, stays = pair("Vendor", books)
    made = books.made("Bill", {"VendorRef": ref(gone), "Line": [books.spend(5)]})
    ann = books.twin.screens.invite("Ann", "ann@example.com")["id"]
    done = books.twin.screens.merge("Vendor", gone, stays, by=ann)
    assert done == {"entity": "Vendor", "id": stays, "gone": gone, "cited": 1}
    event = last(books)[0]
    assert (event.verb, event.entity, event.id, event.user, event.party) == (
        "merged",
        "Vendor",
        stays,
        ann,
        "Stays Supply",
    )
    detail = payloads.decode(event.detail.encode())
    assert (detail["merged_from"], detail["merged_name"]) == (gone, "Gone Supply")
    assert [one.verb for one in books.twin.store.trail.of("Bill", made)] == ["created"]
    feed = books.twin.change_feed(["Vendor"], START - timedelta(days=1))
    assert [record_id for group in feed.groups for record_id, _ in group.deleted] == []
    with pytest.raises(QuickBooksFault):
        books.twin.update("Vendor", {"Id": gone, "SyncToken": "0", "DisplayName": "Back"})
    books.twin.create("Vendor", {"DisplayName": "Gone Supply"})


@pytest.mark.parametrize(
    ("choice", "token", "moved"), [("untouched", "0", False), ("time", "0", True), ("time_and_token", "1", True)]
)
def test_what_moves_on_the_records_that_cite_is_a_switch(books: Books, choice: str, token: str, moved: bool) -> None:
    books.twin.believe(Beliefs({"merge_touches": choice}))
    gone, stays = pair("Vendor", books)
    made = books.twin.create("Bill", {"VendorRef": ref(gone), "Line": [books.spend(5)]})
    books.twin.screens.merge("Vendor", gone, stays)
    after = books.get("Bill", made["Id"])
    assert after["VendorRef"] == {"value": stays, "name": "Stays Supply"}
    assert after["SyncToken"] == token
    assert (after["MetaData"] != made["MetaData"]) == moved
    assert bool([one for one in books.twin.store.trail.of("Bill", made["Id"]) if one.indirect]) == moved


@pytest.mark.parametrize(
    ("choice", "token", "moved"), [("untouched", "0", False), ("time", "0", True), ("time_and_token", "1", True)]
)
def test_a_template_that_cites_moves_within(books: Books, choice: str, token: str, moved: bool) -> None:
    """It has its Id, its token and its time in the transaction that it wraps."""
    books.twin.believe(Beliefs().but(merge_touches=choice))
    info = {
        "Name": "Rent",
        "RecurType": "Automated",
        "ScheduleInfo": {"StartDate": "2026-01-31", "IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 31},
    }
    books.twin.create("RecurringTransaction", {"Invoice": {**books.sale(books.bob, 25), "RecurringInfo": info}})
    ((key, payload),) = [(key, body) for key, body in books.twin.dump().items() if key[0] == "RecurringTransaction"]
    before = payloads.decode(payload)["Invoice"]
    books.twin.screens.merge("Customer", books.bob, books.ann)
    after = payloads.decode(books.twin.dump()[key])
    assert after.keys() == {"Invoice"}
    assert after["Invoice"]["CustomerRef"]["value"] == books.ann
    assert after["Invoice"]["SyncToken"] == token
    assert (after["Invoice"]["MetaData"] != before["MetaData"]) is moved


def test_merged_bank_accounts_keep_their_ticks_and_lose_their_reports(books: Books) -> None:
    gone, stays = pair("Bank", books)
    body = {"AccountRef": ref(gone), "PaymentType": "Cash", "TxnDate": "2026-01-05", "Line": [books.spend(5)]}
    made = books.made("Purchase", body)
    with books.twin.transaction():
        one = BankLine(gone, "2026-01-06", -500, "7", entity="Purchase", id=made)
        books.twin.store.bank.add([one, BankLine(stays, "2026-01-06", 0, "7")])
    screens = books.twin.screens
    screens.reconcile(gone, "2026-01-31", -5, [("Purchase", made)])
    screens.merge("Account", gone, stays)
    told = screens.reconciliations(stays)
    assert told == {"statements": [], "discrepancies": []}
    assert books.twin.bank_marks("Purchase", made) == {"reconciled"}
    assert books.twin.store.bank.balance(stays) == -500
    assert [line.fitid for line in books.twin.store.bank.of(stays)] == ["7-1", "7"]
    again = {"AccountRef": ref(stays), "PaymentType": "Cash", "TxnDate": "2026-02-05", "Line": [books.spend(1)]}
    later = books.made("Purchase", again)
    assert screens.reconcile(stays, "2026-02-28", -6, [("Purchase", later)])["opening"] == -5


def test_hidden_transactions_move_along(books: Books) -> None:
    gone, stays = pair("Bank", books)
    worker = books.made("Employee", {"GivenName": "Ed", "FamilyName": "Worker"})
    books.twin.screens.paycheck(worker, gone, "2026-01-05", 100)
    books.twin.screens.merge("Account", gone, stays)
    assert books.balances(end_date="2026-12-31")["Stays bank"] == -100
    assert books.get("Account", stays)["CurrentBalance"] == -100


# what does not fit


def test_the_cash_basis_is_made_anew_after_a_merge(books: Books) -> None:
    gone, stays = pair("Expense", books)
    body = {"PaymentType": "Cash", "AccountRef": ref(books.checking), "Line": [books.spend(30, gone)], "TxnDate": DAY}
    books.made("Purchase", body)
    asked = {"start_date": DAY, "end_date": DAY, "accounting_method": "Cash"}
    assert "Gone rents" in str(books.twin.report("ProfitAndLoss", **asked)["Rows"])
    books.twin.screens.merge("Account", gone, stays)
    assert books.twin.report("ProfitAndLoss", **asked)["Rows"] == _renamed(books, stays, asked)


def _renamed(books: Books, stays: str, asked: dict[str, str]) -> Any:
    """The report as it stands on the accrual basis, which is the same here."""
    found = books.twin.report("ProfitAndLoss", **{**asked, "accounting_method": "Accrual"})["Rows"]
    assert f"'id': '{stays}'" in str(found)
    return found


@pytest.mark.parametrize(("entity", "column"), [("Item", "item"), ("Class", "class"), ("Department", "department")])
def test_what_was_given_away_is_counted_under_the_name_that_stays(books: Books, entity: str, column: str) -> None:
    gone, stays = pair(entity, books)
    body = books.sale(books.ann, 0, TxnDate=DAY)
    detail = body["Line"][0]["SalesItemLineDetail"]
    detail["Qty"] = 3
    if entity == "Department":
        body["DepartmentRef"] = ref(gone)
    else:
        detail[f"{entity}Ref"] = ref(gone)
    books.made("Invoice", body)
    books.twin.screens.merge(entity, gone, stays)
    assert books.twin.store.select(f"SELECT {column} FROM uncharged") == [(stays,)]


def test_only_what_fits_is_merged(books: Books) -> None:
    merge = books.twin.screens.merge
    gone, stays = pair("Customer", books)
    vendor_gone, vendor = pair("Vendor", books)
    bank, _ = pair("Bank", books)
    expense, _ = pair("Expense", books)
    item, _ = pair("Item", books)
    pump = books.made(
        "Item",
        {
            "Name": "Hose",
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 0,
            "InvStartDate": "2026-01-01",
            "IncomeAccountRef": ref(books.sales),
            "ExpenseAccountRef": ref(books.cogs),
            "AssetAccountRef": ref(books.stock),
        },
    )
    cogs = books.made(
        "Account",
        {"Name": "Freight", "AccountType": "Cost of Goods Sold", "AccountSubType": "ShippingFreightDeliveryCos"},
    )
    refused(books, "same level", merge, "Customer", books.job, books.ann)
    refused(books, "others below it", merge, "Customer", books.ann, books.bob)
    refused(books, "same account type", merge, "Account", bank, books.rent)
    refused(books, "same detail type", merge, "Account", cogs, books.cogs)
    stock = {"Name": "More", "AccountType": "Other Current Asset", "AccountSubType": "Inventory"}
    refused(books, "that QuickBooks needs", merge, "Account", books.stock, books.made("Account", stock))
    refused(books, "different types", merge, "Item", item, pump)
    refused(books, "of type Inventory", merge, "Item", pump, books.pump)
    books.twin.update("Vendor", {"Id": vendor, "SyncToken": "0", "sparse": True, "Active": False})
    refused(books, "is inactive", merge, "Vendor", vendor_gone, vendor)
    books.twin.screens.connect_bank(bank)
    refused(books, "connected to online banking", merge, "Account", bank, books.checking)
    for wrong in (("Vendor", gone, vendor), ("Customer", stays, stays), ("Bill", "1", "2"), ("Employee", "1", "2")):
        with pytest.raises(WrongUse):
            merge(*wrong)
    assert expense


def test_names_in_other_currencies_are_not_merged() -> None:
    from .foreign_scene import Abroad

    abroad = Abroad()
    at_home = abroad.twin.create("Vendor", {"DisplayName": "Home"})["Id"]
    away = abroad.twin.create("Vendor", {"DisplayName": "Away", "CurrencyRef": {"value": "EUR"}})["Id"]
    with pytest.raises(Exception, match="different currencies"):
        abroad.twin.screens.merge("Vendor", away, at_home)
    abroad.twin.close()


# who is told


def test_a_receiver_of_notifications_learns_both_ids(books: Books) -> None:
    with Receiver() as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, "legacy")
        books.twin.screens.merge("Vendor", books.power, books.lumber)
        sender.settle()
        told = [
            entity
            for delivery in receiver.got
            for entity in json.loads(delivery.body)["eventNotifications"][0]["dataChangeEvent"]["entities"]
        ]
    assert [(one["name"], one["operation"], one["id"], one["deletedId"]) for one in told] == [
        ("Vendor", "Merge", books.lumber, books.power)
    ]
