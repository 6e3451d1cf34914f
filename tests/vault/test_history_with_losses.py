"""The history of a record in a vault that lost files: what can be read is told and true, what cannot is named."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.case.care import repair_vault
from akika_forensics.case.case import Case
from akika_forensics.case.versions import Versions
from akika_forensics.cli.app import main
from akika_forensics.errors import AkikaError
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.lifecycle import compaction, retiring
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.snapshots import rolls

CHANGED, REMOVED, ADDED, COMES_BACK, STAYS, NEVER = (
    RecordKey("Invoice", number) for number in ("1", "11", "102", "13", "20", "999")
)
TO_OPEN = {"VAULT.json", "commits", "keys"}
"""Without these nothing of a vault can be read."""

KEYS = (CHANGED, REMOVED, ADDED, COMES_BACK, STAYS, NEVER)


def days(kit: ModuleType) -> list[dict[RecordKey, bytes]]:
    found = [kit.books(20)]
    for day in range(1, 8):
        books = dict(found[-1])
        books[RecordKey("Invoice", str(100 + day))] = kit.invoice(100 + day)
        books[CHANGED] = kit.invoice(1, "7.00", day // 2)
        if day % 2:
            books.pop(RecordKey("Invoice", str(10 + day)), None)
        if day == 6:
            books[COMES_BACK] = found[0][COMES_BACK]
        found.append(books)
    return found


@pytest.fixture(scope="module")
def _written(kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[RecordKey, bytes]]]:
    folder = tmp_path_factory.mktemp("written")
    heads = kit.HeadStore(folder / "heads")
    vault = kit.create(folder / "vault", kit.PASSPHRASE, heads=heads, cost=kit.KdfCost.CHEAP)
    books = days(kit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolls, "EVERY", 3)
        for day, records in enumerate(books):
            kit.take(vault, records, day=day)
    return folder, books


@pytest.fixture
def week(kit: ModuleType, _written: Any, tmp_path: Path) -> tuple[Any, list[dict[RecordKey, bytes]]]:
    shutil.copytree(_written[0], tmp_path, dirs_exist_ok=True)
    heads = kit.HeadStore(tmp_path / "heads")
    stage = kit.Stage(tmp_path / "vault", heads, kit.open_vault(tmp_path / "vault", kit.PASSPHRASE, heads=heads))
    return stage, _written[1]


def holds(versions: Any, key: RecordKey, books: dict[str, dict[RecordKey, bytes]], lost: set[str]) -> set[str]:
    """Snapshots at which nobody can tell; everything else that the versions say is held against the books."""
    unknown: set[str] = set()
    at = {version.snapshot: version for version in versions}
    current: Any = None
    for name, records in books.items():
        current = at.get(name, current)
        if current is not None and current.missing:
            assert current.record is None
            assert any(path in said for path in lost for said in current.missing)
            assert current.present is None or key in records
            unknown.add(name)
            continue
        said = current.record.payload if current is not None and current.record else None
        assert said == records.get(key), f"{key} at {name}"
        assert current is None or current.present is (key in records)
    return unknown


def every_file(stage: Any) -> list[tuple[str, ...]]:
    """Each file by itself, and both of each part."""
    found: list[tuple[str, ...]] = [(path,) for path in stage.files()]
    shelf = stage.open()._shelf
    parts = {part.index: part for one in shelf.commits() for part in shelf.holdings.parts[one.pseudonym].values()}
    return [*found, *((part.index, part.payload) for part in parts.values())]


def _parts(commit: Any) -> list[str]:
    return [path for part in commit.text.parts for path in (part.index, part.payload)]


def each_lost(
    kit: ModuleType, stage: Any, books: dict[str, Any], *, accounted: bool
) -> dict[tuple[str, ...], set[str]]:
    """What nobody can tell of any of the records after each loss; a vault that does not open without a file says so."""
    found: dict[tuple[str, ...], set[str]] = {}
    refused: dict[str, str] = {}
    whole = {key: stage.open().history(key) for key in KEYS}
    assert not any(holds(versions, key, books, set()) for key, versions in whole.items())
    two_days = list(stage.open()._shelf.commits())[1:3]
    of_two_days = {path for one in two_days for path in (one.text.key_table, one.text.manifest, *_parts(one))}
    for paths in every_file(stage):
        if accounted and paths[0] not in of_two_days:
            continue
        kept = {path: (stage.root / path).read_bytes() for path in paths}
        before, memory = set(stage.files()), {one: one.read_bytes() for one in stage.heads.folder.iterdir()}
        for path in paths:
            (stage.root / path).unlink()
        try:
            if accounted:
                repair_vault(stage.root, kit.PASSPHRASE, heads=stage.heads, do=True)
            vault = stage.open()
            names = {one.id for one in vault.snapshots()}
            unknown: set[str] = set()
            for key in KEYS:
                versions = vault.history(key)
                unknown |= holds(versions, key, {name: one for name, one in books.items() if name in names}, set(paths))
                assert versions == whole[key] or any(one.missing for one in versions) or names < books.keys()
            found[paths] = unknown
        except AkikaError as error:
            refused[paths[0]] = str(error)
        finally:
            for path in set(stage.files()) - before:
                (stage.root / path).unlink()
            for one, content in memory.items():
                one.write_bytes(content)
            for path, content in kept.items():
                (stage.root / path).write_bytes(content)
    for path, said in refused.items():
        folder = Path(path).parts[0]
        assert folder in ({*TO_OPEN} if accounted else {*TO_OPEN, "keytables"}), f"{path}: {said}"
        assert folder in said
    return found


@pytest.mark.parametrize("accounted", [False, True], ids=["as it is met", "after the vault accounted for it"])
def test_each_file_lost_in_turn_is_named_wherever_it_is_needed(kit: ModuleType, week: Any, *, accounted: bool) -> None:
    stage, days_ = week
    books = {f"s{at}": one for at, one in enumerate(days_, 1)}
    commits = list(stage.open()._shelf.commits())
    found = each_lost(kit, stage, books, accounted=accounted)
    second, third = commits[1], commits[2]
    part = second.text.parts[0]
    assert found[part.index,] == set(), "an index is made again of the payloads"
    assert found[part.payload,] == {"s2"}, "the version of that day"
    assert found[part.index, part.payload] == {"s2", "s3"}, "a roll in s4 tells of the records that were not in it"
    assert found[second.text.manifest,] == {"s2", "s3"}
    assert accounted or found[next(one.text.roll for one in commits if one.text.roll),] == set()
    assert not third.text.manifest


def test_after_merging_and_retention_each_file_is_named_too(kit: ModuleType, week: Any) -> None:
    stage, days_ = week
    company = stage.vault.pseudonym(kit.COMPANY)
    compaction.compact(stage.vault.workshop(), company, extent="everything")
    now = kit.START + timedelta(days=30)
    retiring.retire(stage.vault.workshop(), company, Policy.parse("last=4"), now=now)
    books = {f"s{at}": one for at, one in enumerate(days_, 1) if at > 4}
    stage.vault = stage.open()
    assert any(each_lost(kit, stage, books, accounted=False).values())


def test_what_is_lost_stands_in_command_table_and_frame(
    kit: ModuleType, week: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage, _ = week
    part = next(iter(stage.open()._shelf.commits())).text.parts[0]
    second = list(stage.open()._shelf.commits())[1].text.parts[0]
    for path in (part.payload, second.payload, second.index):
        (stage.root / path).unlink()
    versions = Versions(stage.open().history(CHANGED))
    assert len(versions.missing) == 2
    assert [one.present for one in versions][:2] == [True, None]
    assert versions.changes[:2] == (None, None), "with what is not known nothing is compared"
    text = versions.view().text()
    for said in ("not known", "there, but lost", second.index, "not whole: 2"):
        assert said in text
    assert versions.to_frame()["missing"].drop_nulls().len() == 2
    monkeypatch.setenv("AKIKA_PASSPHRASE", kit.PASSPHRASE.reveal())
    monkeypatch.setattr(Case, "history", lambda _case, _key: versions)
    assert main(["history", "Invoice", "1", "--vault", str(stage.root)]) == 1
    said = capsys.readouterr()
    assert "s2  " in said.out
    assert "not known: what tells of it is lost" in said.out
    assert "there, but its version is lost" in said.out
    assert "This history is not whole" in said.err
    assert second.index in said.err
    assert main(["history", "Invoice", "1", "--vault", str(stage.root), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (len(told["missing"]), told["versions"][1]["present"]) == (2, None)
