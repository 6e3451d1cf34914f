"""Plain JSON, check sums, the derivation of keys, and what is sealed: one value, an envelope, a stream."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = bytes.fromhex("89616b696b61310a")
CHUNK = 1 << 20
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class Wrong(Exception):
    """Something in the vault is not as the document says."""


def require(holds: object, what: str) -> None:
    if not holds:
        raise Wrong(what)


def spelled(value: Any) -> bytes:
    """UTF-8, keys in order, no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def strict(data: bytes, fields: Iterable[str], what: str) -> dict[str, Any]:
    value = json.loads(data)
    require(spelled(value) == data, f"{what} is spelled in another way")
    require(set(value) == set(fields), f"{what} has other fields: {sorted(value)}")
    return dict(value)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def place(*parts: str | int) -> bytes:
    return spelled(["akika/1", *parts])


def derived(key: bytes, *purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=place(*purpose)).derive(key)


def open_value(key: bytes, sealed: bytes, *at: str | int) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], place(*at))


def open_envelope(private: bytes, sealed: bytes, *at: str | int) -> bytes:
    return SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=place(*at))


def open_stream(key: bytes, sealed: bytes, *at: str | int, packed: bool = True) -> bytes:
    cipher = AESGCM(HKDF(SHA256(), 32, salt=sealed[:32], info=b"akika/1 stream").derive(key))
    rest = sealed[32:]
    pieces = [rest[start : start + CHUNK + 16] for start in range(0, max(len(rest), 1), CHUNK + 16)]
    plain = b""
    for number, piece in enumerate(pieces):
        nonce = number.to_bytes(11, "big") + bytes([number == len(pieces) - 1])
        plain += cipher.decrypt(nonce, piece, place(*at))
    kind, data = plain[:1], plain[1:]
    require(kind in {b"z", b"-"} and (packed or kind == b"-"), "a stream is packed in another way")
    return zlib.decompress(data) if kind == b"z" else data


def unwrapped(kind: bytes, data: bytes, path: str) -> bytes:
    require(data.startswith(MAGIC + kind), f"{path} is of another kind")
    require(hashlib.sha256(data[:-32]).digest() == data[-32:], f"the check sum of {path} does not fit")
    return data[len(MAGIC) + 4 : -32]


def raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
