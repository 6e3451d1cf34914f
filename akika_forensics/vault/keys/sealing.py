"""Authenticated encryption of small and large values, each bound to its place; and the checked wrapping of sealed files.

Keys are 32 bytes. AES-256-GCM throughout; subkeys by HKDF-SHA256.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import os
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from akika_forensics.vault import canonical

KEY_LENGTH: Final = 32
_NONCE: Final = 12
_TAG: Final = 16
SALT: Final = 32
"""Bytes at the beginning of a sealed stream."""
CHUNK: Final = 1 << 20
"""Plain bytes in one sealed chunk of a stream."""

MOST_UNPACKED: Final = 256 << 20
"""Bytes; what is longer is not packed. A thousandth of it could otherwise fill the memory of whoever opens it."""

MAGIC: Final = b"\x89akika1\n"
_CHECK: Final = 32


class OpenError(Exception):
    """The key, the place or the bytes are not those it was sealed with."""


def subkey(key: bytes, *purpose: str) -> bytes:
    """A key for one purpose, derived from a stronger one."""
    return HKDF(SHA256(), KEY_LENGTH, salt=None, info=canonical.encode(["akika/1", *purpose])).derive(key)


def pseudonym(key: bytes, *name: str) -> str:
    """A name that tells nothing, the same for the same input: 32 hexadecimal digits of an HMAC-SHA256."""
    return hmac.new(key, canonical.encode(["akika/1", *name]), hashlib.sha256).hexdigest()[:32]


def seal(key: bytes, data: bytes, *place: str | int) -> bytes:
    """Nonce and ciphertext; opens only with the same key at the same place."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, canonical.encode(["akika/1", *place]))


def open_sealed(key: bytes, sealed: bytes, *place: str | int) -> bytes:
    """Raises OpenError."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], canonical.encode(["akika/1", *place]))
    except (InvalidTag, ValueError) as error:
        raise OpenError from error


def seal_stream(key: bytes, data: bytes, *place: str | int) -> bytes:
    """A salt, then chunks of 1 MiB under a key of their own, each with its number and whether it is the last."""
    return seal_packed(key, packed(data), *place)


def seal_packed(key: bytes, pack: bytes, *place: str | int) -> bytes:
    """The same of what `packed` made."""
    return b"".join(encrypted(key, os.urandom(SALT), [pack], *place))


def open_stream(key: bytes, sealed: bytes, *place: str | int) -> bytes:
    """Raises OpenError for a changed, missing, added or moved chunk."""
    try:
        return _unpack(b"".join(decrypted(key, [sealed], *place)))
    except (ValueError, zlib.error) as error:
        raise OpenError from error


def encrypted(key: bytes, salt: bytes, pieces: Iterable[bytes], *place: str | int) -> Iterator[bytes]:
    """The salt and the sealed chunks of a stream whose plain bytes come in pieces of any size; holds one chunk."""
    cipher, bound = AESGCM(_stream_key(key, salt)), canonical.encode(["akika/1", *place])
    yield salt
    for number, (chunk, last) in enumerate(_cut(pieces, CHUNK)):
        yield cipher.encrypt(_chunk_nonce(number, last), chunk, bound)


def decrypted(key: bytes, pieces: Iterable[bytes], *place: str | int) -> Iterator[bytes]:
    """The plain chunks of a stream that comes in pieces of any size; holds one chunk, and gives none that is not proved.

    Raises OpenError for a changed, added or moved chunk when it comes to it, for a missing one at the latest at the end.
    """
    rest = iter(pieces)
    salt = bytearray()
    while len(salt) < SALT:
        piece = next(rest, None)
        if piece is None:
            raise OpenError
        salt += piece
    cipher, bound = AESGCM(_stream_key(key, bytes(salt[:SALT]))), canonical.encode(["akika/1", *place])
    for number, (chunk, last) in enumerate(_cut(itertools.chain([salt[SALT:]], rest), CHUNK + _TAG)):
        try:
            yield cipher.decrypt(_chunk_nonce(number, last), chunk, bound)
        except (InvalidTag, ValueError) as error:
            raise OpenError from error


def _cut(pieces: Iterable[bytes | bytearray], size: int) -> Iterator[tuple[bytearray, bool]]:
    """The same bytes in chunks of exactly ``size``, and whether each is the last, which may be shorter or empty."""
    held = bytearray()
    for piece in pieces:
        view = memoryview(piece)
        while view:
            if len(held) == size:
                yield held, False
                held = bytearray()
            taken = view[: size - len(held)]
            held += taken
            view = view[len(taken) :]
    yield held, True


def _stream_key(key: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), KEY_LENGTH, salt=salt, info=b"akika/1 stream").derive(key)


def _chunk_nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(_NONCE - 1, "big") + (b"\x01" if last else b"\x00")


def packed(data: bytes) -> bytes:
    """As a stream holds it: made shorter where that helps. It takes far longer than sealing does."""
    shorter = zlib.compress(data, 6) if len(data) <= MOST_UNPACKED else data
    return b"z" + shorter if len(shorter) < len(data) else b"-" + data


def _unpack(packed: bytes) -> bytes:
    kind, rest = packed[:1], packed[1:]
    if kind == b"z":
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(rest, MOST_UNPACKED + 1)
        if len(plain) > MOST_UNPACKED or not unpacking.eof or unpacking.unused_data:
            raise ValueError("not what was packed, or far more of it")
        return plain
    if kind == b"-":
        return rest
    raise ValueError("unknown packing")


def wrap(kind: bytes, body: bytes) -> bytes:
    """A file of four-letter ``kind``: magic, kind, body, SHA-256 of all before. The digest is against accidents and
    lets damage be told from a wrong key without one; it proves nothing against a person.
    """
    head = MAGIC + kind + body
    return head + hashlib.sha256(head).digest()


def unwrap(kind: bytes, data: bytes, path: str) -> bytes:
    """The body. Raises VaultDamaged naming ``path``."""
    head, check = data[:-_CHECK], data[-_CHECK:]
    if len(data) < len(MAGIC) + len(kind) + _CHECK or hashlib.sha256(head).digest() != check:
        raise canonical.DamagedFile(path, "Its bytes are not those that were written: its own check sum does not fit.")
    if not head.startswith(MAGIC + kind):
        raise canonical.DamagedFile(path, "It is another kind of file than its name says.")
    return head[len(MAGIC) + len(kind) :]
