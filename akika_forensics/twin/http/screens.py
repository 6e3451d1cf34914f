"""What people do on QuickBooks' own screens, done by the twin's door: what an operation is called, who does it, a locked company."""

from __future__ import annotations

from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.screens import marks


def mark(twin: Twin, asked: dict[str, Any]) -> dict[str, Any]:
    """Set or take a mark of a bank; gives the marks that hold. Raises WrongUse."""
    entity, record_id = str(asked.get("entity")), str(asked.get("id"))
    on = asked.get("on", True) is not False
    match asked.get("mark"):
        case marks.MATCHED:
            twin.match_bank(entity, record_id, matched=on)
        case marks.RECONCILED:
            twin.reconcile(entity, record_id, reconciled=on)
        case other:
            raise WrongUse(f"{other!r} is no mark of a bank.", do=f"Say {marks.MATCHED} or {marks.RECONCILED}.")
    return {"entity": entity, "id": record_id, "marks": sorted(twin.bank_marks(entity, record_id))}


def perform(twin: Twin, name: str, asked: dict[str, Any]) -> dict[str, Any]:
    """An operation of the screens; ``as`` names the person, without it the owner acts. Raises ScreenRefused, WrongUse."""
    given = dict(asked)
    who = given.pop("as", None)
    return twin.screens.perform(name, given, None if who is None else str(who))


def stand(twin: Twin, asked: dict[str, Any]) -> dict[str, Any]:
    """Put the company under a code, or under none; gives the code that holds. Raises WrongUse."""
    code = asked.get("code")
    twin.stand(None if code is None else str(code))
    return {"code": code}
