"""Work on the vault itself: bringing an older one to the form of today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from akika_forensics.case.case import Case, default_heads
from akika_forensics.custody.leaving import listed
from akika_forensics.custody.log import CustodyLog
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore
from akika_forensics.vault.keys.sheet import files_of
from akika_forensics.vault.storage.location import Location
from akika_forensics.vault.upgrade import upgrade


def upgrade_vault(
    root: str | Path | Location, secret: Secret, *, recovery_sheet: Path | None, heads: HeadStore | None = None
) -> Case:
    """A vault of an earlier format opens in that of today; custody tells of it. Raises WrongUse when there is nothing to do."""
    remembered = heads or default_heads()
    vault = upgrade(root, secret, heads=remembered, recovery_sheet=recovery_sheet)
    details: dict[str, Any] = {"vault": vault.id}
    if recovery_sheet is not None:
        details |= {
            "to": str(recovery_sheet.absolute().parent),
            "files": [listed(file.name, file.read_bytes()) for file in files_of(recovery_sheet) if file.exists()],
        }
    CustodyLog(vault).record("vault_upgraded", "The vault was upgraded to format 2.", details)
    return Case(vault, None, remembered)
