"""What of a company never changes, so that the books of another one are not taken for its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import parse_instant

_REALM_LIKE: Final = 9
"""Digits of an Id that can only be a company's own number: as the Id of its one CompanyInfo QuickBooks gives 1."""


@dataclass(frozen=True, slots=True)
class Identity:
    """``id``: of CompanyInfo, empty where that is not known. ``made_at``: when QuickBooks made the company, aware, in whole
    seconds; None where that is not known. ``name``: what it is called, which people may change.

    Source: QuickBooks API, CompanyInfo: Id and MetaData.CreateTime are read-only; CompanyName and LegalName are settings.
    """

    id: str = ""
    made_at: datetime | None = None
    name: str = ""

    @classmethod
    def of(cls, company_info: bytes) -> Self:
        """By the payload of CompanyInfo, however little it tells."""
        try:
            body = payloads.decode(company_info)
        except WrongUse:
            return cls()
        if not isinstance(body, dict):
            return cls()
        told, name = body.get("Id"), body.get("CompanyName")
        return cls(
            str(told) if isinstance(told, str | int) else "",
            created_at(body),
            name if isinstance(name, str) else "",
        )

    def differs(self, other: Identity) -> str:
        """In what way ``other``, which answers now, cannot be this company: a sentence, empty where it may be.

        What one of the two does not tell tells nothing.
        """
        if self.made_at is not None and other.made_at is not None and self.made_at != other.made_at:
            return f"What answers was made at QuickBooks on {_day(other.made_at)}, and this company on {_day(self.made_at)}."
        if self.id and other.id and self.id != other.id:
            return f"What answers has the number {other.id} as a company, and this company has {self.id}."
        return ""

    def not_of(self, realm_id: str) -> str:
        """In what way this cannot be the company of that number at QuickBooks: a sentence, empty where it may be."""
        if self.id.isdecimal() and len(self.id) >= _REALM_LIKE and self.id != realm_id:
            return f"What answers is the company {self.id} at QuickBooks, and {realm_id} was asked for."
        return ""


def created_at(body: dict[str, Any]) -> datetime | None:
    """When QuickBooks made a record, in whole seconds; None where the record does not say."""
    times = body.get("MetaData")
    try:
        return parse_instant(times["CreateTime"]).replace(microsecond=0) if isinstance(times, dict) else None
    except (KeyError, ValueError, AttributeError, OverflowError):
        return None


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d at %H:%M:%S} UTC"
