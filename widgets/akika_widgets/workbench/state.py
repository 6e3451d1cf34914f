"""What outlives a session: what each person has chosen, the jobs of this vault, and what was worked out once for everybody."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Final

from akika_forensics import jobs
from akika_forensics.jobs import Job
from akika_forensics.model.record import RecordKey
from akika_widgets.workbench.identity import User

_MOST_KEPT: Final = 96
_LOOKED_AT: Final = 200
"""Jobs of earlier processes that are looked at, the newest first."""


@dataclass
class Choices:
    """What one person has chosen so far. ``plan`` is the name of a file in the plans folder."""

    stage: str = ""
    before: str = ""
    after: str = ""
    picked: set[RecordKey] = field(default_factory=set)
    looked_at: frozenset[RecordKey] = frozenset()
    """The records whose connections were looked at."""
    plan: str = ""
    books: str = ""
    """The snapshot whose books are looked at."""


class Memory:
    """One for all sessions of an app. ``version`` grows with everything that a session may have to draw anew."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._choices: dict[User, Choices] = {}
        self._jobs: dict[str, Job[Any]] = {}
        self._made: OrderedDict[Hashable, Any] = OrderedDict()
        self._found_earlier = False
        self.version = 0
        self.ends = 0
        """How many jobs have ended: what they did may not be an act of its own."""
        self.said = ""
        """How the last of them ended, in words."""

    def choices_of(self, user: User) -> Choices:
        with self._lock:
            return self._choices.setdefault(user, Choices())

    def touch(self) -> None:
        """Something was done that others may be looking at."""
        with self._lock:
            self.version += 1

    def keep(self, slot: str, job: Job[Any]) -> None:
        """The latest job of this slot, such as ``capture`` or ``execute/<plan id>``; whoever looks hears of its end."""
        with self._lock:
            self._jobs[slot] = job
            self.version += 1
        job.on_end(self._ended)

    def _ended(self, job: Job[Any]) -> None:
        shown = job.snapshot()
        with self._lock:
            self.said = f"{shown.name}: {shown.sentence}"
            self.ends += 1
            self.version += 1

    def job(self, slot: str) -> Job[Any] | None:
        with self._lock:
            self._find_earlier()
            return self._jobs.get(slot)

    def running(self) -> tuple[Job[Any], ...]:
        """Every job here that has not ended."""
        with self._lock:
            self._find_earlier()
            return tuple(job for job in self._jobs.values() if not job.snapshot().ended)

    def once[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, worked out once for everybody as long as it is among the latest."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                held: T = self._made[key]
                return held
        made = make()
        self.put(key, made)
        return made

    def put(self, key: Hashable, value: Any) -> None:
        with self._lock:
            self._made[key] = value
            self._made.move_to_end(key)
            while len(self._made) > _MOST_KEPT:
                self._made.popitem(last=False)

    def known(self, key: Hashable) -> Any:
        """What `once` or `put` has kept; None when there is nothing."""
        with self._lock:
            return self._made.get(key)

    def _find_earlier(self) -> None:
        """Work of an earlier process that was cut off is found again, once."""
        if self._found_earlier:
            return
        self._found_earlier = True
        latest: dict[str, Job[Any]] = {}
        for job in jobs.recent(_LOOKED_AT):
            shown = job.snapshot()
            if shown.about:
                latest.setdefault(slot_of(shown.kind, shown.about), job)
        for slot, job in latest.items():
            if not job.snapshot().ended or job.snapshot().state == "interrupted":
                self._jobs.setdefault(slot, job)


def slot_of(kind: str, about: str) -> str:
    """Where the latest job of a kind about something is kept."""
    return f"{kind}/{about}"
