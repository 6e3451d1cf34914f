"""A change of members that is cut off anywhere leaves the old keyring in use or the new one, and is done again."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from akika_forensics.errors import AkikaError, WrongKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.ways import Passphrase

BEN, NEW = Secret("ben's own"), Secret("another one")
KINDS = ("killed before", "killed after", "failed after", "full")
DORA = Identity.from_bytes(bytes(range(64, 128))).recipient
SHORT = 40


class Change(NamedTuple):
    """``after``: with what the founder opens the vault when it is done; ``done``: whether a vault shows it."""

    name: str
    act: Callable[[Vault], object]
    after: Secret
    done: Callable[[Vault], bool]


def cheap(secret: Secret) -> Passphrase:
    return Passphrase(secret, KdfCost.CHEAP)


def names(vault: Vault) -> list[str]:
    return [person.name for person in vault.members]


def changes(passphrase: Secret) -> list[Change]:
    cleo = Identity.from_bytes(bytes(range(64))).recipient
    return [
        Change("add", lambda v: v.membership.add("Cleo", "full", cleo), passphrase, lambda v: "Cleo" in names(v)),
        Change("remove", lambda v: v.membership.remove("Ben"), passphrase, lambda v: "Ben" not in names(v)),
        Change("rotate", lambda v: v.membership.rotate(), passphrase, lambda v: v.keyring().generation > 2),
        Change("renew", lambda v: v.membership.renew([cheap(NEW)]), NEW, lambda v: v.keyring().generation > 2),
        Change("passphrase", lambda v: v.membership.replace_way(cheap(NEW)), NEW, lambda v: v.keyring().generation > 2),
    ]


@pytest.fixture(scope="module")
def before(kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], Path]:
    folder = tmp_path_factory.mktemp("before")
    backend = kit.MemoryBackend()
    vault = kit.MemoryVault(folder).create(backend)
    kit.take(vault, kit.books(2))
    kit.take(vault, kit.books(1), kit.OTHER)
    vault.chain("custody", "akika-custody").append({"act": "begun"})
    vault.slot("tokens/amy").write(b"refresh token")
    vault.membership.add("Ben", "full", [cheap(BEN)])
    return dict(backend.content), folder / "heads"


class Scene:
    """One vault, copied anew for each case."""

    def __init__(self, kit: ModuleType, before: tuple[dict[str, bytes], Path], folder: Path) -> None:
        self.kit, self.folder = kit, folder
        shutil.copytree(before[1], folder / "heads")
        self.heads = HeadStore(folder / "heads")
        self.backend = kit.MemoryBackend(before[0])
        self.data = self._data()

    def open(self, secret: Secret, backend: Any = None) -> Vault:
        return vaults.open_in(self.folder, backend or self.backend, self.kit.NoLock(), secret, heads=self.heads)

    def open_either(self, *secrets: Secret) -> tuple[Vault, Secret]:
        for secret in secrets:
            try:
                return self.open(secret), secret
            except WrongKey:
                continue
        raise AssertionError("the vault opens with neither")

    def operations(self, change: Change) -> int:
        trouble = self.kit.Trouble(10**9, "none")
        change.act(self.open(self.kit.PASSPHRASE, self.kit.FaultyBackend(self.backend, trouble)))
        return int(trouble.done)

    def cut_off(self, change: Change, at: int, kind: str) -> None:
        trouble = self.kit.Trouble(at, kind)
        vault = self.open(self.kit.PASSPHRASE, self.kit.FaultyBackend(self.backend, trouble))
        try:
            change.act(vault)
            acknowledged = True
        except (self.kit.Killed, AkikaError):
            acknowledged = False
        assert self._data() == self.data
        again, secret = self.open_either(change.after, self.kit.PASSPHRASE)
        assert change.done(again) or not acknowledged
        self.whole(again, secret)
        if not change.done(again):
            change.act(again)
            again = self.open(change.after)
            assert change.done(again)
            self.whole(again, change.after)
        # The next change, which makes no new keys, takes away what was left over of the keyrings of before, and leaves no
        # value under keys that somebody who was removed has.
        again.membership.add("Dora", "capture", DORA)
        assert not self.whole(again, change.after)
        assert again.membership.is_finished

    def whole(self, vault: Vault, secret: Secret) -> set[str]:
        """Everything is there; what is left over, and values under keys of before."""
        assert [len(list(vault.snapshot(ref).records())) for ref in ("s1", "s2")] == [3, 2]
        assert vault.slot("tokens/amy").read() == b"refresh token"
        assert [entry.body for entry in vault.chain("custody", "akika-custody").entries()] == [{"act": "begun"}]
        report = verify_in(self.backend, secret, heads=self.heads)
        assert report.ok, report.findings
        return {finding.path for finding in report.findings if finding.path.startswith(("keys/", "slots/"))}

    def _data(self) -> dict[str, bytes]:
        return {path: data for path, data in self.backend.content.items() if path.startswith("data/")}


def run(
    kit: ModuleType, before: tuple[dict[str, bytes], Path], folder: Path, chosen: Callable[[list[Any]], list[Any]]
) -> None:
    cases: list[tuple[Change, int, str]] = []
    for change in changes(kit.PASSPHRASE):
        total = Scene(kit, before, folder / f"count {change.name}").operations(change)
        assert total >= 4
        cases += itertools.product([change], range(total), KINDS)
    assert len(cases) > 150
    for number, (change, at, kind) in enumerate(chosen(cases)):
        try:
            Scene(kit, before, folder / f"case {number}").cut_off(change, at, kind)
        except Exception as error:
            raise AssertionError(f"{change.name}, {kind} operation {at}") from error


def test_a_change_that_is_cut_off(kit: ModuleType, before: tuple[dict[str, bytes], Path], tmp_path: Path) -> None:
    run(kit, before, tmp_path, lambda cases: random.Random(20261127).sample(cases, SHORT))


@pytest.mark.soak
def test_a_change_that_is_cut_off_anywhere(
    kit: ModuleType, before: tuple[dict[str, bytes], Path], tmp_path: Path
) -> None:
    run(kit, before, tmp_path, lambda cases: cases)
