"""The log of what this software did to a case: hash-chained, signed, sealed, and readable as a list."""

from akika_forensics.custody.log import Act, CustodyLog

__all__ = ["Act", "CustodyLog"]
