"""The keys of a vault, under a random master key that each way in (passphrase, recovery key) opens.

Roles: ``index`` and ``payload`` wrap the keys of data files, apart; ``document`` seals entries, documents and slots;
``name`` makes pseudonyms; ``signing`` is Ed25519.
"""

from __future__ import annotations

import os
from typing import Final, Self

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from akika_forensics.settings import Secret
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys import passphrase, recovery, sealing

_KIND: Final = b"KEYS"
GENERATION: Final = 1


class _Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    kdf: passphrase.Kdf | None
    sealed: bytes


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vault: str
    generation: int
    ways: list[_Way]
    sealed: bytes


class _Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    index: bytes
    payload: bytes
    document: bytes
    name: bytes
    signing: bytes


class Keyring:
    """Opened keys; no text form shows them."""

    __slots__ = ("_keys", "signer", "vault")

    def __init__(self, vault: str, keys: _Keys) -> None:
        self.vault = vault
        self._keys = keys
        self.signer: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(keys.signing)

    @classmethod
    def fresh(cls, vault: str) -> Self:
        return cls(vault, _Keys(*(os.urandom(sealing.KEY_LENGTH) for _ in range(5))))

    @property
    def public_key(self) -> Ed25519PublicKey:
        return self.signer.public_key()

    def role(self, role: str) -> bytes:
        """The key that wraps data keys of ``index`` or ``payload`` files."""
        return {"index": self._keys.index, "payload": self._keys.payload}[role]

    def subkey(self, *purpose: str) -> bytes:
        """A key for sealed entries, documents or slots."""
        return sealing.subkey(self._keys.document, *purpose)

    def pseudonym(self, *name: str) -> str:
        return sealing.pseudonym(self._keys.name, *name)

    def __repr__(self) -> str:
        return f"Keyring({self.vault})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("keys are not pickled")

    def close_under(self, secret: Secret, cost: passphrase.KdfCost, recovery_key: recovery.RecoveryKey | None) -> bytes:
        """The keyring file, which opens with the passphrase and, when given, with the recovery key."""
        passphrase.require(secret)
        master = os.urandom(sealing.KEY_LENGTH)
        kdf = passphrase.Kdf.fresh(cost)
        key = kdf.derive(secret, layout.KEYRING)
        ways = [_Way("passphrase", kdf, sealing.seal(key, master, "keyring", self.vault, "passphrase"))]
        if recovery_key is not None:
            sealed = sealing.seal(recovery_key.key(), master, "keyring", self.vault, "recovery")
            ways.append(_Way("recovery", None, sealed))
        keys = sealing.seal(master, canonical.encode(self._keys), "keyring", self.vault, "keys", GENERATION)
        return sealing.wrap(_KIND, canonical.encode(_File(self.vault, GENERATION, ways, keys)))


def check(data: bytes) -> str:
    """The vault id in a keyring file, read without keys. Raises VaultDamaged."""
    return _parse(data).vault


def _parse(data: bytes) -> _File:
    path = layout.KEYRING
    return canonical.decode(sealing.unwrap(_KIND, data, path), _File, path)


def read(data: bytes, secret: Secret) -> Keyring:
    """Open a keyring file with the passphrase or the recovery key.

    Raises VaultDamaged when the file was changed, WrongKey when it is sound and the secret does not open it.
    """
    passphrase.require(secret)
    path = layout.KEYRING
    file = _parse(data)
    typed = recovery.RecoveryKey.parse(secret)
    for way in sorted(file.ways, key=lambda way: way.kind != "recovery"):
        if way.kind == "recovery":
            key = typed.key() if typed else None
        else:
            key = way.kdf.derive(secret, path) if way.kdf else None
        if key is None:
            continue
        try:
            master = sealing.open_sealed(key, way.sealed, "keyring", file.vault, way.kind)
        except sealing.OpenError:
            continue
        try:
            plain = sealing.open_sealed(master, file.sealed, "keyring", file.vault, "keys", file.generation)
        except sealing.OpenError as error:
            raise DamagedFile(path, "The passphrase fits, but the keys inside do not open.") from error
        return Keyring(file.vault, canonical.decode(plain, _Keys, path))
    raise passphrase.wrong_key("This passphrase does not open the vault.")
