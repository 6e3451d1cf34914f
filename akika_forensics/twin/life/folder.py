"""A company's records as files, in a folder of their own: what ``akika twin serve --company`` takes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from akika_forensics.errors import WrongUse
from akika_forensics.twin import identity

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin


def check(folder: Path) -> None:
    """Raises WrongUse unless the folder is new or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUse(f"{folder} is not empty.", do="Give a new folder.")


def write(twin: Twin, folder: Path) -> str:
    """One ``Entity.jsonl`` an entity, in the order of the Ids; raises as ``check``.

    Gives the SHA-256 of all payloads, in the order of files and lines, in hex.
    """
    check(folder)
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for entity in sorted({entity for entity, _ in twin.dump()}):
        rows = sorted(twin.store.rows(entity), key=lambda row: (identity.number_of(row.id), row.id))
        data = b"".join(row.payload + b"\n" for row in rows)
        digest.update(data)
        (folder / f"{entity}.jsonl").write_bytes(data)
    return digest.hexdigest()
