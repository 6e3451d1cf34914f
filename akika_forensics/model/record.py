"""A record: its key and the bytes QuickBooks sent for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE


class RecordKey(NamedTuple):
    """``(entity, id)``; written ``Invoice:130``."""

    entity: str
    id: str

    def __str__(self) -> str:
        return f"{self.entity}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``Invoice:130``; the entity's case does not matter. Raises WrongUse."""
        entity, separator, record_id = text.partition(":")
        names = {name.lower(): name for name in CATALOGUE}
        name = names.get(entity.strip().lower())
        if not separator or name is None or not record_id.strip():
            raise WrongUse(
                f"{text!r} does not name a record.",
                do="Write the entity and the Id, such as Invoice:130.",
            )
        return cls(name, record_id.strip())


@dataclass(frozen=True)
class Record:
    """One version of one record, as received. ``payload`` is never re-encoded."""

    key: RecordKey
    payload: bytes = field(repr=False)

    @cached_property
    def body(self) -> dict[str, Any]:
        """The decoded payload; numbers with a fraction are ``Decimal``. Treat as read-only. Raises WrongUse."""
        body = payloads.decode(self.payload)
        if not isinstance(body, dict):
            raise WrongUse(f"The payload of {self.key} is no JSON object.")
        return body

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the canonical form, 32 bytes."""
        return payloads.digest(self.payload)

    @property
    def label(self) -> str:
        """What a person would call it: ``Invoice 1037`` or ``Customer Amy's Bird Sanctuary``."""
        return f"{self.key.entity} {label_of(self.key.entity, self.body) or self.key.id}"


def label_of(entity: str, body: dict[str, Any]) -> str:
    """The name or number a person knows a record by, without its entity; ``""`` when it has none."""
    row = CATALOGUE.get(entity)
    field_name = row.label if row and row.label else ("DocNumber" if row and row.is_transaction else "Name")
    value: Any = body
    for part in field_name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return str(value) if value not in (None, "") else ""
