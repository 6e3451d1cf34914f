"""What an interrupted check had found sound, kept outside the vault, so that the next one goes on from there.

It holds for one state of one vault and one way of checking. It is trusted like the remembered heads beside it: whoever
doubts this machine's state folder checks anew.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model import instants
from akika_forensics.vault import canonical, storage
from akika_forensics.vault.storage import Backend

_FORMAT: Final = "akika-verify-1"
_EVERY_SECONDS: Final = 5.0


class Bound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the kept results hold for: ``heads`` is a digest over the last entry of every chain."""

    vault: str
    heads: str
    keys: bool
    sample: str
    seed: str

    @staticmethod
    def heads_of(digests: Iterable[tuple[str, int, str]]) -> str:
        return hashlib.sha256(canonical.encode(sorted(digests))).hexdigest()


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    bound: Bound
    began: str
    sound: dict[str, list[str]]
    checksum: str


class Ledger:
    """Which files each stage of a check found sound since ``began``."""

    def __init__(self, folder: Path, bound: Bound) -> None:
        self.began = instants.format_instant(instants.now())
        self._before: dict[str, set[str]] = {}
        self._sound: dict[str, set[str]] = {}
        self.taken_over = False
        self._folder = folder
        self._path = folder / f"{bound.vault}.json"
        self._bound = bound
        self._saved = time.monotonic()

    def resume(self) -> bool:
        """Take over what an interrupted check of the same state, made in the same way, had found sound; False without one.

        Raises WrongUse when what was kept cannot be read.
        """
        try:
            kept = canonical.decode(self._path.read_bytes(), _Kept, str(self._path))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise storage.failed("read", str(self._path), error) from error
        except VaultDamaged as error:
            raise self._unreadable() from error
        if kept.format != _FORMAT or kept.checksum != _checksum(kept):
            raise self._unreadable()
        if kept.bound != self._bound:
            return False
        self.began, self.taken_over = kept.began, True
        self._before = {stage: set(paths) for stage, paths in kept.sound.items()}
        self._sound = {stage: set(paths) for stage, paths in kept.sound.items()}
        return True

    def knows(self, stage: str, path: str, backend: Backend) -> bool:
        """Whether the interrupted check found it sound, and it was not written since."""
        if path not in self._before.get(stage, ()):
            return False
        try:
            return backend.age(path) > (instants.now() - instants.parse_instant(self.began)).total_seconds()
        except FileNotFoundError:
            return False

    def add(self, stage: str, path: str) -> None:
        """Kept with the next `save`, which comes by itself every few seconds."""
        self._sound.setdefault(stage, set()).add(path)
        if time.monotonic() - self._saved > _EVERY_SECONDS:
            self.save()

    def save(self) -> None:
        """Raises StorageFailed."""
        sound = {stage: sorted(paths) for stage, paths in self._sound.items()}
        kept = _Kept(_FORMAT, self._bound, self.began, sound, "")
        kept = msgspec.structs.replace(kept, checksum=_checksum(kept))
        temporary = self._path.with_name(f"{self._path.name}{storage.TEMPORARY}{secrets.token_hex(8)}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            storage.write_durably(temporary, canonical.encode(kept))
            temporary.replace(self._path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise storage.failed("written", str(self._path), error) from error
        self._saved = time.monotonic()

    def forget(self) -> None:
        """The check came to its end: there is nothing to go on with."""
        self._path.unlink(missing_ok=True)

    def _unreadable(self) -> WrongUse:
        return WrongUse(
            f"{self._path} cannot be read.",
            means="It holds how far an interrupted check had come.",
            do="Run `akika verify` without --resume: it begins anew.",
        )


def _checksum(kept: _Kept) -> str:
    return hashlib.sha256(canonical.encode(msgspec.structs.replace(kept, checksum=""))).hexdigest()
