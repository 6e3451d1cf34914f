"""Every so many snapshots one carries a roll of all that it holds, so that what is lost before it hides nothing after it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from vault.second_reader.vault import Vault as SecondReader

from akika_forensics.case.care import repair_vault
from akika_forensics.errors import VaultDamaged
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.canonical import RecordsLost
from akika_forensics.vault.lifecycle import compaction, retiring
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.snapshots import rolls


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolls, "EVERY", 3)


def days(kit: ModuleType) -> list[dict[RecordKey, bytes]]:
    """Of each of eight days what the books hold: one invoice new, one changed, and on some days one gone."""
    found = [kit.books(20)]
    for day in range(1, 8):
        books = dict(found[-1])
        books[RecordKey("Invoice", str(100 + day))] = kit.invoice(100 + day)
        books[RecordKey("Invoice", str(day))] = kit.invoice(day, "7.00", day)
        if day % 2:
            del books[RecordKey("Invoice", str(10 + day))]
        found.append(books)
    return found


@pytest.fixture
def week(kit: ModuleType, empty: Any) -> tuple[Any, list[dict[RecordKey, bytes]]]:
    books = days(kit)
    for day, records in enumerate(books):
        kit.take(empty.vault, records, day=day)
    return empty, books


def commits(stage: Any) -> list[Any]:
    return list(stage.open()._shelf.commits())


def lose(stage: Any, *paths: str) -> None:
    for path in paths:
        (stage.root / path).write_bytes(b"gone")


def mend(kit: ModuleType, stage: Any, **more: Any) -> Any:
    return repair_vault(stage.root, kit.PASSPHRASE, heads=stage.heads, **more)


def read(vault: Any, name: str, **more: Any) -> dict[RecordKey, bytes]:
    return {one.key: one.payload for one in vault.snapshot(name).records(**more)}


def test_every_third_snapshot_carries_a_roll(kit: ModuleType, week: Any) -> None:
    stage, books = week
    assert [one.info.id for one in commits(stage) if one.text.roll] == ["s4", "s7"]
    assert stage.verify().findings == ()
    second = SecondReader(stage.root, kit.PASSPHRASE.reveal())
    assert [second.snapshots[f"s{day + 1}"].records for day in range(8)] == books


def test_a_lost_manifest_hides_no_more_than_the_snapshots_up_to_the_next_roll(kit: ModuleType, week: Any) -> None:
    stage, books = week
    lost = commits(stage)[1].text.manifest
    assert lost, "a record was removed on that day"
    lose(stage, lost)
    told = mend(kit, stage).losses["snapshots"]
    assert [(one["snapshot"], one["whole"], one["lost"]) for one in told] == [
        ("s1", True, []),
        ("s2", False, None),
        ("s3", False, None),
        *((f"s{number}", True, []) for number in range(4, 9)),
    ]
    report = stage.verify()
    assert set(kit.damage(report)) == {lost}
    assert report.unchecked == ("s2", "s3")
    mend(kit, stage, do=True)
    vault = stage.open()
    for number in (1, 4, 5, 8):
        assert read(vault, f"s{number}") == books[number - 1]
    for number in (2, 3):
        with pytest.raises(VaultDamaged) as raised:
            read(vault, f"s{number}")
        assert lost in str(raised.value)
    changed = vault.snapshot("s8").differences(vault.snapshot("s1"))
    assert {RecordKey(*row[:2]) for row in changed.iter_rows()} == {
        key for key in books[0].keys() | books[7].keys() if books[0].get(key) != books[7].get(key)
    }


def test_both_files_of_a_part_lost_leaves_the_names_of_its_records_and_all_others(kit: ModuleType, week: Any) -> None:
    stage, books = week
    part = commits(stage)[1].text.parts[0]
    lose(stage, part.index, part.payload)
    mend(kit, stage, do=True)
    vault = stage.open()
    mine = {RecordKey("Invoice", "1"), RecordKey("Invoice", "101")}
    for number in (4, 5, 8):
        snapshot = vault.snapshot(f"s{number}")
        assert {RecordKey(*row[:2]) for row in snapshot.lost().iter_rows()} == mine
        left = {key: data for key, data in books[number - 1].items() if key not in mine}
        assert read(vault, f"s{number}", without_lost=True) == left
        with pytest.raises(RecordsLost, match="2 records are lost"):
            read(vault, f"s{number}")
    with pytest.raises(VaultDamaged, match="cannot be compared"):
        vault.snapshot("s8").differences(vault.snapshot("s1"))
    assert stage.verify().unchecked == ("s2", "s3", "s4", "s5", "s6", "s7", "s8")


def test_after_a_loss_that_no_roll_makes_good_the_next_snapshot_stands_on_its_own(kit: ModuleType, week: Any) -> None:
    stage, books = week
    part = commits(stage)[1].text.parts[0]
    lose(stage, part.index, part.payload)
    mend(kit, stage, do=True)
    info = kit.take(stage.open(), books[7], day=9)
    last = commits(stage)[-1]
    assert (last.info.id, last.text.base) == (info.id, None)
    assert read(stage.open(), info.id) == books[7]
    assert set(kit.damage(stage.verify())) == {part.index, part.payload}


def test_a_loss_that_a_roll_makes_good_is_followed_as_ever(kit: ModuleType, week: Any, tmp_path: Path) -> None:
    stage, books = week
    lost = commits(stage)[1].text.manifest
    content = (stage.root / lost).read_bytes()
    lose(stage, lost)
    mend(kit, stage, do=True)
    kit.take(stage.open(), books[7], day=9)
    last = commits(stage)[-1]
    assert (last.text.base, last.text.new_versions) == (last.seq - 1, 0)
    assert set(kit.damage(stage.verify())) == {lost}
    (stage.root / lost).write_bytes(content)
    assert stage.verify().findings == (), "what came back from a copy agrees with what was written meanwhile"


def test_a_roll_that_tells_otherwise_is_found(kit: ModuleType, week: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, books = week
    true = rolls.made
    monkeypatch.setattr(rolls, "EVERY", 1)
    monkeypatch.setattr(rolls, "made", lambda *rows: true(*rows).head(-1))
    kit.take(stage.open(), books[7], day=9)
    path = commits(stage)[-1].text.roll
    assert kit.damage(stage.verify()) == {path: ["It lists other records than the snapshot holds."]}


def test_a_lost_roll_is_missed_by_nobody(kit: ModuleType, week: Any) -> None:
    stage, books = week
    path = commits(stage)[3].text.roll
    lose(stage, path)
    assert set(kit.damage(stage.verify())) == {path}
    told = mend(kit, stage, do=True).losses["snapshots"]
    assert all(one["whole"] for one in told)
    assert read(stage.open(), "s8") == books[7]


@pytest.mark.parametrize(
    ("records", "rows", "expected"),
    [
        (1_000, [1] * 9, False),
        (1_000, [1] * 10, True),
        (500_000, [2_500] * 9, False),
        (500_000, [2_500] * 10, True),
        (500_000, [100] * 60, False),
        (500_000, [100] * 100, True),
    ],
)
def test_a_roll_is_due_where_it_costs_little_beside_what_it_covers(
    records: int, rows: list[int], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolls, "EVERY", 10)
    assert rolls.due(records, rows) is expected


def test_a_roll_names_records_and_where_they_lie_and_nothing_else() -> None:
    rows = pl.DataFrame({"entity": ["B", "A"], "id": ["1", "2"], "segment": [3, 4], "digest": [b"x", b"y"]})
    assert rolls.made(rows.head(1), rows.tail(1)).rows() == [("A", "2", 4), ("B", "1", 3)]


def test_a_roll_goes_with_its_snapshot_and_outlives_merging(kit: ModuleType, week: Any) -> None:
    stage, books = week
    company = stage.vault.pseudonym(kit.COMPANY)
    compaction.compact(stage.vault.workshop(), company, extent="everything")
    dropped = [one.text.roll for one in commits(stage) if one.info.id == "s4"]
    now = kit.START + timedelta(days=30)
    retiring.retire(stage.vault.workshop(), company, Policy.parse("last=2"), now=now)
    assert dropped[0]
    assert not (stage.root / dropped[0]).exists()
    assert stage.verify().findings == ()
    lost = commits(stage)[0].info, stage.vault._shelf.holdings.manifest(commits(stage)[0])
    assert lost[0].id == "s7"
    lose(stage, lost[1])
    mend(kit, stage, do=True)
    assert read(stage.open(), "s7") == books[6]
    assert read(stage.open(), "s8") == books[7]
    assert set(kit.damage(stage.verify())) == {lost[1]}
