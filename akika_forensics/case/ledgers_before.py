"""The general ledgers of the snapshots that one rests on: what only reports show of other days stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from akika_forensics.case.captured import Kept
from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.vault import Snapshot, Vault


def ledgers_before(vault: Vault, snapshot: Snapshot) -> Iterator[Mapping[str, bytes]]:
    """The reports of the snapshot that it was taken on, and so on to the last that read everything. It ends where one was dropped or
    is damaged: what is not told then is a residual.
    """
    at = snapshot.info
    while base := at.fence.get("base"):
        try:
            before = vault.snapshot(str(base))
        except (WrongUse, VaultDamaged):
            return
        yield Kept(before)
        at = before.info
