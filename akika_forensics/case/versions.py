"""The versions of one record, as a case lists them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, ClassVar, Final

import polars as pl

from akika_forensics.case.rows import TIME, Rows
from akika_forensics.changes import Change, compare_records
from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import parse_instant
from akika_forensics.vault import Version
from akika_widgets.views.listing import Column, Listing, Mark
from akika_widgets.views.wording import field_words

_FIELDS: Final = 4
"""How many changed fields a version names before it counts the rest."""


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
