"""A difference down to its fields and times."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from akika_forensics.books import AccountEffect
from akika_forensics.case.evidence import WHOLE, Compared
from akika_forensics.case.values import CaseDiff
from akika_forensics.changes import Change, Comparison, compare_records
from akika_forensics.model.company import Company
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import SnapshotInfo

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def record(entity: str, record_id: str, **body: Any) -> Record:
    return Record(RecordKey(entity, record_id), json.dumps({"Id": record_id, "SyncToken": "0"} | body).encode())


def info(name: str) -> SnapshotInfo:
    company = Company("462", "Amy's Birds", "https://example.invalid")
    return SnapshotInfo(name, company, AT, AT, 1, 1, True, {}, {}, 1, [], (), name * 2)


def compared(changes: Sequence[Change], effect: Sequence[AccountEffect] = ()) -> Compared:
    return Compared(CaseDiff(info("s1"), info("s2"), Comparison(tuple(changes)), tuple(effect)))


def change(before: Record | None, after: Record | None) -> Change:
    found = compare_records(before, after)
    assert found is not None
    return found


def meta(at: str, **more: Any) -> dict[str, Any]:
    return {"MetaData": {"CreateTime": "2026-01-01T00:00:00Z", "LastUpdatedTime": at} | more}


REMOVED = change(record("Invoice", "9", DocNumber="1001"), None)
ADDED = change(None, record("Bill", "3", **meta("2026-11-24T00:00:00Z", CreateTime="2026-11-20T08:00:00-08:00")))
CHANGED = change(
    record("Item", "4", UnitPrice=75, Name="Design", **meta("2026-07-01T00:00:00Z")),
    record("Item", "4", UnitPrice=88, Name="Design",
           **meta("2026-11-20T12:00:00Z", LastModifiedByRef={"value": "55", "name": "Amy"})) ,
)  # fmt: skip
FOLLOWED = change(record("Account", "35", CurrentBalance=1), record("Account", "35", CurrentBalance=2))


def test_a_whole_record_is_vouched_for_by_its_digest() -> None:
    (row,) = compared([REMOVED]).rows
    assert REMOVED.before is not None
    assert (row.path, row.before, row.after) == (WHOLE, f"SHA-256 {REMOVED.before.digest.hex()}", "")


def test_every_field_is_a_row_and_says_whose_it_is() -> None:
    rows = {row.path: row for row in compared([CHANGED]).rows}
    assert (rows["UnitPrice"].before, rows["UnitPrice"].after, rows["UnitPrice"].server) == ("75.00", "88.00", False)
    assert rows["MetaData.LastUpdatedTime"].server
    assert len(rows) == len(CHANGED.fields)


def test_changes_stand_in_order_of_time_and_what_is_gone_has_none() -> None:
    found = compared([REMOVED, CHANGED, ADDED, FOLLOWED]).happenings
    assert [str(one.key) for one in found] == ["Item:4", "Bill:3", "Invoice:9"]
    assert [one.at for one in found] == [
        datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 20, 16, tzinfo=UTC), None,
    ]  # fmt: skip
    assert [one.by for one in found] == ["Amy", "", ""]


def test_a_record_that_says_nothing_sensible_of_its_time_has_none() -> None:
    odd = change(record("Item", "4", Name="a"), record("Item", "4", Name="b", MetaData={"LastUpdatedTime": "soon"}))
    broken = change(record("Item", "5"), Record(RecordKey("Item", "5"), b"{"))
    assert [one.at for one in compared([odd, broken]).happenings] == [None, None]


def test_the_figures_add_up() -> None:
    effect = [AccountEffect("1", "A", Decimal(0), Decimal(5), Decimal(5)), AccountEffect("2", "B", Decimal(5), Decimal(-2), Decimal(-7))]  # fmt: skip
    found = compared([REMOVED, CHANGED, ADDED, FOLLOWED], effect).figures()
    assert (found["records_removed"], found["records_changed"], found["records_added"]) == (1, 1, 1)
    assert (found["records_voided"], found["records_followed"]) == (0, 1)
    assert found["fields"] == 2 + len(CHANGED.fields) + len(FOLLOWED.fields)
    assert (found["accounts_moved"], found["sum_of_movements"], found["largest_movement"]) == (2, -2, 7)


def test_nothing_is_said_where_nothing_differs() -> None:
    empty = compared([])
    assert "nothing is different between s1 and s2" in empty.in_short().text()
    assert "nothing was changed" in empty.in_order().text()
    assert "nothing happened" in empty.timeline().text()
    assert "no field differs" in empty.evidence().text()
