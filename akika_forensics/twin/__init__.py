"""A local QuickBooks Online company: strict, with books of its own, in process or over HTTP."""

from akika_forensics.twin.engine import Twin
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.limits import Limits
from akika_forensics.twin.oauth import Credentials
from akika_forensics.twin.server import TwinServer, serve

__all__ = ["Credentials", "Limits", "QuickBooksFault", "Twin", "TwinServer", "serve"]
