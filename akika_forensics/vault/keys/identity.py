"""Who a member is: a key pair to be sealed to (X25519) and one to sign with (Ed25519), 64 bytes of secret seeds together.

The private half lies under the ways of a member in the keyring, or outside the vault in an identity file of its own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model.concealed import Concealed
from akika_forensics.model.formats import Format
from akika_forensics.settings import Secret
from akika_forensics.vault import canonical
from akika_forensics.vault.chains import sshsig
from akika_forensics.vault.keys import outside, passphrase

LENGTH: Final = 64
_SEED: Final = 32
_PREFIX: Final = "akika-recipient-"
_CHECK: Final = 4
_WHAT: Final = "The identity file"
_FORMAT: Final = Format("akika-identity-", 1, "identity")


class Recipient:
    """The public half of an identity: 64 bytes, the X25519 key before the Ed25519 key."""

    __slots__ = ("envelope", "signing")

    def __init__(self, envelope: X25519PublicKey, signing: Ed25519PublicKey) -> None:
        self.envelope = envelope
        """What keys are sealed to."""
        self.signing = signing
        """What signatures are checked with."""

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Raises ValueError when the bytes are no such pair of keys."""
        if len(raw) != LENGTH:
            raise ValueError("an identity's public keys are 64 bytes")
        envelope = X25519PublicKey.from_public_bytes(raw[:_SEED])
        # A point of small order is no key: everything sealed to it opens for everybody. The exchange refuses it.
        X25519PrivateKey.generate().exchange(envelope)
        return cls(envelope, Ed25519PublicKey.from_public_bytes(raw[_SEED:]))

    @classmethod
    def parse(cls, line: str) -> Self:
        """The recipient in ``akika-recipient-…``, with blanks and line breaks in it or in capitals. Raises WrongUse."""
        text = re.sub(r"\s", "", line).lower()
        if not text.startswith(_PREFIX):
            raise WrongUse(
                "This is no recipient of an Akika Forensics vault.",
                means=f"A recipient is one line that begins with {_PREFIX}.",
                do="Ask the person for the line that `akika vault keys identity` prints.",
            )
        letters = text[len(_PREFIX) :].upper()
        try:
            decoded = base64.b32decode(letters + "=" * (-len(letters) % 8))
        except (ValueError, binascii.Error):
            decoded = b""
        raw, check = decoded[:LENGTH], decoded[LENGTH:]
        # One spelling only: base32 leaves bits over that could say anything.
        if len(raw) != LENGTH or check != _check(raw) or _letters(raw) != letters:
            raise WrongUse(
                "This recipient has a slip in it: its check sum does not fit.",
                means="A letter was lost or changed when it was copied.",
                do="Copy the whole line again.",
            )
        try:
            return cls.from_bytes(raw)
        except ValueError as error:
            raise WrongUse(
                "This recipient is made of numbers that are no keys.", do="Ask the person for a new identity."
            ) from error

    @property
    def line(self) -> str:
        """One line to hand to whoever adds the member: both public keys with a check sum."""
        return _PREFIX + _letters(self.to_bytes()).lower()

    @property
    def signer_line(self) -> str:
        """The signing key as ``ssh-ed25519 …``, as entries and the marker name it."""
        return sshsig.public_line(self.signing)

    @property
    def fingerprint(self) -> str:
        """Of the signing key, as ``ssh-keygen -l`` prints it: short enough to be read out over a telephone."""
        return sshsig.fingerprint(self.signing)

    def to_bytes(self) -> bytes:
        return self.envelope.public_bytes_raw() + self.signing.public_bytes_raw()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipient) and other.to_bytes() == self.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        return f"Recipient({self.fingerprint})"


class _Stored(Concealed, frozen=True, forbid_unknown_fields=True):
    format: str
    seeds: bytes


class Identity:
    """Both private keys. No text form shows them."""

    __slots__ = ("envelope", "recipient", "signer")

    def __init__(self, envelope: X25519PrivateKey, signer: Ed25519PrivateKey) -> None:
        self.envelope = envelope
        self.signer = signer
        self.recipient = Recipient(envelope.public_key(), signer.public_key())

    @classmethod
    def fresh(cls) -> Self:
        return cls.from_bytes(os.urandom(LENGTH))

    @classmethod
    def from_bytes(cls, seeds: bytes) -> Self:
        """The X25519 seed before the Ed25519 seed. Raises ValueError when there are not 64 bytes."""
        if len(seeds) != LENGTH:
            raise ValueError("an identity is 64 bytes")
        return cls(
            X25519PrivateKey.from_private_bytes(seeds[:_SEED]), Ed25519PrivateKey.from_private_bytes(seeds[_SEED:])
        )

    def to_bytes(self) -> bytes:
        """The secret seeds: for sealing, and for nothing else."""
        return self.envelope.private_bytes_raw() + self.signer.private_bytes_raw()

    def __repr__(self) -> str:
        return f"Identity({self.recipient.fingerprint})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("keys are not pickled")


def write_file(
    file: Path,
    identity: Identity,
    secret: Secret,
    *,
    root: Path | None = None,
    cost: passphrase.KdfCost = passphrase.KdfCost.STANDARD,
) -> None:
    """An identity file under a passphrase of its own, outside the vault at ``root``; never over another file.

    Raises WrongUse, StorageFailed.
    """
    outside.refuse(file, _WHAT, root)
    outside.write(file, passphrase.seal(secret, to_stored(identity), cost), _WHAT, root)


def read_file(file: Path, secret: Secret) -> Identity:
    """Raises WrongKey for another passphrase, NewerFormat, and WrongUse when there is no sound identity file."""
    passphrase.require(secret)
    try:
        blob = file.read_bytes()
    except OSError as error:
        raise WrongUse(f"The identity file {file} cannot be read.", do="Check its path and permissions.") from error
    try:
        return read_stored(passphrase.open_sealed(secret, blob, file.name))
    except VaultDamaged as error:
        raise WrongUse(
            f"{file} is no identity file, or its bytes were changed.",
            do="Give the file that `akika vault keys identity` wrote, or an undamaged copy of it.",
        ) from error


def to_stored(identity: Identity) -> bytes:
    """What an identity file holds, sealed: the seeds, with the format's name."""
    return canonical.encode(_Stored(_FORMAT.label, identity.to_bytes()))


def read_stored(data: bytes) -> Identity:
    """Raises NewerFormat, VaultDamaged."""
    try:
        return Identity.from_bytes(_FORMAT.opened(data, _Stored).seeds)
    except ValueError as error:
        raise VaultDamaged("This identity has not the length of one.") from error


def _letters(raw: bytes) -> str:
    return base64.b32encode(raw + _check(raw)).decode().rstrip("=")


def _check(raw: bytes) -> bytes:
    return hashlib.sha256(_PREFIX.encode() + raw).digest()[:_CHECK]
