"""The vault that a session works on: opened with what somebody has in hand, or made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from akika_forensics.case.case import Case
from akika_forensics.case.people import files_of_sheet
from akika_forensics.case.unlocking import means_from_environment
from akika_forensics.custody import CustodyLog
from akika_forensics.custody.leaving import listed
from akika_forensics.restore.signers import PREPARER, Signers
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, create
from akika_forensics.vault import open_vault as open_bare_vault
from akika_forensics.vault.keys.ways import Means
from akika_forensics.vault.storage.location import Location


def open_vault(
    root: str | Path | Location,
    *,
    company: str | None = None,
    passphrase: Secret | Means | str | None = None,
    heads: HeadStore | None = None,
) -> Case:
    """Open a vault, in a folder or at ``s3://bucket/prefix``, for a session. ``passphrase`` may also be other means in hand;
    without it the environment names them.

    Raises WrongKey, VaultDamaged and WrongUse.
    """
    means = Secret(passphrase) if isinstance(passphrase, str) and passphrase else passphrase
    if means is None or isinstance(means, str):
        means = means_from_environment(root)
    remembered = heads or HeadStore()
    return Case(open_bare_vault(root, means, heads=remembered), company, remembered)


def init_vault(
    root: str | Path | Location,
    passphrase: Secret,
    *,
    recovery_sheet: Path | None,
    heads: HeadStore | None = None,
    cost: KdfCost = KdfCost.STANDARD,
) -> Case:
    """A new vault with its keys, the preparer's signing key, and a recovery sheet outside it."""
    remembered = heads or HeadStore()
    vault = create(root, passphrase, heads=remembered, recovery_sheet=recovery_sheet, cost=cost)
    Signers(vault).add(PREPARER, passphrase, role="preparer", kind="preparer", cost=cost)
    made: dict[str, Any] = {"vault": vault.id}
    if recovery_sheet is not None:
        sheets = files_of_sheet(recovery_sheet)
        made |= {
            "to": str(recovery_sheet.absolute().parent),
            "files": [listed(sheet.name, sheet.read_bytes()) for sheet in sheets],
        }
    CustodyLog(vault).record("vault_created", "The vault was made.", made)
    return Case(vault, None, remembered)
