"""What expires when, reckoned from the incident: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from akika_forensics.case.first_hour.slices import YEARS, years_later

FEED: Final = timedelta(days=30)
"""Source: QuickBooks API, change data capture: 30 days back."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """``until`` (aware) is when it is gone, None where it is not known. ``safe``: it was met, and by what."""

    name: str
    until: datetime | None
    what: str
    do: str
    safe: str = ""

    def left(self, now: datetime) -> timedelta | None:
        """Time that is left; negative when it is over, None when nobody knows."""
        return None if self.until is None else self.until - now


@dataclass(frozen=True, slots=True)
class Known:
    """``ends``: when the connection ends unless it is used, and ``last_day`` whatever is done; None where not known.

    ``captured``: the id of a whole snapshot that was begun after the incident and knows its deletions from ``captured_from`` on, or empty; of
    ``lacking``, kinds of records, it knows nothing.
    """

    ends: datetime | None = None
    last_day: datetime | None = None
    captured: str = ""
    captured_from: datetime | None = None
    lacking: tuple[str, ...] = ()

    def feed(self, incident: datetime) -> tuple[str, str]:
        """What of the change feed is safe, and what else there is to say of it, a sentence."""
        if not self.captured:
            return "", ""
        if self.captured_from is None:
            return "", f"{self.captured} kept no list of what was deleted."
        but = f", but for {', '.join(self.lacking)}" if self.lacking else ""
        if self.captured_from <= incident:
            return f"captured in {self.captured}{but}", ""
        return "", f"{self.captured} knows deletions from {self.captured_from:%Y-%m-%d %H:%M} UTC on{but}."


def deadlines(incident: datetime, known: Known) -> tuple[Deadline, ...]:
    """The first to expire first; what is not known at the end. ``incident`` (aware) is its beginning."""
    safe, partly = known.feed(incident)
    found = [
        # Source: QuickBooks API, webhooks, the policy of February 2026; by the one before they were given up within two hours.
        Deadline(
            "Notifications that were missed",
            None,
            "Intuit sends again what nobody acknowledged, in the end every six hours, and holds later ones back; for how long it does "
            "not say. A merge shows in nothing else but two snapshots.",
            "Start `akika watch` on the machine that receives them, or leave it running.",
        ),
        Deadline(
            "Change feed",
            incident + FEED,
            "It tells for 30 days which records were changed and deleted: of a deleted one the Id, no contents.",
            f"`akika capture --full` asks for all that it still tells. {partly}" if partly else "`akika capture`.",
            safe,
        ),
        Deadline(
            "Audit Log of the incident",
            years_later(incident, YEARS),
            "Events are there for two years, then they are gone. What led to the incident is older, and goes first.",
            "Export it in slices: `akika first-hour slices`.",
        ),
        Deadline(
            "Connection",
            known.ends,
            "It ends by itself unless it is used.",
            "`akika capture` uses it; `akika connect` renews it.",
        ),
        Deadline(
            "Last day of the connection",
            known.last_day,
            "No use prolongs it.",
            "An administrator connects anew before: `akika connect`.",
        ),
    ]
    return tuple(sorted(found, key=lambda one: (one.until is None, one.until or incident)))
