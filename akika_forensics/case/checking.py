"""How whole a snapshot is: its own findings, its references, its books beside QuickBooks' reports; signed where that is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from akika_forensics import changes
from akika_forensics.case import attested, scopes
from akika_forensics.case.captured import Kept
from akika_forensics.case.coverage import coverage_of, live_in
from akika_forensics.case.deletions import deletions_of
from akika_forensics.case.judgements import of_check
from akika_forensics.case.ledgers_before import ledgers_before
from akika_forensics.case.opening_costs import opening_costs
from akika_forensics.case.results import CheckResult
from akika_forensics.case.unverified import beliefs_in_force, capture_rests_on
from akika_forensics.custody import CustodyLog
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.vault import Snapshot, Vault
from akika_forensics.vault.chains.attestations import Attestation


def check_of(vault: Vault, snapshot: Snapshot, beliefs: Beliefs | None = None) -> CheckResult:
    """What `Case.check` finds of a snapshot of the vault."""
    # Records of different times and reports of one moment say nothing about each other.
    kept: Mapping[str, bytes] = {} if snapshot.info.scoped else Kept(snapshot)
    records = tuple(snapshot.records())
    costs = opening_costs(snapshot, records=records)
    report = changes.completeness(
        records,
        kept,
        [*snapshot.info.findings, *(one.as_dict() for one in costs.findings)],
        live_in(snapshot.info),
        ledgers_before(vault, snapshot),
        costs.units,
    )
    report = scopes.judged(report, snapshot.info)
    entities = [name for name, held in snapshot.info.counts.items() if held]
    rests_on = capture_rests_on(entities, beliefs or beliefs_in_force())
    covered = coverage_of(snapshot.info, records)
    return CheckResult.of(report, rests_on, snapshot.info.controls, covered, deletions_of(vault, snapshot))


def attest_check(vault: Vault, custody: CustodyLog, snapshot: Snapshot, report: CheckResult) -> Attestation:
    """Sign what a check concluded on a snapshot; custody says so."""
    made = vault.attest(snapshot.info.id, of_check(report))
    attested.noted(custody, made)
    return made
