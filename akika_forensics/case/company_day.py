"""The day at the company on which a snapshot was taken: in the evening of the west it is tomorrow in UTC."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Final

from akika_forensics.capture.controls import ControlName
from akika_forensics.model.instants import parse_date
from akika_forensics.vault import SnapshotInfo

_OF_THE_DAY: Final = frozenset({"AgedReceivables", "AgedPayables", "CustomerBalance", "VendorBalance"})
"""Reports that a capture asks for as of the company's own date, and of no other."""


def company_day(info: SnapshotInfo) -> date:
    """As the reports of the day that were kept with it are dated; the date in UTC where none were.

    Source: QuickBooks API, reports: days are those of the company's time zone.
    """
    days: list[date] = []
    for name in info.controls:
        said = ControlName.of(name)
        if said.report in _OF_THE_DAY:
            with suppress(ValueError):
                days.append(parse_date(said.days))
    return max(days, default=info.taken_at.date())
