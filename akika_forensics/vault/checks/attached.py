"""Attached files against their lists: each blob opens, and holds the bytes that its list tells of."""

from __future__ import annotations

from collections.abc import Callable

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.checks.effort import ATTACHED, Effort
from akika_forensics.vault.checks.inspection import Inspection
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.snapshots import attachments, frames
from akika_forensics.vault.snapshots.attachments import Attached
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.shelf import Shelf


def inspect(inspection: Inspection, shelf: Shelf, progress: Callable[[str, int, int], None], effort: Effort) -> None:
    """Adds findings. Each list and each blob is read once, a blob chunk by chunk."""
    by_list = {one.text.attachments: one for one in shelf.holdings.kept() if one.text.attachments}
    found: dict[Attached, str] = {}
    for path, commit in by_list.items():
        with inspection.noted():
            found |= _listed(inspection, shelf, commit) | found
            effort.looked_at(path)
    for number, (attached, path) in enumerate(found.items()):
        progress("attached files", number, len(found))
        blob = layout.blob(attached.blob)
        if inspection.is_damaged(blob) or not effort.opens(ATTACHED, blob, inspection.backend):
            continue
        with inspection.noted():
            try:
                for _ in attachments.read(shelf, path, attached):
                    pass
            except NotAllowed:
                return
            effort.sound(ATTACHED, blob)
    progress("attached files", len(found), len(found))


def _listed(inspection: Inspection, shelf: Shelf, commit: Commit) -> dict[Attached, str]:
    path = commit.text.attachments
    if inspection.is_damaged(path):
        raise DamagedFile(path, "Its bytes are not those that were signed.")
    frame = attachments.listed(shelf, commit)
    if frame.select(*frames.KEY).is_duplicated().any():
        raise DamagedFile(path, "It lists a file twice.")
    return {Attached(*row): path for row in frame.select("sha256", "length", "blob").iter_rows()}
