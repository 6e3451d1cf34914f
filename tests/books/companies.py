"""A company's records and QuickBooks' own reports of it, straight from the twin."""

from __future__ import annotations

from akika_forensics.capture.controls import Dates, of_everything
from akika_forensics.capture.controls.calendar import Horizon, company_date, fiscal_month
from akika_forensics.model import payload as payloads
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.twin import Twin

Controls = dict[str, bytes]


def captured(twin: Twin) -> tuple[list[Record], Controls]:
    """All records, and all reports that a full capture asks for."""
    records = [Record(RecordKey(*key), payload) for key, payload in twin.dump().items()]
    dates = Dates()
    company = None
    for one in records:
        dates.note(one.body)
        company = one.body if one.key.entity == "CompanyInfo" else company
    assert company is not None
    horizon = Horizon.of(company_date(company, twin.clock()), fiscal_month(company), dates.first, dates.last)
    plan = of_everything(horizon, dates)
    return records, {
        wanted.name: payloads.encode(twin.report(wanted.control.report, **wanted.parameters()))
        for wanted in plan.wanted
    }
