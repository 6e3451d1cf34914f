"""What a load did: which records came in, which stand in, which balances were opened, what was odd."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from akika_forensics.model.record import RecordKey


@dataclass(frozen=True, slots=True)
class Note:
    """One plain sentence about the records it names."""

    keys: tuple[RecordKey, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A difference between a recorded balance and what the loaded documents post, entered as an opening line.

    ``amount`` is debit positive; ``party`` is the customer or vendor of a receivable or payable line.
    """

    keys: tuple[RecordKey, ...]
    text: str
    account: str
    amount: Decimal
    party: RecordKey | None = None


@dataclass(slots=True)
class LoadReport:
    """The result of a load. Nothing that came in is left out: what could not be understood is in ``announcements``."""

    records: list[Note] = field(default_factory=list)
    placeholders: list[Note] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    announcements: list[Note] = field(default_factory=list)

    @property
    def loaded(self) -> int:
        """How many records came in, placeholders and openings not counted."""
        return sum(len(note.keys) for note in self.records)

    def announce(self, text: str, *keys: RecordKey) -> None:
        self.announcements.append(Note(keys, text))
