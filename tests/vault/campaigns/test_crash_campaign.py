"""The machine stops, anywhere in a long story: what was acknowledged is there, what is there is whole, and it goes on.

The story is told once on a disk that notes every call; thousands of crashes are worked out from the notes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from vault.adversary import SYNC_FILE, SYNC_FOLDER, Crash, Recorder
from vault.campaigns.seed import chance, named
from vault.campaigns.story import STORY, seen

from akika_forensics.vault import HeadStore, KdfCost, create

POINTS, FEW = 2_000, 100
SLICES = 8


@dataclass(frozen=True)
class Told:
    """``views[n]``: what was seen after n acts."""

    kit: ModuleType
    disk: Recorder
    views: list[dict[str, Any]]

    def complaint(self, crash: Crash, folder: Path, *, go_on: bool) -> str:
        """What is wrong with what is found after a crash; empty when nothing is."""
        crash.write(folder, only="heads")  # the vault itself is looked at in memory
        place = self.kit.MemoryVault(folder)
        backend = self.kit.MemoryBackend(crash.below("vault"))
        acts = len(crash.acknowledged)
        try:
            vault = place.open(backend)
            view = seen(vault)
            if view not in self.views[acts : acts + 2]:
                return f"{acts} acts were acknowledged, and what is seen is neither that nor one more"
            done = acts if view == self.views[acts] else acts + 1
            for report in (place.verify(backend), place.verify(backend, keys=False)):
                if not report.ok:
                    return f"damage: {report.findings}"
            if go_on and done < len(STORY):
                STORY[done].do(vault, self.kit)
                if seen(place.open(backend)) != self.views[done + 1]:
                    return f"the act after it, {STORY[done].name}, did not come out as it should"
        except Exception as error:  # noqa: BLE001 -- whatever it is, the vault should have opened
            return f"stopped by {error!r}"
        return ""


@pytest.fixture(scope="module")
def told(kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Told:
    root = tmp_path_factory.mktemp("told")
    heads = HeadStore(root / "heads")
    vault = create(root / "vault", kit.PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)
    disk = Recorder(root)
    views = [seen(vault)]
    for act in STORY:
        with disk.recording():
            act.do(vault, kit)
        disk.acknowledge(act.name)
        views.append(seen(vault))
    return Told(kit, disk, views)


def complaints(told: Told, folder: Path, numbers: Collection[int], *, without: Collection[str] = ()) -> Iterator[str]:
    cases = [
        (drawn.randrange(told.disk.length + 1), number, drawn)
        for number in numbers
        for drawn in [chance("crashes", number)]
    ]
    for at, number, drawn in sorted(cases, key=lambda case: case[:2]):  # in order the calls are played once
        # Now and then nothing crashes, and another process looks on.
        crash = told.disk.visible(at) if drawn.random() < 0.2 else told.disk.crash(at, number, without=without)
        complaint = told.complaint(crash, folder, go_on=drawn.random() < 0.3)
        if complaint:
            yield f"{named('crashes', number)}: {crash}: {complaint}"


def test_a_part_of_the_crashes(told: Told, tmp_path: Path) -> None:
    assert all(one != other for one, other in zip(told.views, told.views[1:], strict=False)), "an act left no trace"
    assert list(complaints(told, tmp_path / "found", range(FEW))) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(SLICES))
def test_all_crashes(told: Told, tmp_path: Path, part: int) -> None:
    assert list(complaints(told, tmp_path / "found", range(FEW + part, FEW + POINTS, SLICES))) == []


@pytest.mark.parametrize("sync", [SYNC_FILE, SYNC_FOLDER])
def test_a_vault_that_would_not_sync_is_found_out(told: Told, tmp_path: Path, sync: str) -> None:
    """The campaign has teeth: without one kind of sync, crashes take what was acknowledged."""
    assert next(complaints(told, tmp_path / "found", range(FEW), without=(sync,)), "") != ""
