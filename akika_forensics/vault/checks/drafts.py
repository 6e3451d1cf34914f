"""Files that nothing vouches for and a capture goes on with: they are no left-overs, where the keys tell."""

from __future__ import annotations

from typing import Final

from akika_forensics.errors import AkikaError
from akika_forensics.vault import layout, slots
from akika_forensics.vault.checks.findings import NOTICE, Finding
from akika_forensics.vault.checks.inspection import Inspection
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.snapshots.draft import SLOT, read_outer

_WAITS: Final = "A capture that was interrupted goes on with it; no commit vouches for it before that is done."


def inspect(inspection: Inspection, keys: Keyring) -> None:
    """Say of the files of drafts what they are, in place of what was said of them without the keys."""
    needed: set[str] = set()
    for path in inspection.paths:
        if layout.place_of(path).kind == "slot" and not inspection.is_damaged(path):
            needed |= _files(inspection, keys, path)
    for number, one in enumerate(inspection.findings):
        if one.severity == NOTICE and one.path in needed:
            inspection.findings[number] = Finding(one.path, _WAITS, NOTICE)


def _files(inspection: Inspection, keys: Keyring, path: str) -> set[str]:
    """What the draft in a slot needs; nothing where it is none, or is damaged, which is reported."""
    try:
        value, data = slots.open_slot(keys, path, inspection.backend.read(path))
        return read_outer(data).removable if value.present and value.name.startswith(SLOT) else set()
    except (AkikaError, FileNotFoundError):
        return set()
