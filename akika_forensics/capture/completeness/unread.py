"""What is said of an entity whose list could not be read."""

from __future__ import annotations

from typing import Final

from akika_forensics.capture.entities import FOREIGN_CURRENCY, MAY_HAVE_NO_LIST
from akika_forensics.capture.findings import Findings
from akika_forensics.errors import Fault
from akika_forensics.quickbooks import UnreadableAnswer

_NOT_OFFERED: Final = "5030"
"""Source: QuickBooks API, error 5030: the feature is not part of this company's edition."""


def note_unread(findings: Findings, entity: str, error: Fault | UnreadableAnswer, *, multicurrency: bool | None) -> str:
    """Add the finding; the reason in a few words. A problem only where the company may have such records."""
    codes = error.fault_codes if isinstance(error, Fault) else frozenset[str]()
    told = f"[{', '.join(sorted(codes))}]"
    if entity in MAY_HAVE_NO_LIST and codes:
        findings.add("entity_not_listed", f"QuickBooks offers no list of {entity} here {told}.", severity="note")
        return "QuickBooks offers no list of it"
    if _NOT_OFFERED in codes or (entity in FOREIGN_CURRENCY and multicurrency is False):
        findings.add("entity_not_offered", f"This company has no {entity} {told}.", severity="note")
        return "this company has none"
    findings.add("entity_unreadable", f"{entity} could not be read: {error.what}", severity="problem")
    return error.what
