"""Who holds a way, and a keyring to hold it in."""

from __future__ import annotations

import keyring
import keyring.backend
import keyring.errors

from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.ways import Holder

ANNA, BEN = Identity.from_bytes(bytes(range(64))), Identity.from_bytes(bytes(range(64, 128)))

VAULT, OTHER = "a" * 32, "b" * 32


def holder(identity: Identity = ANNA, vault: str = VAULT, member: str = "1" * 32) -> Holder:
    return Holder(vault, member, identity.recipient, "keys/keyring-0001.sealed")


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring of an operating system, in a dictionary."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.held:
            raise keyring.errors.PasswordDeleteError("not found")
        del self.held[service, username]
