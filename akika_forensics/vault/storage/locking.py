"""One writer at a time: an advisory lock, whose owner is a thread.

Two threads of one process, such as two people in the app, exclude each other like two processes do.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from akika_forensics.errors import VaultLocked
from akika_forensics.model import instants
from akika_forensics.vault.storage.backend import failed


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


@dataclass
class _Held:
    """What this process holds of one lock; ``grip`` is what its kind needs to keep it and give it back."""

    owner: bytes
    thread: int
    depth: int = 1
    grip: Any = None


_HELD: Final[dict[str, _Held]] = {}
_GUARD: Final = threading.Lock()


class ThreadsLock(ABC):
    """What the kinds of locks have in common. ``name`` says which lock of the machine or the network it is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def acquire(self, purpose: str) -> None:
        owner = _owner(purpose)
        with _GUARD:
            mine = _HELD.get(self._name)
            if mine is not None:
                if mine.thread != threading.get_ident():
                    raise locked(mine.owner)
                self._confirm(mine.grip)
                mine.depth += 1
                return
            mine = _HELD[self._name] = _Held(owner, threading.get_ident())
        try:
            mine.grip = self._take(owner)
        except BaseException:
            with _GUARD:
                del _HELD[self._name]
            raise

    def release(self) -> None:
        with _GUARD:
            mine = _HELD[self._name]
            mine.depth -= 1
            if mine.depth:
                return
        try:
            self._give_back(mine.grip)
        finally:
            with _GUARD:
                del _HELD[self._name]

    @abstractmethod
    def _take(self, owner: bytes) -> Any:
        """What is needed to keep it; raises VaultLocked when another process has it."""

    @abstractmethod
    def _confirm(self, grip: Any) -> None:
        """Raises VaultLocked when it was lost meanwhile."""

    @abstractmethod
    def _give_back(self, grip: Any) -> None:
        """Let others have it."""


class FileLock(ThreadsLock):
    """A lock file with its owner's process id, host, purpose and time in it while it is held; empty otherwise.

    The kernel frees it when its owner dies.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path.resolve()))
        self._path = path

    def _take(self, owner: bytes) -> int:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise failed("opened", self._path.name, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, owner)
        except BlockingIOError as error:
            other = os.pread(descriptor, 4096, 0)
            os.close(descriptor)
            raise locked(other) from error
        except OSError as error:
            os.close(descriptor)
            raise failed("locked", self._path.name, error) from error
        return descriptor

    def _confirm(self, grip: int) -> None:
        """The kernel takes it from nobody."""

    def _give_back(self, grip: int) -> None:
        os.ftruncate(grip, 0)
        os.close(grip)


def _owner(purpose: str) -> bytes:
    return json.dumps(
        {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "purpose": purpose,
            "since": instants.format_instant(instants.now()),
        }
    ).encode()


def locked(owner: bytes, *, do: str = "Wait until it is done; what died does not hold it.") -> VaultLocked:
    """``owner``: what lies in the lock."""
    try:
        fields = json.loads(owner)
        who = f"process {fields['pid']} on {fields['host']} ({fields['purpose']}, since {fields['since']})"
    except (ValueError, KeyError, TypeError):
        who = "another process"
    return VaultLocked(
        f"The vault is in use by {who}.", means="Only one piece of work may change a vault at a time.", do=do
    )
