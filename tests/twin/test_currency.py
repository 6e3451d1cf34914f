"""Documents in other currencies: which they may have, at which rate, and what they show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.twin import Beliefs, Founding, Twin, loading
from tests.twin.conftest import Body, Books, ref
from tests.twin.foreign_scene import Abroad, abroad, euro

__all__ = ["abroad"]

ONE_FOREIGN = "You can only use one foreign currency per transaction."
CONTROL = "The transaction needs to be in the same currency as the A/R and A/P accounts you use."


def test_an_invoice_shows_its_rate_and_its_amounts_at_home(abroad: Abroad) -> None:
    made = abroad.invoice(Decimal("100.10"), "1.2345")
    shown = {name: made[name] for name in ("TotalAmt", "Balance", "HomeTotalAmt", "HomeBalance", "ExchangeRate")}
    assert shown == {
        "TotalAmt": Decimal("100.10"),
        "Balance": Decimal("100.10"),
        "HomeTotalAmt": Decimal("123.57"),
        "HomeBalance": Decimal("123.57"),
        "ExchangeRate": Decimal("1.2345"),
    }
    assert made["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    control = abroad.get("Account", abroad.account("Accounts Receivable (A/R) - EUR"))
    assert (control["CurrencyRef"]["value"], control["CurrentBalance"]) == ("EUR", Decimal("100.10"))
    assert abroad.get("Customer", abroad.emma)["Balance"] == Decimal("100.10")
    assert abroad.balances()["Accounts Receivable (A/R) - EUR"] == Decimal("123.57")


def test_a_document_at_home_shows_the_rate_of_one(abroad: Abroad) -> None:
    made = abroad.twin.create("Invoice", abroad.sale(abroad.ann, 50, ExchangeRate=3))
    assert (made["ExchangeRate"], made["HomeTotalAmt"], made["HomeBalance"]) == (1, 50, 50)
    assert abroad.get("Account", abroad.account("Accounts Receivable (A/R)"))["CurrentBalance"] == 50


def test_a_company_with_one_currency_shows_none_of_it(books: Books) -> None:
    made = books.twin.create("Invoice", books.sale(books.ann, 50, ExchangeRate=1))
    assert not {"ExchangeRate", "HomeTotalAmt", "HomeBalance"} & made.keys()
    fault = books.refused("6000", books.twin.create, "Invoice", books.sale(books.ann, 50, **euro("1.1")))
    assert "Multicurrency is not enabled" in fault.detail


@pytest.mark.parametrize(
    ("who", "more", "code", "text"),
    [
        ("emma", euro(None), "2410", "The currency and exchange rate are required"),
        ("ann", euro(None), "2410", "The currency and exchange rate are required"),
        ("ann", euro("1.1"), "6000", ONE_FOREIGN),
        ("paul", euro("1.1"), "6000", ONE_FOREIGN),
        ("emma", {"CurrencyRef": ref("USD")}, "6000", ONE_FOREIGN),
        ("emma", {}, "6000", ONE_FOREIGN),
        ("emma", {"CurrencyRef": ref("EUR"), "ExchangeRate": -1}, "2100", "Decimal Format"),
        ("emma", {"CurrencyRef": ref("XQX"), "ExchangeRate": 2}, "6000", ONE_FOREIGN),
    ],
)
def test_an_invoice_of_another_currency_than_its_customer_is_refused(
    abroad: Abroad, who: str, more: Body, code: str, text: str
) -> None:
    fault = abroad.refused(code, abroad.twin.create, "Invoice", abroad.sale(getattr(abroad, who), 10, **more))
    assert text in fault.detail
    if code == "2410":
        assert fault.message == "Curreny, ExchangeRate is missing."


def test_what_is_left_out_may_be_taken_from_the_name_and_from_the_list(abroad: Abroad) -> None:
    abroad.twin.believe(Beliefs().but(currency_left_out="of_the_name", rate_left_out="from_the_list"))
    for day, rate in (("2026-02-01", b"1.10"), ("2026-02-10", b"1.20")):
        payload = b'{"SourceCurrencyCode":"EUR","TargetCurrencyCode":"USD","Rate":%s,"AsOfDate":"%s"}'
        abroad.twin.put_raw("ExchangeRate", payload % (rate, day.encode()))
    sale = abroad.sale(abroad.emma, 10, TxnDate="2026-02-09")
    made = abroad.twin.create("Invoice", sale)
    assert (made["CurrencyRef"]["value"], made["ExchangeRate"]) == ("EUR", Decimal("1.1"))
    assert abroad.twin.create("Invoice", {**sale, "TxnDate": "2026-02-10"})["ExchangeRate"] == Decimal("1.2")
    abroad.refused("2410", abroad.twin.create, "Invoice", {**sale, "TxnDate": "2026-01-31"})


def test_names_and_accounts_keep_the_currency_they_were_made_with(abroad: Abroad) -> None:
    for entity, record_id in (("Customer", abroad.emma), ("Vendor", abroad.stahl), ("Account", abroad.euros)):
        body = abroad.get(entity, record_id)
        after = abroad.twin.update(entity, {**body, "CurrencyRef": ref("GBP")})
        assert after["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    job = {"DisplayName": "Annexe", "Job": True, "ParentRef": ref(abroad.emma)}
    assert abroad.twin.create("Customer", job)["CurrencyRef"]["value"] == "EUR"
    abroad.refused("6000", abroad.twin.create, "Customer", {**job, "DisplayName": "Roof", "CurrencyRef": ref("GBP")})
    fees = {"Name": "Fees", "AccountType": "Expense", "CurrencyRef": ref("EUR")}
    assert abroad.twin.create("Account", fees)["CurrencyRef"]["value"] == "USD"
    below = {"Name": "Till", "AccountType": "Bank", "ParentRef": ref(abroad.euros)}
    abroad.refused("6000", abroad.twin.create, "Account", {**below, "CurrencyRef": ref("USD")})
    assert abroad.twin.create("Account", below)["CurrencyRef"]["value"] == "EUR"
    unknown = {"DisplayName": "Nobody", "CurrencyRef": ref("XQX")}
    abroad.refused("2500", abroad.twin.create, "Customer", unknown)
    abroad.twin.create("CompanyCurrency", {"Code": "XQX"})
    assert abroad.twin.create("Customer", unknown)["CurrencyRef"] == {"value": "XQX", "name": "XQX"}


def test_accounts_of_a_third_currency_are_refused(abroad: Abroad) -> None:
    invoice = abroad.invoice(10, "1.1")
    links = abroad.pays(10, ("Invoice", invoice["Id"], 10))
    body = {"CustomerRef": ref(abroad.emma), **links, **euro("1.1")}
    fault = abroad.refused("6000", abroad.twin.create, "Payment", {**body, "DepositToAccountRef": ref(abroad.pounds)})
    assert ONE_FOREIGN in fault.detail
    at_home = abroad.account("Accounts Receivable (A/R) - EUR")
    fault = abroad.refused(
        "6000", abroad.twin.create, "Invoice", abroad.sale(abroad.ann, 10, ARAccountRef=ref(at_home))
    )
    assert CONTROL in fault.detail
    move = {"FromAccountRef": ref(abroad.euros), "ToAccountRef": ref(abroad.pounds), "Amount": 5, **euro("1.1")}
    abroad.refused("6000", abroad.twin.create, "Transfer", move)


def test_a_journal_has_one_foreign_currency(abroad: Abroad) -> None:
    def entry(*rows: tuple[str, str, Any, str | None], **more: Any) -> Body:
        lines = []
        for side, account, amount, customer in rows:
            detail: Body = {"PostingType": side, "AccountRef": ref(account)}
            if customer:
                detail["Entity"] = {"Type": "Customer", "EntityRef": ref(customer)}
            line = {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}
            lines.append(line)
        return {"Line": lines, **more}

    abroad.invoice(1, "1")
    receivable = abroad.account("Accounts Receivable (A/R) - EUR")
    both = entry(("Debit", abroad.euros, 5, None), ("Credit", abroad.pounds, 5, None), **euro("1.1"))
    assert ONE_FOREIGN in abroad.refused("6000", abroad.twin.create, "JournalEntry", both).detail
    plain = entry(("Debit", abroad.euros, 5, None), ("Credit", abroad.sales, 5, None))
    assert ONE_FOREIGN in abroad.refused("6000", abroad.twin.create, "JournalEntry", plain).detail
    wrong = entry(("Debit", receivable, 5, abroad.ann), ("Credit", abroad.sales, 5, None), **euro("1.1"))
    assert CONTROL in abroad.refused("6000", abroad.twin.create, "JournalEntry", wrong).detail
    good = entry(("Debit", receivable, 5, abroad.emma), ("Credit", abroad.sales, 5, None), **euro("1.1"))
    made = abroad.twin.create("JournalEntry", good)
    assert (made["ExchangeRate"], "HomeTotalAmt" in made) == (Decimal("1.1"), False)
    assert abroad.get("Customer", abroad.emma)["Balance"] == 6


def test_other_currencies_come_by_the_preferences_and_stay(books: Books) -> None:
    old = books.twin.create("Invoice", books.sale(books.ann, 5))
    prefs = books.get("Preferences", "1")
    on = {"MultiCurrencyEnabled": True, "HomeCurrency": ref("EUR")}
    after = books.twin.update("Preferences", {**prefs, "CurrencyPrefs": on})
    assert after["CurrencyPrefs"] == {"MultiCurrencyEnabled": True, "HomeCurrency": ref("USD")}
    gain = books.get("Account", books.account("Exchange Gain or Loss"))
    assert (gain["AccountType"], gain["AccountSubType"]) == ("Other Expense", "ExchangeGainOrLoss")
    off = {"MultiCurrencyEnabled": False}
    again = books.twin.update("Preferences", {**after, "sparse": True, "CurrencyPrefs": off})
    assert again["CurrencyPrefs"] == after["CurrencyPrefs"]
    assert "ExchangeRate" not in books.get("Invoice", old["Id"])
    saved = books.twin.update("Invoice", {**books.get("Invoice", old["Id"]), "PrivateNote": "seen"})
    assert (saved["ExchangeRate"], saved["HomeBalance"]) == (1, 5)


def test_a_new_rate_moves_what_is_at_home_and_the_gain_of_its_payment(abroad: Abroad) -> None:
    invoice = abroad.invoice(100, "1.10")
    abroad.paid(100, "1.15", ("Invoice", invoice["Id"], 100), into=abroad.checking)
    assert abroad.balances()["Exchange Gain or Loss"] == -5
    body = abroad.get("Invoice", invoice["Id"])
    assert (body["Balance"], body["HomeBalance"]) == (0, 0)
    after = abroad.twin.update("Invoice", {**body, "ExchangeRate": Decimal("1.20")})
    assert (after["HomeTotalAmt"], abroad.balances()["Exchange Gain or Loss"]) == (120, 5)
    abroad.twin.delete("Invoice", {"Id": after["Id"], "SyncToken": after["SyncToken"]})
    trial = abroad.balances()
    assert "Exchange Gain or Loss" not in trial
    assert trial["Accounts Receivable (A/R) - EUR"] == -115
    assert abroad.get("Customer", abroad.emma)["Balance"] == -100


def test_openings_in_another_currency_need_a_rate_of_their_day(abroad: Abroad) -> None:
    fresh = {"DisplayName": "Elsa", "CurrencyRef": ref("EUR"), "Balance": 30, "OpenBalanceDate": "2026-02-03"}
    abroad.refused("2410", abroad.twin.create, "Customer", fresh)
    payload = b'{"SourceCurrencyCode":"EUR","TargetCurrencyCode":"USD","Rate":1.5,"AsOfDate":"2026-02-01"}'
    abroad.twin.put_raw("ExchangeRate", payload)
    made = abroad.twin.create("Customer", fresh)
    assert abroad.get("Customer", made["Id"])["Balance"] == 30
    till = {"Name": "Till", "AccountType": "Bank", "CurrencyRef": ref("EUR"), "OpeningBalance": 20}
    bank = abroad.twin.create("Account", till)
    assert abroad.get("Account", bank["Id"])["CurrentBalance"] == 20
    trial = abroad.balances()
    assert (trial["Accounts Receivable (A/R) - EUR"], trial["Till"]) == (45, 30)
    assert trial["Opening Balance Equity"] == -(45 + 30 + 40)


def test_a_foreign_account_that_is_made_inactive_is_emptied_at_home_too(abroad: Abroad) -> None:
    for rate in ("1.10", "1.31"):
        abroad.paid(100, rate, into=abroad.euros)
    abroad.twin.update("Account", {**abroad.get("Account", abroad.euros), "Active": False})
    assert abroad.get("Account", abroad.euros)["CurrentBalance"] == 0
    assert "Euro bank (deleted)" not in abroad.balances()


def test_a_voided_invoice_is_worth_nothing_at_home_either(abroad: Abroad) -> None:
    invoice = abroad.invoice(100, "1.10")
    after = abroad.twin.void("Invoice", {"Id": invoice["Id"], "SyncToken": "0"})
    assert (after["TotalAmt"], after["HomeTotalAmt"], after["HomeBalance"]) == (0, 0, 0)
    assert "Accounts Receivable (A/R) - EUR" not in abroad.balances()


def test_a_company_may_be_founded_in_another_country(tmp_path: Any) -> None:
    made = Books(tmp_path / "c.sqlite", Founding("CAD", multicurrency=True, country="CA"))
    assert made.get("CompanyInfo", "1")["Country"] == "CA"
    invoice = made.twin.create("Invoice", made.sale(made.ann, 5))
    assert (invoice["CurrencyRef"]["value"], made.twin.report("TrialBalance")["Header"]["Currency"]) == ("CAD", "CAD")
    assert made.get("Account", made.account("Accounts Receivable (A/R)"))["CurrencyRef"]["value"] == "CAD"
    made.twin.close()


def test_loading_says_what_it_cannot_open_in_another_currency(abroad: Abroad) -> None:
    abroad.invoice(100, "1.10")
    lost = {"Invoice", "Payment"}
    rows = [(entity, payload) for (entity, _), payload in abroad.twin.dump().items() if entity not in lost]
    again = Twin()
    report = loading.load_records(again, rows)
    said = [note.what for note in report.announcements if "beyond the loaded documents" in note.what]
    assert any(text.startswith("Customer:") and "100.00 EUR" in text for text in said)
    assert not [one for one in report.openings if "EUR" in one.what]
    assert not again.store.out_of_balance()
    again.close()
