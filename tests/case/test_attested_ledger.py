"""What is attested of the general ledger: each document that posts otherwise, in each account, and each posting of reports alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from books import altered
from books.companies import captured
from sample_twin import sample_twin

from akika_forensics.case.attested import outcome
from akika_forensics.case.export.plain_table import csv_of
from akika_forensics.case.results import CheckResult
from akika_forensics.changes import completeness


@pytest.fixture(scope="module")
def checked() -> Iterator[CheckResult]:
    """A paycheck, and a ledger that has two sides of other documents otherwise."""
    twin = sample_twin()
    employee = next(key[1] for key in twin.dump() if key[0] == "Employee")
    twin.screens.paycheck(employee, "35", "2026-10-30", 900, withheld=100, employer_taxes=70)
    records, controls = captured(twin)
    twin.close()

    def change(page: dict[str, Any]) -> None:
        at = altered.place(page, "subt_nat_home_amount")
        for cells, by in zip(
            [cells for cells in altered.rows(page) if cells[at]["value"]][3:5], ("2", "-7"), strict=True
        ):
            altered.more(cells[at], by)

    name = altered.named(controls, "GeneralLedger")
    yield CheckResult.of(completeness(records, altered.report(controls, name, change)))


def test_each_side_that_differs_is_kept_and_not_the_largest_alone(checked: CheckResult) -> None:
    kept = outcome(checked)["documents"]
    assert sorted(Decimal(row["residual"]) for row in kept["rows"]) == [Decimal(-2), Decimal(7)]
    assert {"account", "entity", "id", "date", "ours", "theirs"} <= set(kept["rows"][0])
    assert kept["table"]["rows"] == 2


def test_each_posting_of_reports_alone_is_kept(checked: CheckResult) -> None:
    kept = outcome(checked)["report_only"]
    assert {row["entity"] for row in kept["rows"]} == {"Payroll Check"}
    assert sorted(Decimal(row["amount"]) for row in kept["rows"]) == [
        Decimal(-800),
        Decimal(-170),
        Decimal(70),
        Decimal(900),
    ]


def test_the_digest_is_that_of_the_rows_whatever_their_order(checked: CheckResult) -> None:
    kept = outcome(checked)["report_only"]["table"]
    rows = checked.report_only.sort("date", "entity", "id", "account")
    assert kept["sha256"] == hashlib.sha256(csv_of(rows.select(kept["columns"]))).hexdigest()
    assert outcome(replace(checked, report_only=checked.report_only.reverse()))["report_only"]["table"] == kept
    more = checked.report_only.with_columns(pl.col("amount") + Decimal("0.01"))
    assert outcome(replace(checked, report_only=more))["report_only"]["table"]["sha256"] != kept["sha256"]


def test_of_many_rows_the_digest_is_kept(checked: CheckResult) -> None:
    many = replace(checked, documents=pl.concat([checked.documents] * 251))
    kept = outcome(many)["documents"]
    assert (kept["rows"], kept["table"]["rows"]) == (None, 502)
    assert len(kept["table"]["sha256"]) == 64
