"""Not simulated: a process that writes is killed, again and again, while others read."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from vault.campaigns import processes
from vault.campaigns.seed import ROOT, chance, named

from akika_forensics.vault import HeadStore, KdfCost, create, open_vault, verify

KILLS, FEW = 50, 3


class Place:
    def __init__(self, kit: ModuleType, folder: Path) -> None:
        self.secret = kit.PASSPHRASE
        self.root, self.heads = folder / "vault", HeadStore(folder / "heads")
        create(self.root, self.secret, heads=self.heads, cost=KdfCost.CHEAP)

    def prepare(self, kind: str) -> subprocess.Popen[str]:
        """A process that opens nothing before it is told the passphrase."""
        return subprocess.Popen(
            [sys.executable, processes.__file__, kind, str(self.root), str(self.heads.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def start(self, prepared: subprocess.Popen[str]) -> subprocess.Popen[str]:
        assert prepared.stdin is not None
        prepared.stdin.write(f"{self.secret.reveal()}\n")
        prepared.stdin.flush()
        return prepared

    @contextmanager
    def reader(self) -> Iterator[None]:
        """Reads on until the end; fails when it ever saw a part of something."""
        running = self.start(self.prepare("read"))
        try:
            yield
        except BaseException:
            running.kill()
            running.communicate()
            raise
        seen, _ = running.communicate("enough\n")
        assert running.returncode == 0, "the reader saw what it should not"
        assert len(seen.splitlines()) > 1

    def killed(self, writer: subprocess.Popen[str], lines: int, delay: float) -> list[tuple[str, int, Any]]:
        """What a writer had said when it was killed, after so many lines and a moment."""
        running = self.start(writer)
        assert running.stdout is not None
        said = [running.stdout.readline() for _ in range(lines)]
        assert all(said), "the writer ended by itself"
        time.sleep(delay)
        running.kill()
        rest, _ = running.communicate()
        return [tuple(json.loads(line)) for line in [*said, *rest.splitlines()] if line.endswith(("]", "]\n"))]


def campaign(place: Place, kills: int) -> None:
    said: list[tuple[str, int, Any]] = []
    with contextlib.ExitStack() as ended:
        writer = place.prepare("write")
        ended.callback(put_away, writer)
        for number in range(kills):
            drawn = chance("kills", number)
            said += place.killed(writer, drawn.randrange(1, 7), drawn.random() * 0.05)
            if number + 1 < kills:  # the next one imports what it needs while this one's work is looked at
                writer = place.prepare("write")
                ended.callback(put_away, writer)
            processes.look(open_vault(place.root, place.secret, heads=place.heads), said)
            report = verify(place.root, place.secret, heads=place.heads)
            assert report.ok, (named("kills", number), report.findings)
    assert len(said) >= kills


def put_away(running: subprocess.Popen[str]) -> None:
    if running.returncode is None:
        running.kill()
        running.communicate()


def test_a_few_kills(kit: ModuleType, tmp_path: Path) -> None:
    place = Place(kit, tmp_path)
    with place.reader():
        campaign(place, FEW)


@pytest.mark.soak
def test_many_kills(kit: ModuleType, tmp_path: Path) -> None:
    place = Place(kit, tmp_path)
    with place.reader(), place.reader():
        campaign(place, KILLS)


def test_the_look_has_teeth(kit: ModuleType, tmp_path: Path) -> None:
    place = Place(kit, tmp_path)
    vault = open_vault(place.root, place.secret, heads=place.heads)
    said = [("snapshot", 1, processes.snapshot(vault, 1)), ("entry", 1, processes.entry(vault, 1)), ("slot", 1, 1)]
    with pytest.raises(AssertionError, match="slot"):
        processes.look(vault, said)
    processes.slot(vault, 1)
    assert processes.look(vault, said) == {"snapshots": 1, "entries": 1, "slot": 1}
    for lost in (("snapshot", 2, "s2"), ("slot", 2, 2)):
        with pytest.raises(AssertionError):
            processes.look(vault, [lost])
