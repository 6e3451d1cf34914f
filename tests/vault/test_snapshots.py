from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from pyarrow.parquet.encryption import create_decryption_properties, create_encryption_properties

from akika_forensics.errors import Refused, VaultDamaged, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.payload import decode, digest
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import layout
from akika_forensics.vault.reading import scan
from akika_forensics.vault.snapshots import arrivals, frames, parquet

ONE = RecordKey("Invoice", "1")


def contents(vault: Any, ref: str) -> dict[RecordKey, bytes]:
    return {record.key: record.payload for record in vault.snapshot(ref).records()}


def test_payloads_come_back_as_they_were_received(kit: ModuleType, empty: Any) -> None:
    records = kit.books() | {
        RecordKey("Invoice", "7"): b' {"b" : 1.50,\r\n "a":"\\u00e9\xc3\xa9", "a2":1e2} ',
        RecordKey("Class", "\u00e4 'x"): b"{}",
    }
    info = kit.take(empty.vault, records)
    assert (info.id, info.records, info.new_versions, info.complete) == ("s1", 6, 6, True)
    assert contents(empty.open(), "s1") == records
    assert list(contents(empty.vault, "s1")) == sorted(records)


def test_the_index_is_sorted_and_typed(kit: ModuleType, filled: Any) -> None:
    index = filled.vault.snapshot("latest").index()
    assert index.schema == {"entity": pl.String, "id": pl.String, "digest": pl.Binary}
    keys = list(index.select("entity", "id").iter_rows())
    assert keys == sorted(keys)
    found = dict(zip(keys, index["digest"], strict=True))
    assert found == {tuple(key): digest(payload) for key, payload in contents(filled.vault, "latest").items()}


def test_only_new_versions_are_stored(kit: ModuleType, empty: Any) -> None:
    records = kit.books(20)
    kit.take(empty.vault, records)
    before = len(empty.files())
    assert kit.take(empty.vault, records).new_versions == 0
    # A key table, a control report, an entry and its signature.
    assert len(empty.files()) == before + 4
    records[ONE] = kit.invoice(1, "3.00")
    assert kit.take(empty.vault, records).new_versions == 1
    assert empty.verify().findings == ()


def test_the_same_value_in_other_bytes_is_kept_and_is_no_change(kit: ModuleType, empty: Any) -> None:
    first, second = b'{"Id":"1","TotalAmt":100.00}', b'{"TotalAmt":100,"Id":"1"}'
    kit.take(empty.vault, {ONE: first})
    assert kit.take(empty.vault, {ONE: second}).new_versions == 0
    assert [contents(empty.vault, ref)[ONE] for ref in ("s1", "s2")] == [first, second]
    assert [version.snapshot for version in empty.vault.history(ONE)] == ["s1"]
    assert empty.verify().findings == ()


def test_add_and_remove_before_commit(kit: ModuleType, empty: Any) -> None:
    kit.take(empty.vault, kit.books())
    with empty.vault.begin_snapshot(kit.COMPANY) as begun:
        begun.add(ONE, b'{"Id":"1","v":1}')
        begun.add(ONE, kit.invoice(1))
        begun.add(RecordKey("Invoice", "2"), kit.invoice(2))
        begun.remove(RecordKey("Invoice", "2"))
        begun.remove(RecordKey("Invoice", "99"))
        assert len(empty.open().snapshots()) == 1
        begun.commit(
            taken_at=kit.START, finished_at=kit.START, complete=True, counts={}, fence={}, requests=0, findings=[]
        )
        with pytest.raises(WrongUse):
            begun.add(ONE, b"{}")
    assert contents(empty.vault, "s2") == {ONE: kit.invoice(1)}


def test_what_is_told_of_a_snapshot_comes_back(kit: ModuleType, empty: Any) -> None:
    with empty.vault.begin_snapshot(kit.COMPANY) as begun:
        given = {
            "counts": {"Invoice": 3},
            "fence": {"passes": 2, "to": "2026-11-23T10:02:00Z", "entities": ["Invoice"]},
            "findings": [{"residual": Decimal("0.10"), "what": "a difference"}],
        }
        info = begun.commit(taken_at=kit.START, finished_at=kit.START, complete=False, requests=5, **given)
    assert info == empty.open().snapshots()[0]
    assert {name: getattr(info, name) for name in given} == given
    assert (info.complete, info.requests, info.records, info.company) == (False, 5, 0, kit.COMPANY)
    assert info.digest == empty.vault.head["chains"]["commits"]["digest"]


def test_a_payload_that_is_no_json_is_refused_at_once(kit: ModuleType, empty: Any) -> None:
    with empty.vault.begin_snapshot(kit.COMPANY) as begun, pytest.raises(WrongUse):
        begun.add(ONE, b"<html>")


def test_one_record_some_records_and_entities(kit: ModuleType, filled: Any) -> None:
    snapshot = filled.vault.snapshot("first")
    assert snapshot.record(ONE).payload == kit.invoice(1)
    assert snapshot.record(RecordKey("Customer", "1")) is None
    wanted = [ONE, RecordKey("Customer", "3"), RecordKey("Invoice", "404"), RecordKey("Customer", "1")]
    assert set(snapshot.get_many(wanted)) == {ONE, RecordKey("Customer", "3")}
    assert snapshot.get_many([]) == {}
    assert {record.key.entity for record in snapshot.records(["Customer", "Vendor"])} == {"Customer"}
    assert list(snapshot.records([])) == []
    assert snapshot.control("TrialBalance/Accrual").startswith(b'{"Header"')
    with pytest.raises(WrongUse, match="TrialBalance/Accrual"):
        snapshot.control("BalanceSheet")


def test_references_to_snapshots(filled: Any) -> None:
    assert [filled.vault.snapshot(ref).info.id for ref in ("first", "s2", "S2", "latest")] == ["s1", "s2", "s2", "s3"]
    for unknown in ("s4", "", "../s1", "2"):
        with pytest.raises(WrongUse, match="s1 to s3"):
            filled.vault.snapshot(unknown)


def test_history_tells_only_where_it_changed(kit: ModuleType, filled: Any) -> None:
    history = filled.vault.history
    assert [(one.snapshot, one.present, one.record.payload) for one in history(ONE)] == [
        ("s1", True, kit.invoice(1)),
        ("s2", True, kit.invoice(1, "250.75", 1)),
    ]
    gone = history(RecordKey("Invoice", "2"))
    assert [(one.snapshot, one.present, one.record is None) for one in gone] == [
        ("s1", True, False),
        ("s2", False, True),
    ]
    assert [one.snapshot for one in history(RecordKey("Invoice", "9"))] == ["s3"]
    assert history(RecordKey("Invoice", "404")) == ()


def test_companies_are_apart(kit: ModuleType, filled: Any) -> None:
    kit.take(filled.vault, {ONE: b'{"Id":"1","of":"the other"}'}, kit.OTHER)
    kit.take(filled.vault, {}, kit.COMPANY)
    assert [info.company.name for info in filled.vault.snapshots()[-2:]] == [kit.OTHER.name, kit.COMPANY.name]
    assert filled.vault.history(ONE, kit.OTHER)[0].record.body["of"] == "the other"
    assert [one.present for one in filled.vault.history(ONE, kit.COMPANY)] == [True, True, False]
    with pytest.raises(WrongUse, match="several companies"):
        filled.vault.history(ONE)
    assert filled.verify().findings == ()


def test_production_is_another_company_than_its_twin(kit: ModuleType, empty: Any) -> None:
    live = Company(kit.COMPANY.realm_id, kit.COMPANY.name, "https://quickbooks.api.intuit.com")
    kit.take(empty.vault, kit.books(), live)
    assert kit.take(empty.vault, kit.books(), kit.COMPANY).new_versions == 4
    moved = Company(kit.COMPANY.realm_id, "A new name", "http://127.0.0.1:9999")
    assert kit.take(empty.vault, kit.books(), moved).new_versions == 0


def test_a_manifest_lists_what_was_removed_and_nothing_else(kit: ModuleType, empty: Any) -> None:
    records = kit.books(9)
    expected = []
    for day in range(8):
        records[RecordKey("Invoice", str(day % 4 + 1))] = kit.invoice(day % 4 + 1, f"{day}.50")
        if day % 3 == 2:
            del records[RecordKey("Invoice", str(day + 2))]
        kit.take(empty.vault, records, day=day)
        expected.append(dict(records))
    vault = empty.open()
    commits = vault._shelf.commits()
    assert [commit.text.base for commit in commits] == [None, *range(1, 8)]
    assert [bool(commit.text.manifest) for commit in commits] == [day % 3 == 2 for day in range(8)]
    rows = vault._shelf.manifest(commits[5])
    assert rows.select("entity", "id", "digest", "segment", "length", "removed").rows() == [
        ("Invoice", "7", None, None, None, True)
    ]
    assert rows["was"].to_list() == [digest(kit.invoice(7))]
    assert [contents(vault, f"s{number}") for number in range(1, 9)] == expected
    assert empty.verify().findings == ()


def test_large_snapshots_are_split(kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "SEGMENT_ROWS", 7)
    monkeypatch.setattr(scan, "MOST_BYTES", 200)
    records = kit.books(40) | {RecordKey(entity, "1"): b'{"Id":"1"}' for entity in ("Account", "Bill", "Vendor")}
    kit.take(empty.vault, records)
    records[ONE] = kit.invoice(1, "1.00")
    kit.take(empty.vault, records)
    assert contents(empty.vault, "latest") == records
    assert list(contents(empty.vault, "latest")) == sorted(records)
    assert empty.verify().findings == ()


def test_two_writers_in_one_process_one_wins(kit: ModuleType, empty: Any) -> None:
    told = {"taken_at": kit.START, "finished_at": kit.START, "complete": True}
    told |= {"counts": {}, "fence": {}, "requests": 0, "findings": []}
    with empty.vault.begin_snapshot(kit.COMPANY) as one, empty.open().begin_snapshot(kit.COMPANY) as other:
        one.add(ONE, kit.invoice(1))
        other.add(ONE, kit.invoice(1, "9.00"))
        other.commit(**told)
        with pytest.raises(Refused):
            one.commit(**told)
    assert contents(empty.vault, "latest") == {ONE: kit.invoice(1, "9.00")}
    assert empty.verify().findings == ()


def test_another_process_commits_are_seen(kit: ModuleType, filled: Any) -> None:
    other = filled.open()
    kit.take(filled.vault, kit.books())
    assert len(other.snapshots()) == 4
    assert contents(other, "latest") == kit.books()


def test_pyarrow_reads_every_data_file_and_only_at_its_place(filled: Any) -> None:
    shelf = filled.vault._shelf
    rows = 0
    for commit in shelf.commits():
        for role in ("index", "payload"):
            for path in (path for path in commit.files if layout.place_of(path).kind == "parquet"):
                file_id = layout.place_of(path).id
                key = shelf.keychain.find(role, file_id)
                if key is None:
                    continue
                content = (filled.root / path).read_bytes()
                assert content[:4] == content[-4:] == b"PARE"
                aad = f"akika/1|{commit.pseudonym}|{file_id}".encode()
                table = pq.read_table(
                    io.BytesIO(content), decryption_properties=create_decryption_properties(key, aad_prefix=aad)
                )
                rows += table.num_rows
                for other in (create_decryption_properties(key), create_decryption_properties(key, aad_prefix=b"x")):
                    with pytest.raises(OSError, match=r"AAD|decrypt"):
                        pq.read_table(io.BytesIO(content), decryption_properties=other)
    assert rows > 0


def test_we_read_what_pyarrow_writes() -> None:
    key, aad = bytes(range(32)), parquet.associated("company", "file")
    frame = pl.DataFrame([("Invoice", "1", 0, b"{}")], schema=frames.PAYLOAD, orient="row")
    stream = io.BytesIO()
    pq.write_table(
        frame.to_arrow(),
        stream,
        encryption_properties=create_encryption_properties(key, aad_prefix=aad, store_aad_prefix=False),
    )
    assert parquet.read(stream.getvalue(), key, aad, schemas=[frames.PAYLOAD], path="x").equals(frame)


def test_a_reader_refuses_plain_files_other_places_and_other_columns() -> None:
    key, aad = bytes(range(32)), b"akika/1|c|f"
    frame = pl.DataFrame([("Invoice", "1", 0, b"{}")], schema=frames.PAYLOAD, orient="row")
    sealed, plain = parquet.write(frame, key, aad), io.BytesIO()
    frame.write_parquet(plain)
    wrong = [
        (plain.getvalue(), key, aad, frames.PAYLOAD),
        (sealed, key, b"akika/1|c|g", frames.PAYLOAD),
        (sealed, key[::-1], aad, frames.PAYLOAD),
        (sealed, key, aad, frames.INDEX),
        (sealed[:-1], key, aad, frames.PAYLOAD),
        (b"", key, aad, frames.PAYLOAD),
        (b"PARE" * 9, key, aad, frames.PAYLOAD),
    ]
    for content, with_key, at, schema in wrong:
        with pytest.raises(VaultDamaged):
            parquet.read(content, with_key, at, schemas=[schema], path="x")


def test_the_index_file_has_no_personal_data(kit: ModuleType, filled: Any) -> None:
    shelf = filled.vault._shelf
    commit = shelf.commits()[0]
    index = shelf.index_of(commit.pseudonym, shelf.part(commit.pseudonym, 0))
    facts = ["sync_token", "created_at", "updated_at", "txn_date"]
    assert index.columns == ["entity", "id", "digest", "payload_sha256", "length", "segment", *facts, "was"]
    assert index["sync_token"].drop_nulls().to_list() == [0, 0, 0]
    halves = shelf.keychain.of(commit.pseudonym)
    index_keys, payload_keys = halves["index"], halves["payload"]
    assert not index_keys.keys() & payload_keys.keys()
    assert not set(index_keys.values()) & set(payload_keys.values())


def test_reading_stops_at_a_changed_file(filled: Any) -> None:
    path = filled.root / filled.vault._shelf.commits()[1].text.parts[0].payload
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    fresh = filled.open()
    with pytest.raises(VaultDamaged, match=path.name):
        list(fresh.snapshot("latest").records())
    assert len(list(fresh.snapshot("first").records())) == 4


def test_a_folder_that_is_not_empty_is_not_taken(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    from akika_forensics.vault import create, open_vault

    with pytest.raises(WrongUse, match="not an empty folder"):
        create(filled.root, kit.PASSPHRASE, heads=filled.heads)
    for nothing in (tmp_path / "none", tmp_path / "heads"):
        with pytest.raises(WrongUse, match="no vault"):
            open_vault(nothing, kit.PASSPHRASE, heads=filled.heads)


def test_recorded_records_come_back_byte_for_byte(kit: ModuleType, empty: Any, shared_data: Path) -> None:
    folder = shared_data / "real_records"
    if not folder.is_dir():
        pytest.skip("recorded records are absent: no folder shared/data/real_records beside the checkout")
    records = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            records[RecordKey(path.stem, str(decode(line)["Id"]))] = line
    assert records
    kit.take(empty.vault, records)
    assert contents(empty.open(), "latest") == records
    assert empty.verify().findings == ()
