"""Members, rotations, snapshots and readers in any order, held against a model that knows who may open what."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

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

from akika_forensics.errors import WrongKey, WrongUse
from akika_forensics.vault import HeadStore, Vault
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.keys.ways import OwnIdentity

NAMES = ("Anna", "Ben", "Cleo", "Dora")
IDENTITIES = {name: Identity.from_bytes(bytes([number]) * 64) for number, name in enumerate(NAMES, start=1)}


class Members(RuleBasedStateMachine):
    """The model: who is in with which role, what was captured, what stands in custody.

    ``sessions`` are vaults that were opened some time ago and go on being used. ``copies``: what somebody who was removed
    has kept, with how many snapshots they could read then.
    """

    kit: ModuleType

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.heads = HeadStore(self.folder / "heads")
        self.backend = self.kit.MemoryBackend()
        self.roles: dict[str, str] = {}
        self.sessions: dict[str, Vault] = {}
        self.copies: list[tuple[str, dict[str, bytes], int]] = []
        self.taken: list[int] = []
        self.custody: list[str] = []

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize()
    def make(self) -> None:
        founder = self.kit.MemoryVault(self.folder).create(self.backend)
        founder.membership.add("Anna", "full", IDENTITIES["Anna"].recipient)
        anna = self.open("Anna")
        anna.membership.remove("founder")
        self.roles["Anna"] = "full"
        self.sessions["Anna"] = anna

    def open(self, name: str, content: dict[str, bytes] | None = None) -> Vault:
        backend = self.backend if content is None else self.kit.MemoryBackend(content)
        heads = self.heads if content is None else HeadStore(self.folder / f"elsewhere {len(self.copies)}")
        return vaults.open_in(self.folder, backend, self.kit.NoLock(), OwnIdentity(IDENTITIES[name]), heads=heads)

    @rule(name=st.sampled_from(NAMES))
    def come(self, name: str) -> None:
        if name in self.roles:
            self.sessions[name] = self.open(name)
            assert self.sessions[name].member.role == self.roles[name]
        else:
            with pytest.raises(WrongKey):
                self.open(name)

    @precondition(lambda self: self.sessions)
    @rule(data=st.data(), whom=st.sampled_from(NAMES), role=st.sampled_from(["full", "capture"]))
    def add(self, data: st.DataObject, whom: str, role: str) -> None:
        by = data.draw(st.sampled_from(sorted(self.sessions)))
        if self.allowed(
            by, "full", lambda vault: vault.membership.add(whom, role, IDENTITIES[whom].recipient), whom in self.roles
        ):
            self.roles[whom] = role

    @precondition(lambda self: self.sessions)
    @rule(data=st.data(), whom=st.sampled_from(NAMES))
    def remove(self, data: st.DataObject, whom: str) -> None:
        by = data.draw(st.sampled_from(sorted(self.sessions)))
        kept = dict(self.backend.content)
        refused = whom not in self.roles or whom == by
        done = self.allowed(by, "full", lambda vault: vault.membership.remove(whom), refused)
        if done and self.roles.pop(whom) == "full":
            self.copies.append((whom, kept, len(self.taken)))

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def rotate(self, data: st.DataObject) -> None:
        by = data.draw(st.sampled_from(sorted(self.sessions)))
        self.allowed(by, "full", lambda vault: vault.membership.rotate())

    @precondition(lambda self: self.sessions)
    @rule(data=st.data(), invoices=st.integers(1, 4))
    def capture(self, data: st.DataObject, invoices: int) -> None:
        by = data.draw(st.sampled_from(sorted(self.sessions)))

        def act(vault: Vault) -> None:
            self.kit.take(vault, self.kit.books(invoices), day=len(self.taken))

        if self.allowed(by, "capture", act):
            self.taken.append(invoices + 1)

    @precondition(lambda self: self.sessions)
    @rule(data=st.data(), word=st.text("abc", min_size=1, max_size=3))
    def note(self, data: st.DataObject, word: str) -> None:
        by = data.draw(st.sampled_from(sorted(self.sessions)))
        if self.allowed(by, "capture", lambda vault: vault.chain("custody", "akika-custody").append({"word": word})):
            self.custody.append(word)

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def read(self, data: st.DataObject) -> None:
        by = data.draw(st.sampled_from(sorted(self.sessions)))

        def act(vault: Vault) -> None:
            # A chain that nobody wrote to yet can be read by anybody.
            words = [entry.body["word"] for entry in vault.chain("custody", "akika-custody").entries()]
            assert words == self.custody
            for number, records in enumerate(self.taken, start=1):
                assert len(list(vault.snapshot(f"s{number}").records())) == records

        if self.taken or self.custody:
            self.allowed(by, "full", act)

    @precondition(lambda self: self.copies)
    @rule(data=st.data())
    def look_at_what_was_kept(self, data: st.DataObject) -> None:
        """Somebody who was removed still reads their copy of before, and nothing in it is of later."""
        name, content, taken = data.draw(st.sampled_from(self.copies))
        kept = self.open(name, content)
        assert len(kept.snapshots()) == taken
        for number, records in enumerate(self.taken[:taken], start=1):
            assert len(list(kept.snapshot(f"s{number}").records())) == records
        keys = kept._shelf.keychain
        now = self.open("Anna" if "Anna" in self.roles else next(n for n, r in self.roles.items() if r == "full"))
        for commit in now._shelf.commits()[taken:]:
            for part in commit.text.parts:
                for path in (part.index, part.payload):
                    file_id = path.split("/")[1][:32]
                    assert keys.find("index", file_id) is None
                    assert keys.find("payload", file_id) is None

    @invariant()
    def somebody_can_open_everything(self) -> None:
        assert not self.roles or "full" in self.roles.values()

    @precondition(lambda self: self.roles)
    @rule()
    def check(self) -> None:
        reader = next(name for name, role in self.roles.items() if role == "full")
        for means in (None, OwnIdentity(IDENTITIES[reader])):
            report = verify_in(self.backend, means, heads=self.heads)
            assert report.ok, report.findings
            assert not report.findings
        assert sorted(person.name for person in self.open(reader).members) == sorted(self.roles)

    def allowed(self, by: str, needed: str, act: Any, refused: bool = False) -> bool:
        """Do it in a session of ``by``; whether it was done, which must be as the model says."""
        vault = self.sessions[by]
        role = self.roles.get(by)
        before = dict(self.backend.content)
        mine = role is not None and self._same(vault, by)
        try:
            act(vault)
        except WrongKey:
            assert not mine
            del self.sessions[by]
        except NotAllowed:
            assert mine
            assert (role, needed) == ("capture", "full")
        except WrongUse:
            assert mine
            assert refused
        else:
            assert mine
            assert not refused
            assert role == "full" or needed == "capture"
            return True
        assert self.backend.content == before
        return False

    def _same(self, vault: Vault, name: str) -> bool:
        """Whether a session's member is still in; who comes back after a removal is let in again with the same identity."""
        try:
            return vault.newest_keyring().member.name == name
        except WrongKey:
            return False


def run(kit: ModuleType, **more: Any) -> None:
    class Here(Members):
        pass

    Here.kit = kit
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(Here, settings=settings(deadline=None, suppress_health_check=quiet, **more))


def test_members_in_any_order(kit: ModuleType) -> None:
    run(kit, max_examples=12, stateful_step_count=14, derandomize=True, database=None)


@pytest.mark.soak
def test_members_in_any_order_at_length(kit: ModuleType) -> None:
    run(kit, max_examples=150, stateful_step_count=40, database=None)
