"""People at QuickBooks' own screens: who they are, what they enter, closed books, files that they import."""

from __future__ import annotations

from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.twin import Beliefs
from akika_forensics.twin.people.actors import OWNER, Actor
from akika_forensics.twin.screens.asking import ScreenRefused
from akika_forensics.twin.screens.desk import SCREENS

from .conftest import Books, ref


def refused(books: Books, said: str, call: Any, *values: Any, **named: Any) -> None:
    """The screen says no and leaves nothing behind."""
    before, events = books.twin.dump(), books.twin.store.trail.last()
    with pytest.raises(ScreenRefused, match=said):
        call(*values, **named)
    assert books.twin.dump() == before
    assert books.twin.store.trail.last() == events


def last(books: Books, most: int = 1) -> list[Any]:
    return books.twin.store.trail.events()[-most:]


@pytest.fixture
def ann(books: Books) -> str:
    """A user with an ordinary role."""
    return str(books.twin.screens.invite("Ann Clerk", "ann@example.com")["id"])


def bill(books: Books, amount: Any = 100, **more: Any) -> dict[str, Any]:
    return {"VendorRef": ref(books.lumber), "Line": [books.spend(amount)], "TxnDate": "2026-02-03", **more}


# users


def test_users_are_invited_change_their_role_and_go(books: Books) -> None:
    screens = books.twin.screens
    made = screens.invite("Ann Clerk", "ann@example.com", "standard")
    assert len(made["id"]) == 16
    assert made["id"] != OWNER
    assert screens.change_role("ann@example.com", "accountant")["role"] == "accountant"
    assert screens.remove_user("Ann Clerk")["active"] is False
    listed = screens.users()["users"]
    assert [(user["name"], user["active"]) for user in listed] == [("Craig Carlson", True), ("Ann Clerk", False)]
    assert [(event.verb, event.entity, event.party) for event in last(books, 3)] == [
        ("created", "User", "Ann Clerk"),
        ("updated", "User", "Ann Clerk"),
        ("deleted", "User", "Ann Clerk"),
    ]


def test_who_may_not_is_refused(books: Books, ann: str) -> None:
    screens = books.twin.screens
    refused(books, "Ann Clerk is standard", screens.invite, "Bob", "bob@example.com", by=ann)
    refused(books, "already has access", screens.invite, "Other", "ann@example.com")
    refused(books, "primary admin", screens.remove_user, OWNER)
    refused(books, "primary admin", screens.change_role, OWNER, "standard")
    with pytest.raises(WrongUse, match="no role"):
        screens.invite("Bob", "bob@example.com", "king")
    with pytest.raises(WrongUse, match="name and an e-mail"):
        screens.invite("Bob", "nowhere")
    screens.change_role(ann, "reports only")
    refused(books, "reports only", screens.enter, "Bill", bill(books), by=ann)
    screens.remove_user(ann)
    refused(books, "does not have access", screens.sign_in, by=ann)
    refused(books, "does not have access", screens.change_role, ann, "admin")
    with pytest.raises(WrongUse, match="no user"):
        screens.sign_in(by="Nobody")


def test_two_users_of_one_name_are_told_apart_by_their_ids(books: Books, ann: str) -> None:
    other = books.twin.screens.invite("Ann Clerk", "ann2@example.com")["id"]
    with pytest.raises(WrongUse, match="more than one"):
        books.twin.screens.sign_in(by="Ann Clerk")
    assert books.twin.screens.sign_in(by=other)["user"] == other
    books.twin.screens.remove_user(other)
    assert books.twin.screens.sign_in(by="Ann Clerk")["user"] == ann


def test_sign_ins_and_sign_outs_are_told(books: Books, ann: str) -> None:
    books.twin.screens.sign_in(by=ann)
    books.twin.screens.sign_out(by=ann)
    assert [(event.verb, event.user, event.kind) for event in last(books, 2)] == [
        ("signed in", ann, "person"),
        ("signed out", ann, "person"),
    ]


# ordinary work under a name


def test_what_a_person_enters_carries_the_name_everywhere(books: Books, ann: str) -> None:
    screens, trail = books.twin.screens, books.twin.store.trail
    made = screens.enter("Bill", bill(books), by=ann)["id"]
    assert trail.authors("Bill", made) == (ann, ann)
    screens.edit("Bill", {"Id": made, "PrivateNote": "late"})
    assert trail.authors("Bill", made) == (ann, OWNER)
    assert books.get("Bill", made)["PrivateNote"] == "late"
    assert books.get("Bill", made)["Line"][0]["Amount"] == 100
    assert [(event.verb, event.name, event.kind) for event in trail.of("Bill", made)] == [
        ("created", "Ann Clerk", "person"),
        ("updated", "Craig Carlson", "person"),
    ]


def test_ordinary_operations_are_a_persons_within_acting(books: Books, ann: str) -> None:
    with books.twin.acting(Actor(ann, "Ann Clerk")):
        made = books.made("Bill", bill(books))
        books.twin.screens.void("Bill", made)
    assert {(event.verb, event.name) for event in books.twin.store.trail.of("Bill", made)} == {
        ("created", "Ann Clerk"),
        ("voided", "Ann Clerk"),
    }


@pytest.mark.parametrize(
    ("choice", "person", "app"),
    [("absent", None, None), ("user", True, OWNER), ("person_alone", True, "0")],
)
def test_metadata_may_name_who_saved_last(books: Books, choice: str, person: Any, app: str | None) -> None:
    books.twin.believe(Beliefs({"last_modified_by": choice}))
    ann = books.twin.screens.invite("Ann", "ann@example.com")["id"]
    made = books.twin.screens.enter("Bill", bill(books), by=ann)["id"]
    told = books.get("Bill", made)["MetaData"].get("LastModifiedByRef")
    assert told == (ref(ann) if person else None)
    books.twin.update("Bill", {**books.get("Bill", made), "PrivateNote": "x"})
    told = books.get("Bill", made)["MetaData"].get("LastModifiedByRef")
    assert told == (ref(app) if app else None)


def test_bills_are_voided_at_the_screens_and_not_by_the_api(books: Books) -> None:
    made = books.twin.create("Bill", bill(books))
    assert books.twin.void("Bill", made) == made
    books.twin.screens.void("Bill", made["Id"])
    after = books.get("Bill", made["Id"])
    assert (after["TotalAmt"], after["Balance"], after["PrivateNote"]) == (0, 0, "Voided")
    assert books.get("Vendor", books.lumber)["Balance"] == 0
    assert books.balances(end_date="2026-12-31").get("Rent", 0) == 0
    assert last(books)[0].verb == "voided"
    refused(books, "void already", books.twin.screens.void, "Bill", made["Id"])


@pytest.mark.parametrize("entity", ["VendorCredit", "Purchase", "CreditMemo", "RefundReceipt"])
def test_other_types_are_voided_at_the_screens(books: Books, entity: str) -> None:
    bodies = {
        "VendorCredit": bill(books),
        "Purchase": {"AccountRef": ref(books.checking), "PaymentType": "Cash", "Line": [books.spend(5)]},
        "CreditMemo": books.sale(books.ann, 5),
        "RefundReceipt": books.sale(books.ann, 5, DepositToAccountRef=ref(books.checking)),
    }
    before = books.balances(end_date="2026-12-31")
    made = books.made(entity, bodies[entity])
    assert books.balances(end_date="2026-12-31") != before
    books.twin.screens.void(entity, made)
    after = books.balances(end_date="2026-12-31")
    assert {name: value for name, value in after.items() if value} == {k: v for k, v in before.items() if v}


def test_what_cannot_be_voided_or_deleted_says_so(books: Books) -> None:
    screens = books.twin.screens
    refused(books, "can't be voided", screens.void, "Transfer", "1")
    refused(books, "can't be deleted", screens.delete, "Vendor", books.lumber)
    with pytest.raises(WrongUse, match="no kind of record"):
        screens.delete("Ghost", "1")
    with pytest.raises(WrongUse, match="There is no Bill 404"):
        screens.delete("Bill", "404")


def test_a_refusal_of_the_books_is_a_refusal_of_the_screen(books: Books) -> None:
    refused(books, "Names.*404|404", books.twin.screens.enter, "Bill", bill(books, VendorRef=ref("404")))


def test_many_are_deleted_or_voided_together_or_not_at_all(books: Books, ann: str) -> None:
    made = [books.made("Bill", bill(books, amount)) for amount in (10, 20, 30)]
    screens = books.twin.screens
    with pytest.raises(WrongUse):
        screens.delete_many([("Bill", made[0]), ("Bill", "404")], by=ann)
    assert books.twin.get("Bill", made[0]) is not None
    screens.void_many([("Bill", made[2])], by=ann)
    done = screens.delete_many([{"entity": "Bill", "id": record_id} for record_id in made[:2]], by=ann)
    assert len(done["transactions"]) == 2
    assert [books.twin.get("Bill", record_id) is None for record_id in made] == [True, True, False]
    events = last(books, 2)
    assert {event.verb for event in events} == {"deleted"}
    assert len({event.at for event in events}) == 1
    for wrong in ([], "Bill", [("Bill", made[2]), ("Bill", made[2])], [{"id": "1"}]):
        with pytest.raises(WrongUse):
            screens.delete_many(wrong)


# files


def test_an_import_is_one_person_one_moment_and_ids_in_a_row(books: Books, ann: str) -> None:
    rows = [bill(books, amount, DocNumber=f"I-{amount}") for amount in (11, 12, 13)]
    ids = [int(one) for one in books.twin.screens.import_rows("Bill", rows, by=ann)["ids"]]
    assert ids == list(range(ids[0], ids[0] + 3))
    events = last(books, 3)
    assert [event.doc for event in events] == ["I-11", "I-12", "I-13"]
    assert len({event.at for event in events}) == 1
    assert {event.user for event in events} == {ann}
    assert books.get("Vendor", books.lumber)["Balance"] == 36


def test_an_import_with_a_faulty_row_imports_nothing(books: Books) -> None:
    rows = [{"DisplayName": "New one"}, {"DisplayName": "New one"}]
    refused(books, "Row 2 was not imported", books.twin.screens.import_rows, "Customer", rows)
    for wrong in ([], "rows", [1]):
        with pytest.raises(WrongUse, match="list of records"):
            books.twin.screens.import_rows("Customer", wrong)


# settings and closed books


def test_settings_are_changed_under_a_name(books: Books, ann: str) -> None:
    done = books.twin.screens.change_settings("SalesFormsPrefs", {"CustomTxnNumbers": True})
    assert (done["before"], done["after"]) == ({"CustomTxnNumbers": False}, {"CustomTxnNumbers": True})
    held = books.get("Preferences", "1")["SalesFormsPrefs"]
    assert (held["CustomTxnNumbers"], held["AllowDiscount"]) == (True, True)
    assert (last(books)[0].entity, last(books)[0].kind) == ("Preferences", "person")
    refused(books, "standard", books.twin.screens.change_settings, "SalesFormsPrefs", {"AllowDiscount": False}, by=ann)
    with pytest.raises(WrongUse, match="no section"):
        books.twin.screens.change_settings("Nothing", {})
    with pytest.raises(WrongUse, match="screen of its own"):
        books.twin.screens.change_settings("AccountingInfoPrefs", {"BookCloseDate": "2026-01-01"})


def test_who_knows_the_password_goes_past_the_closing_date(books: Books, ann: str) -> None:
    screens = books.twin.screens
    made = books.made("Bill", bill(books))
    screens.close_books("2026-02-28", "sesame")
    assert books.get("Preferences", "1")["AccountingInfoPrefs"]["BookCloseDate"] == "2026-02-28"
    refused(books, "Enter the closing date password", screens.delete, "Bill", made, by=ann)
    refused(books, "password is wrong", screens.delete, "Bill", made, password="open", by=ann)
    refused(books, "Enter the closing date password", screens.enter, "Bill", bill(books), sure=True)
    books.refused("6200", books.twin.delete, "Bill", books.get("Bill", made))
    screens.edit("Bill", {"Id": made, "PrivateNote": "ok"}, password="sesame", by=ann)
    screens.delete("Bill", made, password="sesame", by=ann)
    screens.enter("Bill", bill(books, TxnDate="2026-03-01"))
    told = screens.closing_exceptions()["exceptions"]
    assert [(row["user"], row["verb"], row["entity"], row["id"], row["closing_date"]) for row in told] == [
        ("Ann Clerk", "updated", "Bill", made, "2026-02-28"),
        ("Ann Clerk", "deleted", "Bill", made, "2026-02-28"),
    ]


def test_a_closing_date_without_a_password_asks(books: Books) -> None:
    screens = books.twin.screens
    screens.close_books("2026-02-28")
    refused(books, "Are you sure", screens.enter, "Bill", bill(books))
    screens.enter("Bill", bill(books), sure=True)
    books.refused("6200", books.twin.create, "Bill", bill(books))
    before = books.twin.store.trail.last()
    screens.close_books("2026-02-28", "sesame")
    assert [event.entity for event in books.twin.store.trail.events(before)] == ["Preferences"]
    refused(books, "Enter the closing date password", screens.enter, "Bill", bill(books), sure=True)
    screens.close_books()
    assert "BookCloseDate" not in books.get("Preferences", "1")["AccountingInfoPrefs"]
    books.twin.create("Bill", bill(books))
    with pytest.raises(WrongUse, match="no closing date"):
        screens.close_books("", "sesame")
    with pytest.raises(WrongUse, match="no day"):
        screens.close_books("soon")


def test_an_import_tells_which_rows_went_past_the_closing_date(books: Books) -> None:
    books.twin.screens.close_books("2026-02-28", "sesame")
    rows = [bill(books), bill(books, TxnDate="2026-03-05"), bill(books)]
    ids = books.twin.screens.import_rows("Bill", rows, password="sesame")["ids"]
    told = books.twin.screens.closing_exceptions()["exceptions"]
    assert [row["id"] for row in told] == [ids[0], ids[2]]


def test_what_is_matched_or_reconciled_is_changed_after_a_yes(books: Books) -> None:
    paid = {"AccountRef": ref(books.checking), "PaymentType": "Cash", "Line": [books.spend(5)]}
    made = books.made("Purchase", paid)
    screens = books.twin.screens
    books.twin.match_bank("Purchase", made)
    refused(books, "downloaded from your bank", screens.edit, "Purchase", {"Id": made, "PrivateNote": "x"})
    books.refused("6480", books.twin.delete, "Purchase", books.get("Purchase", made))
    screens.edit("Purchase", {"Id": made, "PrivateNote": "x"}, sure=True)
    books.twin.match_bank("Purchase", made, matched=False)
    books.twin.reconcile("Purchase", made)
    refused(books, "has been reconciled", screens.delete, "Purchase", made)
    screens.delete("Purchase", made, sure=True)
    assert books.twin.bank_marks("Purchase", made) == frozenset()


# the twin's door


def test_the_screens_are_at_the_twins_own_door(company: Any) -> None:
    listed = {row["name"]: row for row in company.http.get("/twin/screens").json()["screens"]}
    assert listed.keys() == SCREENS.keys()
    assert listed["merge"]["takes"] == listed["merge"]["must"] == ["entity", "id", "into"]
    company.http.post("/twin/screens/invite", json={"name": "Ann", "email": "ann@example.com"})
    asked = {"entity": "Bill", "body": bill(company.books), "as": "Ann"}
    made = company.http.post("/twin/screens/enter", json=asked).json()
    assert made["entity"] == "Bill"
    assert company.books.twin.store.trail.of("Bill", made["id"])[0].name == "Ann"
    for name, wrong, said in (
        ("ghost", {}, "no screen 'ghost'"),
        ("void", {"entity": "Bill"}, "void lacks id"),
        ("void", {"entity": "Bill", "id": "1", "how": 1}, "does not take how"),
        ("void", {"entity": "Transfer", "id": "1"}, "can't be voided"),
        ("users", {"as": "Nobody"}, "is no user"),
    ):
        answer = company.http.post(f"/twin/screens/{name}", json=wrong)
        assert answer.status_code == 400
        assert said in answer.json()["error"]


@pytest.mark.parametrize("wrong", [{}, [], None, 1.5, True])
@pytest.mark.parametrize("name", ["void", "match", "invite", "merge", "import_file", "change_settings"])
def test_what_is_no_text_is_refused(company: Any, name: str, wrong: Any) -> None:
    for one in SCREENS[name].must():
        fits = one == "values" and wrong == {}
        asked = {**dict.fromkeys(SCREENS[name].must(), "1"), one: wrong}
        answer = company.http.post(f"/twin/screens/{name}", json=asked)
        assert answer.status_code == 400
        assert (f"{one} is a" in answer.json()["error"]) is not fits


def test_a_number_may_stand_for_an_id(books: Books) -> None:
    made = books.made("Bill", bill(books))
    assert books.twin.screens.void("Bill", int(made)) == {"entity": "Bill", "id": made}
    with pytest.raises(WrongUse, match="sure is true or false"):
        books.twin.screens.delete("Bill", made, sure="yes")
    with pytest.raises(WrongUse, match="body is an object"):
        books.twin.screens.enter("Bill", "[]")


def test_methods_take_what_the_screens_take(books: Books) -> None:
    with pytest.raises(AttributeError, match="no screen"):
        books.twin.screens.ghost()
    with pytest.raises(WrongUse, match="no more than"):
        books.twin.screens.void("Bill", "1", "", False, 1)
    assert callable(books.twin.screens.merge)
