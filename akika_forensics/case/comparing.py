"""Two snapshots of one company held against each other, as far as both tell of the same records."""

from __future__ import annotations

from akika_forensics import changes
from akika_forensics.case import scopes
from akika_forensics.case.moved import Moved
from akika_forensics.case.opening_costs import opening_costs
from akika_forensics.case.tables import Effects
from akika_forensics.case.values import CaseDiff
from akika_forensics.errors import WrongCompany
from akika_forensics.model.company import Company
from akika_forensics.vault import Snapshot, SnapshotInfo


def difference(before: Snapshot, after: Snapshot) -> CaseDiff:
    """What changed, field by field, with its effect on the accounts. Raises WrongCompany."""
    require_same_company(before.info, after.info.company)
    was, now = scopes.comparable(before, after)
    comparison = changes.compare(was, now)
    effect = changes.traced(was, now, comparison, opening_costs(before, after).units)
    return CaseDiff(before.info, after.info, comparison, Effects(effect.accounts), Moved(effect.rows))


def require_same_company(info: SnapshotInfo, company: Company) -> None:
    """Raises WrongCompany for a snapshot of another one."""
    if info.company.realm_id != company.realm_id:
        raise WrongCompany(
            f"Snapshot {info.id} is of {info.company.name} (realm {info.company.realm_id}), not of {company.name} (realm {company.realm_id}).",
            means="The books of two companies are not compared.",
            do="Choose snapshots of one company; `akika snapshots` lists them.",
        )
