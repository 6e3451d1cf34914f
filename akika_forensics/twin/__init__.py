"""A local QuickBooks Online company: strict, with books of its own, in process or over HTTP."""

from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.http.limits import Limits
from akika_forensics.twin.http.oauth import Credentials
from akika_forensics.twin.http.server import TwinServer, serve
from akika_forensics.twin.settings import Founding

__all__ = ["Beliefs", "Credentials", "Founding", "Limits", "QuickBooksFault", "Twin", "TwinServer", "serve"]
