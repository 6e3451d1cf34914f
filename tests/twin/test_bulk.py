"""Many records at once leave the same tables as one at a time, in whatever order they come."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.twin import QuickBooksFault, Twin, sample
from akika_forensics.twin.loading import bulk as bulks
from akika_forensics.twin.loading import rows
from akika_forensics.twin.people.trail import Event
from tests.twin.conftest import Books
from tests.twin.life import RECIPES

NOON = datetime(2026, 5, 4, 12, 0, 0, 250_000, tzinfo=UTC)

type Kept = list[tuple[str, bytes]]
type Tables = dict[str, list[tuple[Any, ...]]]


def tables(load: Callable[[Twin], object]) -> Tables:
    """Every table of a company after a load, row by row; movements numbered by what they are, not when they came."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "company.db"
        twin = Twin(path, clock=lambda: NOON, realm_id="1")
        load(twin)
        unposted = sorted((left.entity, left.id, left.reason) for left in twin.unposted)
        assert twin.store.out_of_balance() == []
        twin.close()
        db = sqlite3.connect(path)
        db.row_factory = sqlite3.Row
        names = [str(name) for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: [dict(row) for row in db.execute(f"SELECT * FROM {name}")] for name in names}
        indexes = sorted(tuple(row) for row in db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))
        db.close()
    by_kind = sorted(
        found["movement"], key=lambda row: (row["item"], row["date"], row["entity"], row["id"], row["number"])
    )
    numbered = {row["number"]: position for position, row in enumerate(by_kind)}
    for name, column in (("movement", "number"), ("posting", "movement")):
        for row in found[name]:
            row[column] = numbered.get(row[column])
    rows = {name: sorted((tuple(row.values()) for row in held), key=repr) for name, held in found.items()}
    return {**rows, "unposted": [tuple(left) for left in unposted], "indexes": [tuple(row) for row in indexes]}


def one_at_a_time(records: Iterable[tuple[str, bytes]]) -> Callable[[Twin], object]:
    def load(twin: Twin) -> None:
        for entity, payload in records:
            twin.put_raw(entity, payload)
        twin.store.balances(until="9999")

    return load


def at_once(
    records: Iterable[tuple[str, bytes]], *, in_order: bool = False, decoded: bool = False
) -> Callable[[Twin], object]:
    def load(twin: Twin) -> None:
        with twin.bulk(in_order=in_order) as bulk:
            for entity, payload in records:
                bulk.add(entity, payload, payloads.decode(payload) if decoded else None)

    return load


@pytest.fixture(scope="module")
def sampled() -> Kept:
    twin = Twin(clock=lambda: NOON)
    sample.build(twin)
    return [(entity, payload) for (entity, _), payload in twin.dump().items()]


def ordered(records: Kept) -> Kept:
    """Lists first, then by date and Id: nothing comes before what it cites."""

    def place(record: tuple[str, bytes]) -> tuple[Any, ...]:
        body = payloads.decode(record[1])
        when = str(body.get("TxnDate") or body.get("PaymentDate") or "")
        return bool(when), record[0] == "Deposit" and bool(when), when, int(body.get("Id", 0))

    return sorted(records, key=place)


@settings(max_examples=6)
@given(seed=st.integers(0, 10**6), decoded=st.booleans())
def test_the_sample_company_in_any_order(sampled: Kept, seed: int, decoded: bool) -> None:
    shuffled = Random(seed).sample(sampled, len(sampled))
    assert tables(at_once(shuffled, decoded=decoded)) == tables(one_at_a_time(sampled))


@pytest.fixture
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a load of many thousands goes: written in parts, the indexes made at the end, bodies read back."""
    monkeypatch.setattr(rows, "_CHUNK", 40)
    monkeypatch.setattr(bulks, "_REMEMBERED", 5)


@pytest.mark.usefixtures("in_small_parts")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_load_in_many_parts(sampled: Kept, seed: int) -> None:
    shuffled = Random(seed).sample(sampled, len(sampled))
    expected = tables(one_at_a_time(sampled))
    assert tables(at_once(shuffled)) == expected
    assert tables(at_once(ordered(sampled), in_order=True)) == expected
    assert tables(at_once([*sampled, *shuffled])) == expected


@pytest.mark.usefixtures("in_small_parts")
def test_a_load_in_many_parts_into_a_company_that_has_books(sampled: Kept, books: Books) -> None:
    there = [(entity, payload) for (entity, _), payload in books.twin.dump().items()]
    books.made("Invoice", books.sale(books.ann, 27, item=books.pump, qty=3))

    def twice(load: Callable[[Kept], Callable[[Twin], object]]) -> Callable[[Twin], object]:
        return lambda twin: (load(sampled)(twin), load(there)(twin))

    assert tables(twice(at_once)) == tables(twice(one_at_a_time))


@pytest.mark.usefixtures("in_small_parts")
def test_a_load_that_breaks_off_after_many_parts(sampled: Kept) -> None:
    def torn() -> Iterator[tuple[str, bytes]]:
        yield from sampled
        raise RuntimeError("the disk is full")

    def breaking(twin: Twin) -> None:
        with pytest.raises(RuntimeError, match="the disk is full"):
            at_once(torn())(twin)
        twin.create("Customer", {"DisplayName": "Ann"})

    assert tables(breaking) == tables(lambda twin: twin.create("Customer", {"DisplayName": "Ann"}))


def test_in_order_a_transaction_comes_once(sampled: Kept, books: Books) -> None:
    records = ordered(sampled)
    invoice = next(record for record in records if record[0] == "Invoice")
    with pytest.raises(WrongUse, match="came twice"):
        at_once([*records, invoice], in_order=True)(Twin())
    books.made("Invoice", books.sale(books.ann, 27))
    with pytest.raises(WrongUse, match="is there already"):
        at_once([("Invoice", books.twin.payloads("Invoice")[0])], in_order=True)(books.twin)


def test_who_wrote_a_record_and_what_was_done_is_kept_where_it_is_told() -> None:
    twin = Twin(clock=lambda: NOON)
    told = Event(0, 5, "9", "Ann", "person", "created", "Customer", "7", None, "", "Bob", "", None, False, "")
    with twin.bulk() as bulk:
        bulk.add("Customer", b'{"Id":"7","DisplayName":"Bob"}')
        bulk.sign("Customer", "7", "9", "10")
        bulk.tell(told)
    assert twin.store.trail.authors("Customer", "7") == ("9", "10")
    assert [event.name for event in twin.store.trail.of("Customer", "7")] == ["Ann"]


def test_the_sample_company_in_order(sampled: Kept) -> None:
    assert tables(at_once(ordered(sampled), in_order=True)) == tables(one_at_a_time(sampled))


@settings(max_examples=15)
@given(
    names=st.lists(st.sampled_from(sorted(RECIPES)), min_size=1, max_size=8, unique=True),
    harm=st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(["drop", "empty", "text", "twice"])), max_size=4),
    seed=st.integers(0, 10**6),
)
def test_any_records_sound_or_odd(names: list[str], harm: list[tuple[int, str]], seed: int) -> None:
    books = Books()
    for name in names:
        recipe = RECIPES[name]
        with suppress(QuickBooksFault):  # two recipes may use one name
            if recipe.place is not None and not recipe.foreign:
                recipe.place(books)
            elif recipe.body is not None:
                books.twin.create(name, recipe.body(books))
    records = [(entity, payload) for (entity, _), payload in books.twin.dump().items()]
    for number, how in harm:
        position = number % len(records)
        entity, payload = records[position]
        body = payloads.decode(payload)
        fields = [name for name in body if name not in {"Id", "MetaData"} and name not in RECIPES]
        if entity in {"ExchangeRate", "Preferences"} or not fields:
            continue
        field = fields[number % len(fields)]
        if how == "twice":
            records.append((entity, payload))
            continue
        if how == "drop":
            del body[field]
        else:
            body[field] = {"empty": None, "text": "?"}[how]
        records[position] = (entity, payloads.encode(body))
    shuffled = Random(seed).sample(records, len(records))
    try:
        expected = tables(one_at_a_time(shuffled))
    except (TypeError, AttributeError, KeyError, ValueError, ArithmeticError):
        return
    assert tables(at_once(shuffled)) == expected


def test_a_load_into_a_company_that_has_books(sampled: Kept, books: Books) -> None:
    """Records that are there are replaced, with all that followed from them."""
    books.made("Invoice", books.sale(books.ann, 27, item=books.pump, qty=3))
    there = [(entity, payload) for (entity, _), payload in books.twin.dump().items()]

    def both(first: Callable[[Twin], object], then: Callable[[Twin], object]) -> Callable[[Twin], object]:
        return lambda twin: (first(twin), then(twin))

    assert tables(both(one_at_a_time(there), at_once(sampled))) == tables(
        both(one_at_a_time(there), one_at_a_time(sampled))
    )
    assert tables(both(at_once(sampled), at_once(there))) == tables(both(one_at_a_time(sampled), one_at_a_time(there)))


def test_what_moved_a_document_along_does_not_post_it_again(books: Books) -> None:
    invoice = books.made("Invoice", books.sale(books.ann, 27))
    lists = [(entity, payload) for (entity, _), payload in books.twin.dump().items() if entity != "Invoice"]
    fresh = books.twin.payload("Invoice", invoice)
    books.twin.create("Payment", {"CustomerRef": {"value": books.ann}, **books.pays(27, ("Invoice", invoice, 27))})
    paid, payment = books.twin.payload("Invoice", invoice), books.twin.payloads("Payment")[0]
    assert fresh is not None
    assert paid is not None
    assert fresh != paid

    def load(twin: Twin) -> None:
        with twin.bulk(in_order=True) as bulk:
            for entity, payload in [*lists, ("Invoice", fresh), ("Payment", payment)]:
                bulk.add(entity, payload)
            bulk.add("Invoice", paid, post=False)

    assert tables(load) == tables(one_at_a_time([*lists, ("Invoice", paid), ("Payment", payment)]))


def test_nothing_stays_of_a_load_that_broke_off(sampled: Kept) -> None:
    def torn() -> Iterator[tuple[str, bytes]]:
        yield from sampled
        raise RuntimeError("the disk is full")

    def breaking(twin: Twin) -> None:
        with pytest.raises(RuntimeError, match="the disk is full"):
            at_once(torn())(twin)
        assert twin.get("Invoice", "10") is None

    assert tables(breaking) == tables(lambda twin: twin)


@pytest.mark.parametrize("payload", [b"[]", b"{", b'{"DisplayName":"no Id"}'])
def test_what_is_no_record_is_refused_and_nothing_stays(payload: bytes) -> None:
    def refused(twin: Twin) -> None:
        with pytest.raises(WrongUse):
            at_once([("Customer", b'{"Id":"5","DisplayName":"Ann"}'), ("Customer", payload)])(twin)

    assert tables(refused) == tables(lambda twin: twin)
