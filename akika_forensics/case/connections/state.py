"""How a connection stands, judged from its times: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from akika_forensics.quickbooks.connection import Tokens

SOON: Final = timedelta(days=21)
"""Warned of this long before an unused connection ends: three of the hundred days' weeks."""

LAST_DAY_NEAR: Final = timedelta(days=90)
"""Warned of this long before the last day: an administrator has to be found."""

CONNECTED: Final = "connected"
ENDING: Final = "ending soon"
ENDED: Final = "ended"
NOT_CONNECTED: Final = "not connected"


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """``state``: one of the words above. ``ends``: when it ends by itself unless it is used, ``last_day``: whatever is done;
    None where it is not known. ``words``: a sentence for each thing that should be known.
    """

    state: str
    ends: datetime | None = None
    last_day: datetime | None = None
    words: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return self.state in {CONNECTED, ENDING}


def judged(tokens: Tokens | None, now: datetime, *, purpose: str = "") -> ConnectionState:
    """How a connection stands at a time (aware). Whether QuickBooks still takes the tokens, only asking tells."""
    kind = f" for {purpose}" if purpose else ""
    if tokens is None:
        return ConnectionState(NOT_CONNECTED, words=(f"There is no connection{kind}: `akika connect` makes one.",))
    last, ends = tokens.hard_expires_at, tokens.refresh_expires_at
    ends = min(ends, last) if last else ends
    if last is not None and now >= last:
        return _ended(ends, last, f"The connection{kind} reached its last day, {last:%Y-%m-%d}: connect anew.")
    if now >= ends:
        said = f"The connection{kind} was not used in time and ended on {ends:%Y-%m-%d}: connect anew."
        return _ended(ends, last, said)
    words = []
    if last is not None and last - now <= LAST_DAY_NEAR:
        words.append(
            f"The last day of the connection{kind} is {last:%Y-%m-%d}, {_days(last - now)}: no use prolongs it, "
            "so an administrator has to connect the company anew before."
        )
    elif ends - now <= SOON:
        words.append(f"The connection{kind} ends on {ends:%Y-%m-%d}, {_days(ends - now)}, unless it is used before.")
    return ConnectionState(ENDING if words else CONNECTED, ends, last, tuple(words))


def _ended(ends: datetime, last: datetime | None, said: str) -> ConnectionState:
    return ConnectionState(ENDED, ends, last, (said,))


def _days(span: timedelta) -> str:
    return "today" if span < timedelta(days=1) else f"in {span.days} day{'' if span.days == 1 else 's'}"
