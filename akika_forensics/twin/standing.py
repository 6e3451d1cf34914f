"""How the company itself stands: whether it takes requests at all, and whether it may be written.

Its subscription is read from CompanyInfo; what nothing in the company can show (locked, under maintenance, a role that
does not reach) is set from outside with a code of ``refusals.ON_DEMAND``.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin import faults, refusals, settings
from akika_forensics.twin.session import Session
from akika_forensics.twin.store import Store

_SETTING: Final = "standing"
_ENDED: Final = frozenset({"EXPIRED", "SUSPENDED", "CANCELED", "CANCELLED"})
"""Subscriptions with which a company can only be read. Source: QuickBooks API, CompanyInfo, SubscriptionStatus."""
_SMALL: Final = ("simple start", "essentials")
_LARGE_ONLY: Final = frozenset({"Budget", "Class", "Department", "InventoryAdjustment", "PurchaseOrder"})
"""What only Plus and Advanced have. Source: QuickBooks API, notes of the entities; for orders and budgets, belief."""
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


def check_edition(session: Session, entity: str, body: dict[str, Any]) -> None:
    """Raises 5030 for what the company's edition does not have; a company that names none has everything."""
    edition = settings.edition(session).lower()
    stocked = entity == "Item" and body.get("Type") == "Inventory"
    if any(name in edition for name in _SMALL) and (entity in _LARGE_ONLY or stocked):
        raise faults.not_offered(f"{settings.edition(session)} does not have {'inventory' if stocked else entity}.")


def check_subscription(session: Session) -> None:
    """Raises 6190 when the company's subscription has ended."""
    if settings.subscription(session) in _ENDED:
        raise refusals.subscription_ended()
