"""What the answer about one record shows and a list leaves out.

A customer without a tax code of its own is shown with the company's on GET by Id and in the answer to a write; lists
show none. Source: recorded answers, of the same customers within minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from akika_forensics.model import payload as payloads
from akika_forensics.twin import settings, wire

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin


def shown(twin: Twin, entity: str, payload: bytes) -> bytes:
    """The payload of a record as the answer about it alone has it."""
    if entity != "Customer" or b'"DefaultTaxCodeRef"' in payload:
        return payload
    code = settings.company_tax_code(twin.get("Preferences", "1") or {})
    if code is None:
        return payload
    return wire.encode(entity, payloads.decode(payload) | {"DefaultTaxCodeRef": {"value": code}})
