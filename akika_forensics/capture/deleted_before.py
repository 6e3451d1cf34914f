"""Which records were deleted before a capture, as far as the change feed still tells it, in a bounded number of requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from akika_forensics.capture import feed_windows
from akika_forensics.capture.sweep import Stop, check
from akika_forensics.errors import Fault, NetworkFailed
from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader

MOST_CALLS: Final = 6
"""Requests that are spent on it at most: counts of what changed, then answers of the feed."""

_QUESTIONS: Final = 30
"""Counts of one request. Source: QuickBooks API, batch."""

_LEFT_FOR_THE_REST: Final = 2
"""Of the answers: where not everything fits, one request counts again and one asks for what is left."""


@dataclass(slots=True)
class ToldDeleted:
    """``deleted``: with the time of the deletion, None where it is not told. ``known_from``: for each entity from when on every
    deletion is among them; one that is absent was not told of. ``why``: what came instead of an answer, a sentence.
    """

    deleted: dict[RecordKey, datetime | None] = field(default_factory=dict)
    known_from: dict[str, datetime] = field(default_factory=dict)
    why: str = ""


def ask(
    reader: Reader,
    entities: Sequence[str],
    floor: datetime,
    now: datetime,
    *,
    records: int | None = None,
    should_stop: Stop | None = None,
) -> ToldDeleted:
    """What the feed tells of deletions since ``floor``, `MOST_CALLS` requests at most; ``now`` is the server's time.

    ``records``: how many the company has of them, where that is known: few need not be counted. What is changed in these answers is
    not looked at. A fault ends it and is told; Throttled, SignInFailed and Interrupted are raised.
    """
    asking = _Asking(reader, now, should_stop)
    try:
        asking.run(
            list(entities), floor.replace(microsecond=0), few=records is not None and records <= feed_windows.ROOM
        )
    except (Fault, NetworkFailed) as error:
        asking.told.why = error.what
    return asking.told


class _Asking:
    def __init__(self, reader: Reader, now: datetime, should_stop: Stop | None) -> None:
        self._reader, self._now, self._should_stop = reader, now, should_stop
        self._left = MOST_CALLS
        self.told = ToldDeleted()

    def run(self, entities: list[str], floor: datetime, *, few: bool) -> None:
        if not entities:
            return
        waiting = deque([(floor, entities)]) if few else self._planned(entities, floor)
        while waiting and self._left:
            self._spend()
            since, names = waiting.popleft()
            feed = self._reader.change_feed_answer(names, since)
            self.told.deleted.update((key, feed.deleted_at.get(key)) for key in feed.deleted)
            if not feed.truncated:
                self.told.known_from.update((name, since) for name in names)
            elif len(names) > 1:
                middle = len(names) // 2
                waiting.extend([(since, names[:middle]), (since, names[middle:])])
            else:
                waiting.append(((since + (self._now - since) / 2).replace(microsecond=0), names))

    def _planned(self, entities: list[str], floor: datetime) -> deque[tuple[datetime, list[str]]]:
        sizes = self._counted([(name, floor) for name in entities])
        counted = dict(zip(entities, sizes, strict=True))
        groups, rest = feed_windows.fitting(counted, self._left)
        if not rest:
            return deque((floor, group) for group in groups)
        groups, rest = feed_windows.fitting(counted, self._left - _LEFT_FOR_THE_REST)
        times = [one.replace(microsecond=0) for one in feed_windows.steps(floor, self._now, len(rest), _QUESTIONS)]
        counts = self._counted([(name, at) for name in rest for at in times])
        rows = {name: counts[at * len(times) : (at + 1) * len(times)] for at, name in enumerate(rest)}
        later = feed_windows.earliest(rows, self._left - len(groups))
        late = [(times[later[0]], group) for group in later[1]] if later is not None else []
        return deque([*((floor, group) for group in groups), *late])

    def _counted(self, questions: list[tuple[str, datetime]]) -> list[int]:
        """How many records changed since; 0 where that is refused, so that the feed is asked."""
        self._spend(max(1, -(-len(questions) // _QUESTIONS)))
        counts = self._reader.count_many(
            (name, f"MetaData.LastUpdatedTime >= '{format_instant(at)}'") for name, at in questions
        )
        return [one if isinstance(one, int) else 0 for one in counts]

    def _spend(self, calls: int = 1) -> None:
        check(self._should_stop)
        self._left -= calls
