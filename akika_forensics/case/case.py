"""An open case: a vault with its company. Returns ready values, never half-open handles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from akika_forensics.case import scopes
from akika_forensics.case.acquisition import Acquisition, acquisition_of
from akika_forensics.case.acts import acts_of_plan
from akika_forensics.case.attached import attachments_of
from akika_forensics.case.budget import Budget
from akika_forensics.case.capturing import Capturing, Progress
from akika_forensics.case.checking import attest_check, check_of
from akika_forensics.case.companies import Companies
from akika_forensics.case.comparing import difference, require_same_company
from akika_forensics.case.connections.connecting import Connecting
from akika_forensics.case.deletions import Deletions, deletions_of
from akika_forensics.case.dependencies import Dependencies, chosen_records, dependencies_of
from akika_forensics.case.evidence import Compared
from akika_forensics.case.export import Exported
from akika_forensics.case.export.frames import frames_of
from akika_forensics.case.export.recorded import export_recorded
from akika_forensics.case.first_hour import FirstHour
from akika_forensics.case.journey import Journey
from akika_forensics.case.lifecycle import Lifecycle
from akika_forensics.case.people import People
from akika_forensics.case.plans.desk import PlanDesk
from akika_forensics.case.plans.review import Review
from akika_forensics.case.plans.session import Session
from akika_forensics.case.proofs import authority_in_force, disclose_to, stamp_head
from akika_forensics.case.results import CheckResult
from akika_forensics.case.statements.reading import ReadBooks, read_books
from akika_forensics.case.unlocking import means_from_environment
from akika_forensics.case.values import CaseDiff, CasePlan, SnapshotTable, graph_view
from akika_forensics.case.versions import Versions
from akika_forensics.custody import CustodyLog
from akika_forensics.custody.log import operator
from akika_forensics.errors import WrongUse
from akika_forensics.graph import ReferenceGraph
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Connection
from akika_forensics.restore.signers import Signers
from akika_forensics.settings import Secret
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.vault import HeadStore, Snapshot, SnapshotInfo, Vault, VerifyReport, verify
from akika_forensics.vault.chains.attestations import Attestation
from akika_forensics.vault.keys.ways import Means
from akika_forensics.vault.proofs import Stamped
from akika_forensics.vault.snapshots.draft import DraftInfo
from akika_widgets.views.record_graph import GraphView


class Case:
    """A vault and one of its companies. Made by `open_vault`."""

    def __init__(self, vault: Vault, company: str | None, heads: HeadStore | None = None) -> None:
        self.vault = vault
        self._heads = heads or HeadStore()
        self.custody = CustodyLog(vault)
        self.signers = Signers(vault)
        self.companies = Companies(vault)
        self.budget = Budget(vault, self.companies)
        self.connecting = Connecting(vault, self.companies, self.custody)
        self.people = People(vault, self.custody)
        self._capturing = Capturing(vault, self.companies, self.budget, self.custody)
        self._company = company

    @property
    def company_name(self) -> str:
        """The chosen company, or the only one. Raises WrongUse."""
        return self.companies.choose(self._company)

    def choose(self, name: str) -> None:
        """From now on this company of the vault is meant. Raises WrongUse."""
        self._company = self.companies.choose(name)

    @property
    def plans(self) -> PlanDesk:
        """Making, rehearsing, approving and executing plans on the chosen company. Raises WrongUse without one."""
        return PlanDesk(Session(self.vault, self.company_name, self.companies, self._fresh, self.snapshot))

    @property
    def lifecycle(self) -> Lifecycle:
        """What becomes of snapshots with the years: compaction, retention, legal holds, erasure."""
        return Lifecycle(self.vault, self.companies, self.custody, self._company)

    def first_hour(self, *, by: Callable[[], str] = operator) -> FirstHour:
        """What to do first after an incident in the chosen company, and what was done. Raises WrongUse without one."""
        return FirstHour(self.vault, self.company_name, self.companies.company(self.company_name), by=by)

    def _fresh(
        self, why: str, *, progress: Progress | None = None, should_stop: Callable[[], bool] | None = None
    ) -> SnapshotInfo:
        return self.capture(why=why, progress=progress, should_stop=should_stop)

    def connect(self, connection: Connection, refresh_token: Secret, *, name: str | None = None) -> tuple[str, Company]:
        """Connect the vault to a company; the tokens are sealed in it."""
        chosen, company = self.connecting.by_token(connection, refresh_token, name=name)
        self._company = chosen
        return chosen, company

    def capture(
        self,
        *,
        full: bool = False,
        afresh: bool = False,
        records: Iterable[str | RecordKey] = (),
        why: str = "",
        sparing: bool | None = None,
        reserve: bool = False,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> SnapshotInfo:
        """A snapshot of the live company; ``full`` has every record read also where what changed would be enough.

        One that was interrupted is gone on with, unless ``afresh``. ``records``: of these alone, such as ``["Invoice:130"]``,
        with what they need and what hangs on them; all else stays as in the snapshot before, and the snapshot says so. ``sparing``
        leaves reports out to spare reads; None does so where the month's cap asks for it. ``reserve`` leaves a full capture of each
        company under the cap. It cannot write to QuickBooks. Raises WrongUse, and BudgetSpent where it would pass the cap even so.
        """
        chosen = scopes.chosen(records, full=full)
        return self._capturing.capture(
            self.company_name,
            chosen,
            full=full,
            afresh=afresh,
            why=why,
            sparing=sparing,
            reserve=reserve,
            progress=progress,
            should_stop=should_stop,
        )

    def interrupted(self) -> dict[str, DraftInfo]:
        """Captures that were interrupted and wait to be gone on with, by the name of their company."""
        return self._capturing.interrupted()

    # -- looking -----------------------------------------------------------------------------------------------------

    def snapshots(self) -> SnapshotTable:
        """Snapshots of the chosen company, or of all when none is chosen; oldest first. A tuple that shows itself."""
        every = self.vault.snapshots()
        if self._company is None:
            return SnapshotTable(every)
        realm = self.companies.company(self.company_name).realm_id
        return SnapshotTable(info for info in every if info.company.realm_id == realm)

    def snapshot(self, ref: str) -> Snapshot:
        """``s3``, ``first``, ``latest`` (of the chosen company, and of all of it). Raises WrongUse."""
        if ref.strip().lower() in {"first", "latest"}:
            mine = [info for info in self.snapshots() if not info.scoped]
            if not mine:
                raise WrongUse("There is no snapshot of the company yet.", do="`akika capture` takes one.")
            ref = mine[0].id if ref.strip().lower() == "first" else mine[-1].id
        found = self.vault.snapshot(ref)
        if self._company is not None:
            require_same_company(found.info, self.companies.company(self.company_name))
        return found

    def as_of(self, instant: datetime) -> Snapshot:
        """The newest snapshot of all of the chosen company that was finished at a time (aware). Raises WrongUse."""
        return self.vault.as_of(instant, self.companies.company(self.company_name) if self._company else None)

    def tables(self, entity: str, ref: str = "latest") -> dict[str, pl.DataFrame]:
        """The records of one kind as typed frames: ``Invoice``, one row a record, and ``Invoice.Line`` and the like for its lists.

        The tables of `export` in memory. For questions to all records at once see `Snapshot.lazy`. Raises WrongUse.
        """
        if entity not in CATALOGUE:
            raise WrongUse(f"QuickBooks has no entity {entity!r}.", do=f"It has {', '.join(CATALOGUE)}.")
        snapshot = self.snapshot(ref)
        return frames_of(lambda: snapshot.records([entity]))

    def attachments(self, ref: str = "latest") -> pl.DataFrame:
        """The files attached to records, a row each: entity, id, file_name, content_type, note, attached_to, length, sha256."""
        return attachments_of(self.snapshot(ref))

    def attachment(self, record: str | RecordKey, ref: str = "latest") -> bytes:
        """The bytes of an attached file, such as that of ``"Attachable:5"``, proved against its SHA-256. Raises WrongUse."""
        key = record if isinstance(record, RecordKey) else RecordKey.parse(record)
        return b"".join(self.snapshot(ref).attachment(key))

    def deletions(self, ref: str = "latest") -> Deletions:
        """What QuickBooks told of as deleted that a snapshot does not hold, with the earlier snapshot that has it. Raises WrongUse."""
        return deletions_of(self.vault, self.snapshot(ref))

    def diff(self, before: str, after: str) -> CaseDiff:
        """What changed between two snapshots, field by field, with its effect on the accounts. Raises WrongCompany."""
        return difference(self.snapshot(before), self.snapshot(after))

    def comparison(self, before: str, after: str) -> Compared:
        """`diff` with its evidence: every field, every time that QuickBooks keeps, and the figures. Raises WrongCompany."""
        return Compared(self.diff(before, after))

    def history(self, record: str | RecordKey) -> Versions:
        """Every version of one record, such as ``"Invoice:130"``, that the snapshots hold; oldest first. Raises WrongUse."""
        key = record if isinstance(record, RecordKey) else RecordKey.parse(record)
        company = self.companies.company(self.company_name) if self.companies.names() else None
        return Versions(self.vault.history(key, company))

    def check(self, ref: str = "latest", *, beliefs: Beliefs | None = None) -> CheckResult:
        """How whole a snapshot is: counts, references, tie-out to QuickBooks' own reports.

        ``beliefs``: what a real company answered to the probe; the profile that ``AKIKA_PROFILE`` names without.
        """
        return check_of(self.vault, self.snapshot(ref), beliefs)

    def attest(self, ref: str, report: CheckResult) -> Attestation:
        """Sign what `check` concluded on a snapshot; it stays beside every other judgement on it, and custody says so."""
        return attest_check(self.vault, self.custody, self.snapshot(ref), report)

    def attestations(self, ref: str | None = None) -> tuple[Attestation, ...]:
        """The judgements that were signed, oldest first; on one snapshot or on all."""
        return self.vault.attestations(None if ref is None else self.snapshot(ref).info.id)

    def stamp(self) -> Stamped:
        """Have the time-stamping authority that the environment names stamp the head. Raises WrongUse without one."""
        return stamp_head(self.vault, self.custody)

    def disclose(self, ref: str, record: str | RecordKey, out: Path) -> str:
        """Write a proof of one record to a new file, outside the vault's protection; returns its SHA-256."""
        key = record if isinstance(record, RecordKey) else RecordKey.parse(record)
        return disclose_to(self.snapshot(ref), self.vault, self.custody, key, out)

    def verify_vault(self, passphrase: Secret | Means | None = None) -> VerifyReport:
        """Read the whole vault anew, open it, and hold it against what was signed. Without ``passphrase`` the environment gives it."""
        secret = passphrase or means_from_environment(self.vault.location)
        return verify(self.vault.location, secret, heads=self._heads, authority=authority_in_force())

    def acquisition(self, ref: str = "latest", *, passphrase: Secret | None = None) -> Acquisition:
        """How a snapshot came to be and how whole it is, its custody, and the state of the vault that holds it. Raises WrongUse."""
        return acquisition_of(self.vault, self.snapshot(ref), self.custody.acts(), self.verify_vault(passphrase))

    def books(self, ref: str = "latest") -> ReadBooks:
        """The books of a snapshot, rebuilt from its documents, with their tie-out: ``case.books().statement("balance-sheet")`` shows itself."""
        return read_books(self.vault, self.snapshot(ref))

    def graph_of(self, ref: str = "latest") -> ReferenceGraph:
        """Everything that points to something else in a snapshot, for questions of your own."""
        return ReferenceGraph.of(self.snapshot(ref).records())

    def graph(
        self,
        records: str | RecordKey | Iterable[str | RecordKey],
        *,
        depth: int | None = 1,
        snapshot: str = "latest",
        states: dict[RecordKey, str] | None = None,
    ) -> GraphView:
        """The neighbourhood of some records as a picture: what they need, what hangs on them, ``depth`` references far (None: to the end)."""
        given = [records] if isinstance(records, str | RecordKey) else list(records)
        keys = [key if isinstance(key, RecordKey) else RecordKey.parse(key) for key in given]
        return graph_view(self.snapshot(snapshot), keys, depth, states or {})

    def dependencies(
        self, records: str = "", *, before: str, after: str | None = None, depth: int | None = 1
    ) -> Dependencies:
        """What records need and what hangs on them in the state ``before``.

        ``records``: such as ``"Invoice:130, Payment:12"``. With ``after`` each carries what became of it until then, records that only the later
        state holds are taken from it, and where none is named those changed directly are meant. Raises WrongUse, WrongCompany.
        """
        held = {record.key: record for record in self.snapshot(before).records()}
        states: dict[RecordKey, str] = {}
        if after is not None:
            incident = self.diff(before, after)
            states = incident.states()
            held |= {one.key: one.after for one in incident.changes if one.before is None and one.after is not None}
        return dependencies_of(held.values(), chosen_records(records, states), depth=depth, states=states)

    def export(self, ref: str, to: str | Path, form: str = "jsonl", *, progress: Progress | None = None) -> Exported:
        """A readable copy of a snapshot, outside the vault's protection, in a new or empty folder.

        Custody lists what leaves, file by file with its SHA-256, before it is at its place. Raises WrongUse, ExportFailed.
        """
        return export_recorded(self.custody, self.snapshot(ref), Path(to), form, progress=progress)

    def plan(self, file: str | Path) -> CasePlan:
        """A plan file with what became of it, ready to be shown."""
        return CasePlan(self.plans.load(Path(file)))

    def review(self, file: str | Path) -> Review:
        """A plan file as its approver reads it: scope, states, steps, prediction, rehearsal, and what a signature covers."""
        held = self.plans.load(Path(file))
        return Review(held, acts_of_plan(self.custody.acts(), held.plan.id, (held.plan.before.id, held.plan.now.id)))

    def restore(self, *, before: str, after: str, file: str | Path, records: str = "", now: str = "") -> Journey:
        """A restore from the choice of records to the proof, station by station; see `Journey`. Nothing happens by making it."""
        return Journey(self, before, after, Path(file), records, now)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.snapshots()._repr_mimebundle_(include, exclude)

    def __panel__(self) -> Any:
        return self.snapshots().__panel__()

    def __repr__(self) -> str:
        return f"Case({self.vault!r})"
