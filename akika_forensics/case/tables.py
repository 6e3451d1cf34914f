"""What a case lists: snapshots, versions of a record, changes, effects on accounts, tie-out, findings, steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, ClassVar, Final

import polars as pl

from akika_forensics.books import AccountEffect, Finding, TieOutLine
from akika_forensics.case.rows import MONEY, TIME, Rows
from akika_forensics.changes import Change, compare_records
from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import parse_instant
from akika_forensics.vault import SnapshotInfo, Version
from akika_widgets.views.difference import DifferenceView
from akika_widgets.views.listing import Column, Listing, Mark
from akika_widgets.views.tables import AccountEffectTable, StepTable, TieOutTable
from akika_widgets.views.wholeness import FindingsView, SnapshotsView
from akika_widgets.views.wording import field_words

_FIELDS: Final = 4
"""How many changed fields a version names before it counts the rest."""


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


class Versions(Rows[Version]):
    """Every version of one record, oldest first; ``versions["s2"]`` is the one that snapshot s2 brought."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "snapshot": pl.String,
        "taken_at": TIME,
        "present": pl.Boolean,
        "label": pl.String,
        "sync_token": pl.String,
        "last_updated": TIME,
        "digest": pl.String,
        "payload": pl.String,
        "missing": pl.String,
    }

    def name_of(self, one: Version) -> str:
        return one.snapshot

    @property
    def changes(self) -> tuple[Change | None, ...]:
        """What each version changed of the one before it; the first is compared with nothing. None where only its bytes
        differ, and where one of the two cannot be read.
        """
        versions = [Version("", datetime.min.replace(tzinfo=UTC), False, None), *self]
        return tuple(
            None if was.missing or now.missing else compare_records(was.record, now.record)
            for was, now in pairwise(versions)
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """A sentence for each file that is lost or damaged and stands in the way; empty where everything can be told."""
        return tuple(dict.fromkeys(one for version in self for one in version.missing))

    def view(self) -> Listing:
        columns = [Column("From snapshot"), Column("Taken (UTC)"), Column("What", "state"), Column("Fields", "quiet")]
        columns += [Column("Last changed (UTC)"), Column("Edits", "number"), Column("Canonical form", "code")]
        rows = [
            (
                one.snapshot,
                one.taken_at,
                _became(one, change, first=not at),
                "; ".join(one.missing) or _fields_said(change) or None,
                _last_updated(one),
                _sync_token(one),
                one.record.digest.hex() if one.record else None,
            )
            for at, (one, change) in enumerate(zip(self, self.changes, strict=True))
        ]
        last = next((one.record for one in reversed(self) if one.record), None)
        sub = f"{last.label} ({last.key}); a row where something changed" if last else ""
        if self.missing:
            told = f"not whole: {len(self.missing)} of the vault's files cannot be read"
            sub = f"{sub}; {told}" if sub else told
        return Listing("Versions of the record", columns, rows, sub=sub, nothing="the record is in no snapshot.")

    def cells(self, one: Version) -> tuple[Any, ...]:
        record = one.record
        if record is None:
            missing = "; ".join(one.missing) or None
            return (one.snapshot, one.taken_at, one.present, None, None, None, None, None, missing)
        label = record.label if _is_object(one) else str(record.key)
        text = record.payload.decode("utf-8", "replace")
        return (
            one.snapshot, one.taken_at, one.present, label, _sync_token(one), _last_updated(one), record.digest.hex(), text,
            None,
        )  # fmt: skip


def _is_object(one: Version) -> bool:
    try:
        return one.record is not None and bool(one.record.body)
    except WrongUse:
        return False


def _body(one: Version) -> dict[str, Any]:
    return one.record.body if one.record is not None and _is_object(one) else {}


def _sync_token(one: Version) -> str | None:
    token = _body(one).get("SyncToken")
    return None if token is None else str(token)


def _last_updated(one: Version) -> datetime | None:
    meta = _body(one).get("MetaData")
    told = meta.get("LastUpdatedTime") if isinstance(meta, dict) else None
    try:
        return parse_instant(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _became(one: Version, change: Change | None, *, first: bool) -> Mark:
    if one.missing:
        return Mark("?", "there, but lost" if one.present else "not known", "changed")
    if one.record is None:
        return Mark("−", "not there", "removed")  # noqa: RUF001 - the minus sign that all views use
    if first:
        return Mark("·", "first seen", "quiet")
    if change is None or change.consequence:
        return Mark("·", "followed", "quiet")
    return Mark("+", "there again", "added") if change.kind == "added" else Mark("≠", change.kind, "changed")


def _fields_said(change: Change | None) -> str:
    if change is None or not change.fields:
        return ""
    words = [field_words(one.path) or one.path for one in (change.direct_fields or change.fields)]
    rest = len(words) - _FIELDS
    return ", ".join(words[:_FIELDS]) + (f" and {rest} more" if rest > 0 else "")


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

    def view(self) -> FindingsView:
        return FindingsView(self)

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
