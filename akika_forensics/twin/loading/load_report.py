"""What a load did: which records came in, which stand in, which balances were opened, what was odd."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from akika_forensics.model.record import RecordKey


@dataclass(frozen=True, slots=True)
class Note:
    """One plain sentence about the records it names."""

    keys: tuple[RecordKey, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A difference between a recorded balance and what the loaded documents post, entered as an opening line.

    ``amount`` is debit positive; ``party`` is the customer or vendor of a receivable or payable line.
    """

    keys: tuple[RecordKey, ...]
    what: str
    account: str
    amount: Decimal
    party: RecordKey | None = None


@dataclass(slots=True)
class LoadReport:
    """The result of a load. Nothing that came in is left out: what could not be understood is in ``announcements``.

    ``loaded`` has one note an entity, with the keys of the records that came in; ``records`` is how many those are.
    """

    loaded: list[Note] = field(default_factory=list)
    placeholders: list[Note] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    announcements: list[Note] = field(default_factory=list)

    @property
    def records(self) -> int:
        return sum(len(note.keys) for note in self.loaded)

    def announce(self, what: str, *keys: RecordKey) -> None:
        self.announcements.append(Note(keys, what))
