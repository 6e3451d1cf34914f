"""A snapshot as a table: every engine reads the same, and only the files that a question needs are opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import Vault
from akika_forensics.vault.reading import question, scan
from akika_forensics.vault.snapshots import arrivals

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


class Spy:
    """A backend that remembers which data files were read."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.seen: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def read(self, path: str) -> bytes:
        self.seen.append(path)
        return bytes(self._inner.read(path))

    def chunks(self, path: str) -> Iterator[bytes]:
        self.seen.append(path)
        yield from self._inner.chunks(path)


def invoice(number: int, day: int, token: int = 0) -> bytes:
    return (
        f'{{"Id":"{number}","SyncToken":"{token}","TxnDate":"2026-01-{day:02d}","TotalAmt":{number}.00,'
        f'"MetaData":{{"CreateTime":"2026-01-{day:02d}T08:00:00-08:00","LastUpdatedTime":"2026-02-{day:02d}T08:00:00Z"}}}}'
    ).encode()


def books() -> dict[RecordKey, bytes]:
    found = {RecordKey("Invoice", str(number)): invoice(number, number % 28 + 1) for number in range(1, 61)}
    return found | {
        RecordKey("Customer", str(number)): b'{"Id":"%d","DisplayName":"x"}' % number for number in range(1, 21)
    }


class Stage:
    """A vault in memory with two snapshots, in several small parts, and what is read of it.

    ``of``: the question put to a fresh opening, with the files it read: how many indexes and payloads there are of each.
    """

    def __init__(self, kit: ModuleType, in_memory: Any, patched: pytest.MonkeyPatch) -> None:
        self.backend = kit.MemoryBackend()
        vault = in_memory.create(self.backend)
        records = books()
        self.first = dict(records)
        patched.setattr(arrivals, "SEGMENT_ROWS", 15)
        kit.take(vault, records)
        records[RecordKey("Invoice", "7")] = invoice(7, 28, 1)
        del records[RecordKey("Customer", "3")]
        records[RecordKey("Vendor", "1")] = b'{"Id":"1"}'
        self.second = dict(records)
        kit.take(vault, records, day=1)
        self.in_memory = in_memory
        self.parts = {part.index: part for commit in vault._shelf.commits() for part in commit.text.parts}
        self.payloads = {part.payload for part in self.parts.values()}

    def ask(self, work: Callable[[Vault], Any]) -> tuple[Any, int, int]:
        """The answer, how many index files were read for it, and how many payload files."""
        spy = Spy(self.backend)
        vault = self.in_memory.open(spy)
        spy.seen.clear()
        answer = work(vault)
        return answer, sum(path in self.parts for path in spy.seen), sum(path in self.payloads for path in spy.seen)


@pytest.fixture
def stage(kit: ModuleType, in_memory: Any, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(kit, in_memory, monkeypatch)


def keys(frame: pl.DataFrame) -> list[tuple[str, str]]:
    return sorted(frame.select("entity", "id").rows())


def test_the_table_is_what_the_records_are(stage: Stage) -> None:
    for ref, records in (("s1", stage.first), ("s2", stage.second)):
        frame, _, _ = stage.ask(lambda vault, ref=ref: vault.snapshot(ref).frame())  # type: ignore[misc]
        assert dict(frame.schema) == question.SCHEMA
        assert {
            RecordKey(entity, one): payload for entity, one, payload in frame.select("entity", "id", "payload").rows()
        } == records
        assert keys(frame) == frame.select("entity", "id").rows() == sorted(records)
        held = {record.key: record.payload for record in stage.in_memory.open(stage.backend).snapshot(ref).records()}
        assert list(held) == sorted(records)
        assert held == records


def test_what_is_known_of_a_record_stands_beside_it(stage: Stage) -> None:
    frame, _, _ = stage.ask(lambda vault: vault.snapshot("s2").frame(["Invoice", "Customer"]))
    row = frame.filter(entity="Invoice", id="7").row(0, named=True)
    assert (row["sync_token"], row["txn_date"], row["length"]) == (1, date(2026, 1, 28), len(invoice(7, 28, 1)))
    assert row["created_at"] == datetime(2026, 1, 28, 16, tzinfo=UTC)
    assert row["updated_at"] == datetime(2026, 2, 28, 8, tzinfo=UTC)
    other = frame.filter(entity="Customer", id="1").row(0, named=True)
    assert (other["sync_token"], other["txn_date"], other["created_at"]) == (None, None, None)


def parts_of(stage: Stage) -> int:
    return len(stage.parts)


def test_what_a_snapshot_holds_is_read_once_and_opens_no_payload(stage: Stage) -> None:
    counted, index, payload = stage.ask(
        lambda vault: (
            vault.snapshot("s2").lazy().filter(pl.col("entity") == "Invoice").group_by("entity").len().collect()
        )
    )
    assert counted.rows() == [("Invoice", 60)]
    assert (index, payload) == (parts_of(stage), 0)
    sizes, index, payload = stage.ask(
        lambda vault: vault.snapshot("s2").lazy().select("id", "length", "segment", "digest").collect()
    )
    assert len(sizes) == 80
    assert (index, payload) == (parts_of(stage), 0)


def test_a_question_to_the_index_opens_no_payload(stage: Stage) -> None:
    found, index, payload = stage.ask(
        lambda vault: (
            vault.snapshot("s1")
            .lazy()
            .filter(pl.col("txn_date") >= date(2026, 1, 27))
            .select("id", "updated_at")
            .collect()
        )
    )
    assert sorted(found["id"].to_list()) == sorted(
        key.id for key in stage.first if key.entity == "Invoice" and int(key.id) % 28 >= 26
    )
    assert index > 0
    assert payload == 0


def test_a_filter_on_key_segment_or_day_leaves_parts_closed(stage: Stage) -> None:
    whole, _, every = stage.ask(lambda vault: vault.snapshot("s1").lazy().collect())
    assert every == whole["segment"].n_unique() >= 5
    for where in (
        (pl.col("entity") == "Invoice") & (pl.col("id") == "30"),
        pl.col("segment") == whole["segment"].max(),
        (pl.col("entity") == "Invoice") & (pl.col("length") > 0) & (pl.col("id").is_in(["30"])),
    ):
        found, index, payload = stage.ask(
            lambda vault, where=where: vault.snapshot("s1").lazy().filter(where).collect()
        )  # type: ignore[misc]
        assert found.sort("entity", "id").equals(whole.filter(where).sort("entity", "id"))
        assert len(found)
        assert (index, payload) == (every + 1, 1)
    (one,) = whole.filter(entity="Invoice", id="30")["txn_date"].to_list()
    of_day = (pl.col("txn_date") == one) & (pl.col("sync_token") == 0)
    found, _, payload = stage.ask(lambda vault: vault.snapshot("s1").lazy().filter(of_day).select("payload").collect())
    assert payload == whole.filter(of_day)["segment"].n_unique() < every
    assert len(found) == whole.filter(of_day).height


def test_a_limit_stops_the_reading(stage: Stage) -> None:
    found, _, payload = stage.ask(lambda vault: vault.snapshot("s1").lazy().head(3).collect())
    assert len(found) == 3
    assert payload == 1
    found, _, _ = stage.ask(
        lambda vault: vault.snapshot("s1").lazy().filter(pl.col("entity") == "Customer").head(2).collect()
    )
    assert found["entity"].to_list() == ["Customer"] * 2
    found, _, _ = stage.ask(lambda vault: vault.snapshot("s1").lazy().head(0).collect())
    assert found.shape == (0, len(question.SCHEMA))
    found, _, _ = stage.ask(
        lambda vault: (
            vault.snapshot("s1").lazy().head(70).filter(pl.col("entity") == "Invoice").select(pl.len()).collect()
        )
    )
    assert 0 < found.item() <= 60


def test_only_a_part_is_held_at_a_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MOST_BYTES", 400)
    frames = list(
        stage.ask(lambda vault: list(scan.scan(vault._shelf, vault._shelf.commits()[0], question.ask(None, None))))[0]
    )
    assert all(frame["length"].sum() <= 800 for frame in frames)
    assert len(frames) > 20
    assert keys(pl.concat(frames)) == sorted(stage.first)
    held = [record.key for record in stage.in_memory.open(stage.backend).snapshot("s2").records()]
    assert held == sorted(stage.second)


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 60))
def test_turns_lose_nothing_and_are_bounded(lengths: list[int], most: int) -> None:
    rows = pl.DataFrame({"n": list(range(len(lengths))), "length": pl.Series(lengths, dtype=pl.UInt64)})
    turns = list(question.in_turns(rows, most))
    assert [n for turn in turns for n in turn["n"].to_list()] == list(range(len(lengths)))
    assert all(turn["length"].sum() < most + turn["length"].max() for turn in turns)  # type: ignore[operator]


@pytest.mark.parametrize("entities", [["Invoice"], ["Customer", "Invoice", "Vendor"]])
def test_a_long_list_of_keys_narrows_by_its_ends(entities: list[str]) -> None:
    every = pl.DataFrame(
        [(one, str(number)) for one in ["Bill", *entities, "Zone"] for number in range(3_000)],
        schema=["entity", "id"],
        orient="row",
    )
    rows = every.filter(pl.col("entity").is_in(entities) & pl.col("id").str.starts_with("2"))
    assert len(rows) > 1_000
    met = every.filter(question.within(rows))
    assert rows.join(met, on=["entity", "id"], how="anti").is_empty()
    assert len(met) <= 3_000 * len(entities)
    if len(entities) == 1:
        assert met["id"].str.head(1).unique().to_list() == ["2"]


def test_a_part_of_thousands_of_records(kit: ModuleType, in_memory: Any) -> None:
    backend = kit.MemoryBackend()
    records = {RecordKey("Invoice", str(number)): invoice(number, number % 28 + 1) for number in range(1_500)}
    kit.take(in_memory.create(backend), records)
    snapshot = in_memory.open(backend).snapshot("s1")
    assert {one.key: one.payload for one in snapshot.records()} == records
    assert snapshot.lazy().select("txn_date", "payload").collect().height == 1_500


CONDITIONS = st.sampled_from(
    [
        pl.col("entity") == "Invoice",
        pl.col("id").is_in(["1", "7", "30"]),
        pl.col("length") > 120,
        pl.col("segment") > 1,
        pl.col("sync_token") == 1,
        pl.col("txn_date") > date(2026, 1, 20),
        pl.col("created_at").is_null(),
        pl.col("updated_at") < datetime(2026, 2, 9, tzinfo=UTC),
        pl.col("payload").bin.contains(b"DisplayName"),
        (pl.col("entity") == "Vendor") | (pl.col("txn_date").dt.day() == 3),
        ~(pl.col("id") == "7"),
    ]
)
WHERES = st.recursive(
    CONDITIONS,
    lambda inner: st.builds(lambda a, b: a & b, inner, inner) | st.builds(lambda a, b: a | b, inner, inner),
    max_leaves=5,
)
COLUMNS = st.lists(st.sampled_from(list(question.SCHEMA)), min_size=1, max_size=4, unique=True)


@pytest.fixture(scope="module")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as made:
        yield made


@given(data=st.data())
def test_pushed_down_or_not_the_answer_is_the_same(
    data: st.DataObject, kit: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> None:
    snapshot, whole = _snapshot(kit, tmp_path_factory)
    where, columns = data.draw(WHERES), data.draw(COLUMNS)
    wanted = (
        whole.filter(where)
        .select("entity", "id", *(one for one in columns if one not in {"entity", "id"}))
        .sort("entity", "id")
    )
    asked = snapshot.lazy().filter(where).select(wanted.columns)
    assert asked.collect().sort("entity", "id").equals(wanted)
    assert asked.collect(engine="streaming").sort("entity", "id").equals(wanted)
    table = snapshot.arrow(wanted.columns, where).read_all()
    assert pl.from_arrow(table).sort("entity", "id").equals(wanted)  # type: ignore[union-attr]
    together = question.conjuncts(where)
    assert whole.filter(together).sort("entity", "id").equals(whole.filter(where).sort("entity", "id"))


_HELD: dict[str, Any] = {}


def _snapshot(kit: ModuleType, folders: pytest.TempPathFactory) -> tuple[Any, pl.DataFrame]:
    """One snapshot for all examples: making it takes longer than reading it."""
    if "snapshot" not in _HELD:
        with pytest.MonkeyPatch.context() as patched:
            stage = Stage(kit, kit.MemoryVault(folders.mktemp("memory")), patched)
        _HELD["snapshot"] = stage.in_memory.open(stage.backend).snapshot("s2")
        _HELD["whole"] = _HELD["snapshot"].frame()
    return _HELD["snapshot"], _HELD["whole"]


def test_conditions_are_told_apart() -> None:
    a, b, c = pl.col("entity") == "x", pl.col("txn_date") > date(2026, 1, 1), pl.col("payload").bin.size() > 1
    assert len(question.conjuncts(a & b & (c & a))) == 4
    assert len(question.conjuncts(a | b)) == 1
    asked = question.ask(["id"], a & (b | a) & c)
    assert asked.of_state is not None
    assert asked.of_index is not None
    assert asked.of_payload is not None
    assert asked.facts == ("txn_date",)
    assert asked.needs_payload
    assert question.ask(["id"], None).of_state is None


def test_an_unknown_column_is_named(stage: Stage) -> None:
    snapshot = stage.in_memory.open(stage.backend).snapshot("s1")
    with pytest.raises(WrongUse, match="'Id'"):
        snapshot.arrow(["Id"])
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        snapshot.lazy().select("Id").collect()


# -- other engines ---------------------------------------------------------------------------------------------------


def test_duckdb_asks_arrow_and_polars(stage: Stage) -> None:
    def arrow(vault: Vault) -> Any:
        reader = vault.snapshot("s2").arrow(["entity", "length"])
        assert isinstance(reader, pa.RecordBatchReader)
        return duckdb.sql("select entity, count(*), sum(length) from reader group by all order by all").fetchall()

    def pushed(vault: Vault) -> Any:
        invoices = vault.snapshot("s2").lazy()
        assert invoices.collect_schema()
        return duckdb.sql("select id, txn_date from invoices where entity = 'Invoice' and id = '30'").fetchall()

    found, index, payload = stage.ask(arrow)
    assert [row[:2] for row in found] == [("Customer", 19), ("Invoice", 60), ("Vendor", 1)]
    assert sum(row[2] for row in found) == sum(map(len, stage.second.values()))
    assert (index, payload) == (parts_of(stage), 0)
    found, index, payload = stage.ask(pushed)
    assert found == [("30", date(2026, 1, 3))]
    assert (index, payload) == (parts_of(stage) + 1, 0)


def test_duckdb_reads_the_json_of_a_payload(stage: Stage) -> None:
    def total(vault: Vault) -> Any:
        reader = vault.snapshot("s2").arrow(["payload"], pl.col("entity") == "Invoice")
        assert reader.schema.names == ["payload"]
        return duckdb.sql(
            "select sum(cast(decode(payload)::json ->> 'TotalAmt' as decimal(18, 2))) from reader"
        ).fetchall()

    assert stage.ask(total)[0][0][0] == sum(range(1, 61))


def test_pyarrow_and_pandas(stage: Stage) -> None:
    snapshot = stage.in_memory.open(stage.backend).snapshot("s2")
    dataset = snapshot.dataset(["id", "entity", "txn_date"])
    assert dataset.count_rows(filter=pc.field("entity") == "Invoice") == 60
    assert dataset.count_rows() == 80
    shown = snapshot.to_pandas(["Invoice"])
    assert len(shown) == 60
    assert str(shown["updated_at"].dt.tz) == "UTC"
    assert shown["payload"].iloc[0] == stage.second[RecordKey("Invoice", "1")]
    assert snapshot.arrow(["id"], entities=["Nothing"]).read_all().num_rows == 0
    assert snapshot.lazy(["Nothing"]).collect().shape == (0, len(question.SCHEMA))


# -- damage and roles ------------------------------------------------------------------------------------------------


def test_damage_is_told_by_its_own_error(stage: Stage) -> None:
    path = stage.in_memory.open(stage.backend)._shelf.commits()[0].text.parts[0].payload
    stage.backend.content[path] = stage.backend.content[path][:-1] + b"x"
    vault = stage.in_memory.open(stage.backend)
    assert len(vault.snapshot("s1").lazy().select("txn_date").collect()) == 80
    with pytest.raises(VaultDamaged, match=path):
        vault.snapshot("s1").lazy().collect()
    with pytest.raises(VaultDamaged, match=path):
        list(vault.snapshot("s1").records())
    with pytest.raises(VaultDamaged, match=path):
        vault.snapshot("s1").arrow().read_all()


# -- as of -----------------------------------------------------------------------------------------------------------


def test_as_of_a_time(stage: Stage, kit: ModuleType) -> None:
    vault = stage.in_memory.open(stage.backend)
    first, second = vault.snapshots()
    assert vault.as_of(first.finished_at).info.id == "s1"
    assert vault.as_of(second.finished_at - timedelta(microseconds=1)).info.id == "s1"
    assert vault.as_of(second.finished_at, kit.COMPANY).info.id == "s2"
    assert vault.as_of(datetime(2100, 1, 1, tzinfo=UTC)).info.id == "s2"
    for wrong in (first.finished_at - timedelta(seconds=1), datetime(2100, 1, 1)):  # noqa: DTZ001 - that is the point
        with pytest.raises(WrongUse):
            vault.as_of(wrong)
    with pytest.raises(WrongUse, match="no snapshot"):
        vault.as_of(second.finished_at, kit.OTHER)
