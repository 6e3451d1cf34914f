"""What a case lists: snapshots, changes, effects on accounts, tie-out, findings, steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import polars as pl

from akika_forensics.books import AccountEffect, Finding, TieOutLine
from akika_forensics.case.plain_words import explained
from akika_forensics.case.rows import MONEY, TIME, Rows
from akika_forensics.changes import Change
from akika_forensics.vault import SnapshotInfo
from akika_widgets.views.difference import DifferenceView
from akika_widgets.views.tables import AccountEffectTable, StepTable, TieOutTable
from akika_widgets.views.wholeness import ExplainedView, SnapshotsView


class SnapshotTable(Rows[SnapshotInfo]):
    """Snapshots, oldest first; ``snapshots["s3"]`` is one of them."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "id": pl.String,
        "company": pl.String,
        "realm_id": pl.String,
        "taken_at": TIME,
        "finished_at": TIME,
        "records": pl.Int64,
        "new_versions": pl.Int64,
        "complete": pl.Boolean,
        "requests": pl.Int64,
        "findings": pl.Int64,
        "digest": pl.String,
    }

    def name_of(self, one: SnapshotInfo) -> str:
        return one.id

    def view(self) -> SnapshotsView:
        return SnapshotsView(self)

    def cells(self, one: SnapshotInfo) -> tuple[Any, ...]:
        who = one.company
        return (
            one.id, who.name, who.realm_id, one.taken_at, one.finished_at, one.records, one.new_versions, one.complete,
            one.requests, len(one.findings), one.digest,
        )  # fmt: skip


class Changes(Rows[Change]):
    """Records that are not what they were; ``changes["Invoice:130"]`` is one of them."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "entity": pl.String,
        "id": pl.String,
        "label": pl.String,
        "kind": pl.String,
        "consequence": pl.Boolean,
        "fields": pl.Int64,
        "direct_fields": pl.Int64,
    }

    def name_of(self, one: Change) -> str:
        return str(one.key)

    def view(self) -> DifferenceView:
        return DifferenceView(self)

    def cells(self, one: Change) -> tuple[Any, ...]:
        return (*one.key, one.label, one.kind, one.consequence, len(one.fields), len(one.direct_fields))


class Effects(Rows[AccountEffect]):
    """What a difference does to the accounts, debit positive; ``effects["35"]`` is the account with this Id."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "account": pl.String,
        "name": pl.String,
        "before": MONEY,
        "after": MONEY,
        "change": MONEY,
    }

    def name_of(self, one: AccountEffect) -> str:
        return one.account

    def view(self) -> AccountEffectTable:
        return AccountEffectTable(self)

    def cells(self, one: AccountEffect) -> tuple[Any, ...]:
        return (one.account, one.name, one.before, one.after, one.change)


class TieOut(Rows[TieOutLine]):
    """Balances from the records beside QuickBooks' own, a row a compared account; ``residual`` is ours less theirs."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "report": pl.String,
        "account": pl.String,
        "account_name": pl.String,
        "period": pl.String,
        "basis": pl.String,
        "ours": MONEY,
        "theirs": MONEY,
        "residual": MONEY,
        "reason": pl.String,
    }

    def view(self) -> TieOutTable:
        return TieOutTable(self)

    def cells(self, one: TieOutLine) -> tuple[Any, ...]:
        return (
            one.report, one.account, one.account_name, one.period, one.basis, one.ours, one.theirs, one.residual, one.reason,
        )  # fmt: skip


class Findings(Rows[Finding]):
    """What is not as it should be, and what is worth knowing."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "code": pl.String,
        "what": pl.String,
        "record": pl.String,
        "severity": pl.String,
    }

    def view(self, title: str = "Findings") -> ExplainedView:
        """In an accountant's words: what happened, what it means for the books, what to do."""
        return ExplainedView(map(explained, self), title=title)

    def cells(self, one: Finding) -> tuple[Any, ...]:
        return (one.code, one.what, str(one.key) if one.key else None, one.severity)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a plan with what became of it."""

    id: str
    action: str
    record: str
    label: str
    reason: str
    fidelity: str
    state: str
    why: str


class Steps(Rows[StepRow]):
    """The steps of a plan in the order of their execution; ``steps["s001"]`` is one of them."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "id": pl.String,
        "action": pl.String,
        "record": pl.String,
        "label": pl.String,
        "reason": pl.String,
        "fidelity": pl.String,
        "state": pl.String,
        "why": pl.String,
    }

    def name_of(self, one: StepRow) -> str:
        return one.id

    def view(self) -> StepTable:
        return StepTable(self)

    def cells(self, one: StepRow) -> tuple[Any, ...]:
        return (one.id, one.action, one.record, one.label, one.reason, one.fidelity, one.state, one.why)
