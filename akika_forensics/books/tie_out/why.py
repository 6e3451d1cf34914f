"""Why a figure of a report may not be ours, in words; whatever is none of these is unexplained."""

from __future__ import annotations

from typing import Final

UNEXPLAINED: Final = "unexplained"
TRUNCATED: Final = "truncation: QuickBooks cut the report off before it"
CHANGED: Final = "changed during capture"
TAX: Final = "tax engine: QuickBooks computed another tax than the document's lines have"
UNKNOWN: Final = "a type of transaction that the books do not know"
DOCUMENTS: Final = "documents that post otherwise in the general ledger"
UNPOSTED: Final = "amounts without an account, or documents that could not be posted"
CENTS: Final = "rounding"
MISSING: Final = "a document that was not captured"
