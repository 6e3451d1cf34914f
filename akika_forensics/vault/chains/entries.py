"""One entry of a chain: its plain part, which anyone can check, and its sealed part, which tells what it is about.

The plain part holds a number, the digest of the entry before, a time, the files the entry vouches for and those it
takes out, and, in commits, who may sign from then on and the heads of the other chains.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from akika_forensics.errors import VaultDamaged
from akika_forensics.model import instants
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import sshsig
from akika_forensics.vault.chains.authority import Signer
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.files import StoredFile

FORMAT: Final = "akika-entry-2"
FORMAT_1: Final = "akika-entry-1"


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
    generation: int
    key: str
    namespace: str
    previous: str
    retired: list[str]
    sealed: bytes
    seq: int
    signers: list[Signer] | None
    vault: str
    witness: dict[str, ChainHead] | None

    @property
    def path(self) -> str:
        return layout.entry(self.chain, self.seq)

    @property
    def binding(self) -> tuple[str | int, ...]:
        """The place that the sealed part is bound to."""
        return ("entry", self.vault, self.chain, self.namespace, self.seq, self.previous)


class _File1(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    length: int
    path: str
    sha256: str


class _Plain1(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of version 1."""

    at: str
    chain: str
    files: list[_File1]
    format: str
    namespace: str
    previous: str
    sealed: bytes
    seq: int
    vault: str

    def raised(self) -> Plain:
        files = [StoredFile(file.path, file.length, file.sha256) for file in self.files]
        return Plain(
            self.at, self.chain, files, self.format, 0, "", self.namespace, self.previous, [], self.sealed, self.seq,
            None, self.vault, None,
        )  # fmt: skip


def entry_of(plain: Plain, digest: str, body: dict[str, Any]) -> Entry:
    """An entry with what was sealed in it."""
    return Entry(plain.seq, instants.parse_instant(plain.at), digest, body, tuple(plain.files))


@dataclass(frozen=True)
class Link:
    """An entry that was read at its number, with the key that signed it; nothing of it is opened yet."""

    plain: Plain
    digest: str
    public: str

    @property
    def path(self) -> str:
        return self.plain.path


def draft(
    vault: str,
    chain: str,
    namespace: str,
    *,
    seq: int,
    previous: str,
    files: Sequence[StoredFile] = (),
    retired: Sequence[str] = (),
    signers: Sequence[Signer] | None = None,
    witness: Mapping[str, ChainHead] | None = None,
) -> Plain:
    """A new entry, not sealed yet."""
    at = instants.format_instant(instants.now())
    return Plain(
        at, chain, list(files), FORMAT, 0, "", namespace, previous, sorted(retired), b"", seq,
        None if signers is None else list(signers), vault, None if witness is None else dict(witness),
    )  # fmt: skip


def sign(plain: Plain, signer: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """The bytes of an entry, and their signature."""
    data = canonical.encode(plain)
    return data, sshsig.sign(signer, data, plain.namespace)


def parse(data: bytes, vault: str | None, chain: str, seq: int, previous: str | None = None) -> Plain:
    """An entry read back, at its place; ``vault`` and ``previous`` are compared when given. Raises DamagedFile."""
    path = layout.entry(chain, seq)
    if f'"format":"{FORMAT_1}"'.encode() in data:
        plain = canonical.decode(data, _Plain1, path).raised()
    else:
        plain = canonical.decode(data, Plain, path)
    if plain.format not in {FORMAT, FORMAT_1}:
        raise DamagedFile(path, "It is in a format that this version of the software does not read.")
    if not layout.is_vault(plain.vault):
        raise DamagedFile(path, "What it gives as its vault is none.")
    if (plain.vault, plain.chain, plain.seq) != (vault or plain.vault, chain, seq):
        raise DamagedFile(path, "It belongs to another place: another vault, chain or number is written in it.")
    try:
        instants.format_instant(instants.parse_instant(plain.at))
    except (ValueError, OverflowError) as error:
        raise DamagedFile(path, "What it gives as its time is none.") from error
    if previous is not None and plain.previous != previous:
        raise DamagedFile(path, "It does not follow the entry before it: one of the two was replaced.")
    return plain


def check_signature(plain: Plain, data: bytes, signature: bytes) -> str:
    """The public key that signed an entry. Raises DamagedFile naming the signature file."""
    try:
        public = sshsig.signer(data, signature, plain.namespace)
    except VaultDamaged as error:
        path = layout.signature(plain.chain, plain.seq, digest_of(data))
        raise DamagedFile(path, error.finding if isinstance(error, DamagedFile) else error.what) from error
    return sshsig.public_line(public)


def first_link(vault: str, chain: str) -> str:
    """What the first entry of a chain follows: a value that only this chain of this vault has."""
    return hashlib.sha256(canonical.encode(["akika-chain-1", vault, chain])).hexdigest()


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
