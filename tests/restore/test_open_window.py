"""An import whose end nobody names reaches to the state that a plan is made for, by QuickBooks' clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.scope import OPEN, ImportWindow, Scope

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_an_open_end_becomes_the_moment_of_the_state_and_a_named_one_stays() -> None:
    named = ImportWindow(NOON, NOON + timedelta(hours=1), "Bill")
    scope = Scope((RecordKey("Invoice", "1"),), (ImportWindow(NOON, OPEN), named))
    closed = scope.until(NOON + timedelta(days=2))
    assert closed.imports == (ImportWindow(NOON, NOON + timedelta(days=2)), named)
    assert Scope.from_json(closed.to_json()) == closed
    body = {"MetaData": {"CreateTime": format_instant(NOON + timedelta(days=2))}}
    assert closed.imports[0].holds(RecordKey("Bill", "7"), body)
    assert not closed.imports[1].holds(RecordKey("Bill", "7"), body)
