"""The keys of a role in one generation of the keyring, and what each role may open.

Role ``full`` has all of them. Role ``capture`` has what it takes to add a snapshot: it can seal payloads and documents
for the others and opens none.
"""

from __future__ import annotations

import os
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from akika_forensics.errors import WrongUse
from akika_forensics.model.concealed import Concealed

_LENGTH: Final = 32


class NotAllowed(WrongUse):
    """The role of the member who opened the vault does not reach this far."""

    code = "not_allowed"
    exit_code = 3


class Former(Concealed, frozen=True, forbid_unknown_fields=True):
    """What stays in use of an earlier generation, because old entries and documents stay as they are."""

    connection: bytes
    document: bytes
    generation: int
    index: bytes
    private: bytes


class RoleKeys(Concealed, frozen=True, forbid_unknown_fields=True):
    """32 bytes each; empty where the role has none. ``legacy``: the document key of a vault that began as version 1."""

    connection: bytes
    document: bytes
    document_public: bytes
    former: list[Former]
    index: bytes
    legacy: bytes
    name: bytes
    payload: bytes
    payload_public: bytes
    private: bytes

    @classmethod
    def fresh(cls, *, name: bytes | None = None, former: list[Former] | None = None, legacy: bytes = b"") -> RoleKeys:
        """All keys of a new generation; ``name`` stays the same in all of them."""
        payload, document = X25519PrivateKey.generate(), X25519PrivateKey.generate()
        return cls(
            connection=os.urandom(_LENGTH),
            document=document.private_bytes_raw(),
            document_public=document.public_key().public_bytes_raw(),
            former=former or [],
            index=os.urandom(_LENGTH),
            legacy=legacy,
            name=name or os.urandom(_LENGTH),
            payload=payload.private_bytes_raw(),
            payload_public=payload.public_key().public_bytes_raw(),
            private=os.urandom(_LENGTH),
        )

    def next(self, generation: int) -> RoleKeys:
        """New keys for the generation after ``generation``, which these are of."""
        return RoleKeys.fresh(name=self.name, former=self._with_former(generation), legacy=self.legacy)

    def kept(self, generation: int) -> RoleKeys:
        """The same keys for the generation after ``generation``, where nobody is to lose them."""
        return msgspec.structs.replace(self, former=self._with_former(generation))

    def _with_former(self, generation: int) -> list[Former]:
        return [*self.former, Former(self.connection, self.document, generation, self.index, self.private)]

    def for_capture(self) -> RoleKeys:
        """What of them a member who only captures gets."""
        former = [msgspec.structs.replace(one, document=b"", private=b"") for one in self.former]
        return msgspec.structs.replace(self, document=b"", former=former, legacy=b"", payload=b"", private=b"")
