"""A merged index lies in two files: states are told by the first alone, and the rest is joined to it row for row."""

from __future__ import annotations

import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow.parquet import encryption

from akika_forensics.case.care import repair_vault
from akika_forensics.errors import VaultDamaged
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, open_vault
from akika_forensics.vault.lifecycle import compaction, merging, retiring
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.lifecycle.rearranging import Rearrangement
from akika_forensics.vault.snapshots import frames, indexes, parquet, stacks

OLDER = Path(__file__).parent.parent / "merged_samples" / "index-in-one"


def days(vault: Any, kit: ModuleType, count: int = 6) -> None:
    """A snapshot a day; one invoice changes each day, one comes, one goes after a while."""
    books = kit.books(4)
    for day in range(count):
        books[RecordKey("Invoice", "1")] = kit.invoice(1, f"{day}.10", day)
        books[RecordKey("Invoice", str(100 + day))] = kit.invoice(100 + day)
        books.pop(RecordKey("Invoice", str(97 + day)), None)
        kit.take(vault, books, day=day)


def compact(vault: Any, kit: ModuleType, extent: Any = "everything") -> None:
    compaction.compact(vault.workshop(), vault.pseudonym(kit.COMPANY), extent=extent)


def merged(vault: Any) -> tuple[Any, str, Any]:
    """The shelf, the company and its only part."""
    shelf = vault.workshop().shelf
    (company,) = {one.pseudonym for one in shelf.commits()}
    (part,) = compaction.parts_of(shelf, company).values()
    return shelf, company, part


@pytest.fixture(scope="module")
def _stage(kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("merged")
    vault = kit.create(folder / "vault", kit.PASSPHRASE, heads=HeadStore(folder / "heads"), cost=kit.KdfCost.CHEAP)
    days(vault, kit)
    shutil.copytree(folder, folder / "as-written", ignore=shutil.ignore_patterns("as-written"))
    compact(vault, kit)
    return folder


@pytest.fixture
def stage(_stage: Path, kit: ModuleType, tmp_path: Path) -> Any:
    shutil.copytree(_stage, tmp_path, dirs_exist_ok=True)
    heads = HeadStore(tmp_path / "heads")
    return kit.Stage(tmp_path / "vault", heads, open_vault(tmp_path / "vault", kit.PASSPHRASE, heads=heads))


@pytest.fixture(scope="module")
def opened(_stage: Path, kit: ModuleType) -> tuple[Any, str, Any]:
    return merged(open_vault(_stage / "vault", kit.PASSPHRASE, heads=HeadStore(_stage / "heads")))


def read_by_another(shelf: Any, company: str, path: str) -> pa.Table:
    file_id = path[5:37]
    properties = encryption.create_decryption_properties(
        shelf.key("index", path), aad_prefix=parquet.associated(company, file_id)
    )
    return pq.read_table(io.BytesIO(shelf.content(path)), decryption_properties=properties)


def test_the_two_have_the_columns_of_the_format(opened: Any) -> None:
    shelf, company, part = opened
    hot, rest = (read_by_another(shelf, company, path) for path in (part.index, part.rest))
    assert hot.column_names == ["entity", "id", "digest", "length", "segment"]
    assert rest.column_names == ["payload_sha256", "sync_token", "created_at", "updated_at", "txn_date", "was"]
    assert len(hot) == len(rest) == part.rows
    assert {hot.schema.field("digest").type, rest.schema.field("was").type} == {pa.binary(32)}
    assert shelf.file(part.index).root.keys() == part.segments.keys()
    assert not shelf.file(part.rest).root


HOT_CONDITIONS = [
    None,
    pl.col("id") == "1",
    pl.col("id") == "nobody",
    pl.col("segment") >= 3,
    (pl.col("entity") == "Invoice") & (pl.col("length") > 0),
]
CONDITIONS = [*HOT_CONDITIONS, pl.col("sync_token") == 2, (pl.col("id") == "1") & pl.col("was").is_null()]


@settings(max_examples=150, deadline=None)
@given(
    where=st.sampled_from(range(len(CONDITIONS))),
    columns=st.none() | st.lists(st.sampled_from(list(frames.INDEX)), min_size=1, unique=True),
    in_place=st.booleans(),
)
def test_what_is_asked_of_both_is_what_one_would_answer(
    opened: Any, where: int, columns: list[str] | None, *, in_place: bool
) -> None:
    shelf, company, part = opened
    hot, rest = (pl.DataFrame(read_by_another(shelf, company, path)) for path in (part.index, part.rest))
    expected = hot.hstack(rest).cast(dict.fromkeys(("digest", "payload_sha256", "was"), pl.Binary))
    expected = expected if CONDITIONS[where] is None else expected.filter(CONDITIONS[where])
    with pytest.MonkeyPatch.context() as patched:
        for module in (stacks, indexes):
            patched.setattr(module, "IN_PART", 0 if in_place else 1 << 40)
        found = shelf.index_of(company, part, CONDITIONS[where], columns)
        assert found.equals(expected.select(columns or list(frames.INDEX)))
        if where == 0 and columns is not None:
            assert shelf.indexes(company, [part], columns)[0].equals(found)


@pytest.mark.parametrize("limit", [0, 1 << 40], ids=["in place", "whole"])
def test_answers_are_those_of_the_vault_as_it_was_written(
    stage: Any, kit: ModuleType, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    for module in (stacks, indexes):
        monkeypatch.setattr(module, "IN_PART", limit)
    place = stage.root.parent / "as-written"
    before = open_vault(place / "vault", kit.PASSPHRASE, heads=HeadStore(place / "heads"))
    for info in before.snapshots():
        one, other = before.snapshot(info.id), stage.vault.snapshot(info.id)
        # Freshly opened, so that each day is worked out from the part alone.
        assert one.index().equals(stage.open().snapshot(info.id).index())
        assert one.frame().drop("segment").equals(other.frame().drop("segment"))
        told = [held.differences(held_before).sort("entity", "id") for held, held_before in (
            (one, before.snapshot("s1")), (other, stage.vault.snapshot("s1")))]  # fmt: skip
        assert told[0].equals(told[1])
    assert stage.verify().findings == ()


def test_a_state_is_told_without_the_rest(stage: Any) -> None:
    expected = stage.vault.snapshot("s4").index()
    _, _, part = merged(stage.vault)
    (stage.root / part.rest).unlink()
    again = stage.open()
    assert again.snapshot("s4").index().equals(expected)
    assert len(list(again.snapshot("s4").records())) == len(expected)
    with pytest.raises(VaultDamaged, match="missing"):
        again.snapshot("s4").frame()
    with pytest.raises(VaultDamaged, match="missing"):
        again.snapshot("s4").differences(again.snapshot("s2"))


def _shorter(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.head(-1)


def _longer(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([rows, rows.tail(1)])


def _turned(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.reverse()


def _replacing_nothing(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(was=pl.lit(None, dtype=pl.Binary))


def _of_another_time(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(txn_date=pl.lit(datetime(2030, 1, 1, tzinfo=UTC).date()))


@pytest.mark.parametrize("change", [_shorter, _longer, _turned, _replacing_nothing, _of_another_time])
def test_a_signed_rest_that_is_not_of_its_index_is_named(
    empty: Any, kit: ModuleType, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    days(empty.vault, kit)
    store = Rearrangement._store

    def lying(self: Any, half: Any, file: Any, content: bytes, roots: Any) -> str:
        if half == "index" and not roots:
            rows = parquet.read(content, file.sealed.key, file.sealed.associated, schemas=[frames.REST], path="x")
            content = merging.write_index(change(rows), file.sealed)
        return store(self, half, file, content, roots)

    monkeypatch.setattr(Rearrangement, "_store", lying)
    compact(empty.vault, kit)
    _, _, part = merged(empty.vault)
    found = empty.verify()
    assert not found.ok
    assert set(kit.damage(found)) & set(part.paths), kit.damage(found)
    if change in {_shorter, _longer}:
        assert kit.damage(found) == {part.rest: ["It has not the rows of its index."]}
        with pytest.raises(VaultDamaged, match="not the rows of its index"):
            empty.vault.snapshot("s3").differences(empty.vault.snapshot("s1"))


@pytest.mark.parametrize("lost", [["rest"], ["index"], ["rest", "index"], ["rest", "payload"]])
def test_a_vault_that_lost_one_of_them_goes_on(stage: Any, kit: ModuleType, lost: list[str]) -> None:
    _, _, part = merged(stage.vault)
    before = {info.id: stage.vault.snapshot(info.id) for info in stage.vault.snapshots()}
    told = {name: (one.index(), one.frame(), one.differences(before["s1"]).sort("entity", "id")) for name, one in before.items()}  # fmt: skip
    books = {one.key: one.payload for one in before["s1"].records()}
    paths = {getattr(part, name) for name in lost}
    for path in paths:
        (stage.root / path).write_bytes((stage.root / path).read_bytes()[:-7])
    found = repair_vault(stage.root, kit.PASSPHRASE, heads=stage.heads, do=True)
    assert {one.path for one in found.survey.lost} == paths
    again = stage.open()
    for name, (index, frame, differences) in told.items():
        snapshot = again.snapshot(name)
        assert snapshot.index().equals(index)
        assert snapshot.differences(again.snapshot("s1")).sort("entity", "id").equals(differences)
        if "payload" not in lost:
            assert snapshot.frame().equals(frame)
    assert set(kit.damage(stage.verify())) == paths
    assert set(kit.damage(stage.verify(keys=False))) == paths
    kit.take(again, books, day=20)
    assert {one.key: one.payload for one in stage.open().snapshot("latest").records()} == books
    assert set(kit.damage(stage.verify())) == paths


@pytest.mark.parametrize(("first", "lost"), [(False, "index"), (True, "index"), (True, "rest")])
@pytest.mark.parametrize("dropped", [False, True])
def test_what_a_lost_index_told_is_regained_when_its_part_is_written_anew(
    empty: Any, kit: ModuleType, lost: str, *, first: bool, dropped: bool
) -> None:
    days(empty.vault, kit)
    if first:
        compact(empty.vault, kit)
    shelf = empty.vault.workshop().shelf
    part = shelf.part(shelf.commits()[0].pseudonym, shelf.commits()[3].numbers[0])
    taken = empty.vault.snapshot("s6")
    told = [taken.differences(empty.vault.snapshot(f"s{day}")).sort("entity", "id") for day in (3, 4, 5)]
    path = empty.root / getattr(part, lost)
    path.write_bytes(path.read_bytes()[:-7])
    repair_vault(empty.root, kit.PASSPHRASE, heads=empty.heads, do=True)
    again = empty.open()
    if dropped:
        retiring.retire(
            again.workshop(), again.pseudonym(kit.COMPANY), Policy(last=4), now=datetime(2030, 1, 1, tzinfo=UTC)
        )
    compact(again, kit, "anew")
    again = empty.open()
    assert empty.verify().findings == ()
    taken = again.snapshot("s6")
    for day, expected in zip((3, 4, 5), told, strict=True):
        assert taken.differences(again.snapshot(f"s{day}")).sort("entity", "id").equals(expected)


def test_after_snapshots_were_dropped_a_lost_index_is_no_hindrance(stage: Any, kit: ModuleType) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    retiring.retire(stage.vault.workshop(), stage.vault.pseudonym(kit.COMPANY), Policy(last=3), now=now)
    told = stage.vault.snapshot("s6").differences(stage.vault.snapshot("s4")).sort("entity", "id")
    _, _, part = merged(stage.vault)
    (stage.root / part.rest).write_bytes((stage.root / part.rest).read_bytes()[:-7])
    repair_vault(stage.root, kit.PASSPHRASE, heads=stage.heads, do=True)
    again = stage.open()
    compact(again, kit, "anew")
    again = stage.open()
    assert again.snapshot("s6").differences(again.snapshot("s4")).sort("entity", "id").equals(told)
    assert stage.verify().findings == ()


def test_a_vault_that_was_merged_before_is_read_and_merged_anew(kit: ModuleType, tmp_path: Path) -> None:
    """Of the time when a merged index had all columns in one file."""
    shutil.copytree(OLDER / "vault", tmp_path / "vault")
    contents = json.loads((OLDER / "contents.json").read_bytes())
    heads = HeadStore(tmp_path / "heads")
    vault = open_vault(tmp_path / "vault", Secret(contents["passphrase"]), heads=heads)
    stage = kit.Stage(tmp_path / "vault", heads, vault)

    def holds(opened: Any) -> None:
        for name, records in contents["snapshots"].items():
            found = {f"{one.key.entity}/{one.key.id}": one.payload.decode() for one in opened.snapshot(name).records()}
            assert found == records
        differing = opened.snapshot("s5").differences(opened.snapshot("s1")).sort("entity", "id")
        told = [[*row[:2], *(one and one.hex() for one in row[2:])] for row in differing.iter_rows()]
        assert told == contents["differences"]
        tokens = opened.snapshot("s5").frame().select("entity", "id", "sync_token").rows()
        assert list(map(list, tokens)) == contents["sync_tokens"]

    parts = compaction.parts_of(vault.workshop().shelf, vault.pseudonym(kit.COMPANY)).values()
    assert sorted(len(part.numbers) for part in parts) == [1, 5]
    assert not any(part.rest for part in parts)
    holds(vault)
    assert stage.verify().findings == ()
    compact(vault, kit, "anew")
    assert merged(vault)[2].rest
    holds(stage.open())
    assert stage.verify().findings == ()
