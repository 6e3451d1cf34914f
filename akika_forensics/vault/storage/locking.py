"""One writer at a time: an advisory lock on a file, which the kernel frees when its owner dies.

The owner is a thread. Two threads of one process, such as two people in the app, exclude each other like two processes do.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from akika_forensics.errors import VaultLocked
from akika_forensics.model import instants
from akika_forensics.vault import storage


class Lock(Protocol):
    def acquire(self, purpose: str) -> None:
        """Raises VaultLocked naming the owner. The same thread may acquire it again."""

    def release(self) -> None:
        """Undo one `acquire`."""


@contextmanager
def held(lock: Lock, purpose: str) -> Iterator[None]:
    lock.acquire(purpose)
    try:
        yield
    finally:
        lock.release()


class _Held:
    """What this process holds of one lock file."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.thread = threading.get_ident()
        self.depth = 1


_HELD: Final[dict[str, _Held]] = {}
_GUARD: Final = threading.Lock()


class FileLock:
    """A lock file with its owner's process id, host, purpose and time in it while it is held; empty otherwise."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = str(path.resolve())

    def acquire(self, purpose: str) -> None:
        with _GUARD:
            mine = _HELD.get(self._name)
            if mine is not None:
                if mine.thread != threading.get_ident():
                    raise _locked(os.pread(mine.descriptor, 4096, 0))
                mine.depth += 1
                return
            _HELD[self._name] = _Held(self._take(purpose))

    def release(self) -> None:
        with _GUARD:
            mine = _HELD[self._name]
            mine.depth -= 1
            if mine.depth:
                return
            del _HELD[self._name]
            os.ftruncate(mine.descriptor, 0)
            os.close(mine.descriptor)

    def _take(self, purpose: str) -> int:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise storage.failed("opened", self._path.name, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, _owner(purpose))
        except BlockingIOError as error:
            owner = os.pread(descriptor, 4096, 0)
            os.close(descriptor)
            raise _locked(owner) from error
        except OSError as error:
            os.close(descriptor)
            raise storage.failed("locked", self._path.name, error) from error
        return descriptor


def _owner(purpose: str) -> bytes:
    return json.dumps(
        {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "purpose": purpose,
            "since": instants.format_instant(instants.now()),
        }
    ).encode()


def _locked(owner: bytes) -> VaultLocked:
    try:
        fields = json.loads(owner)
        who = f"process {fields['pid']} on {fields['host']} ({fields['purpose']}, since {fields['since']})"
    except (ValueError, KeyError, TypeError):
        who = "another process"
    return VaultLocked(
        f"The vault is in use by {who}.",
        means="Only one piece of work may change a vault at a time.",
        do="Wait until it is done; what died does not hold it.",
    )
