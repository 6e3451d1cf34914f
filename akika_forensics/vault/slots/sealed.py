"""The file of a slot: a readable part that says whose key seals it, and the sealed value bound to its place."""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import msgspec

from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.keyring import Keyring

_KIND: Final = b"SLO2"
_KIND_1: Final = b"SLOT"
_PLACE: Final = 32
_GENERATION: Final = 4
_SHARED: Final = ("company/", "tokens/", "draft/", "budget/", "hints/", "keys/")
"""What every member works with: connections, what they cost and what was told of them, drafts of snapshots. The rest is for full members."""


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    present: bool


class Outer(NamedTuple):
    """The readable part: whose key seals it. Generation 0 is a slot of version 1."""

    generation: int
    shared: bool


def seal_slot(keyring: Keyring, name: str, path: str, data: bytes, *, present: bool) -> bytes:
    """A value under the keys in use, to lie at a path."""
    place = layout.place_of(path)
    outer = Outer(keyring.generation, name.startswith(_SHARED))
    plain = canonical.encode(Value(name, present)) + b"\n" + data
    sealed = sealing.seal_stream(_key(keyring, outer), plain, *_binding(keyring.vault, place.id, place.seq, outer))
    return sealing.wrap(_KIND, _mark(path) + _pack(outer) + sealed)


def open_slot(keyring: Keyring, path: str, content: bytes) -> tuple[Value, bytes]:
    """Raises DamagedFile."""
    outer, sealed = check(path, content)
    place = layout.place_of(path)
    try:
        bound = _binding(keyring.vault, place.id, place.seq, outer)
        plain = sealing.open_stream(_key(keyring, outer), sealed, *bound)
    except sealing.OpenError as error:
        raise DamagedFile(path, "It does not open with the keys of this vault.") from error
    header, _, data = plain.partition(b"\n")
    value = canonical.decode(header, Value, path)
    if keyring.pseudonym("slot", value.name) != place.id:
        raise DamagedFile(path, "It holds another value than its name says.")
    return value, data


def check(path: str, content: bytes) -> tuple[Outer, bytes]:
    """Whose key, and the sealed bytes, read without keys. Raises DamagedFile when the file is not the one of its name."""
    old = content.startswith(sealing.MAGIC + _KIND_1)
    body = sealing.unwrap(_KIND_1 if old else _KIND, content, path)
    if body[:_PLACE] != _mark(path):
        raise DamagedFile(path, "It belongs under another name.")
    if old:
        return Outer(0, shared=False), body[_PLACE:]
    packed, sealed = body[_PLACE : _PLACE + _GENERATION + 1], body[_PLACE + _GENERATION + 1 :]
    outer = Outer(int.from_bytes(packed[:_GENERATION], "big"), packed[-1:] == b"\x01")
    if packed != _pack(outer):
        raise DamagedFile(path, "It is in a format that this version of the software does not read.")
    return outer, sealed


def is_of_now(keyring: Keyring, path: str, content: bytes) -> bool:
    """Whether a value is under the keys in use, and not under those of before a rotation. Raises as `open_slot` does."""
    outer, _ = check(path, content)
    return outer.generation > 0 and _key(keyring, outer) == keyring.slot_key(None, shared=outer.shared)


def generation(path: str, content: bytes) -> int:
    return check(path, content)[0].generation


def _mark(path: str) -> bytes:
    return hashlib.sha256(path.encode()).digest()


def _binding(vault: str, folder: str, seq: int, outer: Outer) -> tuple[str | int, ...]:
    if outer.generation == 0:
        return ("slot", vault, folder, seq)
    return ("slot", vault, folder, seq, outer.generation, "shared" if outer.shared else "private")


def _pack(outer: Outer) -> bytes:
    return outer.generation.to_bytes(_GENERATION, "big") + (b"\x01" if outer.shared else b"\x00")


def _key(keyring: Keyring, outer: Outer) -> bytes:
    if outer.generation == 0:
        return keyring.legacy("slots")
    return keyring.slot_key(outer.generation, shared=outer.shared)
