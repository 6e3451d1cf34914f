"""Bytes that are on the medium when a call returns: written and synced, names included."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """A new file, readable by its owner only, on the medium when this returns. Raises OSError."""
    write_pieces_durably(path, (data,))


def write_pieces_durably(path: Path, pieces: Iterable[bytes]) -> None:
    """`write_durably` of pieces that need not fit into memory together. Raises OSError, and what ``pieces`` raises."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
