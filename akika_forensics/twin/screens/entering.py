"""Ordinary work at the screens: a person enters, edits, deletes and voids, one record or many, or imports a file.

The rules are those of the API but for three: who knows the password goes past the closing date; what is matched or
reconciled is changed after a yes; and more types can be voided. There is no way to undo a void, a delete or an import.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE, Delete
from akika_forensics.twin import operations
from akika_forensics.twin.documents import voiding
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.ledger import balances
from akika_forensics.twin.rules import required
from akika_forensics.twin.screens import closing_date, marks
from akika_forensics.twin.screens.asking import Body, ScreenRefused, found, keys
from akika_forensics.twin.session import Session

_WARNINGS: Final = {
    marks.MATCHED: "This transaction is matched to a transaction that was downloaded from your bank.",
    marks.RECONCILED: "This transaction has been reconciled.",
}


def enter(session: Session, entity: str, body: Mapping[str, Any], password: str = "", sure: bool = False) -> Body:
    """Key a new record of any kind that the API can create; gives its entity and Id."""
    _known(entity)
    closing_date.pass_(session, entity, password, sure, dict(body))
    return {"entity": entity, "id": operations.create(session, entity, dict(body))}


def edit(session: Session, entity: str, body: Mapping[str, Any], password: str = "", sure: bool = False) -> Body:
    """Change fields of a record; what is not given stays. A list record is made inactive by ``Active``: false."""
    _known(entity)
    old = found(session, entity, body.get("Id"))
    form = {name: old[name] for name in required.SPARSE_TOO.get(entity, ()) if name in old}
    given = {"SyncToken": old.get("SyncToken", "0"), **form, **body, "sparse": True}
    _may(session, entity, old, {**old, **body}, password, sure)
    return {"entity": entity, "id": operations.update(session, entity, given)}


def delete(session: Session, entity: str, id: str, password: str = "", sure: bool = False) -> Body:  # noqa: A002
    """Remove a transaction for good."""
    _known(entity)
    if CATALOGUE[entity].delete is Delete.SOFT:
        raise ScreenRefused(f"A record of type {entity} can't be deleted.", do="Make it inactive instead.")
    old = found(session, entity, id)
    _may(session, entity, old, None, password, sure)
    operations.delete(session, entity, dict(old))
    return {"entity": entity, "id": str(id)}


def void(session: Session, entity: str, id: str, password: str = "", sure: bool = False) -> Body:  # noqa: A002
    """Set the amounts of a transaction to zero; bills too, which the API cannot void. It cannot be undone."""
    _known(entity)
    if CATALOGUE[entity].void is None and entity not in voiding.AT_SCREENS:
        raise ScreenRefused(f"A transaction of type {entity} can't be voided.", do="Delete it instead.")
    old = found(session, entity, id)
    if str(old.get("PrivateNote", "")).startswith("Voided"):
        raise ScreenRefused("This transaction is void already.")
    _may(session, entity, old, old, password, sure)
    session.waived |= {"void"}
    operations.void(session, entity, dict(old))
    return {"entity": entity, "id": str(id)}


def delete_many(session: Session, transactions: Any, password: str = "", sure: bool = False) -> Body:
    """Delete what is ticked in a list, all of it or nothing."""
    return _many(session, transactions, delete, password, sure)


def void_many(session: Session, transactions: Any, password: str = "", sure: bool = False) -> Body:
    """Void what is ticked in a list, all of it or nothing."""
    return _many(session, transactions, void, password, sure)


def _many(session: Session, transactions: Any, act: Any, password: str, sure: bool) -> Body:
    done = [act(session, entity, record_id, password, sure) for entity, record_id in keys(transactions)]
    return {"transactions": done}


def import_rows(session: Session, entity: str, rows: Any, password: str = "", sure: bool = False) -> Body:
    """Key many records of one kind from a file: one person, one moment, Ids in a row. All of it or nothing.

    ``rows`` are bodies as the API takes them. Raises ScreenRefused that names the first row with a fault.
    """
    _known(entity)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise WrongUse("An import is a list of records.")
    made = []
    for number, row in enumerate(rows, 1):
        try:
            made.append(enter(session, entity, row, password, sure)["id"])
        except QuickBooksFault as fault:
            raise ScreenRefused(f"Row {number} was not imported: {fault.detail}") from fault
        balances.settle_balances(session)
        session.flush()
    return {"entity": entity, "ids": made}


def change_settings(session: Session, section: str, values: Mapping[str, Any]) -> Body:
    """Change a section of the preferences, such as ``SalesFormsPrefs``. Raises WrongUse for an unknown one."""
    held = found(session, "Preferences", "1")
    if not isinstance(held.get(section), dict):
        raise WrongUse(f"{section!r} is no section of the settings.")
    if section == "AccountingInfoPrefs" and "BookCloseDate" in values:
        raise WrongUse("The closing date has a screen of its own.", do="Use close_books.")
    before = {name: held[section].get(name) for name in values}
    session.remarks |= {"settings": section, "before": before, "after": dict(values)}
    body = {"Id": "1", "SyncToken": held.get("SyncToken", "0"), "sparse": True, section: {**held[section], **values}}
    operations.update(session, "Preferences", body)
    return {"section": section, "before": before, "after": dict(values)}


def _known(entity: str) -> None:
    if entity not in CATALOGUE:
        raise WrongUse(f"{entity!r} is no kind of record.")


def _may(session: Session, entity: str, old: Body, new: Body | None, password: str, sure: bool) -> None:
    closing_date.pass_(session, entity, password, sure, old, new)
    held = session.store.marks(entity, str(old["Id"]))
    for mark, said in _WARNINGS.items():
        if mark in held and not sure:
            raise ScreenRefused(f"{said} Are you sure you want to change it?", do="Say that you are sure.")
    session.waived |= {"matched"}
