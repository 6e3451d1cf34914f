"""What only reports show, where a snapshot has no general ledger of its days: as the newest earlier one told it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import polars as pl
import pytest
from books import altered
from books.companies import Controls, captured
from sample_twin import sample_twin

from akika_forensics.books import Ledger, report_only
from akika_forensics.books.postings.frame import POSTINGS
from akika_forensics.books.tie_out.carried import Days, carried, without
from akika_forensics.books.tie_out.tied import tie
from akika_forensics.model.record import Record

type Company = tuple[list[Record], Controls]


@pytest.fixture(scope="module")
def states() -> Iterator[tuple[Company, Company]]:
    """A company, and the same with a second paycheck, on a day of the year before."""
    twin = sample_twin()
    employee = next(key[1] for key in twin.dump() if key[0] == "Employee")
    twin.screens.paycheck(employee, "35", "2026-10-30", 900, withheld=100, employer_taxes=70)
    first = captured(twin)
    twin.screens.paycheck(employee, "35", "2026-11-02", 500)
    yield first, captured(twin)
    twin.close()


def ledgers(controls: Controls) -> Controls:
    return {name: body for name, body in controls.items() if name.startswith("GeneralLedger")}


def test_it_is_as_if_the_snapshot_had_them_itself(states: tuple[Company, Company]) -> None:
    records, controls = states[1]
    ledger = Ledger.of(records)
    bare = {name: body for name, body in controls.items() if name not in ledgers(controls)}
    tied = tie(ledger, bare, before=[controls])
    assert tied.residuals.rows() == []
    assert tied.report_only.equals(tie(ledger, controls).report_only)
    assert report_only(ledger, bare, [controls]).equals(tied.report_only)
    assert sorted(one.code for one in tied.findings) == ["report_only", "report_only_before"]
    assert tie(ledger, bare).residuals.height > 0


def test_the_newest_that_tells_of_a_day_counts(states: tuple[Company, Company]) -> None:
    (_, older), (records, newer) = states
    ledger = Ledger.of(records)
    both = carried(ledger, [], [newer, older])
    assert both.equals(carried(ledger, [], [newer]))
    stale = carried(ledger, [], [older, newer])
    assert set(stale["id"]) < set(both["id"])
    # The older one alone leaves what came since, and says nothing that is not so.
    assert (
        tie(
            ledger, {name: body for name, body in newer.items() if name not in ledgers(newer)}, before=[older]
        ).residuals.height
        > 0
    )


def test_days_that_the_snapshot_tells_of_itself_are_its_own(states: tuple[Company, Company]) -> None:
    records, controls = states[1]
    ledger = Ledger.of(records)
    rows = carried(ledger, [], [controls])
    days = sorted(set(rows["date"]))
    assert len(days) == 2
    left = carried(ledger, [Days(days[0], days[0])], [controls])
    assert left.equals(rows.filter(pl.col("date") == days[1]))
    assert left["amount"].sum() == Decimal(0)
    assert carried(ledger, [Days(days[0], days[1])], [controls]).is_empty()


def test_what_a_cut_ledger_shows_is_not_taken_again_from_an_earlier_one(states: tuple[Company, Company]) -> None:
    records, controls = states[1]
    ledger = Ledger.of(records)
    whole = report_only(ledger, controls)
    name = altered.named(controls, "GeneralLedger")
    shown = []
    for rows in (1, 40, 80, 160, 320):
        cut = altered.report(ledgers(controls), name, lambda page, rows=rows: altered.cut(page, rows))  # type: ignore[misc]
        shown.append(report_only(ledger, cut).height)
        found = report_only(ledger, cut, [controls])
        assert found.sort(found.columns).equals(whole.sort(whole.columns)), rows
        assert tie(ledger, {**controls, **cut}, before=[controls]).residuals.is_empty()
    assert any(0 < number < whole.height for number in shown), "some are shown, and some are not"


def test_a_transaction_that_posts_twice_to_an_account_is_taken_whole(states: tuple[Company, Company]) -> None:
    records, controls = states[1]
    rows = carried(Ledger.of(records), [], [controls])
    twice = pl.concat([rows, rows])
    assert without(twice, rows).equals(rows)
    assert without(twice, twice).is_empty()
    assert without(rows, rows.clear()).equals(rows)


def test_what_cannot_be_read_tells_nothing(states: tuple[Company, Company]) -> None:
    records, controls = states[0]
    ledger = Ledger.of(records)
    damaged = {name: body[:100] for name, body in ledgers(controls).items()}
    assert carried(ledger, [], [damaged, {}, controls]).equals(carried(ledger, [], [controls]))
    assert carried(ledger, [], [damaged]).schema == POSTINGS
