"""Reading a list page by page while it changes, without missing a record that was there all along.

Pages overlap by one row. Two neighbouring pages that share a record leave nothing between them: whatever existed
throughout and sorts between their ends is in one of them. A deletion further up shifts the rows, the shared record
disappears, and the gap is read again. What was created, changed or deleted meanwhile is the change feed's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

import msgspec

from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks.answers import Slice
from akika_forensics.quickbooks.statements import PAGE_SIZE

_MOST_REPAIRS: Final = 40


@dataclass(frozen=True, slots=True)
class Page:
    """Rows ``position`` … of a list as they were at ``server_time``; ``asked`` rows at most.

    ``notes`` are (code, sentence) pairs about oddities of the answer.
    """

    position: int
    asked: int
    slices: tuple[Slice, ...]
    server_time: datetime | None
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def full(self) -> bool:
        return len(self.slices) >= self.asked


class BegunPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page of a list that is read in part; ``keys`` (entity, id) are left out where they are not needed any more."""

    position: int
    arrived: bool
    full: bool
    rows: int
    joined: bool
    keys: list[tuple[str, str]]


class Begun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the reading of a list stands; no ``pages`` where it is read whole."""

    pages: list[BegunPage]
    repairs: int
    stable: bool
    size: int


@dataclass(eq=False, slots=True)
class _Piece:
    position: int
    asked: bool = False
    arrived: bool = False
    full: bool = True
    rows: int = 0
    joined: bool = False
    keys: frozenset[RecordKey] = field(default_factory=frozenset)

    @property
    def ends_list(self) -> bool:
        """True for a page with room left over; an empty one says nothing of what lay before it, but the first."""
        return self.arrived and not self.full and (self.rows > 0 or self.position == 1)


class PagePlan:
    """Which pages of one list to ask for, and when it is read whole.

    Ask ``wanted()`` for positions, hand each answer to ``accept``; pages may be asked side by side and arrive in any
    order. ``expected`` is the count of the list when it is known, so that all pages can be wanted at once.
    """

    def __init__(self, *, expected: int | None = None, size: int = PAGE_SIZE) -> None:
        if size < 3:
            raise ValueError("pages of fewer than three rows cannot overlap and advance")
        self._size = size
        self._step = size - 1
        rows = max(expected or 0, 1)
        self._pieces = [_Piece(1 + index * self._step) for index in range((rows - 1) // self._step + 1)]
        self.repairs = 0
        self.stable = True

    @classmethod
    def going_on(cls, begun: Begun) -> Self:
        """From where an earlier plan stood; pages that had not arrived are wanted again."""
        plan = cls(size=begun.size)
        plan.repairs, plan.stable = begun.repairs, begun.stable
        plan._pieces = [
            _Piece(
                page.position, page.arrived, page.arrived, page.full, page.rows, page.joined,
                frozenset(RecordKey(*key) for key in page.keys),
            )
            for page in begun.pages
        ]  # fmt: skip
        return plan

    def begun(self) -> Begun:
        """For `going_on`, at another time."""
        pieces = [] if self.done else self._pieces
        pages = [
            BegunPage(
                one.position,
                one.arrived,
                one.full,
                one.rows,
                one.joined,
                sorted((key.entity, key.id) for key in one.keys),
            )
            for one in pieces
        ]
        return Begun(pages, self.repairs, self.stable, self._size)

    @property
    def size(self) -> int:
        return self._size

    @property
    def untouched(self) -> bool:
        """True while nothing was asked for, neither now nor by an earlier plan: one that was done has no pages left."""
        return bool(self._pieces) and not any(piece.asked for piece in self._pieces)

    @property
    def ends_arrived(self) -> bool:
        """True when the first page and the last one are there."""
        return self._pieces[0].arrived and self._pieces[-1].arrived

    @property
    def arrived_to(self) -> int:
        """Position of the last page up to which all arrived; 0 when the first did not."""
        position = 0
        for piece in self._pieces:
            if not piece.arrived:
                break
            position = piece.position
        return position

    def wanted(self) -> list[int]:
        """Positions not asked for yet; each is returned once."""
        fresh = [piece for piece in self._pieces if not piece.asked]
        for piece in fresh:
            piece.asked = True
        return [piece.position for piece in fresh]

    def accept(self, page: Page) -> None:
        """Take an answer in; may make more positions wanted."""
        before = self._pieces[-2].keys if len(self._pieces) > 1 else frozenset()
        piece = next(p for p in self._pieces if p.position == page.position and p.asked and not p.arrived)
        piece.arrived, piece.full, piece.rows = True, page.full, len(page.slices)
        piece.keys = frozenset(cut.key for cut in page.slices)
        self._mend()
        last = self._pieces[-1]
        if self.stable and last.arrived and last.full and not self._ended():
            if last.keys <= before:
                self._give_up()  # the server does not turn pages
            else:
                self._pieces.append(_Piece(last.position + self._step))

    @property
    def done(self) -> bool:
        """True when every page asked for arrived and the chain is proven to its end, or given up as unstable."""
        return all(piece.arrived for piece in self._pieces)

    def _ended(self) -> bool:
        return any(piece.ends_list for piece in self._pieces)

    def _mend(self) -> None:
        position = 0
        while position < len(self._pieces) - 1:
            left, right = self._pieces[position], self._pieces[position + 1]
            if left.ends_list:
                # Nothing that existed when it was read comes after it.
                self._pieces[position + 1 :] = [piece for piece in self._pieces[position + 1 :] if piece.asked]
                return
            if not left.joined and left.arrived and right.arrived:
                left.joined = not left.keys.isdisjoint(right.keys)
                if not left.joined:
                    repair = self._repair(right)
                    if not repair:
                        self._give_up()
                        return
                    self._pieces[position + 1 : position + 1] = repair
            if left.joined and (position == 0 or self._pieces[position - 1].joined):
                left.keys = frozenset()  # joined on both sides: no longer needed
            position += 1

    def _give_up(self) -> None:
        self.stable = False
        self._pieces = [piece for piece in self._pieces if piece.asked]

    def _repair(self, right: _Piece) -> list[_Piece]:
        if self.repairs >= _MOST_REPAIRS or right.position == 1:
            return []
        self.repairs += 1
        before = _Piece(max(1, right.position - self._size + 2))
        # Rows may have moved either way since: the place itself is read again too.
        return [before, _Piece(right.position)]


def pages_in_turn(plan: PagePlan) -> Iterator[int]:
    """The positions of a plan one after another, for a reader that asks one at a time."""
    while not plan.done:
        yield from plan.wanted()
