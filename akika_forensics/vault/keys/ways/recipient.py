"""The way that leaves nothing in the vault: an identity that its owner keeps elsewhere, in a file of their own."""

from __future__ import annotations

from typing import ClassVar

from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.sealing import OpenError
from akika_forensics.vault.keys.ways.way import Holder, Way

RECIPIENT = Way("recipient", None, None, b"")
"""The form in the keyring of every such way."""


class OwnIdentity:
    """An identity in hand."""

    kind: ClassVar[str] = "recipient"

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def seal(self, seeds: bytes, holder: Holder) -> Way:
        del seeds, holder  # nothing of them lies in the vault
        return RECIPIENT

    def open(self, way: Way, holder: Holder) -> bytes:
        if self._identity.recipient != holder.recipient or way != RECIPIENT:
            raise OpenError("This identity is of no member of this vault.")
        return self._identity.to_bytes()
