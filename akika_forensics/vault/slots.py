"""Small sealed values that change, such as a connection and its tokens. Each write is a new file; the older go after it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from akika_forensics.errors import Refused
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.heads import HeadStore
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.storage import Backend

_KIND: Final = b"SLO2"
_KIND_1: Final = b"SLOT"
_PLACE: Final = 32
_GENERATION: Final = 4
_SHARED: Final = ("company/", "tokens/", "draft/", "budget/", "hints/")
"""What every member works with: connections, what they cost and what was told of them, drafts of snapshots. The rest is for full members."""

_ATTEMPTS: Final = 50


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    present: bool


class _Outer(NamedTuple):
    """The readable part: whose key seals it. Generation 0 is a slot of version 1."""

    generation: int
    shared: bool


class Slot:
    """One value by its name. Methods raise VaultDamaged when no stored version of it opens, and NotAllowed.

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

        One under keys of before a rotation counts only where none under the keys in use is there: whoever was removed
        has the former, and can write such a one under a higher number.
        """
        first: DamagedFile | None = None
        former: tuple[bytes | None] | None = None
        keyring = self._keyring()
        # Before the listing: what is written meanwhile is not missing.
        last = self._last(keyring)
        numbers = self._numbers()
        if last > max(numbers, default=-1):
            path = layout.slot(self._folder, last)
            raise DamagedFile(path, "The value is missing, but this machine's memory tells of it or a newer one.")
        # A writer removes old versions after it has written a new one, so a listing can name files that are gone.
        for seq in reversed(numbers):
            try:
                content = self._read(seq)
                value, data = open_slot(keyring, layout.slot(self._folder, seq), content)
            except FileNotFoundError:
                continue
            except DamagedFile as error:
                first = first or error
                continue
            found = data if value.present else None
            if is_of_now(keyring, layout.slot(self._folder, seq), content):
                return found
            former = former or (found,)
        if former:
            return former[0]
        if first:
            raise first
        return None

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
        for _ in range(_ATTEMPTS):
            older = self._numbers()
            seq = max(older[-1] if older else -1, self._last(keyring)) + 1
            path = layout.slot(self._folder, seq)
            outer = _Outer(keyring.generation, self.name.startswith(_SHARED))
            plain = canonical.encode(_Value(self.name, present)) + b"\n" + data
            place = _binding(keyring.vault, self._folder, seq, outer)
            sealed = sealing.seal_stream(_key(keyring, outer), plain, *place)
            try:
                self._backend.create(path, sealing.wrap(_KIND, _mark(path) + _pack(outer) + sealed))
            except FileExistsError:
                continue
            self._heads.remember_slot(keyring.vault, self._folder, seq)
            for number in older:
                self._backend.delete(layout.slot(self._folder, number))
            return
        raise Refused("Other writers kept changing the same value.", do="Run it again.")

    def _numbers(self) -> list[int]:
        return _numbers(self._backend, self._folder)

    def _read(self, seq: int) -> bytes:
        return self._backend.read(layout.slot(self._folder, seq))


def newest(backend: Backend, folder: str) -> int:
    """The number of the newest version of a value by its pseudonym; -1 when there is none."""
    return max(_numbers(backend, folder), default=-1)


def _numbers(backend: Backend, folder: str) -> list[int]:
    places = (layout.place_of(path) for path in backend.list(f"slots/{folder}"))
    return sorted(place.seq for place in places if place.kind == "slot")


def open_slot(keyring: Keyring, path: str, content: bytes) -> tuple[_Value, bytes]:
    """Raises DamagedFile."""
    outer, sealed = check(path, content)
    place = layout.place_of(path)
    try:
        bound = _binding(keyring.vault, place.id, place.seq, outer)
        plain = sealing.open_stream(_key(keyring, outer), sealed, *bound)
    except sealing.OpenError as error:
        raise DamagedFile(path, "It does not open with the keys of this vault.") from error
    header, _, data = plain.partition(b"\n")
    value = canonical.decode(header, _Value, path)
    if keyring.pseudonym("slot", value.name) != place.id:
        raise DamagedFile(path, "It holds another value than its name says.")
    return value, data


def check(path: str, content: bytes) -> tuple[_Outer, bytes]:
    """Whose key, and the sealed bytes, read without keys. Raises DamagedFile when the file is not the one of its name."""
    old = content.startswith(sealing.MAGIC + _KIND_1)
    body = sealing.unwrap(_KIND_1 if old else _KIND, content, path)
    if body[:_PLACE] != _mark(path):
        raise DamagedFile(path, "It belongs under another name.")
    if old:
        return _Outer(0, shared=False), body[_PLACE:]
    packed, sealed = body[_PLACE : _PLACE + _GENERATION + 1], body[_PLACE + _GENERATION + 1 :]
    outer = _Outer(int.from_bytes(packed[:_GENERATION], "big"), packed[-1:] == b"\x01")
    if packed != _pack(outer):
        raise DamagedFile(path, "It is in a format that this version of the software does not read.")
    return outer, sealed


def is_of_now(keyring: Keyring, path: str, content: bytes) -> bool:
    """Whether a value is under the keys in use, and not under those of before a rotation. Raises as `open_slot` does."""
    outer, _ = check(path, content)
    return outer.generation > 0 and _key(keyring, outer) == keyring.slot_key(None, shared=outer.shared)


def reseal(backend: Backend, keyring: Callable[[], Keyring], heads: HeadStore) -> None:
    """Write every value that is under keys of an earlier generation again under those in use. Raises as `Slot` does."""
    now = keyring()
    for path in backend.list("slots"):
        if layout.place_of(path).kind == "slot":
            try:
                content = backend.read(path)
            except FileNotFoundError:
                continue
            if check(path, content)[0].generation != now.generation:
                slot = Slot(backend, keyring, heads, open_slot(now, path, content)[0].name)
                value = slot.read()
                if value is None:
                    slot.delete()
                else:
                    slot.write(value)


def names(backend: Backend, keyring: Keyring, prefix: str) -> tuple[str, ...]:
    """Names of the values that are there, begin with ``prefix`` and are for this member, sorted."""
    found: dict[str, bool] = {}
    for path in backend.list("slots"):
        if layout.place_of(path).kind == "slot":
            try:
                value, _ = open_slot(keyring, path, backend.read(path))
            except (FileNotFoundError, NotAllowed):
                continue
            found[value.name] = value.present
    return tuple(sorted(name for name, present in found.items() if present and name.startswith(prefix)))


def _mark(path: str) -> bytes:
    return hashlib.sha256(path.encode()).digest()


def _binding(vault: str, folder: str, seq: int, outer: _Outer) -> tuple[str | int, ...]:
    if outer.generation == 0:
        return ("slot", vault, folder, seq)
    return ("slot", vault, folder, seq, outer.generation, "shared" if outer.shared else "private")


def _pack(outer: _Outer) -> bytes:
    return outer.generation.to_bytes(_GENERATION, "big") + (b"\x01" if outer.shared else b"\x00")


def _key(keyring: Keyring, outer: _Outer) -> bytes:
    if outer.generation == 0:
        return keyring.legacy("slots")
    return keyring.slot_key(outer.generation, shared=outer.shared)
