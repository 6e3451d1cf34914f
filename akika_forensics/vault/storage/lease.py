"""One writer at a time in an object store: an object that says who is at work, renewed as long as that lasts.

It is made only where there is none, and changed only by whoever saw its last state, so of two that take it one gets it.
Who died does not renew it; after `EXPIRES` without renewal, by the store's clock, it is anybody's. An owner that was only
held up finds that out before its next piece of work. What is committed does not rest on it: an entry is created only if
absent, with a lease or without.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from typing import Final

from akika_forensics.errors import AkikaError, VaultLocked
from akika_forensics.vault.storage.locking import ThreadsLock, locked
from akika_forensics.vault.storage.object_store import ObjectStoreBackend

EXPIRES: Final = 120.0
"""Seconds without renewal after which a lease may be taken over."""

RENEWED_EVERY: Final = 20.0
_ATTEMPTS: Final = 10


class Lease(ThreadsLock):
    """``path``: the lock's object. Methods raise VaultLocked, StorageFailed, and Refused for a store without conditions."""

    def __init__(self, backend: ObjectStoreBackend, path: str, *, renewed_every: float = RENEWED_EVERY) -> None:
        super().__init__(f"{backend.name}/{path}")
        self._backend = backend
        self._path = path
        self._renewed_every = renewed_every

    def _take(self, owner: bytes) -> _Grip:
        content = {**json.loads(owner), "token": secrets.token_hex(16), "renewed": 0}
        data = json.dumps(content).encode()
        for _ in range(_ATTEMPTS):
            if self._put(data):
                found = self._backend.read_tagged(self._path)
                if found.data == data:
                    return _Grip(self._backend, self._path, content, found.tag, self._renewed_every)
        raise locked(b"", do=_DO)

    def _put(self, data: bytes) -> bool:
        """False where another was faster. Raises VaultLocked where somebody alive has it."""
        try:
            before = self._backend.read_tagged(self._path)
        except FileNotFoundError:
            try:
                self._backend.create(self._path, data)
            except FileExistsError:
                return False
            return True
        if before.data and self._backend.now(self._path) - before.written < EXPIRES:
            raise locked(before.data, do=_DO)
        return self._backend.swap(self._path, data, before.tag) is not None

    def _confirm(self, grip: _Grip) -> None:
        if grip.lost:
            raise VaultLocked(
                "This piece of work lost its lock on the vault.",
                means=f"It was held up for more than {EXPIRES:.0f} seconds, and another took the lock over.",
                do="Run it again.",
            )

    def _give_back(self, grip: _Grip) -> None:
        grip.let_go()


_DO: Final = f"Wait until it is done; what died holds it for {EXPIRES:.0f} seconds at most."


class _Grip:
    """A lease that is held: a thread renews it until it is let go or lost."""

    def __init__(
        self, backend: ObjectStoreBackend, path: str, content: dict[str, object], tag: str, every: float
    ) -> None:
        self.lost = False
        self._backend = backend
        self._path = path
        self._content = content
        self._tag = tag
        self._every = every
        self._turn = 0
        self._renewed = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._thread.start()

    def let_go(self) -> None:
        self._done.set()
        self._thread.join()
        if not self.lost:
            # What cannot be given back now runs out by itself.
            with contextlib.suppress(AkikaError, FileNotFoundError):
                self._backend.swap(self._path, b"", self._tag)

    def _keep(self) -> None:
        while not self._done.wait(self._every) and not self.lost:
            self._renew()

    def _renew(self) -> None:
        self._turn += 1
        data = json.dumps({**self._content, "renewed": self._turn}).encode()
        begun = time.monotonic()
        try:
            tag = self._backend.swap(self._path, data, self._tag)
        except (AkikaError, FileNotFoundError):
            self.lost = time.monotonic() - self._renewed > EXPIRES
            return
        if tag is None:
            self.lost = True
        else:
            self._tag, self._renewed = tag, begun
