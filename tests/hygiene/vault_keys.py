"""Every key of an open vault: what may be found nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from akika_forensics.vault import Vault

PASSPHRASE = "a passphrase of seven and more words"
"""Of the vault that the tests of this folder share."""
PUBLIC = ("document_public", "payload_public")


def keys_of(vault: Vault) -> dict[str, bytes]:
    """By a name that may be printed: keys of the role, of the member, and of every file, document and segment."""
    ring, chain = vault.keyring(), vault._shelf.keychain
    found = dict(_role_keys(ring._keys, "role"))
    found |= {
        "signing key of the member": ring.identity.signer.private_bytes_raw(),
        "opening key of the member": ring.identity.envelope.private_bytes_raw(),
    }
    for company in chain.companies():
        for half, keys in chain.of(company).items():
            found |= {f"{half} key {number}": key for number, key in enumerate(keys.values())}
    return found


def _role_keys(keys: Any, what: str) -> Iterator[tuple[str, bytes]]:
    for name, value in msgspec.structs.asdict(keys).items():
        if isinstance(value, bytes) and value and name not in PUBLIC:
            yield f"{what} key {name}", value
        elif isinstance(value, list):
            for former in value:
                yield from _role_keys(former, f"former {what}")
