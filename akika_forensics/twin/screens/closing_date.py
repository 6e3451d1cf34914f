"""Closed books at the screens: who knows the password may go past the closing date, and it is told afterwards.

The API is refused whoever asks. Source: QuickBooks API, BookCloseDate; forensic notes, Exceptions to Closing Date.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import format_instant
from akika_forensics.twin import operations, settings, wire
from akika_forensics.twin.documents import closing
from akika_forensics.twin.screens.asking import Body, ScreenRefused, day, found
from akika_forensics.twin.session import Session

_GUARD: Final = "closing_guard"
_REMARK: Final = "closed_books"


def close(session: Session, date: str = "", password: str = "") -> Body:
    """Close the books up to and including a day, or open them (no day). The password replaces an earlier one.

    Raises WrongUse for what is no day and for a password without a day.
    """
    if password and not date:
        raise WrongUse("There is no closing date for the password to guard.")
    closed = day(date).isoformat() if date else ""
    session.store.set_setting(_GUARD, _digest(session, password) if password else "")
    held = found(session, "Preferences", "1")
    before = (held.get("AccountingInfoPrefs") or {}).get("BookCloseDate")
    session.remarks |= {"settings": "closing date", "before": before, "after": closed or None}
    if not closed:
        _open(session, held)
    elif closed == before:
        session.note("updated", "Preferences", "1", held)  # the password alone
    else:
        section = {**(held.get("AccountingInfoPrefs") or {}), "BookCloseDate": closed}
        operations.update(session, "Preferences", {**held, "sparse": True, "AccountingInfoPrefs": section})
    return {"closed": closed, "password": bool(password)}


def _open(session: Session, held: Body) -> None:
    """No update of the preferences takes a field of a section away; the screen does."""
    section = dict(held.get("AccountingInfoPrefs") or {})
    if section.pop("BookCloseDate", None) is None:
        return
    fresh = {**held, "AccountingInfoPrefs": section, "SyncToken": str(int(str(held.get("SyncToken", "0"))) + 1)}
    fresh["MetaData"] = {**held.get("MetaData", {}), "LastUpdatedTime": wire.metadata_time(session.moment)}
    session.put("Preferences", fresh)
    session.note("updated", "Preferences", "1", fresh)


def pass_(session: Session, entity: str, password: str, sure: bool, *bodies: dict[str, Any] | None) -> None:
    """Let a person go past the closing date. Raises ScreenRefused without the password or, where there is none, a yes."""
    session.waived -= {"closed books"}
    session.remarks.pop(_REMARK, None)
    if not closing.is_closed(session, entity, *bodies):
        return
    wanted = session.store.setting(_GUARD)
    if wanted and not hmac.compare_digest(wanted, _digest(session, password)):
        raise ScreenRefused(
            "The closing date password is wrong."
            if password
            else "The transaction is dated on or before the closing date. Enter the closing date password to save it."
        )
    if not wanted and not sure:
        raise ScreenRefused(
            "The transaction is dated on or before the closing date. Are you sure you want to save it?",
            do="Say that you are sure.",
        )
    waive(session)


def waive(session: Session) -> None:
    """Go past the closing date and say so in the trail."""
    session.waived |= {"closed books"}
    closed = settings.close_date(session)
    if closed is not None:
        session.remarks[_REMARK] = closed.isoformat()


def exceptions(session: Session) -> Body:
    """What was done past a closing date, oldest first: ``{"exceptions": [{"at", "user", "verb", "entity", …}]}``."""
    rows = []
    for event in session.store.trail.events():
        detail = json.loads(event.detail) if event.detail else {}
        row = CATALOGUE.get(event.entity)
        if detail.get(_REMARK) and (row is None or row.is_transaction):
            rows.append(
                {
                    "at": format_instant(wire.moment_of(event.at)),
                    "user": event.name,
                    "verb": event.verb,
                    "entity": event.entity,
                    "id": event.id,
                    "date": event.date,
                    "closing_date": detail[_REMARK],
                }
            )
    return {"exceptions": rows}


def _digest(session: Session, password: str) -> str:
    salt = session.store.setting("realm_id") or ""
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=1024, r=8, p=1).hex()
