"""Judgements held against what they judge: a snapshot that is there, and the document that they name."""

from __future__ import annotations

from akika_forensics.errors import NewerFormat, VaultDamaged
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import attestations
from akika_forensics.vault.chains.entries import Entry, Link
from akika_forensics.vault.checks.inspection import Inspection


def inspect(inspection: Inspection, link: Link, entry: Entry) -> None:
    """Look at an opened entry of such a chain. Raises DamagedFile."""
    try:
        told = attestations.read_body(entry.body)
    except NewerFormat as error:
        inspection.notice(link.path, f"It opens, but was not looked into. {error.means}")
        return
    except VaultDamaged as error:
        raise DamagedFile(link.path, "Its sealed part is no attestation.") from error
    if told["document"] not in {None, *(file.path for file in entry.files)}:
        raise DamagedFile(link.path, "It names a document that it does not vouch for.")
    commits = {digest for (chain, _), digest in inspection.digests.items() if chain == layout.COMMITS}
    if told["commit"] not in commits and not _commits_are_damaged(inspection):
        raise DamagedFile(link.path, "It judges a snapshot that was never in this vault.")


def _commits_are_damaged(inspection: Inspection) -> bool:
    """Then a digest that is not found says nothing."""
    return inspection.blind or any(layout.place_of(path).chain == layout.COMMITS for path in inspection.damaged)
