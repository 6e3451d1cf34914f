"""A company that hundreds of captures read and nobody changes: each of its reports is built once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from akika_forensics.twin import Twin, wire
from akika_forensics.twin.reports.catalogue import REPORTS
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

type _Built = tuple[dict[str, Any], bool]


@contextmanager
def unchanging(twin: Twin) -> Iterator[Twin]:
    """``twin``, whose reports are kept as they were built first; at the end it must be as it was, else they were wrong."""
    before = twin.dump()
    kept: dict[tuple[object, ...], _Built] = {}
    with pytest.MonkeyPatch.context() as patched:
        for name, report in REPORTS.items():
            patched.setitem(REPORTS, name, replace(report, build=partial(_once, report, twin, kept)))
        yield twin
    assert twin.dump() == before, "reports were kept of a company that was changed"


def _once(report: Report, twin: Twin, kept: dict[tuple[object, ...], _Built], session: Session, asked: Asked) -> _Built:
    """A report tells of its days and of today; the time in its header is written anew for whoever asks."""
    if session.store is not twin.store:
        return report.build(session, asked)
    key = (report.name, repr(asked), session.moment.astimezone(wire.PACIFIC).date())
    if key not in kept:
        kept[key] = report.build(session, asked)
    return kept[key]
