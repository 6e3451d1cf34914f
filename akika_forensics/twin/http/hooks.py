"""The part of the twin's own door that is about webhooks. See ``control`` for the addresses."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin.webhooks import forms
from akika_forensics.twin.webhooks.couriers import Couriers
from akika_forensics.twin.webhooks.notice import read_wanted

_WORDS: Final = frozenset({"url", "format", "entities", "gather_s"})
_A_DAY: Final = 86_400


def listed(couriers: Couriers) -> dict[str, Any]:
    return {"webhooks": couriers.told()}


def subscribe(couriers: Couriers, asked: dict[str, Any]) -> dict[str, Any]:
    """Gives the number and what was understood. Raises WrongUse."""
    if set(asked) - _WORDS or not isinstance(asked.get("url"), str):
        raise WrongUse(f"A webhook takes {', '.join(sorted(_WORDS))}; the url is required.")
    gather = asked.get("gather_s", 0)
    if isinstance(gather, bool) or not isinstance(gather, int | float | Decimal) or not 0 <= gather <= _A_DAY:
        raise WrongUse(f"gather_s is a number of seconds, 0 to {_A_DAY}.")
    form = forms.check(str(asked.get("format", forms.CLOUDEVENTS)))
    wanted = read_wanted(asked.get("entities"))
    number = couriers.subscribe(asked["url"], form, wanted, timedelta(seconds=float(gather)))
    return next(row for row in couriers.told() if row["id"] == number)


def end(couriers: Couriers, number: str) -> dict[str, Any]:
    """Raises WrongUse."""
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise WrongUse(f"{number!r} is no number of a webhook.", do="GET /twin/webhooks lists them.")
    couriers.end(int(number))
    return listed(couriers)


def log(couriers: Couriers, since: str | None) -> dict[str, Any]:
    """Raises WrongUse."""
    if since is not None and not (since.isascii() and since.isdecimal() and len(since) < 16):
        raise WrongUse("since is the number of an attempt.", do="Give the `seq` of the last one you have, or 0.")
    found = couriers.log(int(since or 0))
    return {"attempts": found, "last": found[-1]["seq"] if found else int(since or 0)}
