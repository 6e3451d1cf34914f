"""OpenSSH signatures (SSHSIG, Ed25519): ``ssh-keygen -Y verify`` checks them without this software.

Source: OpenSSH PROTOCOL.sshsig, version 1.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from akika_forensics.errors import VaultDamaged

_MAGIC: Final = b"SSHSIG"
_VERSION: Final = 1
_ALGORITHM: Final = b"ssh-ed25519"
_HASHES: Final = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
_BEGIN: Final = b"-----BEGIN SSH SIGNATURE-----"
_END: Final = b"-----END SSH SIGNATURE-----"
_WIDTH: Final = 70


class Signature(NamedTuple):
    """The parts of a signature; nothing about them is proved yet."""

    public_key: bytes
    namespace: bytes
    hash_name: bytes
    raw: bytes


def sign(private_key: Ed25519PrivateKey, message: bytes, namespace: str) -> bytes:
    """The armored signature of ``message`` for one purpose; hash SHA-512, as ssh-keygen writes it."""
    parts = Signature(private_key.public_key().public_bytes_raw(), namespace.encode(), b"sha512", b"")
    return _armor(parts._replace(raw=private_key.sign(_signed(parts, message))))


def verify(public_key: Ed25519PublicKey, message: bytes, signature: bytes, namespace: str) -> None:
    """Returns when ``public_key`` signed exactly ``message`` for ``namespace``; raises VaultDamaged otherwise."""
    parts = parse(signature)
    if parts.public_key != public_key.public_bytes_raw():
        raise VaultDamaged("The signature is by another key than expected.")
    _require(public_key, parts, message, namespace)


def signer(message: bytes, signature: bytes, namespace: str) -> Ed25519PublicKey:
    """The key that signed exactly ``message`` for ``namespace``, whosever it is. Raises VaultDamaged."""
    parts = parse(signature)
    public_key = Ed25519PublicKey.from_public_bytes(parts.public_key)
    _require(public_key, parts, message, namespace)
    return public_key


def _require(public_key: Ed25519PublicKey, parts: Signature, message: bytes, namespace: str) -> None:
    if parts.namespace != namespace.encode():
        raise VaultDamaged("The signature was made for another purpose.")
    try:
        public_key.verify(parts.raw, _signed(parts, message))
    except InvalidSignature as error:
        raise VaultDamaged("The signature does not fit what it is said to sign.") from error


def parse(signature: bytes) -> Signature:
    """The parts of an armored signature in its one strict spelling. Raises VaultDamaged."""
    lines = signature.split(b"\n")
    armored = len(lines) > 3 and lines[0] == _BEGIN and lines[-2:] == [_END, b""]
    try:
        parts = _decode(base64.b64decode(b"".join(lines[1:-2]), validate=True)) if armored else None
    except (ValueError, binascii.Error):
        parts = None
    if parts is None or _armor(parts) != signature:
        raise VaultDamaged("This is not a well-formed SSH signature by an Ed25519 key.")
    return parts


def public_line(public_key: Ed25519PublicKey, comment: str = "") -> str:
    """``ssh-ed25519 AAAA… comment``, as in a ``.pub`` or an allowed-signers file (there after the principal)."""
    blob = base64.b64encode(_key_blob(public_key.public_bytes_raw())).decode()
    return f"ssh-ed25519 {blob} {comment}".rstrip()


def read_public_line(line: str) -> Ed25519PublicKey:
    """The key of such a line. Raises VaultDamaged when it is not one Ed25519 key in its one spelling."""
    fields = line.split(" ", maxsplit=2)
    try:
        blob = base64.b64decode(fields[1], validate=True)
        key = Ed25519PublicKey.from_public_bytes(blob[-32:])
    except (ValueError, IndexError, binascii.Error):
        key = None
    if key is None or public_line(key) != " ".join(fields[:2]):
        raise VaultDamaged("This is not a public Ed25519 key as OpenSSH writes it.")
    return key


def fingerprint(public_key: Ed25519PublicKey) -> str:
    """``SHA256:…`` as ``ssh-keygen -l`` prints it."""
    digest = hashlib.sha256(_key_blob(public_key.public_bytes_raw())).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _key_blob(raw: bytes) -> bytes:
    return _string(_ALGORITHM) + _string(raw)


def _signed(parts: Signature, message: bytes) -> bytes:
    digest = _HASHES[parts.hash_name](message).digest()
    return _MAGIC + b"".join(map(_string, (parts.namespace, b"", parts.hash_name, digest)))


def _armor(parts: Signature) -> bytes:
    blob = _MAGIC + _VERSION.to_bytes(4, "big")
    blob += b"".join(map(_string, (_key_blob(parts.public_key), parts.namespace, b"", parts.hash_name)))
    blob += _string(_string(_ALGORITHM) + _string(parts.raw))
    text = base64.b64encode(blob)
    lines = [text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)]
    return b"\n".join([_BEGIN, *lines, _END, b""])


def _decode(blob: bytes) -> Signature:
    prefix = _MAGIC + _VERSION.to_bytes(4, "big")
    if not blob.startswith(prefix):
        raise ValueError("another version")
    key_blob, namespace, _reserved, hash_name, signature = _strings(blob[len(prefix) :], 5)
    algorithm, public_key = _strings(key_blob, 2)
    signature_algorithm, raw = _strings(signature, 2)
    if not (algorithm == signature_algorithm == _ALGORITHM and len(public_key) == 32 and len(raw) == 64):
        raise ValueError("another kind of key")
    if hash_name not in _HASHES or not namespace:
        raise ValueError("another hash, or no purpose")
    return Signature(public_key, namespace, hash_name, raw)


def _strings(blob: bytes, count: int) -> list[bytes]:
    found: list[bytes] = []
    for _ in range(count):
        length = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + length:
            raise ValueError("cut short")
        found.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    if blob:
        raise ValueError("too long")
    return found
