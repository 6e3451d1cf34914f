"""The form in which a vault keeps the list of the first hour, in a sealed slot of each company."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from akika_forensics.model.formats import Format

_FORMAT: Final = Format("akika-first-hour-", 1, "list of the first hour", {})

type Done = Literal["open", "done", "not_needed"]


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was said of a step. ``state``: done, not_needed, or open again."""

    state: Done
    by: str
    at: str
    note: str = ""


class KeptFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that was kept for a step: ``path`` is its document; ``days`` and ``rows`` are those of a slice of the Audit Log."""

    step: str
    name: str
    path: str
    sha256: str
    length: int
    by: str
    at: str
    days: str = ""
    rows: int | None = None


class Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    incident: str = ""
    what: str = ""
    marks: dict[str, Mark] = {}
    kept: list[KeptFile] = []
    format: str = _FORMAT.label


def read_stored(data: bytes) -> Stored:
    """What the slot holds. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.opened(data, Stored)
