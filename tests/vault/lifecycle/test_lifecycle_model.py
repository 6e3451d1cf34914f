"""Any sequence of captures, merges, dropping, holds and erasures, against a dictionary that simply remembers."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from hypothesis import settings
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

from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model.payload import digest
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.lifecycle import bases, compaction, erasing, holding, retiring, tiers
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.snapshots import arrivals

CHANGES = st.dictionaries(KEYS, st.none() | VALUES, max_size=6)
NAMES = st.sampled_from(["one", "one", "other"])
POLICIES = st.sampled_from(
    [Policy(last=1), Policy(last=2), Policy(last=4), Policy(weekly=2), Policy(daily=3, yearly=1)]
)
EXTENTS = st.sampled_from(["due", "everything", "anew"])
NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Years(RuleBasedStateMachine):
    kit: ClassVar[ModuleType]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.place = self.kit.MemoryVault(Path(self.folder.name))
        self.backend = self.kit.MemoryBackend()
        self.now: dict[str, dict[RecordKey, bytes]] = {"one": {}, "other": {}}
        self.taken = 0
        self.kept: dict[str, tuple[str, dict[RecordKey, bytes]]] = {}
        self.gone: dict[str, str] = {}
        self.holds: dict[str, tuple[str, set[str] | None]] = {}

    @initialize()
    def create(self) -> None:
        self.vault = self.place.create(self.backend)

    def company(self, name: str) -> Any:
        return {"one": self.kit.COMPANY, "other": self.kit.OTHER}[name]

    def pseudonym(self, name: str) -> str:
        return str(self.vault.pseudonym(self.company(name)))

    def mine(self, name: str) -> list[str]:
        return [ident for ident, (owner, _) in self.kept.items() if owner == name]

    @rule(name=NAMES, changes=CHANGES)
    def capture(self, name: str, changes: dict[RecordKey, bytes | None]) -> None:
        after = {key: value for key, value in {**self.now[name], **changes}.items() if value is not None}
        info = self.kit.take(self.vault, after, self.company(name), day=self.taken)
        self.taken += 1
        assert info.id == f"s{self.taken}"
        self.now[name] = after
        self.kept[info.id] = (name, dict(after))

    @rule()
    def open_again(self) -> None:
        self.vault = self.place.open(self.backend)

    @rule(name=NAMES, extent=EXTENTS)
    def compact(self, name: str, extent: Any) -> None:
        before = len(compaction.sizes(self.vault.workshop().shelf, self.pseudonym(name)))
        done = compaction.compact(self.vault.workshop(), self.pseudonym(name), extent=extent)
        assert done.parts[0] == before
        if extent == "everything":
            assert done.parts[1] <= 1

    @precondition(lambda self: self.kept)
    @rule(name=NAMES, policy=POLICIES, protected=st.sets(st.integers(1, 20).map("s{}".format), max_size=2))
    def retain(self, name: str, policy: Policy, protected: set[str]) -> None:
        workshop, company = self.vault.workshop(), self.pseudonym(name)
        files = set(self.backend.content)
        planned = retiring.plan(workshop, company, policy, protected=protected, now=NOW)
        assert set(self.backend.content) == files
        done = retiring.retire(workshop, company, policy, protected=protected, now=NOW)
        assert done == planned
        assert files - set(self.backend.content) >= {file.path for file in planned.files}
        dropped = {info.id for info in done.dropped}
        mine = self.mine(name)
        held = {ident for ident in mine if any(self.covers(hold, name, ident) for hold in self.holds.values())}
        assert dropped.isdisjoint(held | protected | set(mine[-1:]))
        assert dropped <= set(mine)
        for ident in dropped:
            del self.kept[ident]
            self.gone[ident] = "dropped"
        again = retiring.plan(workshop, company, policy, protected=protected, now=NOW)
        assert (again.dropped, again.versions, again.files) == ((), 0, ())

    def covers(self, hold: tuple[str, set[str] | None], name: str, ident: str) -> bool:
        return hold[0] in {name, "all"} and (hold[1] is None or ident in hold[1])

    @rule(hold=st.sampled_from(["h1", "h2"]), name=st.sampled_from(["one", "other", "all"]), data=st.data())
    def hold(self, hold: str, name: str, data: st.DataObject) -> None:
        mine = list(self.kept) if name == "all" else self.mine(name)
        some = data.draw(st.none() | st.sets(st.sampled_from(mine), min_size=1, max_size=2)) if mine else None
        company = None if name == "all" else self.pseudonym(name)
        snapshots = sorted(some) if some else None
        if hold in self.holds:
            with pytest.raises(WrongUse, match="already"):
                holding.add(self.vault.workshop(), hold, "a letter", company=company, snapshots=snapshots)
        else:
            holding.add(self.vault.workshop(), hold, "a letter", company=company, snapshots=snapshots)
            self.holds[hold] = (name, some)

    @precondition(lambda self: self.holds)
    @rule()
    def release(self) -> None:
        name = min(self.holds)
        holding.release(self.vault.workshop(), name, "closed")
        del self.holds[name]

    @precondition(lambda self: self.kept)
    @rule(name=NAMES)
    def erase(self, name: str) -> None:
        mine = self.mine(name)
        covered = any(
            hold[0] in {name, "all"} and (hold[1] is None or not hold[1].isdisjoint(mine))
            for hold in self.holds.values()
        )
        others = dict(self.backend.content)
        if not mine:
            with pytest.raises(WrongUse, match="nothing of this company"):
                erasing.erase(self.vault.workshop(), self.pseudonym(name), "asked for", named=name)
        elif covered:
            with pytest.raises(Refused, match="legal hold"):
                erasing.erase(self.vault.workshop(), self.pseudonym(name), "asked for", named=name)
            assert others == self.backend.content
        else:
            done = erasing.erase(self.vault.workshop(), self.pseudonym(name), "asked for", named=name)
            assert list(done.snapshots) == mine
            left = {path: data for path, data in others.items() if path not in done.files}
            assert left.items() <= self.backend.content.items()
            for ident in mine:
                del self.kept[ident]
            self.gone |= dict.fromkeys(mine, "erased")
            self.now[name] = {}

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), keys=st.lists(KEYS, max_size=4))
    def read_as_of(self, data: st.DataObject, keys: list[RecordKey]) -> None:
        ident = data.draw(st.sampled_from(sorted(self.kept)))
        expected = self.kept[ident][1]
        snapshot = self.vault.snapshot(ident)
        assert [(record.key, record.payload) for record in snapshot.records()] == sorted(expected.items())
        some = {key: record.payload for key, record in snapshot.get_many(keys).items()}
        assert some == {key: expected[key] for key in keys if key in expected}
        assert snapshot.control("TrialBalance/Accrual").startswith(b'{"Header"')

    @precondition(lambda self: self.gone)
    @rule(data=st.data())
    def read_what_is_gone(self, data: st.DataObject) -> None:
        ident = data.draw(st.sampled_from(sorted(self.gone)))
        with pytest.raises(WrongUse, match=r"was (dropped|of a company that was erased) on"):
            self.vault.snapshot(ident)

    @rule(key=KEYS, name=NAMES)
    def read_history(self, key: RecordKey, name: str) -> None:
        expected: list[tuple[str, bytes | None]] = []
        known: bytes | None = None
        for ident in self.mine(name):
            value = self.kept[ident][1].get(key)
            if (value and digest(value)) != known:
                known = value and digest(value)
                expected.append((ident, value))
        found = self.vault.history(key, self.company(name))
        assert [(one.snapshot, one.record.payload if one.record else None) for one in found] == expected

    @invariant()
    def it_holds_what_is_kept(self) -> None:
        if hasattr(self, "vault"):
            assert [info.id for info in self.vault.snapshots()] == list(self.kept)

    def teardown(self) -> None:
        if hasattr(self, "vault"):
            for ident in self.kept:
                records = {record.key: record.payload for record in self.vault.snapshot(ident).records()}
                assert records == self.kept[ident][1]
            assert self.place.verify(self.backend).findings == ()
        self.folder.cleanup()


@pytest.mark.parametrize("lists", [2, 90])
def test_the_years_lose_nothing_that_is_kept(kit: ModuleType, monkeypatch: pytest.MonkeyPatch, lists: int) -> None:
    monkeypatch.setattr(bases, "LISTS_IN_A_ROW", lists)
    monkeypatch.setattr(arrivals, "SEGMENT_ROWS", 3)
    monkeypatch.setattr(tiers, "FAN", 3)
    Years.kit = kit
    run_state_machine_as_test(
        Years, settings=settings(max_examples=12, stateful_step_count=16, deadline=None, derandomize=True)
    )


@pytest.mark.soak
@pytest.mark.parametrize("lists", [1, 3, 90])
def test_many_years(kit: ModuleType, monkeypatch: pytest.MonkeyPatch, lists: int) -> None:
    monkeypatch.setattr(bases, "LISTS_IN_A_ROW", lists)
    monkeypatch.setattr(arrivals, "SEGMENT_ROWS", 3)
    monkeypatch.setattr(tiers, "FAN", 2)
    Years.kit = kit
    run_state_machine_as_test(Years, settings=settings(max_examples=150, stateful_step_count=40, deadline=None))
