"""One entry of a chain: its plain part, which anyone can check, and its sealed part, which tells what it is about.

The plain part holds a number, the digest of the entry before, a time and the files the entry vouches for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from akika_forensics.errors import VaultDamaged
from akika_forensics.model import instants, payload
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import sshsig
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.keyring import Keyring

FORMAT: Final = "akika-entry-1"


@dataclass(frozen=True)
class Entry:
    """``digest`` is the SHA-256 of the entry's bytes in hexadecimal; ``body`` was sealed."""

    seq: int
    at: datetime
    digest: str
    body: dict[str, Any]
    files: tuple[StoredFile, ...] = field(default=())


class Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry as it lies on the disk."""

    at: str
    chain: str
    files: list[StoredFile]
    format: str
    namespace: str
    previous: str
    sealed: bytes
    seq: int
    vault: str

    def open(self, key: bytes) -> dict[str, Any]:
        """The sealed part. Raises DamagedFile."""
        path = layout.entry(self.chain, self.seq)
        try:
            body = payload.decode(sealing.open_stream(key, self.sealed, *_binding(self)))
        except sealing.OpenError as error:
            raise DamagedFile(path, "Its sealed part does not open with the keys of this vault.") from error
        if not isinstance(body, dict):
            raise DamagedFile(path, "Its sealed part is no object.")
        return body


def _binding(plain: Plain) -> tuple[str | int, ...]:
    return ("entry", plain.vault, plain.chain, plain.namespace, plain.seq, plain.previous)


def build(
    keyring: Keyring,
    chain: str,
    namespace: str,
    *,
    seq: int,
    previous: str,
    body: dict[str, Any],
    files: Sequence[StoredFile],
) -> tuple[bytes, bytes]:
    """The bytes of a new entry, and their signature."""
    at = instants.format_instant(instants.now())
    plain = Plain(at, chain, list(files), FORMAT, namespace, previous, b"", seq, keyring.vault)
    sealed = sealing.seal_stream(entry_key(keyring), payload.encode(body), *_binding(plain))
    data = canonical.encode(msgspec.structs.replace(plain, sealed=sealed))
    return data, sshsig.sign(keyring.signer, data, namespace)


def parse(data: bytes, vault: str | None, chain: str, seq: int, previous: str | None = None) -> Plain:
    """An entry read back, at its place; ``vault`` and ``previous`` are compared when given. Raises DamagedFile."""
    path = layout.entry(chain, seq)
    plain = canonical.decode(data, Plain, path)
    if plain.format != FORMAT:
        raise DamagedFile(path, "It is in a format that this version of the software does not read.")
    if (plain.vault, plain.chain, plain.seq) != (vault or plain.vault, chain, seq):
        raise DamagedFile(path, "It belongs to another place: another vault, chain or number is written in it.")
    if previous is not None and plain.previous != previous:
        raise DamagedFile(path, "It does not follow the entry before it: one of the two was replaced.")
    return plain


def check_signature(plain: Plain, data: bytes, signature: bytes, signer: Ed25519PublicKey) -> None:
    """Raises DamagedFile naming the signature file."""
    try:
        sshsig.verify(signer, data, signature, plain.namespace)
    except VaultDamaged as error:
        path = layout.signature(plain.chain, plain.seq, digest_of(data))
        raise DamagedFile(path, error.what) from error


def entry_key(keyring: Keyring) -> bytes:
    return keyring.subkey("entries")


def first_link(vault: str, chain: str) -> str:
    """What the first entry of a chain follows: a value that only this chain of this vault has."""
    return hashlib.sha256(canonical.encode(["akika-chain-1", vault, chain])).hexdigest()


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
