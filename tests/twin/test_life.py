"""A company that lived: what its books must be whatever the seed, and that the seed alone decides."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.money import money
from akika_forensics.twin import Twin, life
from akika_forensics.twin.documents.totals import disagreement
from akika_forensics.twin.life import acts, parameters
from akika_forensics.twin.life.bulk import elsewhere
from akika_forensics.twin.life.plan import Plan
from akika_forensics.twin.wire import PACIFIC

SMALL = 420


def lived(wish: life.Wish) -> Twin:
    twin = Twin()
    life.fill(twin, wish)
    return twin


def bodies(twin: Twin, entity: str) -> list[dict[str, Any]]:
    return [payloads.decode(payload) for payload in twin.payloads(entity)]


def planned(wish: life.Wish) -> list[Any]:
    return list(Plan(parameters.load(), parameters.load_names(), wish).acts())


@settings(max_examples=4)
@given(st.integers(0, 10**6), st.sampled_from(["", "EUR"]))
def test_books_of_any_seed_are_in_order(seed: int, currency: str) -> None:
    wish = life.Wish(SMALL, seed, currency=currency)
    twin = lived(wish)
    assert twin.store.out_of_balance() == []
    assert abs(len(twin.dump()) - SMALL) <= SMALL * 0.02
    for entity in ("Invoice", "SalesReceipt", "CreditMemo", "Bill", "Purchase", "JournalEntry", "Deposit"):
        for body in bodies(twin, entity):
            assert disagreement(entity, body) is None
            assert "2023-01-02" <= body["TxnDate"] <= wish.last_day(parameters.load()).isoformat()
    for entity in ("Invoice", "Estimate", "PurchaseOrder", "JournalEntry", "BillPayment", "Purchase"):
        numbers = [body["DocNumber"] for body in bodies(twin, entity)]
        assert len(numbers) == len(set(numbers))
    assert all(money(body.get("QtyOnHand")) >= 0 for body in bodies(twin, "Item"))
    control_accounts_equal_documents(twin)


def control_accounts_equal_documents(twin: Twin) -> None:
    """What is open by document is what the control accounts hold, each in its own currency."""
    held: dict[str, Decimal] = defaultdict(Decimal)
    for entity, sign, kind in (
        ("Invoice", 1, "R"),
        ("CreditMemo", -1, "R"),
        ("Bill", -1, "P"),
        ("VendorCredit", 1, "P"),
    ):
        for body in bodies(twin, entity):
            held[f"{kind} {body['CurrencyRef']['value']}"] += sign * money(body["Balance"])
    for body in bodies(twin, "Payment"):
        held[f"R {body['CurrencyRef']['value']}"] -= money(body["UnappliedAmt"])
    shown: dict[str, Decimal] = defaultdict(Decimal)
    for body in bodies(twin, "Account"):
        if body["AccountType"] in {"Accounts Receivable", "Accounts Payable"}:
            kind = body["AccountType"].rsplit(" ", 1)[1][0]
            shown[f"{kind} {body['CurrencyRef']['value']}"] += money(body["CurrentBalance"])
    assert {key: value for key, value in held.items() if value} == {key: value for key, value in shown.items() if value}


@pytest.mark.parametrize("records", [300, 1000, 8000, 30_000])
def test_a_plan_has_as_many_records_as_were_asked_for(records: int) -> None:
    wish = life.Wish(records, 5)
    plan = Plan(parameters.load(), parameters.load_names(), wish)
    moments = [act.at for act in plan.acts()]
    assert moments == sorted(moments)
    assert abs(plan.records - records) <= records * 0.02


@pytest.mark.parametrize("records", [700, 2000, 8000, 30_000])
def test_wages_grow_with_what_is_sold(records: int) -> None:
    """A firm with ten times the sales is not run by the same three people."""
    sold = paid = 0
    for act in planned(life.Wish(records, 5)):
        if isinstance(act, acts.Sale) and act.kind in {"Invoice", "SalesReceipt"}:
            sold += sum(line.cents for line in act.lines)
        elif isinstance(act, acts.PostJournal):
            paid += sum(line.cents for line in act.lines if line.account == "Wages")
    assert sold * 0.15 < paid < sold * 0.6


def test_the_seed_alone_decides() -> None:
    assert planned(life.Wish(SMALL, 1)) == planned(life.Wish(SMALL, 1))
    assert planned(life.Wish(SMALL, 1)) != planned(life.Wish(SMALL, 2))


def test_two_processes_make_the_same_bytes(tmp_path: Path) -> None:
    folders = []
    for seed in ("1", "77"):
        folder = tmp_path / seed
        command = [sys.executable, "-m", "akika_forensics", "twin", "generate"]
        command += ["--records", "400", "--seed", "9", "--currency", "EUR", "--out", str(folder)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        folders.append({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})
    assert folders[0] == folders[1]
    assert {"Invoice.jsonl", "company.json", "papers/reports/TaxSummary.csv"} <= folders[0].keys()
    assert sum(name.startswith("papers/bank/") and name.endswith(".ofx") for name in folders[0]) >= 3
    log = folders[0]["papers/audit-log.csv"].decode("utf-8-sig")
    assert {row.rsplit('",', 1)[1].split(",")[0] for row in log.splitlines() if row.startswith('"')} >= {
        "Marian Holt",
        "Theo Brandt",
        "Ines Calder",
        "Ruth Okafor",
    }


def test_what_was_written_is_taken_back(tmp_path: Path) -> None:
    from akika_forensics.twin import loading

    twin = Twin()
    made = life.fill(twin, life.Wish(SMALL, 4))
    said = life.write(twin, made, tmp_path / "company")
    other = Twin()
    report = loading.load_folder(other, tmp_path / "company")
    assert report.placeholders == []
    for entity in ("Invoice", "Payment", "Bill", "Customer", "Account", "Item"):
        assert other.payloads(entity) == twin.payloads(entity)
    assert said["counts"] == made.counts
    assert len(said["digest"]) == 64
    with pytest.raises(WrongUse):
        life.write(twin, made, tmp_path / "company")


def test_the_bank_shows_what_the_books_say_but_for_what_is_under_way() -> None:
    from akika_forensics.twin.statements import agreement

    twin = lived(life.Wish(900, 6))
    for account in twin.store.bank.accounts():
        found = agreement.of(twin.store, account, "2023-12-31")
        assert found.unrecorded == ()
        assert found.bank + sum(item.cents for item in found.outstanding) == found.book
        assert len(found.outstanding) < 40


def test_old_months_are_reconciled_and_the_last_is_open() -> None:
    twin = lived(life.Wish(900, 6))
    lines = [line for account in twin.store.bank.accounts() for line in twin.store.bank.of(account)]
    last = max(line.date for line in lines)[:7]
    for line in lines:
        marks = twin.bank_marks(line.entity, line.id)
        assert (line.state == "matched") == ("reconciled" in marks) or line.date[:7] == last
        assert (line.state == "matched") <= (line.date[:7] < last)
    assert any(line.state == "matched" for line in lines)


def test_a_closing_date_is_there_when_asked_for() -> None:
    twin = lived(life.Wish(SMALL, 1, closing_date=date(2023, 1, 31)))
    assert (twin.get("Preferences", "1") or {})["AccountingInfoPrefs"]["BookCloseDate"] == "2023-01-31"
    assert "BookCloseDate" not in (lived(life.Wish(SMALL, 1)).get("Preferences", "1") or {})["AccountingInfoPrefs"]


@pytest.mark.parametrize(
    "wish",
    [life.Wish(10), life.Wish(8000, years=99), life.Wish(500, years=3), life.Wish(8000, currency="USD")],
)
def test_a_wish_that_cannot_be_is_refused(wish: life.Wish) -> None:
    with pytest.raises(WrongUse):
        life.fill(Twin(), wish)


def test_a_file_of_parameters_is_checked(tmp_path: Path) -> None:
    text = parameters.text_of()
    for wrong in (
        text.replace('account = "Rent"', 'account = "Nowhere"', 1),
        text.replace("spread = 0.22", "spreed = 0.22", 1),
        text.replace("[company]", "[company", 1),
        text.replace("void_found = [3, 10]", "void_found = [3, 100]", 1),
        text.replace("double_found = [2, 12]", "double_found = [0, 12]", 1),
        text.replace('"web sales"', '"sales"', 1),
        text.replace("weekdays = [1, 1, 1, 1, 1, 0, 0]", "weekdays = [0, 0, 0, 0, 0, 1, 0]", 1),
        text.replace('acts = ["lists", "draws"]', 'acts = ["lists", "draws"]\nhobby = "sailing"', 1),
    ):
        assert wrong != text
        file = tmp_path / "own.toml"
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(WrongUse):
            parameters.load(file)
    with pytest.raises(WrongUse):
        parameters.load(tmp_path / "nowhere.toml")
    file.write_text(text.replace("Fernhill Garden Supply", "Another Firm"), encoding="utf-8")
    assert parameters.load(file).company.name == "Another Firm"


ELSEWHERE = frozenset({"record", "setting", "sqlite_sequence"})
"""Tables that are compared in another way, or that a life does not reach."""
COLUMNS = "entity, id, payload, active, created, updated, name, doc, doc_number"


def tables(twin: Twin) -> dict[str, list[Any]]:
    """All rows of a company; postings and links of one document in their order, documents in any."""
    names = {str(name) for (name,) in twin.store.select("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"posting", "document", "taxed", "event", "bank_line"} <= names
    rows = {name: sorted(twin.store.select(f"SELECT * FROM {name}"), key=repr) for name in sorted(names - ELSEWHERE)}
    ordered = "SELECT entity, id, movement, line, account, cents FROM posting ORDER BY entity, id, rowid"
    return rows | {
        "record": twin.store.select(f"SELECT {COLUMNS} FROM record ORDER BY entity, id"),
        "order of postings": twin.store.select(ordered),
    }


@pytest.mark.parametrize(
    ("records", "seed", "currency"),
    [(600, 3, ""), (1500, 11, "EUR"), (2200, 4, "")],
)
def test_a_life_written_down_is_the_life_that_was_lived(records: int, seed: int, currency: str) -> None:
    wish = life.Wish(records, seed, currency=currency)
    lived, written = Twin(), Twin()
    made = life.fill(lived, wish, lived=True)
    assert life.fill(written, wish) == made
    one, other = tables(lived), tables(written)
    for name in one:
        assert one[name] == other[name], name


def test_what_is_written_down_holds_every_kind_of_act() -> None:
    """So that the comparison above compares something: seeds are chosen for it."""
    kinds = {type(act).__name__ for act in planned(life.Wish(1500, 11, currency="EUR"))}
    kinds |= {type(act).__name__ for act in planned(life.Wish(2200, 4))}
    assert kinds == {kind.__name__ for kind in acts.Act.__subclasses__()}


def test_a_company_that_was_written_down_goes_on_as_one_that_was_lived() -> None:
    wish = life.Wish(600, 3)
    lived, written = Twin(), Twin()
    life.fill(lived, wish, lived=True)
    life.fill(written, wish)
    for twin in (lived, written):
        at = datetime(2024, 1, 8, 12, tzinfo=UTC)
        twin.create("Customer", {"DisplayName": "Afterwards"}, at=at)
        invoice = next(body for body in bodies(twin, "Invoice") if money(body["Balance"]))
        line = {"Amount": invoice["Balance"], "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
        payment = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": invoice["Balance"], "Line": [line]}
        twin.create("Payment", payment, at=at)
        sold = {"ItemRef": {"value": "11"}, "Qty": 2, "UnitPrice": 10}
        line = {"Amount": 20, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": sold}
        twin.create("SalesReceipt", {"CustomerRef": invoice["CustomerRef"], "Line": [line]}, at=at)
        bill = next(body for body in bodies(twin, "Bill") if money(body["Balance"]))
        twin.delete("Bill", {"Id": bill["Id"], "SyncToken": bill["SyncToken"]}, at=at)
    one, other = tables(lived), tables(written)
    for name in one:
        assert one[name] == other[name], name


def test_a_second_process_makes_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    wish = life.Wish(500, 2, currency="EUR")
    alone, helped = Twin(), Twin()
    life.fill(alone, wish)
    monkeypatch.setattr(elsewhere, "WORTH_IT", 0)
    life.fill(helped, wish)
    assert tables(alone) == tables(helped)


def test_a_second_process_that_ends_early_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    twin = Twin()
    file = tmp_path / "own.toml"
    file.write_text(parameters.text_of(), encoding="utf-8")
    monkeypatch.setattr(elsewhere, "WORTH_IT", 0)

    def gone(known: object, wish: object, path: Path, until: object) -> Iterator[Any]:
        path.unlink()
        return batches(known, wish, path, until)

    batches = elsewhere.batches
    monkeypatch.setattr(elsewhere, "batches", gone)
    with pytest.raises(AkikaError):
        life.fill(twin, life.Wish(500, 2), file)
    assert twin.count("Invoice") == 0
    assert twin.store.select("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = 'posting_source'") == [
        (1,)
    ]


def test_the_rest_of_a_life_is_lived_by_a_damaged_company_and_by_its_clean_sister() -> None:
    """A payment's invoice is gone: the money is keyed without it; all else is the same act in both."""
    wish, noon = life.Wish(900, 6), datetime(2023, 5, 10, 12, tzinfo=PACIFIC)
    whole, clean, damaged = Twin(), Twin(), Twin()
    life.fill(whole, wish)
    for twin in (clean, damaged):
        life.fill(twin, wish, until=noon)
    paid = {
        row.number for act in life.later(wish, noon) for row in getattr(act, "applied", ()) if row.kind == "Invoice"
    }
    lost = next(body for body in bodies(damaged, "Invoice") if body["DocNumber"] in paid and not body["LinkedTxn"])
    damaged.delete("Invoice", {"Id": lost["Id"], "SyncToken": lost["SyncToken"]}, at=noon)
    lives = [life.living(twin, wish) for twin in (clean, damaged)]
    for one in lives:
        one.live(life.later(wish, noon))
    assert tables(clean) == tables(whole)
    assert lives[0].departures == []
    assert f"Invoice {lost['DocNumber']} is not there" in lives[1].departures[0].what
    assert damaged.store.out_of_balance() == []
    assert damaged.count("Payment") == clean.count("Payment")
    assert damaged.count("Invoice") == clean.count("Invoice") - 1
