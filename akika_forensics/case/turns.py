"""Waiting for one's turn: a lock on this machine that threads and processes hold for moments, one after the other."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from akika_forensics.errors import Refused, VaultLocked
from akika_forensics.settings import state_dir

PATIENCE: Final = 300.0
"""Seconds: longer than a renewal takes with all its tries."""

_GLANCE: Final = 0.05


def file_of(kind: str, vault: str, slot: str) -> Path:
    """The lock file of a slot of a vault, in this machine's state folder. The name of a company is nobody's business there."""
    return state_dir() / kind / f"{vault}-{sha256(f'{vault}/{slot}'.encode()).hexdigest()[:16]}"


@contextmanager
def turn(file: Path, what: str, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold a lock file, after whoever holds it now; the kernel frees it when its owner dies. Not re-entrant.

    ``what`` it stands for, for the error. Raises VaultLocked when it does not become free, Refused when it cannot be made.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Refused(
            f"The lock file {file} cannot be made ({error.strerror}).",
            means="Without it two programs could undo each other's work, such as a sign-in.",
            do="Make its folder writable, or name another with AKIKA_STATE_DIR.",
        ) from error
    try:
        until = time.monotonic() + patience
        while not _taken(descriptor):
            if time.monotonic() >= until:
                raise VaultLocked(
                    f"{what} has been in use by another process for {_told(patience)}.",
                    means="It works on it, or hangs while it does.",
                    do="End that process, or wait; what died does not hold it.",
                )
            time.sleep(_GLANCE)
        yield
    finally:
        os.close(descriptor)


def _told(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 60 else f"{seconds:.0f} seconds"


def _taken(descriptor: int) -> bool:
    try:
        # Two descriptors exclude each other within one process too: threads wait like processes do.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
