"""Bank statements ticked off, bank lines matched and added, at the screens."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.twin.screens.asking import ScreenRefused
from akika_forensics.twin.statements import agreement
from akika_forensics.twin.statements.lines import BankLine

from .conftest import Books, ref
from .test_screens import last, refused

type Key = tuple[str, str]


def paid(books: Books, amount: Any, day: str = "2026-01-10", account: str = "") -> Key:
    kind = "CreditCard" if account == books.card else "Check"
    body = {"AccountRef": ref(account or books.checking), "PaymentType": kind, "TxnDate": day}
    return "Purchase", books.made("Purchase", {**body, "Line": [books.spend(amount)]})


def sold(books: Books, amount: Any, day: str = "2026-01-12") -> Key:
    body = books.sale(books.ann, amount, TxnDate=day, DepositToAccountRef=ref(books.checking))
    return "SalesReceipt", books.made("SalesReceipt", body)


def banked(books: Books, *rows: tuple[str, int, Key], account: str = "") -> list[str]:
    lines = [
        BankLine(account or books.checking, day, cents, payee="Somebody", entity=entity, id=record_id)
        for day, cents, (entity, record_id) in rows
    ]
    with books.twin.transaction():
        return [line.fitid for line in books.twin.store.bank.add(lines)]


NOBODY = ("", "")


@pytest.fixture
def accountant(books: Books) -> str:
    return str(books.twin.screens.invite("Ada", "ada@example.com", "accountant")["id"])


# reconcile


def test_a_statement_is_ticked_off(books: Books) -> None:
    check, receipt, later = paid(books, 40), sold(books, 100), paid(books, 7, "2026-02-03")
    screens = books.twin.screens
    done = screens.reconcile(books.checking, "2026-01-31", 60, [check, receipt])
    assert (done["ticked"], done["opening"], done["adjustment"]) == (2, 0, "")
    for key in (check, receipt):
        assert books.twin.bank_marks(*key) == {"reconciled"}
    assert books.twin.bank_marks(*later) == frozenset()
    event = last(books)[0]
    assert (event.verb, event.entity, event.id, event.date) == ("reconciled", "Account", books.checking, "2026-01-31")
    done = screens.reconcile(books.checking, "2026-02-28", "53.00", [later])
    assert done["opening"] == 60
    assert [row["ending"] for row in screens.reconciliations(books.checking)["statements"]] == [60, 53]


def test_a_difference_is_refused_or_posted(books: Books) -> None:
    check = paid(books, 40)
    screens = books.twin.screens
    refused(
        books,
        "Your difference isn't 0.00 yet: it is -2.50",
        screens.reconcile,
        books.checking,
        "2026-01-31",
        "-42.5",
        [check],
    )
    done = screens.reconcile(books.checking, "2026-01-31", "-42.5", [check], adjust=True)
    made = books.get("JournalEntry", done["adjustment"])
    assert made["TxnDate"] == "2026-01-31"
    assert books.twin.bank_marks("JournalEntry", made["Id"]) == {"reconciled"}
    after = books.balances(end_date="2026-12-31")
    assert (after["Checking"], after["Reconciliation Discrepancies"]) == (Decimal("-42.50"), Decimal("2.50"))
    more = paid(books, 1, "2026-02-01")
    screens.reconcile(books.checking, "2026-02-28", -40, [more], adjust=True)
    assert books.balances(end_date="2026-12-31")["Reconciliation Discrepancies"] == -1


def test_what_cannot_be_ticked_is_said(books: Books) -> None:
    screens = books.twin.screens
    check, later = paid(books, 40), paid(books, 7, "2026-02-03")
    on_card = paid(books, 5, account=books.card)
    for wrong in ([later], [on_card], [("Purchase", "404")]):
        with pytest.raises(WrongUse, match="does not move account"):
            screens.reconcile(books.checking, "2026-01-31", 0, wrong)
    screens.reconcile(books.checking, "2026-01-31", -40, [check])
    with pytest.raises(WrongUse, match="reconciled already"):
        screens.reconcile(books.checking, "2026-02-28", -40, [check])
    refused(books, "ending date must be after", screens.reconcile, books.checking, "2026-01-31", -47, [later])
    refused(books, "can't be reconciled", screens.reconcile, books.rent, "2026-01-31", 0, [check])


def test_of_a_card_the_balance_is_what_is_owed(books: Books) -> None:
    swiped = paid(books, 45, account=books.card)
    assert books.twin.screens.reconcile(books.card, "2026-01-31", 45, [swiped])["ticked"] == 1


def test_without_a_list_the_banks_lines_are_ticked(books: Books) -> None:
    check, receipt, outstanding = paid(books, 40), sold(books, 100), paid(books, 9)
    banked(books, ("2026-01-15", -4_000, check), ("2026-01-14", 10_000, receipt), ("2026-02-02", -900, outstanding))
    assert books.twin.screens.reconcile(books.checking, "2026-01-31")["ticked"] == 2
    assert books.twin.screens.reconcile(books.checking, "2026-02-28")["ticked"] == 1


def test_a_transfer_has_two_sides(books: Books) -> None:
    other = books.made("Account", {"Name": "Savings", "AccountType": "Bank", "AccountSubType": "Savings"})
    body = {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(other), "Amount": 30, "TxnDate": "2026-01-05"}
    key = "Transfer", books.made("Transfer", body)
    screens = books.twin.screens
    screens.reconcile(books.checking, "2026-01-31", -30, [key])
    screens.reconcile(other, "2026-01-31", 30, [key])
    screens.mark_status(other, *key, "")
    assert books.twin.bank_marks(*key) == {"reconciled"}
    screens.mark_status(books.checking, *key, "C")
    assert books.twin.bank_marks(*key) == {"cleared"}


def test_accountants_alone_undo_and_the_adjustment_stays(books: Books, accountant: str) -> None:
    check = paid(books, 40)
    screens = books.twin.screens
    made = screens.reconcile(books.checking, "2026-01-31", -41, [check], adjust=True)["adjustment"]
    refused(books, "which may not undo", screens.undo_reconciliation, books.checking)
    assert screens.undo_reconciliation(books.checking, by=accountant)["unticked"] == 2
    assert books.twin.bank_marks(*check) == frozenset()
    assert books.twin.get("JournalEntry", made) is not None
    assert (last(books)[0].verb, last(books)[0].name) == ("undid reconciliation", "Ada")
    refused(books, "no reconciliation to undo", screens.undo_reconciliation, books.checking, by=accountant)
    assert screens.reconcile(books.checking, "2026-01-31", -41, [check, ("JournalEntry", made)])["ticked"] == 2


def test_what_was_changed_after_it_was_reconciled_moves_the_beginning_balance(books: Books) -> None:
    check, receipt = paid(books, 40), sold(books, 100)
    screens = books.twin.screens
    screens.reconcile(books.checking, "2026-01-31", 60, [check, receipt])
    body = {key: value for key, value in books.get(*check).items() if key != "TotalAmt"}
    books.twin.update("Purchase", {**body, "Line": [books.spend(50)]})
    books.twin.delete(receipt[0], books.get(*receipt))
    told = screens.reconciliations(books.checking)["discrepancies"]
    assert {(row["entity"], row["id"]): (row["reconciled"], row["now"]) for row in told} == {
        check: (-40, -50),
        receipt: (100, 0),
    }
    later = paid(books, 1, "2026-02-02")
    assert screens.reconcile(books.checking, "2026-02-28", -51, [later])["opening"] == -50


def test_an_adjustment_into_closed_books_needs_the_password(books: Books) -> None:
    check = paid(books, 40)
    screens = books.twin.screens
    screens.close_books("2026-01-31", "sesame")
    asked = (books.checking, "2026-01-31", -41, [check])
    refused(books, "closing date password", screens.reconcile, *asked, adjust=True)
    screens.reconcile(*asked, adjust=True, password="sesame")


def test_the_status_in_a_register(books: Books) -> None:
    check = paid(books, 40)
    screens = books.twin.screens
    screens.mark_status(books.checking, *check, "R")
    assert books.twin.bank_marks(*check) == {"reconciled"}
    screens.mark_status(books.checking, *check, "")
    assert books.twin.bank_marks(*check) == frozenset()
    with pytest.raises(WrongUse, match="no status"):
        screens.mark_status(books.checking, *check, "X")
    with pytest.raises(WrongUse, match="does not move"):
        screens.mark_status(books.card, *check, "R")


# the bank feed


@pytest.fixture
def feed(books: Books) -> dict[str, Any]:
    """A connected account: one line with a suggestion, three without, one of tomorrow."""
    check = paid(books, 40)
    ids = banked(
        books,
        ("2026-01-15", -4_000, check),
        ("2026-01-16", -1_299, NOBODY),
        ("2026-01-17", 2_000, NOBODY),
        ("2026-01-18", -30_000, NOBODY),
        ("2026-12-31", -5, NOBODY),
    )
    assert books.twin.screens.connect_bank(books.checking, "First Bank")["downloaded"] == 4
    return {"check": check, "ids": ids}


def test_lines_are_downloaded_and_reviewed(books: Books, feed: dict[str, Any]) -> None:
    shown = books.twin.screens.review_bank(books.checking)["lines"]
    assert [line["amount"] for line in shown] == [Decimal(-40), Decimal("-12.99"), Decimal(20), Decimal(-300)]
    assert shown[0]["suggested"] == {"entity": "Purchase", "id": feed["check"][1]}
    assert shown[1]["suggested"] is None
    assert books.twin.screens.update_bank(books.checking)["downloaded"] == 0
    assert [event.verb for event in last(books, 2)] == ["connected", "downloaded"]
    refused(books, "connected already", books.twin.screens.connect_bank, books.checking)
    refused(books, "not connected", books.twin.screens.update_bank, books.card)
    refused(books, "not a bank or credit card", books.twin.screens.connect_bank, books.rent)


def test_a_match_holds_until_it_is_undone(books: Books, feed: dict[str, Any]) -> None:
    screens, (entity, record_id) = books.twin.screens, feed["check"]
    assert screens.match(books.checking, feed["ids"][0]) == {"entity": entity, "id": record_id}
    assert books.twin.bank_marks(entity, record_id) == {"matched", "cleared"}
    books.refused("6480", books.twin.delete, entity, books.get(entity, record_id))
    refused(books, "not waiting for review", screens.match, books.checking, feed["ids"][0])
    screens.undo_line(books.checking, feed["ids"][0])
    assert books.twin.bank_marks(entity, record_id) == frozenset()
    books.twin.delete(entity, books.get(entity, record_id))
    assert [event.verb for event in last(books, 3)] == ["matched", "unmatched", "deleted"]


def test_only_equal_amounts_match_and_only_once(books: Books, feed: dict[str, Any]) -> None:
    screens = books.twin.screens
    refused(books, "must be 0.00", screens.match, books.checking, feed["ids"][1], *feed["check"])
    refused(books, "No match is suggested", screens.match, books.checking, feed["ids"][1])
    twin_line = banked(books, ("2026-01-20", -4_000, NOBODY))[0]
    screens.update_bank(books.checking)
    screens.match(books.checking, feed["ids"][0])
    refused(books, "already", screens.match, books.checking, twin_line, *feed["check"])
    with pytest.raises(WrongUse, match="has no line"):
        screens.match(books.checking, "nothing")


def test_lines_are_added_as_expense_deposit_and_transfer(books: Books, feed: dict[str, Any]) -> None:
    screens, ids = books.twin.screens, feed["ids"]
    savings = books.made("Account", {"Name": "Savings", "AccountType": "Bank", "AccountSubType": "Savings"})
    vendor = {"type": "Vendor", "value": books.power}
    out = screens.add(books.checking, ids[1], books.rent, payee=vendor)
    came = screens.add(books.checking, ids[2], books.sales)
    moved = screens.transfer(books.checking, ids[3], savings)
    assert [row["entity"] for row in (out, came, moved)] == ["Purchase", "Deposit", "Transfer"]
    purchase = books.get("Purchase", out["id"])
    assert (purchase["TxnDate"], purchase["TotalAmt"]) == ("2026-01-16", Decimal("12.99"))
    assert purchase["EntityRef"]["value"] == books.power
    for row in (out, came, moved):
        assert "matched" in books.twin.bank_marks(row["entity"], row["id"])
    screens.match(books.checking, ids[0])
    found = agreement.of(books.twin.store, books.checking, "2026-01-31")
    assert (found.outstanding, found.unrecorded) == ((), ())
    assert found.book == found.bank == -33_299
    with pytest.raises(ScreenRefused, match="downloaded from your bank"):
        screens.delete("Deposit", came["id"])


def test_undoing_an_added_line_deletes_what_was_added(books: Books, feed: dict[str, Any]) -> None:
    screens, fitid = books.twin.screens, feed["ids"][1]
    made = screens.add(books.checking, fitid, books.rent)
    assert screens.undo_line(books.checking, fitid)["deleted"] == made
    assert books.twin.get("Purchase", made["id"]) is None
    line = books.twin.store.bank.find(books.checking, fitid)
    assert line is not None
    assert (line.entity, line.state) == ("", "review")


def test_deleting_what_was_matched_puts_the_line_back(books: Books, feed: dict[str, Any]) -> None:
    screens = books.twin.screens
    screens.match(books.checking, feed["ids"][0])
    screens.delete(*feed["check"], sure=True)
    assert feed["ids"][0] in [line["fitid"] for line in screens.review_bank(books.checking)["lines"]]


def test_lines_are_excluded_and_come_back(books: Books, feed: dict[str, Any]) -> None:
    screens, fitid = books.twin.screens, feed["ids"][2]
    screens.exclude(books.checking, fitid)
    assert fitid not in [line["fitid"] for line in screens.review_bank(books.checking)["lines"]]
    screens.undo_line(books.checking, fitid)
    assert fitid in [line["fitid"] for line in screens.review_bank(books.checking)["lines"]]
    refused(books, "nothing to undo", screens.undo_line, books.checking, fitid)
    assert [event.verb for event in last(books, 2)] == ["excluded", "included"]


def test_a_connection_ends_and_the_bank_remembers(books: Books, feed: dict[str, Any]) -> None:
    screens = books.twin.screens
    screens.match(books.checking, feed["ids"][0])
    assert screens.disconnect_bank(books.checking)["dropped"] == 3
    assert screens.review_bank(books.checking)["lines"] == []
    assert "matched" in books.twin.bank_marks(*feed["check"])
    assert len(books.twin.store.bank.of(books.checking)) == 5
    refused(books, "not connected", screens.disconnect_bank, books.checking)
    assert screens.connect_bank(books.checking)["downloaded"] == 3


def test_a_line_of_closed_books_is_added_with_the_password(books: Books, feed: dict[str, Any]) -> None:
    screens, fitid = books.twin.screens, feed["ids"][1]
    screens.close_books("2026-01-31", "sesame")
    refused(books, "closing date password", screens.add, books.checking, fitid, books.rent)
    screens.add(books.checking, fitid, books.rent, password="sesame")
    refused(books, "closing date password", screens.undo_line, books.checking, fitid)
