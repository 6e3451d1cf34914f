"""One write within a session: create, update, delete, void. What each checks, and in which order."""

from __future__ import annotations

import copy
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE, Delete, EntityType
from akika_forensics.twin import faults, identity, refusals, rules, schema, settings, standing, wire
from akika_forensics.twin.documents import closing, links, merge, voiding
from akika_forensics.twin.ledger import (
    crediting,
    deactivation,
    detaching,
    effects,
    entry,
    opening,
    reaccounting,
    reimbursing,
)
from akika_forensics.twin.request import Write
from akika_forensics.twin.rules import rates, recurring
from akika_forensics.twin.screens import marks
from akika_forensics.twin.session import Session

_SEEN_UNVOIDED: Final = frozenset({"Bill", "JournalEntry"})


def create(
    session: Session,
    entity: str,
    body: dict[str, Any],
    forced: str | None = None,
    include: frozenset[str] = frozenset(),
) -> str:
    row = CATALOGUE.get(entity)
    if row is None or not (row.can("create") or forced):
        raise faults.unsupported(f"create {entity}")
    if entity == recurring.ENTITY:
        return recurring.create(session, body, forced, rules.complete)
    if not schema.fields_of(entity):
        raise faults.not_offered(f"{entity} cannot be created in this company.")
    standing.check_subscription(session)
    admitted = schema.admit(entity, body)
    standing.check_edition(session, entity, admitted)
    given = opening.taken(admitted, row.opening)
    claimed = admitted.get("TotalAmt")
    fresh = merge.drop_unwritable(entity, admitted)
    fresh["LinkedTxn"] = merge.linked(entity, None, fresh.get("LinkedTxn", []))
    if not fresh["LinkedTxn"]:
        del fresh["LinkedTxn"]
    write = Write(session, entity, None, frozenset(fresh), include, given, claimed)
    rules.complete(write, fresh)
    closing.check(session, entity, None, fresh)
    record_id = forced or identity.next_id(session.store, entity)
    if forced and session.find(entity, forced) is not None:
        raise WrongUse(f"{entity} {forced} is already there.")
    identity.seen(session.store, entity, record_id)
    stamp = wire.metadata_time(session.moment)
    fresh.update(domain="QBO", sparse=False, Id=record_id, SyncToken="0")
    fresh["MetaData"] = {"CreateTime": stamp, "LastUpdatedTime": stamp}
    merge.list_links(entity, fresh)
    links.check_targets(session, entity, fresh)
    session.put(entity, fresh)
    session.note("created", entity, record_id, fresh)
    _apply(session, entity, record_id, fresh)
    opening.post(session, entity, fresh, given, write.today, lambda kind, inner: _keyed(session, kind, inner))
    if not forced:
        crediting.apply(session, entity, fresh, lambda kind, inner: _keyed(session, kind, inner))
    return record_id


def _keyed(session: Session, entity: str, body: dict[str, Any]) -> dict[str, Any]:
    record_id = create(session, entity, body)
    found = session.find(entity, record_id)
    assert found is not None  # noqa: S101 - created above
    return found


def _apply(session: Session, entity: str, record_id: str, body: dict[str, Any] | None) -> None:
    try:
        effects.apply(session, entity, record_id, body)
        reimbursing.sync(session, entity, record_id, body)
    except entry.Unpostable as error:
        raise faults.business(f"The transaction cannot be posted: {error}.") from error


def _current(session: Session, entity: str, body: dict[str, Any]) -> dict[str, Any]:
    """The record that a request is about, its SyncToken checked. Raises 6190, 2020, 2030, 610, 5010."""
    standing.check_subscription(session)
    record_id = str(body.get("Id", ""))
    if not record_id:
        raise faults.missing("Id")
    if identity.number_of(record_id) < 0 and session.find(entity, record_id) is None:
        raise faults.invalid_id(record_id, timed=True)
    old = session.find(entity, record_id)
    if old is None:
        raise faults.gone() if session.store.was_deleted(entity, record_id) else faults.not_found()
    token = body.get("SyncToken")
    if token in (None, ""):
        if entity == "Attachable":
            return old
        raise faults.missing("SyncToken")
    if str(token) != str(old.get("SyncToken", "0")):
        raise faults.stale(settings.last_user(session, entity, record_id))
    return old


def update(session: Session, entity: str, body: dict[str, Any], include: frozenset[str] = frozenset()) -> str:
    row = CATALOGUE.get(entity)
    if row is None or not row.can("update"):
        raise faults.unsupported(f"update {entity}")
    if entity == rates.ENTITY:
        return rates.write(session, body)
    old = copy.deepcopy(_current(session, entity, body))
    is_sparse = str(body.get("sparse", False)).lower() == "true"
    is_sparse &= row.can("sparse") or session.beliefs.choice("sparse_elsewhere") == "heeded"
    admitted = schema.admit(entity, body, sparse=is_sparse)
    opening.taken(admitted, row.opening)
    claimed = admitted.get("TotalAmt")
    sent = merge.drop_unwritable(entity, admitted)
    fresh = (merge.sparse if is_sparse else merge.full)(entity, old, sent)
    write = Write(session, entity, old, frozenset(sent), include, None, claimed, is_sparse)
    rules.complete(write, fresh)
    record_id = str(old["Id"])
    fresh.update(domain="QBO", sparse=False, Id=record_id, SyncToken=old["SyncToken"], MetaData=old["MetaData"])
    merge.list_links(entity, fresh)
    if merge.same(entity, old, fresh):
        return record_id
    marks.check(session, entity, old)
    links.check_targets(session, entity, fresh)
    closing.check(session, entity, old, fresh)
    closing.check_deposited(session, entity, old, fresh)
    closing.check_settled(session, entity, old, fresh)
    fresh["SyncToken"] = str(int(str(old["SyncToken"])) + 1)
    fresh["MetaData"] = {**old["MetaData"], "LastUpdatedTime": wire.metadata_time(session.moment)}
    deactivation.post(session, entity, old, fresh, write.today, lambda kind, inner: _keyed(session, kind, inner))
    session.put(entity, fresh)
    session.note("updated", entity, record_id, fresh, **_switched(old, fresh))
    rules.follow(write, fresh)
    _apply(session, entity, record_id, fresh)
    if entity == "Item":
        reaccounting.follow(session, old, fresh, include)
    return record_id


def _switched(old: dict[str, Any], fresh: dict[str, Any]) -> dict[str, bool]:
    """What the trail tells of a record that is switched off or on."""
    active = fresh.get("Active") is not False
    return {} if active == (old.get("Active") is not False) else {"active": active}


def delete(session: Session, entity: str, body: dict[str, Any]) -> str:
    row = CATALOGUE.get(entity)
    if row is None or not _removable(session, row):
        raise faults.unsupported(f"delete {entity}")
    old = _current(session, entity, body)
    record_id = str(old["Id"])
    _whole_enough(session, entity, body)
    closing.check(session, entity, old, None)
    closing.check_deposited(session, entity, old, None)
    marks.check(session, entity, old, gone=True)
    detaching.detach(session, entity, record_id)
    _apply(session, entity, record_id, None)
    session.note("deleted", entity, record_id, old)
    session.remove(entity, record_id)
    if entity == "Attachable":
        session.store.files.remove(record_id)
    marks.forget(session, entity, record_id)
    return record_id


def _removable(session: Session, row: EntityType) -> bool:
    if row.delete is Delete.UNCLEAR:
        return session.beliefs.choice("journal_code_delete") == "deleted"
    return row.delete is Delete.HARD and row.can("delete")


def _whole_enough(session: Session, entity: str, body: dict[str, Any]) -> None:
    """Raises 2020 where a delete must carry the whole object. Source: QuickBooks API, delete."""
    if entity not in {"Deposit", "Transfer"} or session.beliefs.choice("short_delete") == "enough":
        return
    for field in CATALOGUE[entity].required:
        if not any(body.get(name) for name in field.split("|")):
            raise faults.missing(field.split("|")[0])


def void(session: Session, entity: str, body: dict[str, Any]) -> str:
    """Where the API cannot void, the answer is 200 and the record as it was. Source: seen of Bill and JournalEntry."""
    row = CATALOGUE.get(entity)
    if row is None or not row.is_transaction or not row.can("update"):
        raise faults.unsupported(f"void {entity}")
    old = copy.deepcopy(_current(session, entity, body))
    record_id = str(old["Id"])
    if row.void is None and not ("void" in session.waived and entity in voiding.AT_SCREENS):
        if entity not in _SEEN_UNVOIDED and session.beliefs.choice("void_elsewhere") == "refused":
            raise faults.unsupported(f"void {entity}")
        return record_id
    if voiding.is_settled(old):
        raise refusals.settled()
    marks.check(session, entity, old)
    closing.check(session, entity, old, old)
    closing.check_deposited(session, entity, old, None)
    detaching.detach(session, entity, record_id)
    voided = voiding.voided(entity, session.find(entity, record_id) or old)
    voided["SyncToken"] = str(int(str(old["SyncToken"])) + 1)
    voided["MetaData"] = {**old["MetaData"], "LastUpdatedTime": wire.metadata_time(session.moment)}
    session.put(entity, voided)
    session.note("voided", entity, record_id, old)
    _apply(session, entity, record_id, voided)
    return record_id
