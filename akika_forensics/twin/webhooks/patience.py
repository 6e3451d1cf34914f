"""What an answer of the receiver means, and how long a notification that was not acknowledged waits for its next turn.

Source: QuickBooks API, webhooks, best practices: 3 seconds for a 200; again after 10, 20, 30 seconds, 5 and 20
minutes, 2, 4, 6 hours, then every 6 hours, later events held back. The older policy: after 20, 30 and 50 minutes, on
the statuses 408, 500, 502, 503 and 504; then the message is dropped and the address is on a black list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from akika_forensics.twin.beliefs import Beliefs

DEADLINE: Final = timedelta(seconds=3)
_SECONDS: Final = (10, 20, 30, 5 * 60, 20 * 60, 2 * 3600, 4 * 3600, 6 * 3600)
_OLDER_SECONDS: Final = (20 * 60, 30 * 60, 50 * 60)
_OLDER_STATUSES: Final = frozenset({0, 408, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from an attempt: acknowledged, or wait ``after``, or (None) give the notification up.

    ``blacklisted`` where nothing more is sent to the address.
    """

    acknowledged: bool = False
    after: timedelta | None = None
    blacklisted: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """``holds`` says that later events wait for an earlier one that failed."""

    holds: bool = True
    takes_any_2xx: bool = False

    @classmethod
    def under(cls, beliefs: Beliefs) -> Patience:
        return cls(
            beliefs.choice("webhook_retries") == "held_back", beliefs.choice("webhook_acknowledged") == "any_2xx"
        )

    def judge(self, status: int, failures: int) -> Verdict:
        """``status`` 0 is no answer in time; ``failures`` are those before this attempt."""
        if status == 200 or (self.takes_any_2xx and 200 <= status <= 299):
            return Verdict(acknowledged=True)
        if self.holds:
            return Verdict(after=timedelta(seconds=_SECONDS[min(failures, len(_SECONDS) - 1)]))
        if status not in _OLDER_STATUSES:
            return Verdict()
        if failures < len(_OLDER_SECONDS):
            return Verdict(after=timedelta(seconds=_OLDER_SECONDS[failures]))
        return Verdict(blacklisted=True)
