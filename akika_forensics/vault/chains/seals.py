"""How the sealed part of an entry is sealed and opened: by which key, of which generation.

An entry of commits is sealed under a key that every member has, or, where it tells of a company, under one of the
company's key tables. An entry of another chain is sealed to the full members, and under the company's document key as
well where it belongs to one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries
from akika_forensics.vault.chains.entries import Plain
from akika_forensics.vault.keys import hpke, sealing
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.roles import NotAllowed


class EntryKey(NamedTuple):
    """A key of a key table, by its id."""

    id: str
    key: bytes

    @classmethod
    def fresh(cls) -> EntryKey:
        return cls(os.urandom(16).hex(), os.urandom(sealing.KEY_LENGTH))


class Closed(Exception):
    """The key of an entry is in no key table any more."""


_ENVELOPE: Final = hpke.OVERHEAD + sealing.KEY_LENGTH


def seal(keyring: Keyring, plain: Plain, body: dict[str, Any], own: EntryKey | None) -> Plain:
    """The entry with its sealed part; ``own`` is the key of a key table, None for what belongs to no company."""
    plain = msgspec.structs.replace(plain, generation=keyring.generation, key=own.id if own else "")
    place, data = _place(plain), payload.encode(body)
    if plain.chain == layout.COMMITS:
        key = sealing.subkey(own.key, "entries") if own else keyring.index_key(None, "entries")
        sealed = sealing.seal_stream(key, data, *place)
    else:
        # Both keys are needed: a company that is erased closes its entries, and the key of a company alone, which
        # whoever began it or was a member then may know, opens nothing.
        key = os.urandom(sealing.KEY_LENGTH)
        envelope = keyring.seal_document(key, *place)
        sealed = envelope + sealing.seal_stream(_with(key, own.key if own else None), data, *place)
    return msgspec.structs.replace(plain, sealed=sealed)


def unseal(keyring: Keyring, plain: Plain, find: Callable[[str], bytes | None]) -> dict[str, Any]:
    """The sealed part. ``find`` gives the key of an id.

    Raises DamagedFile, NotAllowed where the member's role does not reach, and Closed when there is no key any more.
    """
    try:
        body = payload.decode(_open(keyring, plain, find))
    except NotAllowed:
        raise
    except sealing.OpenError as error:
        raise DamagedFile(plain.path, "Its sealed part does not open with the keys of this vault.") from error
    except WrongUse as error:
        raise DamagedFile(plain.path, "Its sealed part cannot be read.") from error
    if not isinstance(body, dict):
        raise DamagedFile(plain.path, "Its sealed part is no object.")
    return body


def _open(keyring: Keyring, plain: Plain, find: Callable[[str], bytes | None]) -> bytes:
    if plain.format == entries.FORMAT_1:
        return sealing.open_stream(keyring.legacy("entries"), plain.sealed, *plain.binding)
    place = _place(plain)
    own = find(plain.key) if plain.key else None
    if plain.key and own is None:
        raise Closed
    if plain.chain == layout.COMMITS:
        key = sealing.subkey(own, "entries") if own else keyring.index_key(plain.generation, "entries")
        return sealing.open_stream(key, plain.sealed, *place)
    key = keyring.open_document(plain.generation, plain.sealed[:_ENVELOPE], *place)
    return sealing.open_stream(_with(key, own), plain.sealed[_ENVELOPE:], *place)


def _place(plain: Plain) -> tuple[str | int, ...]:
    return (*plain.binding, plain.generation, plain.key)


def _with(key: bytes, own: bytes | None) -> bytes:
    return key if own is None else sealing.subkey(key + own, "entries")
