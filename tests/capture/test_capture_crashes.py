"""A capture into a real vault on a disk that loses what was not synced, interrupted twice and ended the third time.

Wherever the machine stops, the next capture goes on or begins anew and ends with the same records, byte for byte; a draft
that was acknowledged is not lost, and nothing is to be seen before it is whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from vault.adversary import SYNC_FILE, SYNC_FOLDER, Crash, Recorder

from akika_forensics import capture
from akika_forensics.capture.keeper import EVERY
from akika_forensics.case.resuming import begun
from akika_forensics.errors import AkikaError, Interrupted
from akika_forensics.model.company import Company
from akika_forensics.quickbooks import Limits, open_reader
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault, create, open_vault, verify

STRIDE = 13
PASSPHRASE = Secret("correct horse battery staple")
COMPANY = Company("9130", "Amy's", "http://127.0.0.1:8080")


def pages(seen: list[httpx.Request]) -> Counter[str]:
    """Each page of each list that was asked for."""
    queries = (request.url.params.get("query", "") for request in seen)
    return Counter(one for one in queries if re.search(r"STARTPOSITION \d+", one) and "LastUpdatedTime >=" not in one)


class Stage:
    """A company of two thousand invoices and some lists, in which a page takes half a minute."""

    def __init__(self, fake: Any, folder: Path) -> None:
        self.fake, self.folder = fake, folder
        self.company = fake.FakeCompany()
        for number in range(2100):
            self.company.put("Invoice", TxnDate="2026-11-20", DocNumber=str(number))
        for entity in ("Bill", "Vendor", "Preferences", "Account"):
            self.company.put(entity)
        self.company.clock.sleep(3600)
        self.company.before = self._wait

    def _wait(self, request: httpx.Request) -> None:
        if "STARTPOSITION" in request.url.params.get("query", ""):
            self.company.clock.sleep(EVERY / 6)

    def open(self, folder: Path) -> Vault:
        return open_vault(folder / "vault", PASSPHRASE, heads=HeadStore(folder / "heads"))

    def capture(self, vault: Vault, *, stop_after: int | None = None, saved: Any = None) -> Any:
        """What was committed, and whether an earlier one was gone on with."""
        first = sum(pages(self.company.seen).values())
        limits = replace(Limits(clock=self.company.clock, attempts=3).unpaced(), in_flight=1)
        with (
            open_reader(
                self.fake.connection(), self.fake.store(self.company.clock), limits=limits, transport=self.company
            ) as reader,
            begun(vault, COMPANY, afresh=False) as making,
        ):
            if saved is not None:
                keep = making.writer.save_draft

                def told(state: bytes) -> None:
                    keep(state)
                    saved()

                making.writer.save_draft = told  # type: ignore[method-assign]
            stop = None if stop_after is None else lambda: sum(pages(self.company.seen).values()) - first >= stop_after
            info = capture.run(reader, making.writer, draft=making.draft, dropped=making.dropped, should_stop=stop)
            return info, making.draft is not None

    def held(self, vault: Vault) -> dict[tuple[str, str], bytes]:
        return {(one.key.entity, one.key.id): one.payload for one in vault.snapshot("s1").records()}


class Played:
    def __init__(self, stage: Stage) -> None:
        self.stage, folder = stage, stage.folder / "played"
        folder.mkdir()
        create(folder / "vault", PASSPHRASE, heads=HeadStore(folder / "heads"), cost=KdfCost.CHEAP)
        self.disk = Recorder(folder)
        with self.disk.recording():
            for stop_after in (14, 20, None):
                vault = stage.open(folder)
                try:
                    stage.capture(vault, stop_after=stop_after, saved=lambda: self.disk.acknowledge("saved"))
                except Interrupted:
                    continue
                self.disk.acknowledge("committed")
        self.expected = stage.held(vault)
        self.gone_on_with = 0

    def problem(self, crash: Crash, folder: Path) -> str:
        """What is wrong after a crash; empty when all is well."""
        crash.write(folder)
        try:
            vault = self.stage.open(folder)
            there = [info.id for info in vault.snapshots()]
            if "committed" in crash.acknowledged and there != ["s1"]:
                return "the snapshot was acknowledged and is not there"
            if not there:
                info, went_on = self.stage.capture(vault)
                self.gone_on_with += went_on
                if "saved" in crash.acknowledged and not went_on:
                    return "a draft was acknowledged, and the capture began anew"
                if not info.complete:
                    return f"it is not complete: {info.findings}"
            if self.stage.held(vault) != self.expected:
                return "it ends with other records"
        except AkikaError as failed:
            return str(failed)
        report = verify(folder / "vault", PASSPHRASE, heads=HeadStore(folder / "heads"))
        return "; ".join(f"{one.path}: {one.what}" for one in report.findings if one.severity == "damage")

    def problems(self, points: Collection[tuple[int, int]], folder: Path, **more: Any) -> dict[str, str]:
        crashes = (self.disk.crash(at, seed, **more) for at, seed in points)
        return {str(crash): wrong for crash in crashes if (wrong := self.problem(crash, folder))}


@pytest.fixture
def played(fake: Any, tmp_path: Path) -> Played:
    return Played(Stage(fake, tmp_path))


def test_a_capture_ends_alike_wherever_the_machine_stops(played: Played, tmp_path: Path) -> None:
    assert played.expected == played.stage.company.state()
    assert played.disk.length > 300
    points = [(at, at) for at in range(0, played.disk.length + 1, STRIDE)]
    assert played.problems(points, tmp_path / "crashed") == {}
    assert played.gone_on_with > len(points) // 2


@pytest.mark.soak
def test_a_capture_ends_alike_at_any_call(played: Played, tmp_path: Path) -> None:
    points = [(at, at) for at in range(0, played.disk.length + 1, 3)]
    assert played.problems(points, tmp_path / "crashed") == {}


@pytest.mark.parametrize("call", [SYNC_FILE, SYNC_FOLDER])
def test_without_syncing_a_draft_is_lost(played: Played, tmp_path: Path, call: str) -> None:
    """Else nothing is shown above."""
    points = ((at, seed) for at in range(played.disk.length, 0, -29) for seed in range(2))
    assert any(played.problems([point], tmp_path / "crashed", without=[call]) for point in points)
