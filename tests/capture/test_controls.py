from __future__ import annotations

from datetime import date, datetime

import pytest

from akika_forensics.capture.controls import company_date, fiscal_year_start

LATE = datetime.fromisoformat("2026-12-31T22:30:00-08:00")


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (None, date(2026, 12, 31)),
        ("", date(2026, 12, 31)),
        ("America/Los_Angeles", date(2026, 12, 31)),
        ("America/New_York", date(2027, 1, 1)),
        ("Australia/Sydney", date(2027, 1, 1)),
        ("Nowhere/Such", date(2026, 12, 31)),
        ("../../etc/passwd", date(2026, 12, 31)),
        (7, date(2026, 12, 31)),
    ],
)
def test_the_date_is_the_companys(zone: object, day: date) -> None:
    assert company_date({"DefaultTimeZone": zone} if zone is not None else {}, LATE) == day


@pytest.mark.parametrize(
    ("month", "day", "start"),
    [
        ("January", date(2026, 11, 23), date(2026, 1, 1)),
        ("July", date(2026, 11, 23), date(2026, 7, 1)),
        ("July", date(2026, 6, 30), date(2025, 7, 1)),
        ("December", date(2026, 11, 23), date(2025, 12, 1)),
        ("Smarch", date(2026, 11, 23), date(2026, 1, 1)),
        (None, date(2026, 11, 23), date(2026, 1, 1)),
    ],
)
def test_the_fiscal_year(month: str | None, day: date, start: date) -> None:
    assert fiscal_year_start({"FiscalYearStartMonth": month}, day) == start
