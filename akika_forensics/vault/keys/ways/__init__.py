"""Ways to open a vault: what a member has in hand, and what of it lies in the keyring."""

from __future__ import annotations

from akika_forensics.vault.keys.ways.kms import Kms
from akika_forensics.vault.keys.ways.recipient import OwnIdentity
from akika_forensics.vault.keys.ways.system_keyring import SystemKeyring
from akika_forensics.vault.keys.ways.typed import Passphrase, Recovery, typed
from akika_forensics.vault.keys.ways.way import Holder, Means, Way, WrappedKey, open_any, open_way, seal_way

__all__ = [
    "Holder",
    "Kms",
    "Means",
    "OwnIdentity",
    "Passphrase",
    "Recovery",
    "SystemKeyring",
    "Way",
    "WrappedKey",
    "open_any",
    "open_way",
    "seal_way",
    "typed",
]
