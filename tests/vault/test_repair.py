"""Repair mends what can be mended without inventing, and makes nothing worse that was sound."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import HeadStore, KdfCost, create
from akika_forensics.vault.mending import repair
from akika_forensics.vault.mending.overlay import Overlay
from akika_forensics.vault.mending.survey import Survey, survey
from akika_forensics.vault.storage import LocalBackend


@pytest.fixture
def copy(filled: Any, tmp_path: Path) -> Path:
    shutil.copytree(filled.root, tmp_path / "copy")
    return tmp_path / "copy"


def content(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def look(stage: Any, copy: Path | None = None) -> Survey:
    return survey(LocalBackend(stage.root), heads=stage.heads, copy=LocalBackend(copy) if copy else None)


def mend(stage: Any, copy: Path | None = None) -> Survey:
    found = look(stage, copy)
    repair.mend(LocalBackend(stage.root), found, copy=LocalBackend(copy) if copy else None)
    return found


@pytest.fixture
def make_old(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Everything that is there was written two hours ago."""
    began = time.time
    return lambda: monkeypatch.setattr(time, "time", lambda: began() + 7200)


def test_a_sound_vault_is_left_alone(filled: Any, copy: Path) -> None:
    before = content(filled.root)
    for found in (mend(filled), mend(filled, copy)):
        assert (found.steps, found.lost, found.young, found.strangers) == ((), (), (), ())
    assert content(filled.root) == before


def test_looking_writes_nothing(filled: Any, copy: Path) -> None:
    for path in filled.files()[::3]:
        (filled.root / path).unlink()
    before = content(filled.root)
    found = look(filled, copy)
    assert len(found.steps) == len(filled.files()[::3]) or found.steps
    assert content(filled.root) == before


@pytest.mark.parametrize("seed", range(6))
def test_any_damage_is_mended_from_a_good_copy(kit: ModuleType, filled: Any, copy: Path, seed: int) -> None:
    chance = random.Random(seed)
    whole = content(filled.root)
    for _ in range(4):
        for path in chance.sample(sorted(whole), chance.choice([1, 2, 5, len(whole) // 2])):
            data = whole[path]
            kind = chance.choice(["gone", "cut", "flipped", "other", "link"])
            target = filled.root / path
            target.unlink()
            if kind == "cut":
                target.write_bytes(data[: chance.randrange(len(data))])
            elif kind == "flipped":
                at = chance.randrange(len(data))
                target.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
            elif kind == "other":
                target.write_bytes(whole[chance.choice(sorted(whole))])
            elif kind == "link":
                target.symlink_to(copy / path)
        found = mend(filled, copy)
        assert found.lost == ()
        assert content(filled.root) == whole
        report = filled.verify()
        assert (report.ok, report.findings) == (True, ())
        assert mend(filled, copy).steps == (), "mended once is mended"


def test_what_the_copy_has_damaged_too_stays_lost_and_the_rest_is_mended(filled: Any, copy: Path) -> None:
    data = [path for path in filled.files() if path.startswith("data/")]
    for path in data[:4]:
        (filled.root / path).write_bytes(b"x")
    (copy / data[0]).write_bytes(b"y")
    (copy / data[1]).unlink()
    found = mend(filled, copy)
    assert {one.path for one in found.lost} == set(data[:2])
    assert {one.path for one in found.steps} == set(data[2:4])
    assert (filled.root / data[0]).read_bytes() == b"x", "what cannot be had better is kept as it is"


def test_the_end_of_the_chains_comes_back_from_a_newer_copy(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    shutil.copytree(filled.root, tmp_path / "yesterday")
    kit.take(filled.vault, kit.books(5), day=3)
    filled.vault.chain("custody", "akika-custody").append({"act": "later"})
    kit.take(filled.vault, kit.books(6), day=4)
    today = content(filled.root)
    shutil.move(filled.root, tmp_path / "today")
    shutil.copytree(tmp_path / "yesterday", filled.root)
    with pytest.raises(VaultDamaged, match="older copy"):
        filled.open()
    mend(filled, tmp_path / "today")
    assert content(filled.root) == today
    assert len(filled.open().snapshots()) == 5
    assert filled.verify().findings == ()


def test_an_older_copy_gives_what_it_has_and_takes_nothing_back(kit: ModuleType, filled: Any, copy: Path) -> None:
    kit.take(filled.vault, kit.books(5), day=3)
    filled.vault.slot("connections/Amys Landscaping and Sons").write(b"a newer token")
    today = content(filled.root)
    for path in content(copy):
        if path in today and path.startswith(("data/", "custody/", "VAULT")):
            (filled.root / path).unlink()
    mend(filled, copy)
    assert content(filled.root) == today
    assert filled.verify().findings == ()


def test_history_that_was_written_anew_is_taken_back_where_the_true_one_is_remembered(
    kit: ModuleType, filled: Any, copy: Path, tmp_path: Path, make_old: Callable[[], None]
) -> None:
    from akika_forensics.vault import open_vault

    whole = content(filled.root)
    for path in (filled.root / "commits").glob("00000003*"):
        path.unlink()
    forger = open_vault(filled.root, kit.PASSPHRASE, heads=HeadStore(tmp_path / "forger"))
    kit.take(forger, kit.books(1), day=2)
    make_old()
    mend(filled, copy)
    mend(filled, copy)
    assert content(filled.root) == whole


def test_a_copy_with_forged_entries_gives_nothing_of_them(
    kit: ModuleType, filled: Any, copy: Path, tmp_path: Path
) -> None:
    other = create(tmp_path / "other", kit.PASSPHRASE, heads=HeadStore(tmp_path / "theirs"), cost=KdfCost.CHEAP)
    kit.take(other, kit.books())
    lost = "commits/00000002.json"
    for path in (tmp_path / "other" / "commits").glob("00000001*"):
        shutil.copy(path, copy / "commits" / path.name.replace("00000001", "00000002"))
    whole = content(filled.root)
    (filled.root / lost).unlink()
    found = mend(filled, copy)
    assert lost in {one.path for one in found.lost}
    assert content(filled.root) == {path: data for path, data in whole.items() if path != lost}
    with pytest.raises(WrongUse, match="another vault"):
        look(filled, tmp_path / "other")
    (tmp_path / "empty").mkdir()
    with pytest.raises(WrongUse, match="no vault in the place of the copy"):
        look(filled, tmp_path / "empty")


@pytest.mark.parametrize("damage", ["gone", "flipped", "empty"])
def test_the_marker_is_made_again_from_the_chain_to_the_byte(filled: Any, damage: str) -> None:
    marker = filled.root / "VAULT.json"
    whole = marker.read_bytes()
    marker.unlink()
    if damage == "flipped":
        marker.write_bytes(whole.replace(b"created", b"Created"))
    elif damage == "empty":
        marker.write_bytes(b"")
    found = mend(filled)
    assert [(one.action, one.path) for one in found.steps] == [("make", "VAULT.json")]
    assert marker.read_bytes() == whole
    assert filled.verify().findings == ()


def test_a_marker_that_does_not_come_out_to_the_byte_is_not_made(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from akika_forensics.vault.mending import marker_again

    monkeypatch.setattr(marker_again, "_BEFORE_SECONDS", 0)
    (filled.root / "VAULT.json").unlink()
    found = mend(filled)
    assert found.steps == ()
    assert {one.path for one in found.lost} == {"VAULT.json"}


def test_left_overs_are_removed_once_they_are_old(filled: Any, make_old: Callable[[], None]) -> None:
    whole = content(filled.root)
    stored = filled.vault.put_document("plan", b"nobody vouches for it")
    (filled.root / "data" / "x.parquet.tmp-0123").write_bytes(b"half")
    signature = f"custody/00000002-{'0' * 16}.sig"
    shutil.copy(next((filled.root / "custody").glob("00000001-*.sig")), filled.root / signature)
    expected = {stored.path, "data/x.parquet.tmp-0123", signature}
    found = mend(filled)
    assert found.steps == ()
    assert {one.path for one in found.young} == expected, "they may still be being written"
    make_old()
    found = mend(filled)
    assert {(one.action, one.path) for one in found.steps} == {("remove", path) for path in expected}
    assert content(filled.root) == whole
    assert filled.verify().findings == ()


def test_what_is_of_no_vault_is_left_to_a_person(filled: Any, make_old: Callable[[], None]) -> None:
    (filled.root / "data" / "notes.txt").write_text("call the bank")
    make_old()
    found = mend(filled)
    assert found.steps == ()
    assert [one.path for one in found.strangers] == ["data/notes.txt"]
    assert (filled.root / "data" / "notes.txt").read_text() == "call the bank"


def test_a_copy_that_breaks_down_costs_nothing_of_ours(filled: Any, copy: Path) -> None:
    path = next(path for path in filled.files() if path.startswith("data/"))
    (filled.root / path).write_bytes(b"the little that is left")
    found = look(filled, copy)
    (copy / path).write_bytes(b"gone meanwhile")
    with pytest.raises(VaultDamaged):
        repair.mend(LocalBackend(filled.root), found, copy=LocalBackend(copy))
    assert (filled.root / path).read_bytes() == b"the little that is left"


class Turning(LocalBackend):
    """A copy that somebody writes to: each file is what it was once, and something else whenever it is read again."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.seen: set[str] = set()

    def read(self, path: str) -> bytes:
        again = path in self.seen
        self.seen.add(path)
        return b"something else" if again else super().read(path)

    def chunks(self, path: str) -> Iterator[bytes]:
        return iter((self.read(path),))


@pytest.mark.parametrize("kind", ["commits/00000002.json", "custody/00000000", "slots/"])
def test_a_small_file_that_is_taken_is_the_one_that_was_judged(filled: Any, copy: Path, kind: str) -> None:
    path = next(path for path in filled.files() if path.startswith(kind))
    true = (filled.root / path).read_bytes()
    (filled.root / path).write_bytes(b"damaged")
    turning = Turning(copy)
    found = survey(LocalBackend(filled.root), heads=filled.heads, copy=turning)
    assert path in {step.path for step in found.steps if step.action == "restore"}
    repair.mend(LocalBackend(filled.root), found, copy=turning)
    assert (filled.root / path).read_bytes() == true
    assert filled.verify().findings == ()


def test_a_file_is_read_once_when_it_is_taken(filled: Any, copy: Path) -> None:
    path = next(path for path in filled.files() if path.startswith("data/"))
    (filled.root / path).write_bytes(b"the little that is left")
    found = look(filled, copy)
    repair.mend(LocalBackend(filled.root), found, copy=Turning(copy))
    assert filled.verify().findings == ()


def test_a_view_writes_nothing(filled: Any) -> None:
    view = Overlay(LocalBackend(filled.root), made={"VAULT.json": b"{}"}, without=["lock"])
    assert view.read("VAULT.json") == b"{}"
    assert "lock" not in view.list()
    with pytest.raises(FileNotFoundError):
        view.read("lock")
    for attempt in (
        lambda: view.create("x", b""),
        lambda: view.create_stream("x", iter(())),
        lambda: view.replace("VAULT.json", b""),
        lambda: view.delete("VAULT.json"),
    ):
        with pytest.raises(AssertionError):
            attempt()


def test_attached_files_come_back_too(kit: ModuleType, empty: Any, tmp_path: Path) -> None:
    with empty.vault.begin_snapshot(kit.COMPANY) as writer:
        writer.attach(RecordKey("Attachable", "1"), (b"x" * (1 << 20) for _ in range(3)))
        writer.commit(
            taken_at=kit.START, finished_at=kit.START, complete=True, counts={}, fence={}, requests=1, findings=[]
        )
    shutil.copytree(empty.root, tmp_path / "copy")
    (path,) = (path for path in empty.files() if path.startswith("blobs/"))
    (empty.root / path).write_bytes(b"x")
    mend(empty, tmp_path / "copy")
    assert empty.verify().findings == ()


@pytest.mark.parametrize("kind", ["killed before", "killed after", "failed after"])
def test_wherever_it_stops_nothing_is_worse_and_the_next_run_ends_it(
    kit: ModuleType, in_memory: Any, kind: str
) -> None:
    """Every operation of a repair is cut off once: what was sound stays so, and what was mended stays mended."""
    whole = kit.MemoryBackend()
    kit.fill(in_memory.create(whole))
    files = sorted(whole.content)
    hurt = files[1::4]
    at = 0
    while True:
        ours = kit.MemoryBackend({path: data[:-3] if path in hurt else data for path, data in whole.content.items()})
        found = survey(ours, heads=in_memory.heads, copy=whole)
        trouble = kit.Trouble(at, kind)
        ended = True
        try:
            repair.mend(kit.FaultyBackend(ours, trouble), found, copy=whole)
        except (kit.Killed, kit.StorageFailed):
            ended = False
        assert {path: ours.content[path] for path in files if path not in hurt} == {
            path: whole.content[path] for path in files if path not in hurt
        }
        repair.mend(ours, survey(ours, heads=in_memory.heads, copy=whole), copy=whole)
        assert ours.content == whole.content
        if ended:
            break
        at += 1
    assert at >= 2 * len(hurt)
