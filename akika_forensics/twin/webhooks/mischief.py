"""What happens to a notification on purpose, as the script of disturbances says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from akika_forensics.twin.http.disturbance import Script
from akika_forensics.twin.webhooks.line import Fate
from akika_forensics.twin.webhooks.notice import NAMED, OPERATIONS, Notice

_LATE = 60.0


@dataclass(frozen=True, slots=True)
class About:
    """Which entities a notification tells of, by both their names, and which operations."""

    entities: frozenset[str]
    operations: frozenset[str]

    @classmethod
    def these(cls, notices: Sequence[Notice]) -> About:
        names = {notice.name for notice in notices}
        return cls(
            frozenset(names | {NAMED[name] for name in names}),
            frozenset(OPERATIONS[notice.operation].lower() for notice in notices),
        )


def meet(script: Script, notices: Sequence[Notice]) -> tuple[Fate, Sequence[Notice]]:
    """Counts the notification; gives what becomes of it and the order in which it tells what it tells."""
    met = script.meet_notification(About.these(notices))
    late = met.get("hook-late")
    shuffle = met.get("hook-shuffle")
    if shuffle is not None:
        notices = shuffle.dice.sample(notices, len(notices))
    after = None
    if late is not None:
        after = timedelta(seconds=_LATE if late.amount is None else late.amount)
    return Fate("hook-drop" in met, "hook-twice" in met, after), notices
