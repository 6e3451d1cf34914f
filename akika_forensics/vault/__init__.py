"""Encrypted, signed, chained storage. The format and what it guarantees: docs/design/vault-format.md."""

from __future__ import annotations

from akika_forensics.vault.chains.attestations import Attestation, Judgement
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.entries import Entry
from akika_forensics.vault.chains.heads import HeadStore
from akika_forensics.vault.checks.findings import Finding, VerifyReport
from akika_forensics.vault.checks.verify import verify
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.passphrase import KdfCost
from akika_forensics.vault.opening import create, open_vault
from akika_forensics.vault.slots import Slot
from akika_forensics.vault.snapshots.commits import SnapshotInfo, Version
from akika_forensics.vault.snapshots.snapshot import Snapshot
from akika_forensics.vault.snapshots.writer import SnapshotWriter
from akika_forensics.vault.storage import StorageFailed
from akika_forensics.vault.vault import Vault

__all__ = [
    "Attestation",
    "Chain",
    "Entry",
    "Finding",
    "HeadStore",
    "Judgement",
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
