"""Statements end with the company's day, whatever the date is in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from akika_forensics.case.company_day import company_day

EVENING = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
"""It is the 27th in California."""


@pytest.mark.parametrize(
    ("controls", "day"),
    [
        (["AgedReceivables/2026-11-27", "TrialBalance/Accrual/2026-11-30"], date(2026, 11, 27)),
        (["CustomerBalance/2026-11-27", "AgedPayables/2026-11-27"], date(2026, 11, 27)),
        (["TrialBalance/Accrual/2026-12-31", "GeneralLedger/Cash/2026-07-01..2026-11-27"], date(2026, 11, 28)),
        (["AgedReceivables/no day", "AgedReceivables"], date(2026, 11, 28)),
        ([], date(2026, 11, 28)),
    ],
)
def test_the_day_is_that_of_the_reports_of_the_day(controls: list[str], day: date) -> None:
    info: Any = SimpleNamespace(controls=controls, taken_at=EVENING)
    assert company_day(info) == day
