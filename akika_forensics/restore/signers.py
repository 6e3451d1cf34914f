"""People who may approve, with their keys.

The private key of a signer is sealed under a passphrase of the signer's own. `vault init` makes one for the
preparer under the vault's passphrase; with it a plan is only ever "approved by the preparer".
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from akika_forensics.errors import WrongUse
from akika_forensics.model.formats import Format, unchanged
from akika_forensics.model.instants import format_instant, now
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost, Vault
from akika_forensics.vault.chains import sshsig
from akika_forensics.vault.keys import passphrase

PREPARER: Final = "preparer"
_SLOT: Final = "signer/"
_FORMAT: Final = Format("akika-signer-", 1, "signer", {0: unchanged})


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    role: str
    kind: Literal["preparer", "signer", "enrolled"]
    public: str
    sealed: str
    added_at: str
    revoked_at: str = ""
    format: str = _FORMAT.label


@dataclass(frozen=True, slots=True)
class Signer:
    """``kind``: preparer (the vault's own key), signer (made here, own passphrase), enrolled (public key only)."""

    name: str
    role: str
    kind: str
    public: str
    fingerprint: str
    added_at: datetime
    revoked: bool


class Signers:
    """The signers of one vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def add(
        self,
        name: str,
        secret: Secret,
        *,
        role: str = "approver",
        kind: Literal["preparer", "signer"] = "signer",
        cost: KdfCost = KdfCost.STANDARD,
    ) -> Signer:
        """Make a key for a new signer, sealed under the signer's own passphrase. Raises WrongUse when the name is taken."""
        self._check_name(name)
        private = Ed25519PrivateKey.generate()
        sealed = passphrase.seal(secret, private.private_bytes_raw(), cost)
        return self._store(
            _Stored(
                name,
                role,
                kind,
                sshsig.public_line(private.public_key(), name),
                base64.b64encode(sealed).decode(),
                format_instant(now()),
            )
        )

    def enrol(self, name: str, public_line: str, *, role: str = "approver") -> Signer:
        """Take in a public key made on the approver's own machine; the fingerprint is confirmed out of band."""
        self._check_name(name)
        public = sshsig.read_public_line(public_line)
        return self._store(_Stored(name, role, "enrolled", sshsig.public_line(public, name), "", format_instant(now())))

    def change_passphrase(self, name: str, old: Secret, new: Secret, *, cost: KdfCost = KdfCost.STANDARD) -> Signer:
        """Seal a signer's key under another passphrase. Raises WrongKey for the old one, and as `private_key` does."""
        private = self.private_key(name, old)
        sealed = passphrase.seal(new, private.private_bytes_raw(), cost)
        return self._store(msgspec.structs.replace(self._read(name), sealed=base64.b64encode(sealed).decode()))

    def revoke(self, name: str) -> Signer:
        stored = self._read(name)
        return self._store(msgspec.structs.replace(stored, revoked_at=format_instant(now())))

    def all(self) -> tuple[Signer, ...]:
        names = (slot.removeprefix(_SLOT) for slot in self._vault.slots(_SLOT))
        return tuple(self.get(name) for name in sorted(names))

    def get(self, name: str) -> Signer:
        return _signer(self._read(name))

    def private_key(self, name: str, secret: Secret) -> Ed25519PrivateKey:
        """Unlock a signer's own key. Raises WrongKey."""
        stored = self._read(name)
        if not stored.sealed:
            raise WrongUse(
                f"The key of {name} is not in this vault; only its public half was enrolled.",
                do="Approve on the approver's own machine.",
            )
        if stored.revoked_at:
            raise WrongUse(f"{name} has been revoked and signs no more.", do="Ask another signer.")
        raw = passphrase.open_sealed(secret, base64.b64decode(stored.sealed), f"key of {name}")
        return Ed25519PrivateKey.from_private_bytes(raw)

    def _check_name(self, name: str) -> None:
        if not name or len(name) > 80 or not name.isprintable():
            raise WrongUse(f"{name!r} is no name for a signer.", do="Use a printable name of up to 80 characters.")
        if self._vault.slot(_SLOT + name).read() is not None:
            raise WrongUse(f"There is a signer {name} already.", do="Choose another name, or revoke that one.")

    def _store(self, stored: _Stored) -> Signer:
        self._vault.slot(_SLOT + stored.name).write(msgspec.json.encode(stored))
        return _signer(stored)

    def _read(self, name: str) -> _Stored:
        data = self._vault.slot(_SLOT + name).read()
        if data is None:
            raise WrongUse(
                f"There is no signer {name}.", do="`akika signer list` shows them; `akika signer add NAME` makes one."
            )
        return read_stored(data)


def read_stored(data: bytes) -> _Stored:
    """A signer as kept in a slot. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.opened(data, _Stored)


def _signer(stored: _Stored) -> Signer:
    return Signer(
        stored.name,
        stored.role,
        stored.kind,
        stored.public,
        sshsig.fingerprint(sshsig.read_public_line(stored.public)),
        datetime.fromisoformat(stored.added_at),
        bool(stored.revoked_at),
    )
