"""One small sealed value that changes, such as a connection and its tokens. Each write is a new file; the older go after it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.heads import HeadStore
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.slots import stored
from akika_forensics.vault.slots.sealed import generation, is_of_now, open_slot, seal_slot
from akika_forensics.vault.storage import Backend

_LATE: Final = "It is under keys of before a rotation after which every value was written again."

_END: Final = 10**8
"""Numbers have eight digits."""


class Slot:
    """One value by its name. Methods raise VaultDamaged when no stored version of it opens, NotAllowed, and Refused when
    others change it at every look.

    ``keyring`` gives the keys in use, asked for at each call: a value is not sealed to somebody who was removed since.
    """

    def __init__(self, backend: Backend, keyring: Callable[[], Keyring], heads: HeadStore, name: str) -> None:
        self.name = name
        self._backend = backend
        self._keyring = keyring
        self._heads = heads
        self._folder = keyring().pseudonym("slot", name)

    def read(self) -> bytes | None:
        """The newest version that opens; None when there is none or it was deleted.

        One under keys of before a rotation counts only where none under the keys in use is there, and not every value
        was written again since: whoever was removed has the former, and can write such a one under a higher number.
        """
        keyring = self._keyring()
        # Before the listing: what is written meanwhile is not missing.
        last = self._last(keyring)
        return stored.settled(self._backend, self._folder, partial(self._newest, keyring, last))

    def _newest(self, keyring: Keyring, last: int, listed: list[int], unreadable: Collection[int]) -> bytes | None:
        """`read` of these versions; ``last``: the newest that this machine knew of before. Raises Absent."""
        numbers = [seq for seq in listed if seq not in unreadable]
        if last > max(numbers, default=-1):
            path = layout.slot(self._folder, last)
            raise DamagedFile(path, "The value is missing, but this machine's memory tells of it or a newer one.")
        first: DamagedFile | None = None
        former: tuple[bytes | None] | None = None
        for seq in reversed(numbers):
            try:
                content = self._read(seq)
                value, data = open_slot(keyring, layout.slot(self._folder, seq), content)
            except DamagedFile as error:
                first = first or error
                continue
            found = data if value.present else None
            if is_of_now(keyring, layout.slot(self._folder, seq), content):
                return found
            if generation(layout.slot(self._folder, seq), content) >= stored.resealed(self._backend, keyring):
                former = former or (found,)
            else:
                first = first or DamagedFile(layout.slot(self._folder, seq), _LATE)
        if former:
            return former[0]
        if first:
            raise first
        return None

    def stored(self) -> list[bytes]:
        """Every stored version as it lies there, sealed, the newest first: what is kept of a value that does not open."""
        return [content for _, content in reversed(stored.contents(self._backend, self._folder))]

    def write(self, data: bytes) -> None:
        """Durable when this returns; a crash leaves the old value or the new one."""
        self._write(data, present=True)

    def delete(self) -> None:
        """A value that says it is gone takes its place, so that removing the file itself is not the same."""
        if self._numbers() or self._last(self._keyring()) >= 0:
            self._write(b"", present=False)

    def _last(self, keyring: Keyring) -> int:
        """The number of the newest version that this machine has seen; -1 for none."""
        remembered = self._heads.remembered(keyring.vault)
        return remembered.slots.get(self._folder, -1) if remembered else -1

    def _write(self, data: bytes, *, present: bool) -> None:
        keyring = self._keyring()
        for _ in range(stored.ATTEMPTS):
            older, seq = stored.settled(self._backend, self._folder, partial(self._next, keyring))
            path = layout.slot(self._folder, seq)
            try:
                self._backend.create(path, seal_slot(keyring, self.name, path, data, present=present))
            except FileExistsError:
                continue
            self._heads.remember_slot(keyring.vault, self._folder, seq)
            if self._keyring().generation != keyring.generation:
                keyring = self._keyring()  # changed meanwhile: who was removed must not be the last to be believed
                continue
            for number in older:
                self._backend.delete(layout.slot(self._folder, number))
            return
        raise stored.changing()

    def _next(self, keyring: Keyring, older: list[int], unreadable: Collection[int]) -> tuple[list[int], int]:
        """The versions that a new one takes the place of, and its number. Raises Absent.

        After every version under the keys in use, and where nothing lies: what somebody without them laid there under
        the highest number does not count. Of what this machine has not seen the highest is read first, and none below ours.
        """
        last = self._last(keyring)
        unseen = (seq for seq in reversed(older) if last < seq < _END - 1 and seq not in unreadable)
        newest = next((seq for seq in unseen if self._is_ours(keyring, seq)), last)
        return older, next(seq for seq in itertools.count(newest + 1) if seq not in older)

    def _is_ours(self, keyring: Keyring, seq: int) -> bool:
        path = layout.slot(self._folder, seq)
        try:
            content = self._read(seq)
            open_slot(keyring, path, content)
            return is_of_now(keyring, path, content)
        except DamagedFile:
            return False

    def _numbers(self) -> list[int]:
        return stored.numbers(self._backend, self._folder)

    def _read(self, seq: int) -> bytes:
        return stored.read(self._backend, self._folder, seq)
