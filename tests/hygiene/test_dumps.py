"""A process that has a vault open leaves no core dump, and neither do the programs it starts."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, create

PASSPHRASE = "some words of this test"
LOOK = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
DUMPABLE = "import ctypes, sys; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == 'linux' else 0)"
OPEN = (
    "import os; from pathlib import Path; from akika_forensics.vault import HeadStore, open_vault;"
    "from akika_forensics.settings import Secret;"
    "vault = open_vault(Path('vault'), Secret(os.environ.pop('WORDS')), heads=HeadStore(Path('heads')))"
)
CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {LOOK!r}], check=True)"
DIE = "import os, sys; sys.stdout.flush(); os.abort()"


def most() -> None:
    """Let the system write core dumps as large as it may: what is tested is not some limit of this machine."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def run(folder: Path, *lines: str) -> tuple[list[str], list[str]]:
    """What it printed, and the core dumps that lie in its folder after it aborted."""
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([*lines, DIE])], cwd=folder, preexec_fn=most, capture_output=True, text=True,
        env={**os.environ, "WORDS": PASSPHRASE}, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGABRT, done.stderr
    return done.stdout.split(), [path.name for path in folder.iterdir() if path.name.startswith("core")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create(tmp_path / "vault", Secret(PASSPHRASE), heads=HeadStore(tmp_path / "heads"), cost=KdfCost.CHEAP)
    return tmp_path


def test_with_a_vault_open_nothing_is_dumped(folder: Path) -> None:
    said, cores = run(folder, OPEN, LOOK, DUMPABLE, CHILD)
    assert said == ["0", "0", "0"]
    assert cores == []


def test_without_one_the_process_is_left_as_it_was(folder: Path) -> None:
    """The control: where this system writes a core dump into the folder, it does so then."""
    said, cores = run(folder, "import akika_forensics.vault", LOOK)
    assert said != ["0"] or resource.getrlimit(resource.RLIMIT_CORE)[1] == 0
    pattern = Path("/proc/sys/kernel/core_pattern")
    if pattern.exists() and pattern.read_text().strip() == "core" and said != ["0"]:
        assert cores
