"""What a person knows or keeps on paper, turned into a key: Argon2id for passphrases."""

from __future__ import annotations

import base64
import os
import unicodedata
from enum import Enum
from typing import Final

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from akika_forensics.errors import WrongKey, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import canonical
from akika_forensics.vault.keys import sealing

_KIND: Final = b"PASS"
_MOST_MEMORY_KIB: Final = 4 << 20
_MOST_PASSES: Final = 64
_MOST_LANES: Final = 64


class KdfCost(Enum):
    """(memory in KiB, passes, lanes) of Argon2id."""

    STANDARD = (256 << 10, 3, 2)
    CHEAP = (64, 1, 1)
    """For tests only: a passphrase under it can be guessed fast."""


class Kdf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a key was derived; lies beside what it sealed."""

    name: str
    memory_kib: int
    passes: int
    lanes: int
    salt: bytes

    @classmethod
    def fresh(cls, cost: KdfCost) -> Kdf:
        memory_kib, passes, lanes = cost.value
        return cls("argon2id", memory_kib, passes, lanes, os.urandom(16))

    def derive(self, secret: Secret, path: str) -> bytes:
        """32 bytes. Raises VaultDamaged when the parameters are not ones this software writes."""
        sound = (
            self.name == "argon2id"
            and 0 < self.lanes <= _MOST_LANES
            and 8 * self.lanes <= self.memory_kib <= _MOST_MEMORY_KIB
            and 0 < self.passes <= _MOST_PASSES
            and len(self.salt) == 16
        )
        if not sound:
            raise canonical.DamagedFile(path, "It asks for a key derivation that this software does not write.")
        text = unicodedata.normalize("NFC", secret.reveal()).encode()
        return Argon2id(
            salt=self.salt,
            length=sealing.KEY_LENGTH,
            iterations=self.passes,
            lanes=self.lanes,
            memory_cost=self.memory_kib,
        ).derive(text)


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kdf: Kdf
    sealed: bytes


def require(secret: Secret) -> None:
    """Raises WrongUse when there is no passphrase at all."""
    if not secret.reveal():
        raise WrongUse("The passphrase is empty.", do="Set AKIKA_PASSPHRASE, or give a passphrase file.")


def seal(secret: Secret, data: bytes, cost: KdfCost = KdfCost.STANDARD) -> bytes:
    """``data`` under a passphrase of its own, such as an approver's key. The result carries no readable part of it."""
    require(secret)
    kdf = Kdf.fresh(cost)
    sealed = sealing.seal(kdf.derive(secret, "passphrase"), data, "passphrase", base64.b64encode(kdf.salt).decode())
    return sealing.wrap(_KIND, canonical.encode(_Sealed(kdf, sealed)))


def open_sealed(secret: Secret, blob: bytes, path: str = "sealed key") -> bytes:
    """What `seal` was given. Raises WrongKey for another passphrase, VaultDamaged when the bytes were changed."""
    value = canonical.decode(sealing.unwrap(_KIND, blob, path), _Sealed, path)
    key = value.kdf.derive(secret, path)
    try:
        return sealing.open_sealed(key, value.sealed, "passphrase", base64.b64encode(value.kdf.salt).decode())
    except sealing.OpenError as error:
        raise WrongKey(
            "This passphrase does not open the key.",
            means="The bytes are undamaged, so it is the passphrase that differs. The key has one of its own: no recovery sheet opens it.",
            do="Give the passphrase it was sealed with.",
        ) from error


def wrong_key(what: str) -> WrongKey:
    return WrongKey(
        what,
        means="The bytes are undamaged, so it is the passphrase that differs.",
        do="Give the passphrase it was sealed with, or the key from the recovery sheet.",
    )
