"""A snapshot that is interrupted goes on: any sequence of acts and interruptions, against a dictionary."""

from __future__ import annotations

import os
import random
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
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

FILES = st.sampled_from([b"", b"a receipt", b"%PDF-1.7 two bags of mulch"])
SEEDS = 12
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


class Interruptions(RuleBasedStateMachine):
    kit: ClassVar[ModuleType]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.place = self.kit.MemoryVault(Path(self.folder.name))
        self.backend = self.kit.MemoryBackend()
        self.before, self.saves, self.taken = Wanted(), 0, 0
        self.writer: Any = None

    @initialize()
    def create(self) -> None:
        self.vault = self.place.create(self.backend)
        self.begin()

    def begin(self) -> None:
        self.writer = self.vault.begin_snapshot(self.kit.COMPANY, draft=True)
        assert self.writer.dropped == ""
        self.writer.__enter__()
        self.now, self.saved, self.is_begun = Wanted(), None, False

    @rule(records=st.dictionaries(KEYS, VALUES, max_size=6))
    def add(self, records: dict[RecordKey, bytes]) -> None:
        for key, value in records.items():
            self.writer.add(key, value)
        self.now.records |= records
        self.is_begun = True

    @rule(key=KEYS)
    def remove(self, key: RecordKey) -> None:
        self.writer.remove(key)
        self.now.records.pop(key, None)
        self.now.attached.pop(key, None)
        self.is_begun = True

    @rule(key=KEYS, data=FILES)
    def attach(self, key: RecordKey, data: bytes) -> None:
        self.writer.attach(key, [data])
        self.now.attached[key] = data

    @rule(key=KEYS)
    def keep(self, key: RecordKey) -> None:
        there = key in self.before.attached
        assert self.writer.keep_attached(key) is there
        if there:
            self.now.attached[key] = self.before.attached[key]

    @rule(name=st.sampled_from(["TrialBalance", "Journal"]), data=VALUES)
    def control(self, name: str, data: bytes) -> None:
        self.writer.control(name, data)
        self.now.controls[name] = data

    @precondition(lambda self: not self.is_begun)
    @rule()
    def carry_over(self) -> None:
        self.writer.carry_over()
        self.now = Wanted(dict(self.before.records), {**self.now.attached, **self.before.attached}, self.now.controls)
        self.is_begun = True

    @rule()
    def save(self) -> None:
        self.saves += 1
        self.writer.save_draft(b"%d" % self.saves)
        self.saved = (b"%d" % self.saves, self.now.copy(), self.is_begun)
        told = self.vault.draft(self.kit.COMPANY)
        assert (told.records, told.mine) == (len(self.now.records), True)

    @rule(again=st.booleans())
    def interrupt(self, again: bool) -> None:
        saved = self.saved
        self.writer.__exit__(KeyboardInterrupt, None, None)
        if again:
            self.vault = self.place.open(self.backend)
        self.begin()
        if saved is None:
            assert self.writer.taken_up is None
        else:
            state, now, self.is_begun = saved
            assert self.writer.taken_up == state
            self.saved, self.now = saved, now.copy()

    @rule()
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
        assert self.place.verify(self.backend).findings == ()
        self.before = self.now
        self.begin()

    @invariant()
    def nothing_shows_before_the_commit(self) -> None:
        if hasattr(self, "vault"):
            assert sum(path.startswith("commits/") for path in self.backend.content) == 2 * (self.taken + 1)

    def teardown(self) -> None:
        if self.writer is not None:
            self.writer.__exit__(KeyboardInterrupt, None, None)
            self.vault.drop_draft(self.kit.COMPANY)
            assert self.place.verify(self.backend).findings == ()
        self.folder.cleanup()


def _play(kit: ModuleType, monkeypatch: pytest.MonkeyPatch, examples: int) -> None:
    monkeypatch.setattr(arrivals, "SEGMENT_ROWS", 3)
    Interruptions.kit = kit
    run_state_machine_as_test(
        Interruptions,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip


def test_three_snapshots_with_two_interruptions_each(kit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes, goes, is replaced and taken back before and after each saving, over a base and without one."""
    monkeypatch.setattr(arrivals, "SEGMENT_ROWS", 3)
    Interruptions.kit = kit
    keys = [RecordKey(entity, number) for entity in ("Account", "Invoice") for number in ("1", "2", "3")]
    values = [b'{"v":1}', b'{"v":1.0}', b'{"v":2}', b'{"w":"x"}']
    for seed in range(SEEDS):
        chance, machine = random.Random(seed), Interruptions()
        machine.create()

        def act(machine: Interruptions = machine, chance: random.Random = chance) -> None:
            key = chance.choice(keys)
            match chance.choice(["add", "add", "add", "remove", "remove", "attach"]):
                case "add":
                    machine.add({one: chance.choice(values) for one in chance.sample(keys, 2)})
                case "remove":
                    machine.remove(key)
                case _:
                    machine.attach(key, b"receipt %d" % chance.randrange(3))

        for _ in range(3):
            if chance.random() < 0.5:
                machine.carry_over()
            for _ in range(2):
                for _ in range(chance.randrange(1, 5)):
                    act()
                machine.save()
                if chance.random() < 0.3:
                    act()
                machine.interrupt(again=False)
            for _ in range(chance.randrange(3)):
                act()
            machine.finish()
        machine.teardown()


def test_whatever_interrupts_it_the_snapshot_is_what_was_added(
    kit: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    _play(kit, monkeypatch, 8)


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


def test_repair_takes_what_can_be_gone_on_with_for_no_left_over(filled: Any, kit: ModuleType) -> None:
    interrupted(filled.vault, kit)
    for path in filled.root.rglob("*"):
        os.utime(path, (0, 0))
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
