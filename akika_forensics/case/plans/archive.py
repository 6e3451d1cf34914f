"""The plans a vault holds: kept, found again, and what became of each.

A plan file is an exact copy of the sealed document in the vault; the custody chain vouches for its SHA-256,
so a file that was changed by one byte belongs to no plan.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from akika_forensics.case.plans.outcomes import read_rehearsal, read_verification
from akika_forensics.custody import Act, CustodyLog
from akika_forensics.custody.leaving import leaves, listed
from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.instants import now
from akika_forensics.model.record import RecordKey
from akika_forensics.restore import approval as approvals
from akika_forensics.restore import journal
from akika_forensics.restore.approval import Tally
from akika_forensics.restore.document import Plan, read_plan
from akika_forensics.restore.journal import RunState, fold, register
from akika_forensics.restore.signers import Signers
from akika_forensics.vault import StoredFile, Vault
from akika_forensics.vault.chains.seals import Closed
from akika_forensics.vault.documents import Erased

JOURNAL_NAMESPACE: Final = "akika-journal"
CREATED: Final = "plan_created"
RESTS_ON: Final = "rests_on"
"""Of the act that makes a plan: ids of the snapshots that the plan refers to."""
APPROVED: Final = "plan_approved"
SHOWN: Final = "plan_shown_plain"
REHEARSED: Final = "plan_rehearsed"
VERIFIED: Final = "plan_verified"


class ChainJournal:
    """A run's journal in the vault: one signed, durable entry an act."""

    def __init__(self, vault: Vault, plan_id: str, company: Company) -> None:
        self._chain = vault.chain(f"journals/{plan_id}", JOURNAL_NAMESPACE, company)

    def append(self, body: dict[str, Any]) -> None:
        self._chain.append(journal.entry(body))

    def bodies(self) -> tuple[dict[str, Any], ...]:
        return tuple(journal.read_entry(entry.body) for entry in self._chain.entries())


@dataclass(frozen=True, slots=True)
class Held:
    """A plan with what became of it so far. ``state``: draft, rehearsed, approved, rejected, running, complete, stopped, verified."""

    plan: Plan
    state: str
    run: RunState
    tally: Tally
    rehearsal: dict[str, Any] | None
    verification: dict[str, Any] | None


class PlanArchive:
    """Plans, approvals, rehearsals, runs and verifications of one company as the vault holds them, under its key."""

    def __init__(self, vault: Vault, company: Company) -> None:
        self._vault = vault
        self._company = company
        self._custody = CustodyLog(vault, company=company)
        self._signers = Signers(vault)

    def keep(self, plan: Plan, out: Path) -> None:
        """Seal a new plan in the vault, vouch for it, and write its file.

        Raises Refused where a snapshot that it refers to was dropped meanwhile, VaultLocked while others work on the vault.
        """
        with self._vault.lock(f"keep plan {plan.id}"):  # no retention rule is run between looking and vouching
            self._require_snapshots(plan)
            stored = self._vouch(plan, out)
        content = self._vault.sealed_document(stored.path)
        out.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)

    def _vouch(self, plan: Plan, out: Path) -> StoredFile:
        stored = self._vault.put_document("plan", plan.to_bytes(), self._company)
        # What leaves is the sealed document: it opens with this vault alone.
        row = {"name": out.name, "length": stored.length, "sha256": stored.sha256}
        self._custody.record(
            CREATED,
            f"Plan {plan.id} with {len(plan.steps)} steps was made.",
            {
                "plan": plan.id,
                "digest": plan.digest,
                "file_sha256": stored.sha256,
                "realm": plan.company.realm_id,
                "production": plan.company.production,
                RESTS_ON: sorted(rests_on(plan)),
                "to": str(out.absolute().parent),
                "files": [row],
            },
            [stored],
        )
        return stored

    def _require_snapshots(self, plan: Plan) -> None:
        gone = rests_on(plan) - {info.id for info in self._vault.snapshots()}
        if gone:
            raise Refused(
                f"Snapshot {min(gone)}, which the plan refers to, is not in the vault any more.",
                means="It was dropped while the plan was made; nothing was kept of the plan.",
                do="Make a plan from a snapshot that `akika snapshots` lists.",
            )

    def read(self, file: Path) -> Plan:
        """The plan of a file. Raises Refused when it is not one this vault vouches for."""
        try:
            content = file.read_bytes()
        except OSError as error:
            raise WrongUse(f"{file} cannot be read.", do="Give the file that `akika plan create` wrote.") from error
        created = self._custody.acts(CREATED)
        digest = hashlib.sha256(content).hexdigest()
        for act in created:
            if act.details.get("file_sha256") == digest:
                return self._plan_of(act)
        if content.lstrip().startswith(b"{"):
            plan = read_plan(content)
            if any(act.details.get("digest") == plan.digest for act in created):
                return plan
        raise Refused(
            f"{file.name} is not a plan of this vault.",
            means="It was changed after it was made, or it belongs to another vault.",
            do="Use the unchanged file, or make a new plan.",
        )

    def plain(self, plan: Plan, to: str) -> bytes:
        """The text of a plan and a line end, to be handed out unsealed; custody lists that it leaves, and where to. Durable when it returns."""
        text = plan.to_bytes() + b"\n"
        leaves(
            self._custody,
            SHOWN,
            f"Plan {plan.id} was handed out as plain text.",
            to=to,
            files=[listed(f"{plan.id}.json", text)],
            details={"plan": plan.id, "digest": plan.digest},
        )
        return text

    def held(self, plan: Plan) -> Held:
        """What became of a plan."""
        run, counted = self.run_of(plan.id), self.tally(plan)
        rehearsed, verified = self.rehearsal(plan), self.last(VERIFIED, plan)
        state = _state(run, counted, rehearsed=rehearsed is not None, verified=verified is not None)
        return Held(plan, state, run, counted, rehearsed, read_verification(verified.details) if verified else None)

    def rehearsal(self, plan: Plan) -> dict[str, Any] | None:
        """What the last rehearsal of exactly this plan found."""
        act = self.last(REHEARSED, plan)
        return read_rehearsal(act.details) if act else None

    def run_of(self, plan_id: str) -> RunState:
        return fold(ChainJournal(self._vault, plan_id, self._company).bodies())

    def last(self, code: str, plan: Plan) -> Act | None:
        """The last act of this kind on exactly this plan."""
        found = [act for act in self._custody.acts(code) if act.details.get("digest") == plan.digest]
        return found[-1] if found else None

    def tally(self, plan: Plan) -> Tally:
        """The approvals of a plan, held against it."""
        given = [
            approvals.read(self._vault.get_document(path))
            for act in self._custody.acts(APPROVED)
            if act.details.get("plan") == plan.id
            for path in act.objects
        ]
        return approvals.tally(plan, given, {signer.name: signer for signer in self._signers.all()}, now())

    def register(self) -> dict[RecordKey, RecordKey]:
        """Old key → new key over every plan ever run on this company, in the order in which they were made."""
        found: dict[RecordKey, RecordKey] = {}
        for act in self._custody.acts(CREATED):
            if act.details.get("realm") == self._company.realm_id:
                try:
                    run = self.run_of(str(act.details["plan"]))
                    plan = self._plan_of(act) if run.begun else None
                    if plan is not None and plan.company.identity == self._company.identity:
                        found.update(register(plan, run))
                except (Erased, Closed):
                    # Of an earlier life of the company in this vault; custody of before it had a key tells of the plan.
                    continue
        return found

    def _plan_of(self, act: Act) -> Plan:
        return read_plan(self._vault.get_document(act.objects[0]))


def rests_on(plan: Plan) -> frozenset[str]:
    """Ids of the snapshots that a plan refers to: the state before, the one it is bound to, the one after the incident."""
    return frozenset(ref.id for ref in (plan.before, plan.now, plan.after) if ref is not None)


def _state(run: RunState, counted: Tally, *, rehearsed: bool, verified: bool) -> str:
    if verified:
        return "verified"
    if run.ended:
        return run.ended
    if run.begun:
        return "running"
    if counted.enough:
        return "approved"
    if any(approval.statement.verdict == "rejected" for approval in counted.valid):
        return "rejected"
    return "rehearsed" if rehearsed else "draft"
