"""The log of what this software did to a case: hash-chained, signed, sealed, and readable as a list."""

from akika_forensics.custody.log import CAPTURED, Act, CustodyLog

__all__ = ["CAPTURED", "Act", "CustodyLog"]
