"""What every way has in common: its form in the keyring, how it is made, and which of several opens.

A way holds the 64 bytes of a member's identity, sealed under something that is not in the vault. It is bound to vault,
member and kind: one that is copied to another place opens nothing there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol

import msgspec

from akika_forensics.errors import AkikaError, ServiceError, WrongKey
from akika_forensics.vault.keys import passphrase, sealing
from akika_forensics.vault.keys.identity import Identity, Recipient
from akika_forensics.vault.keys.sealing import OpenError


class WrappedKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A data key that a key service gave, sealed by it: the service's name of its own key, and the sealed bytes."""

    id: str
    ciphertext: bytes


class Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As it lies in the keyring. ``kind``: passphrase, recovery, keyring, kms or recipient; ``kdf`` of a passphrase,
    ``key`` of kms; ``sealed`` is empty for a recipient, whose identity is kept outside.
    """

    kind: str
    kdf: passphrase.Kdf | None
    key: WrappedKey | None
    sealed: bytes


class Holder(NamedTuple):
    """Whose way it is. ``path``: the file it lies in, for what is said when that is damaged."""

    vault: str
    member: str
    recipient: Recipient
    path: str


class Means(Protocol):
    """What somebody has in hand. One object seals and opens."""

    @property
    def kind(self) -> str:
        """The kind of way that it makes and opens."""

    def seal(self, seeds: bytes, holder: Holder) -> Way:
        """A new way to an identity's seeds. Raises WrongUse, and what `open` raises of a service."""

    def open(self, way: Way, holder: Holder) -> bytes:
        """The seeds.

        Raises OpenError, saying why in a sentence, when this does not open it; WrongUse when this cannot be used here
        at all; WrongKey or NetworkFailed when a key service refuses or does not answer; DamagedFile.
        """


def seal_way(means: Means, identity: Identity, holder: Holder) -> Way:
    """A new way to an identity. Raises as `Means.seal` does; ValueError for the identity of somebody else."""
    if identity.recipient != holder.recipient:
        raise ValueError("a way is made to the identity of its own member")
    return means.seal(identity.to_bytes(), holder)


def open_way(means: Means, way: Way, holder: Holder) -> Identity:
    """The identity behind a way. Raises as `Means.open` does; OpenError also when it is not this member's."""
    if means.kind != way.kind:
        raise OpenError(f"It is a way by {way.kind}.")
    try:
        identity = Identity.from_bytes(means.open(way, holder))
    except ValueError as error:
        raise OpenError("What is sealed there is no identity.") from error
    if identity.recipient != holder.recipient:
        raise OpenError("It is the identity of somebody else.")
    return identity


_NOBODY: Final = {
    "recovery": "No recovery sheet opens this vault.",
    "passphrase": "No passphrase opens this vault.",
    "keyring": "No keyring of a machine opens this vault.",
    "kms": "No key of AWS KMS opens this vault.",
    "recipient": "No identity file opens this vault.",
}


def open_any(means: Means, held: Iterable[tuple[Holder, Sequence[Way]]]) -> tuple[Holder, Identity]:
    """The first member in ``held`` one of whose ways ``means`` opens.

    Raises WrongKey when none opens, or what a key service said when it refused or did not answer; WrongUse, DamagedFile.
    """
    refused: AkikaError | None = None
    why = ""
    for holder, ways in held:
        for way in ways:
            if way.kind != means.kind:
                continue
            try:
                return holder, open_way(means, way, holder)
            except OpenError as error:
                why = why or str(error)
            except (WrongKey, ServiceError) as error:
                refused = refused or error
    if refused is not None:
        raise refused
    if not why:
        raise WrongKey(
            _NOBODY.get(means.kind, f"Nobody opens this vault by {means.kind}."),
            do="Open it in another way; `akika vault keys --help` shows how to add this one.",
        )
    if means.kind in {"passphrase", "recovery"}:
        raise passphrase.wrong_key(why)
    raise WrongKey(
        why,
        means="The vault is undamaged; what is in hand does not belong to it.",
        do="Open it in another way, such as a passphrase, or with the identity file of a member.",
    )


def place(kind: str, holder: Holder) -> tuple[str, str, str, str]:
    """What a sealed way is bound to."""
    return "way", holder.vault, holder.member, kind


def seal_under(key: bytes, kind: str, seeds: bytes, holder: Holder) -> bytes:
    return sealing.seal(key, seeds, *place(kind, holder))


def open_under(key: bytes, way: Way, holder: Holder, why: str) -> bytes:
    """Raises OpenError that says ``why``."""
    try:
        return sealing.open_sealed(key, way.sealed, *place(way.kind, holder))
    except OpenError as error:
        raise OpenError(why) from error
