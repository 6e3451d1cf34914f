"""Small sealed values that change, such as a connection and its tokens. Each write is a new file; the older go after it."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import Callable, Collection
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
_SHARED: Final = ("company/", "tokens/", "draft/", "budget/", "hints/", "keys/")
"""What every member works with: connections, what they cost and what was told of them, drafts of snapshots. The rest is for full members."""

_RESEALED: Final = "keys/resealed"
"""The vault's own: under the keys of which generation every value was written again."""

_LATE: Final = "It is under keys of before a rotation after which every value was written again."

_END: Final = 10**8
"""Numbers have eight digits."""

_ATTEMPTS: Final = 50

_COUNTED: Final = ("company/", "budget/of/")
_CAP: Final = "budget/cap"
"""What is counted of a company, and the cap on it: a list of companies does not need them, and whoever does says so."""


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

        One under keys of before a rotation counts only where none under the keys in use is there, and not every value
        was written again since: whoever was removed has the former, and can write such a one under a higher number.
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
            if _generation(layout.slot(self._folder, seq), content) >= _resealed(self._backend, keyring):
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
        found: list[bytes] = []
        for seq in reversed(self._numbers()):
            with contextlib.suppress(FileNotFoundError):
                found.append(self._read(seq))
        return found

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
            seq = self._next(keyring, older)
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
            if self._keyring().generation != keyring.generation:
                keyring = self._keyring()  # changed meanwhile: who was removed must not be the last to be believed
                continue
            for number in older:
                self._backend.delete(layout.slot(self._folder, number))
            return
        raise Refused("Other writers kept changing the same value.", do="Run it again.")

    def _next(self, keyring: Keyring, older: Collection[int]) -> int:
        """After every version under the keys in use, and where nothing lies: what somebody without them laid there under
        the highest number does not count.
        """
        ours = [seq for seq in older if seq + 1 < _END and self._is_ours(keyring, seq)]
        free = itertools.count(max([*ours, self._last(keyring)]) + 1)
        return next(seq for seq in free if seq not in older)

    def _is_ours(self, keyring: Keyring, seq: int) -> bool:
        path = layout.slot(self._folder, seq)
        try:
            content = self._read(seq)
            open_slot(keyring, path, content)
            return is_of_now(keyring, path, content)
        except (FileNotFoundError, DamagedFile):
            return False

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
    """Write every value that is under keys of an earlier generation again under those in use. Raises as `Slot` does.

    What does not open is left for `verify` to name: anybody who writes to the folder can lay it there.
    """
    now = keyring()
    since = _resealed(backend, now)
    for path in backend.list("slots"):
        if layout.place_of(path).kind == "slot":
            try:
                content = backend.read(path)
                name = open_slot(now, path, content)[0].name
                if name == _RESEALED or not since <= _generation(path, content) < now.generation:
                    continue
                slot = Slot(backend, keyring, heads, name)
                value = slot.read()
            except (FileNotFoundError, DamagedFile):
                continue
            if value is None:
                slot.delete()
            else:
                slot.write(value)
    Slot(backend, keyring, heads, _RESEALED).write(str(now.generation).encode())


def _resealed(backend: Backend, keyring: Keyring) -> int:
    """Under the keys of which generation every value was written again at last, so that one under earlier ones came from
    elsewhere since; 0 where that is not known.
    """
    folder = keyring.pseudonym("slot", _RESEALED)
    found = [0]
    for seq in _numbers(backend, folder):
        path = layout.slot(folder, seq)
        with contextlib.suppress(FileNotFoundError, DamagedFile):
            content = backend.read(path)
            open_slot(keyring, path, content)
            found.append(_generation(path, content))
    return max(found)


def _generation(path: str, content: bytes) -> int:
    return check(path, content)[0].generation


def names(backend: Backend, keyring: Keyring, heads: HeadStore, prefix: str) -> tuple[str, ...]:
    """Names of the values that are there, begin with ``prefix`` and are for this member, sorted.

    Raises DamagedFile where no version opens of a value that this machine wrote; what it never wrote and does not open
    anybody can have laid there, and `verify` names it.
    """
    found: dict[str, tuple[bool, bool]] = {}
    since = _resealed(backend, keyring)
    opened: set[str] = set()
    closed: dict[str, DamagedFile] = {}
    for path in backend.list("slots"):
        if layout.place_of(path).kind == "slot":
            try:
                content = backend.read(path)
                value, _ = open_slot(keyring, path, content)
            except (FileNotFoundError, NotAllowed):
                continue
            except DamagedFile as error:
                closed[layout.place_of(path).id] = error
                continue
            opened.add(layout.place_of(path).id)
            if _generation(path, content) < since:
                continue
            of_now = is_of_now(keyring, path, content)
            if of_now or not found.get(value.name, (False, False))[0]:
                found[value.name] = (of_now, value.present)
    known = heads.remembered(keyring.vault)
    company, counts = _COUNTED
    beside = {_CAP, *(counts + name.removeprefix(company) for name in found if name.startswith(company))}
    spared = {keyring.pseudonym("slot", name) for name in beside} if closed and prefix != counts else set()
    for folder, damage in closed.items():
        if folder not in opened and folder not in spared and known is not None and folder in known.slots:
            raise damage
    found.pop(_RESEALED, None)
    return tuple(sorted(name for name, (_, present) in found.items() if present and name.startswith(prefix)))


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
