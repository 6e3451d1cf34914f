"""The table of beliefs: what is asked, what may be, what the twin takes for granted until somebody knows.

A row is here only when every choice of it is built. ``default`` is what the twin has always done, or what most speaks for.
"""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.doubt import Belief
from akika_forensics.twin.uncertain import attribution, notifications, reading, reports, service, writing
from akika_forensics.twin.uncertain.reading import FEED, FILTER
from akika_forensics.twin.uncertain.writing import ATTACH

__all__ = ["ATTACH", "FEED", "FILTER", "TABLE"]

TABLE: Final[tuple[Belief, ...]] = (
    *reading.TABLE,
    *writing.TABLE,
    *service.TABLE,
    *notifications.TABLE,
    *attribution.TABLE,
    *reports.TABLE,
)
