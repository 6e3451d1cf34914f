"""QuickBooks' own reports captured beside the records: which ones, for which days, and what became of them."""

from __future__ import annotations

from akika_forensics.capture.controls.ahead import NOTHING, Ahead
from akika_forensics.capture.controls.calendar import Horizon, company_date, fiscal_year_start
from akika_forensics.capture.controls.controls import Controls, of_changes, of_everything, of_few, of_records
from akika_forensics.capture.controls.dates import Dates, day_of
from akika_forensics.capture.controls.early import Early
from akika_forensics.capture.controls.plan import Plan
from akika_forensics.capture.controls.wanted import ControlName

__all__ = [
    "NOTHING",
    "Ahead",
    "ControlName",
    "Controls",
    "Dates",
    "Early",
    "Horizon",
    "Plan",
    "company_date",
    "day_of",
    "fiscal_year_start",
    "of_changes",
    "of_everything",
    "of_few",
    "of_records",
]
