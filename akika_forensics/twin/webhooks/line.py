"""The notifications of one subscription that are not done with: which is sent next, what an answer makes of it. No I/O.

A notification that fails stands at the head and holds the later ones back, unless it was set aside: late on purpose,
a repetition, or under the older policy. What happens meanwhile is gathered and cut into the next notification.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from akika_forensics.twin.webhooks.patience import Verdict

ACKNOWLEDGED: Final = "acknowledged"
REPEATED: Final = "repeated"
FAILED: Final = "failed"
GIVEN_UP: Final = "given up"
DROPPED: Final = "dropped"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notification that is to be sent at ``due``.

    ``aside``: it holds nobody back. ``again``: once acknowledged it is sent a second time. ``repeat``: that second
    time, which nobody waits for an answer to.
    """

    number: int
    due: datetime
    failures: int = 0
    aside: bool = False
    again: bool = False
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a notification on purpose. ``late`` None is not late."""

    drop: bool = False
    twice: bool = False
    late: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """In the order of their numbers. A ``blacklisted`` address gets nothing any more."""

    waiting: tuple[Waiting, ...] = ()
    blacklisted: bool = False

    @property
    def open(self) -> bool:
        """Whether the next notification may be cut: none is held back by an earlier one."""
        return not self.blacklisted and all(note.aside for note in self.waiting)

    @property
    def next_due(self) -> datetime | None:
        """When something is to be sent; None when nothing waits."""
        return min((note.due for note in self.waiting), default=None)

    def turn(self, now: datetime) -> Waiting | None:
        """What is sent now; the earlier first."""
        ready = [note for note in self.waiting if note.due <= now]
        return min(ready, key=lambda note: (note.due, note.number), default=None)

    def joined(self, number: int, now: datetime, fate: Fate) -> Line:
        """With one notification more; a dropped one does not join."""
        if fate.drop:
            return self
        due = now + (fate.late or timedelta(0))
        return self.holding(Waiting(number, due, aside=fate.late is not None, again=fate.twice))

    def answered(self, number: int, verdict: Verdict, now: datetime, *, holds: bool) -> tuple[Line, str]:
        """What is left after an attempt, and what became of the notification.

        An answer to what no longer waits changes nothing.
        """
        note = next((note for note in self.waiting if note.number == number), None)
        if note is None:
            return self, DROPPED
        rest = self.released(number)
        if note.repeat:
            return rest, REPEATED
        if verdict.acknowledged:
            if note.again:
                rest = rest.holding(Waiting(number, now, aside=True, repeat=True))
            return rest, ACKNOWLEDGED
        if verdict.blacklisted:
            return Line((), blacklisted=True), GIVEN_UP
        if verdict.after is None:
            return rest, GIVEN_UP
        failed = replace(note, due=now + verdict.after, failures=note.failures + 1, aside=note.aside or not holds)
        return rest.holding(failed), FAILED

    def holding(self, note: Waiting) -> Line:
        return replace(self, waiting=_sorted((*self.waiting, note)))

    def released(self, number: int) -> Line:
        return replace(self, waiting=tuple(note for note in self.waiting if note.number != number))


def _sorted(notes: Iterable[Waiting]) -> tuple[Waiting, ...]:
    return tuple(sorted(notes, key=lambda note: note.number))
