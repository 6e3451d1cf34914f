"""A snapshot that is interrupted goes on: any sequence of acts and interruptions, against a dictionary."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vault.drawn import KEYS, VALUES

from akika_forensics.case.care import repair_vault
from akika_forensics.case.companies import Companies
from akika_forensics.case.lifecycle import Lifecycle
from akika_forensics.custody import CustodyLog
from akika_forensics.model.payload import digest
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import SnapshotInfo, Vault, open_vault
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.ways import OwnIdentity
from akika_forensics.vault.snapshots import arrivals, draft

EXAMPLES = 16
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def commit(writer: Any) -> SnapshotInfo:
    info: SnapshotInfo = writer.commit(
        taken_at=NOON, finished_at=NOON, complete=True, counts={}, fence={}, requests=1, findings=[]
    )
    return info


class Wanted(msgspec.Struct):
    """What a snapshot in the making is to hold."""

    records: dict[RecordKey, bytes] = {}
    attached: dict[RecordKey, bytes] = {}
    controls: dict[str, bytes] = {}

    def copy(self) -> Wanted:
        return Wanted(dict(self.records), dict(self.attached), dict(self.controls))


class Interruptions:
    """Snapshots one after the other, each interrupted at will, beside a dictionary of what each is to hold. ``met`` counts what happened."""

    def __init__(self, kit: ModuleType) -> None:
        self.kit, self.met = kit, Counter[str]()
        self.folder = tempfile.TemporaryDirectory()
        self.place = kit.MemoryVault(Path(self.folder.name))
        self.backend = kit.MemoryBackend()
        self.vault = self.place.create(self.backend)
        self.before, self.saves, self.taken, self.killed = Wanted(), 0, 0, False
        self.begin()

    def begin(self) -> None:
        self.writer = self.vault.begin_snapshot(self.kit.COMPANY, draft=True)
        assert self.writer.dropped == ""
        self.writer.__enter__()
        self.now, self.saved = Wanted(), None

    def act(self, what: str, key: RecordKey, value: bytes) -> None:
        was, now = self.now.records.get(key), self.now
        match what:
            case "add":
                self.writer.add(key, value)
                now.records[key] = value
                self.met["replaced"] += was not in {None, value}
            case "remove":
                self.writer.remove(key)
                now.records.pop(key, None)
                now.attached.pop(key, None)
                self.met["removed"] += was is not None
                self.met["removed what was saved"] += self.saved is not None and key in self.saved[1].records
            case "attach":
                self.writer.attach(key, [value])
                now.attached[key] = value
            case "keep":
                there = key in self.before.attached
                assert self.writer.keep_attached(key) is there
                if there:
                    now.attached[key] = self.before.attached[key]
            case "control":
                self.writer.control(key.entity, value)
                now.controls[key.entity] = value
            case _:
                self.writer.drop_controls()
                now.controls.clear()

    def carry_over(self) -> None:
        self.writer.carry_over()
        self.now = Wanted(dict(self.before.records), dict(self.before.attached))
        self.met["carried over"] += bool(self.now.records)

    def save(self) -> None:
        self.saves += 1
        self.writer.save_draft(b"%d" % self.saves)
        self.saved = (b"%d" % self.saves, self.now.copy())
        told = self.vault.draft(self.kit.COMPANY)
        assert (told.records, told.mine) == (len(self.now.records), True)

    def interrupt(self, how: str) -> None:
        """By an error, by a kill that leaves everything as it lies, or with the vault opened anew."""
        saved, lost = self.saved, self.saved is None or self.saved[1] != self.now
        if how == "killed":
            self.writer._beside.close()
            self.writer._release()
            self.killed = True
        else:
            self.writer.__exit__(KeyboardInterrupt, None, None)
        if how != "stopped":
            self.vault = self.place.open(self.backend)
        self.nothing_shows()
        self.begin()
        self.met[f"{how} with work that was not saved"] += lost
        if saved is None:
            assert self.writer.taken_up is None
        else:
            assert self.writer.taken_up == saved[0]
            self.saved, self.now = saved, saved[1].copy()
            self.met["taken up"] += bool(self.now.records)

    def finish(self) -> None:
        info = commit(self.writer)
        self.writer.__exit__(None, None, None)
        self.taken += 1
        new = {key for key, value in self.now.records.items()
               if key not in self.before.records or digest(self.before.records[key]) != digest(value)}  # fmt: skip
        assert (info.id, info.records, info.new_versions) == (f"s{self.taken}", len(self.now.records), len(new))
        snapshot = self.vault.snapshot(info.id)
        assert {record.key: record.payload for record in snapshot.records()} == self.now.records
        assert {name: snapshot.control(name) for name in info.controls} == self.now.controls
        rows = [RecordKey(*row[:2]) for row in snapshot.attachments().iter_rows()]
        assert {key: b"".join(snapshot.attachment(key)) for key in rows} == self.now.attached
        assert self.vault.draft(self.kit.COMPANY) is None
        self.undamaged()
        self.nothing_shows()
        self.before = self.now
        self.begin()

    def nothing_shows(self) -> None:
        assert sum(path.startswith("commits/") for path in self.backend.content) == 2 * (self.taken + 1)

    def undamaged(self) -> None:
        """What a kill left lying is named, and nothing else."""
        report = self.place.verify(self.backend)
        assert report.ok
        assert self.killed or report.findings == ()

    def end(self) -> None:
        self.writer.__exit__(KeyboardInterrupt, None, None)
        self.vault.drop_draft(self.kit.COMPANY)
        self.undamaged()
        self.folder.cleanup()


ACTS = st.tuples(
    st.sampled_from(["add"] * 6 + ["remove"] * 3 + ["attach", "keep", "control", "drop_controls"]), KEYS, VALUES
)
SITTINGS = st.tuples(
    st.lists(ACTS, min_size=1, max_size=8),  # kept
    st.integers(0, 4),  # 0: not saved
    st.lists(ACTS, max_size=3),  # lost
    st.sampled_from(["stopped", "killed", "opened anew"]),
)
STORIES = st.lists(
    st.tuples(st.sampled_from([True, True, False]), st.lists(SITTINGS, min_size=1, max_size=3), st.lists(ACTS, max_size=4)),
    min_size=2, max_size=3,
)  # fmt: skip
"""Snapshots: whether the one before is carried over, sittings that are interrupted, and what comes before the commit."""


def _play(kit: ModuleType, monkeypatch: pytest.MonkeyPatch, examples: int) -> Counter[str]:
    """Each story ends in snapshots; how often what happened in all of them."""
    monkeypatch.setattr(arrivals, "SEGMENT_ROWS", 3)
    met = Counter[str]()

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(STORIES)
    def play(story: list[Any]) -> None:
        company = Interruptions(kit)
        for carried, sittings, last in story:
            begun = False
            for kept, saved, lost, how in sittings:
                if carried and not begun:
                    company.carry_over()
                for one in kept:
                    company.act(*one)
                if saved:
                    company.save()
                    begun = True
                for one in lost:
                    company.act(*one)
                company.interrupt(how)
            for one in last:
                company.act(*one)
            company.finish()
        company.end()
        met.update(company.met)

    play()
    return met


def test_whatever_interrupts_it_the_snapshot_is_what_was_added(
    kit: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = _play(kit, monkeypatch, EXAMPLES)
    assert min(met.values()) >= 5, met


@pytest.mark.soak
def test_whatever_interrupts_it_over_and_over(kit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    _play(kit, monkeypatch, 400)


def interrupted(vault: Vault, kit: ModuleType, state: bytes = b"half") -> None:
    """Save a draft with one new invoice, and go no further."""
    with vault.begin_snapshot(kit.COMPANY) as writer:
        writer.add(RecordKey("Invoice", "77"), kit.invoice(77))
        writer.attach(RecordKey("Invoice", "77"), [b"a receipt"])
        writer.save_draft(state)
        writer.add(RecordKey("Invoice", "78"), kit.invoice(78))


def test_what_is_not_saved_is_gone_and_what_is_saved_is_no_part_of_the_vault(filled: Any, kit: ModuleType) -> None:
    before = filled.files()
    interrupted(filled.vault, kit)
    added = sorted(set(filled.files()) - set(before))
    assert sorted(path.split("/")[0] for path in added) == ["blobs", "blobs", "data", "data", "slots"]
    assert [info.id for info in filled.open().snapshots()] == ["s1", "s2", "s3"]
    report = filled.verify()
    assert report.ok
    assert {one.severity for one in report.findings} == {"notice"}
    assert {one.path for one in report.findings} == filled.vault.draft_files()
    assert all("goes on with it" in one.what for one in report.findings), "they are no left-overs"
    assert all("write or capture" in one.what for one in filled.verify(keys=False).findings)


def test_a_draft_is_taken_up_once_and_ends_with_the_commit(filled: Any, kit: ModuleType) -> None:
    interrupted(filled.vault, kit)
    with filled.open().begin_snapshot(kit.COMPANY, draft=True) as writer:
        assert (writer.taken_up, writer.dropped) == (b"half", "")
        info = commit(writer)
    assert (info.id, info.records) == ("s4", 1)
    assert filled.verify().findings == ()
    with filled.open().begin_snapshot(kit.COMPANY, draft=True) as writer:
        assert (writer.taken_up, writer.dropped) == (None, "")


def test_who_does_not_ask_for_it_begins_anew_and_leaves_it(filled: Any, kit: ModuleType) -> None:
    interrupted(filled.vault, kit)
    with filled.vault.begin_snapshot(kit.COMPANY) as writer:
        assert writer.taken_up is None
    assert filled.vault.draft(kit.COMPANY) is not None
    assert filled.vault.draft(kit.OTHER) is None
    assert filled.vault.drop_draft(kit.COMPANY)
    assert not filled.vault.drop_draft(kit.COMPANY)
    assert filled.verify().findings == ()


def _another(filled: Any, kit: ModuleType) -> None:
    """The draft of before, put back after a snapshot was committed."""
    slot = next(
        path for path in filled.files() if path.startswith("slots/") and path.split("/")[1] == _folder(filled, kit)
    )
    kept = (filled.root / slot).read_bytes()
    blobs = {path: (filled.root / path).read_bytes() for path in filled.files() if not path.startswith("slots/")}
    kit.take(filled.vault, kit.books(2), day=9)
    for path in (filled.root / slot).parent.iterdir():
        path.unlink()
    (filled.root / slot).write_bytes(kept)
    for path, data in blobs.items():
        if not (filled.root / path).exists():
            (filled.root / path).write_bytes(data)
    filled.heads.forget(filled.vault.id)


def _folder(filled: Any, kit: ModuleType) -> str:
    keyring = filled.vault.keyring()
    return str(keyring.pseudonym("slot", draft.SLOT + filled.vault.pseudonym(kit.COMPANY)))


def _first(filled: Any, kit: ModuleType, kind: str) -> Path:
    found = sorted(filled.vault._drafts.files(filled.vault.pseudonym(kit.COMPANY)))
    return Path(filled.root / next(path for path in found if path.startswith(kind)))


UNSOUND = {
    "another snapshot since": (_another, "Another snapshot of the company was taken since."),
    "a segment gone": (lambda filled, kit: _first(filled, kit, "data").unlink(), "A file of it is missing or damaged."),
    "a file changed": (
        lambda filled, kit: _first(filled, kit, "blobs").write_bytes(b"x"),
        "A file of it is missing or damaged.",
    ),
    "its slot gone": (
        lambda filled, kit: [path.unlink() for path in (filled.root / "slots" / _folder(filled, kit)).iterdir()],
        "A file of it is missing or damaged.",
    ),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_one_that_is_not_sound_is_dropped_and_that_is_said(filled: Any, kit: ModuleType, name: str) -> None:
    spoil, why = UNSOUND[name]
    interrupted(filled.vault, kit)
    before = set(filled.files())
    spoil(filled, kit)
    vault = filled.open()
    with vault.begin_snapshot(kit.COMPANY, draft=True) as writer:
        assert (writer.taken_up, writer.dropped) == (None, why)
        for key, payload in kit.books(2).items():
            writer.add(key, payload)
        info = commit(writer)
    assert info.records == len(kit.books(2))
    assert filled.verify().ok
    if name in {"a segment gone", "a file changed"}:
        assert not before & set(filled.files()) - {path for path in before if path in set(_kept(filled))}
    with vault.begin_snapshot(kit.COMPANY, draft=True) as writer:
        assert (writer.taken_up, writer.dropped) == (None, "")


def _kept(filled: Any) -> list[str]:
    """Every file that has its place in the vault: no finding names it."""
    named = {one.path for one in filled.verify().findings}
    return [path for path in filled.files() if path not in named]


def test_who_else_opens_the_vault_sees_that_there_is_one_and_cannot_go_on_with_it(filled: Any, kit: ModuleType) -> None:
    """Else records that somebody made up, or was given by whoever reads the connection's key, went under their name."""
    other = Identity.fresh()
    filled.vault.membership.add("The night watch", "capture", other.recipient)
    interrupted(filled.vault, kit)
    theirs = open_vault(filled.root, OwnIdentity(other), heads=filled.heads)
    told = theirs.draft(kit.COMPANY)
    assert told is not None
    assert (told.mine, told.member) == (False, filled.vault.member.id)
    with theirs.begin_snapshot(kit.COMPANY, draft=True) as writer:
        assert writer.taken_up is None
        assert writer.dropped == "Another member left it, or you before your identity was renewed."
        writer.add(RecordKey("Invoice", "1"), kit.invoice(1))
        writer.save_draft(b"theirs")
    assert filled.open().draft(kit.COMPANY).mine is False
    with filled.open().begin_snapshot(kit.COMPANY, draft=True) as writer:
        assert writer.taken_up is None
        assert writer.dropped


def test_a_rotation_of_the_keys_leaves_it_as_it_is(filled: Any, kit: ModuleType) -> None:
    interrupted(filled.vault, kit)
    filled.vault.membership.rotate()
    with filled.open().begin_snapshot(kit.COMPANY, draft=True) as writer:
        assert writer.taken_up == b"half"
        commit(writer)
    assert filled.verify().findings == ()


def test_a_draft_names_nothing_that_is_removed_with_it_but_what_no_commit_vouches_for(
    filled: Any, kit: ModuleType
) -> None:
    """Whoever has the connection's key can write any draft: dropping one removes nothing of the vault."""
    interrupted(filled.vault, kit)
    slot = filled.vault.slot(draft.SLOT + filled.vault.pseudonym(kit.COMPANY))
    outer = msgspec.json.decode(slot.read())
    spared = [
        path for path in filled.files() if not path.startswith(("slots/", "blobs/")) and path not in str(outer["files"])
    ]
    outer["files"] += [{"path": path, "length": 1, "sha256": "", "root": {}} for path in spared]
    slot.write(msgspec.json.encode(outer))
    with filled.open().begin_snapshot(kit.COMPANY, draft=True) as writer:
        assert writer.dropped
    assert set(spared) <= set(filled.files())
    assert filled.verify().findings == ()


def test_nothing_readable_lies_in_it(filled: Any, kit: ModuleType) -> None:
    interrupted(filled.vault, kit, b"rhododendron state")
    for path in filled.files():
        data = (filled.root / path).read_bytes()
        assert b"rhododendron" not in data, path
        assert b"a receipt" not in data, path
    told = filled.vault.slot(draft.SLOT + filled.vault.pseudonym(kit.COMPANY)).read()
    assert b"rhododendron" not in told
    assert b"Invoice" not in told


def test_a_newer_draft_is_not_guessed_at(filled: Any, kit: ModuleType) -> None:
    interrupted(filled.vault, kit)
    slot = filled.vault.slot(draft.SLOT + filled.vault.pseudonym(kit.COMPANY))
    slot.write(slot.read().replace(b"akika-draft-1", b"akika-draft-2"))
    with filled.open().begin_snapshot(kit.COMPANY, draft=True) as writer:
        assert writer.dropped == "A newer version of the software left it."


def test_repair_takes_what_can_be_gone_on_with_for_no_left_over(
    filled: Any, kit: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(filled.vault, kit)
    later = time.time() + 7200
    monkeypatch.setattr(time, "time", lambda: later)
    drafted = filled.vault.draft_files()
    assert len(drafted) == 4
    found = repair_vault(filled.root, kit.PASSPHRASE, heads=filled.heads).survey
    assert {step.path for step in found.steps} == set()
    without_keys = repair_vault(filled.root, None, heads=filled.heads).survey
    assert {step.path for step in without_keys.steps} == drafted


def test_it_goes_with_its_company(empty: Any, kit: ModuleType) -> None:
    kit.take(empty.vault, kit.books())
    interrupted(empty.vault, kit)
    drafted = empty.vault.draft_files()
    Lifecycle(empty.vault, Companies(empty.vault), CustodyLog(empty.vault)).erase(
        kit.COMPANY.name, reason="asked for", confirmed=kit.COMPANY.name
    )
    assert empty.vault.draft(kit.COMPANY) is None
    assert not drafted & set(empty.files())
