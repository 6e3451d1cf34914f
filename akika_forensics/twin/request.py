"""What the rules of one write need to know: the session, the entity, the record before, the options."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from akika_forensics.model.instants import parse_date
from akika_forensics.twin import wire
from akika_forensics.twin.session import Session


@dataclass(frozen=True, slots=True)
class Write:
    """One create or update. ``old`` is None on create; ``sent`` are the top-level fields of the request.

    ``opening`` are the fields of a create that post a balance, ``claimed`` the TotalAmt it was sent with.
    """

    session: Session
    entity: str
    old: dict[str, Any] | None
    sent: frozenset[str] = frozenset()
    include: frozenset[str] = frozenset()
    opening: dict[str, Any] | None = None
    claimed: Decimal | None = None
    sparse: bool = False

    @property
    def today(self) -> date:
        """The company's day. Source: recorded answers, TxnDate of a create without one."""
        return self.session.moment.astimezone(wire.PACIFIC).date()


def txn_date(body: dict[str, Any]) -> date:
    return parse_date(str(body["TxnDate"]))


def ref_id(body: dict[str, Any] | None, field: str) -> str | None:
    """The Id in a reference field, or None."""
    holder = body.get(field) if body else None
    if holder is None:
        return None
    value = holder.get("value") if isinstance(holder, dict) else None
    return str(value) if value not in (None, "") else None
