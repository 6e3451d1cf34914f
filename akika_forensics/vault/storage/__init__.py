"""Where the bytes of a vault lie, and who may write them at a time."""

from __future__ import annotations

from akika_forensics.vault.storage.backend import TEMPORARY, Backend, StorageFailed, failed, sweep
from akika_forensics.vault.storage.durable import sync_folder, write_durably, write_pieces_durably
from akika_forensics.vault.storage.local import LocalBackend

__all__ = [
    "TEMPORARY",
    "Backend",
    "LocalBackend",
    "StorageFailed",
    "failed",
    "sweep",
    "sync_folder",
    "write_durably",
    "write_pieces_durably",
]
