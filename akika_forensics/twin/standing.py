"""How the company itself stands: whether it takes requests at all, and whether it may be written.

Its subscription is read from CompanyInfo; what nothing in the company can show (locked, under maintenance, a role that
does not reach) is set from outside with a code of ``refusals.ON_DEMAND``.
"""

from __future__ import annotations

from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin import refusals, settings
from akika_forensics.twin.session import Session
from akika_forensics.twin.store import Store

_SETTING: Final = "standing"
_ENDED: Final = frozenset({"EXPIRED", "SUSPENDED", "CANCELED", "CANCELLED"})
"""Subscriptions with which a company can only be read. Source: QuickBooks API, CompanyInfo, SubscriptionStatus."""
_WRITES_ONLY: Final = frozenset({"600", "630", "5020", "5030", "6190", "10200"})


def stand(store: Store, code: str | None) -> None:
    """From now on every request is refused with a code; None ends it. Raises WrongUse for a code that is not one."""
    if code is not None and code not in refusals.ON_DEMAND:
        raise WrongUse(
            f"A company cannot be put under {code!r}.", do=f"Name one of {', '.join(refusals.ON_DEMAND)}, or nothing."
        )
    store.set_setting(_SETTING, code or "")


def check(store: Store, *, write: bool) -> None:
    """Raises QuickBooksFault when the company was put under a code that this kind of request meets."""
    code = store.setting(_SETTING)
    if code and (write or code not in _WRITES_ONLY):
        fault = refusals.ON_DEMAND[code]()
        raise fault


def check_subscription(session: Session) -> None:
    """Raises 6190 when the company's subscription has ended."""
    if settings.subscription(session) in _ENDED:
        raise refusals.subscription_ended()
