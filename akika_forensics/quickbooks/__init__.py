"""The QuickBooks Online API: transports, sign-in, reader; nothing about storage.

The writer lies in ``quickbooks.writer`` and is not among these names: only the execution of an approved plan imports it.
"""

from __future__ import annotations

from akika_forensics.quickbooks.answers import Slice
from akika_forensics.quickbooks.change_feed import ChangeFeed
from akika_forensics.quickbooks.connection import Connection, MemoryTokenStore, Tokens, TokenStore
from akika_forensics.quickbooks.faults import UnreadableAnswer
from akika_forensics.quickbooks.limits import Clock, Limits
from akika_forensics.quickbooks.paging import Begun, Page, PagePlan
from akika_forensics.quickbooks.questions import Answered
from akika_forensics.quickbooks.reader import Reader, Sweep, open_reader
from akika_forensics.quickbooks.transport import RequestLine

__all__ = [
    "Answered",
    "Begun",
    "ChangeFeed",
    "Clock",
    "Connection",
    "Limits",
    "MemoryTokenStore",
    "Page",
    "PagePlan",
    "Reader",
    "RequestLine",
    "Slice",
    "Sweep",
    "TokenStore",
    "Tokens",
    "UnreadableAnswer",
    "open_reader",
]
