"""A local QuickBooks Online company: strict, with books of its own, in process or over HTTP."""

from akika_forensics.twin.engine import Twin
from akika_forensics.twin.faults import QuickBooksFault

__all__ = ["QuickBooksFault", "Twin"]
