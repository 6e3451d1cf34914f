"""Encrypted, signed, chained storage. The format and what it guarantees: docs/design/vault-format.md."""

from __future__ import annotations

from akika_forensics.vault.chain import Chain
from akika_forensics.vault.entries import Entry
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.findings import Finding, VerifyReport
from akika_forensics.vault.heads import HeadStore
from akika_forensics.vault.passphrase import KdfCost
from akika_forensics.vault.slots import Slot
from akika_forensics.vault.snapshot_format import SnapshotInfo, Version
from akika_forensics.vault.snapshots import Snapshot
from akika_forensics.vault.storage import StorageFailed
from akika_forensics.vault.vault import Vault, create, open_vault
from akika_forensics.vault.verify import verify
from akika_forensics.vault.writer import SnapshotWriter

__all__ = [
    "Chain",
    "Entry",
    "Finding",
    "HeadStore",
    "KdfCost",
    "Slot",
    "Snapshot",
    "SnapshotInfo",
    "SnapshotWriter",
    "StorageFailed",
    "StoredFile",
    "Vault",
    "VerifyReport",
    "Version",
    "create",
    "open_vault",
    "verify",
]
