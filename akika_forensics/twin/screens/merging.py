"""Merge two names of a list: one record vanishes, and everything that cited it cites the other.

It cannot be undone. Nothing in the API does it and no field tells of it afterwards: what remains is a notification with
the Id that is gone. Source: Intuit's help on merging accounts, customers, vendors, products and services.
"""

from __future__ import annotations

from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.money import money
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import Link, get_path, links_of, rewrite_links
from akika_forensics.twin import wire
from akika_forensics.twin.documents import references
from akika_forensics.twin.ledger import accounts, rates
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.rules import recurring
from akika_forensics.twin.screens import bank_feed
from akika_forensics.twin.screens.asking import Body, ScreenRefused, found
from akika_forensics.twin.session import Session

_SUMMED: Final = {
    "Account": ("CurrentBalance", "CurrentBalanceWithSubAccounts"),
    "Customer": ("Balance", "BalanceWithJobs"),
    "Vendor": ("Balance",),
    "Item": (),
    "Class": (),
    "Department": (),
}
"""What can be merged, and which balances are summed."""

_PLACES: Final = {
    "Account": (
        ("posting", "account"),
        ("document", "account"),
        ("movement", "counter_account"),
        ("movement", "asset_account"),
    ),
    "Customer": (("posting", "party"), ("document", "party")),
    "Vendor": (("posting", "party"), ("document", "party")),
    "Item": (("posting", "item"), ("uncharged", "item")),
    "Class": (("posting", "class"), ("movement", "class"), ("document", "class"), ("uncharged", "class")),
    "Department": (
        ("posting", "department"),
        ("movement", "department"),
        ("document", "department"),
        ("uncharged", "department"),
    ),
}

_RESERVED: Final = frozenset(
    {
        "OpeningBalanceEquity",
        "RetainedEarnings",
        "UndepositedFunds",
        "SalesTaxPayable",
        "GlobalTaxPayable",
        "GlobalTaxSuspense",
        "AccountsReceivable",
        "AccountsPayable",
        "Inventory",
        "ExchangeGainOrLoss",
    }
)
"""Accounts that QuickBooks needs for itself. Source: Intuit's help for most; receivables, payables and stock are belief."""
_RESERVED_NAMES: Final = ("Uncategorized ", "Uncategorised ")
_COUNTED: Final = frozenset({"Inventory", "Group", "Category"})


def merge(session: Session, entity: str, id: str, into: str) -> Body:  # noqa: A002 - the field's own name
    """Merge the record ``id`` into another of its kind; gives how many records cited it.

    Raises WrongUse for records that are not there or a kind that has no merging, ScreenRefused for two that do not fit.
    """
    if entity not in _SUMMED:
        raise WrongUse(f"Records of type {entity} cannot be merged.", do=f"Merge one of {', '.join(_SUMMED)}.")
    if str(id) == str(into):
        raise WrongUse("A record cannot be merged into itself.")
    gone, stays = found(session, entity, id), found(session, entity, into)
    _check(session, entity, gone, stays)
    cited = _cite(session, entity, str(id), stays)
    old, new = (f"{entity}:{id}", f"{entity}:{into}") if entity in {"Customer", "Vendor"} else (str(id), str(into))
    session.store.repoint(_PLACES[entity], old, new)
    session.roles.clear()
    if entity == "Account":
        session.store.reconciliations.merge(str(id), str(into))
        session.store.bank.merge(str(id), str(into))
    if _SUMMED[entity]:
        kept = session.edit(entity, str(into))
        assert kept is not None  # noqa: S101 - found above
        for field in _SUMMED[entity]:
            if field in kept or field in gone:
                kept[field] = money(kept.get(field)) + money(gone.get(field))
    session.remove(entity, str(id), silent=session.beliefs.choice("merge_feed") == "silent")
    name = references.name_of(entity, gone)
    session.note("merged", entity, str(into), stays, merged_from=str(id), merged_name=name, cited=len(cited))
    return {"entity": entity, "id": str(into), "gone": str(id), "cited": len(cited)}


def _cite(session: Session, entity: str, old: str, stays: Body) -> list[tuple[str, str]]:
    """Let every record cite the one that stays; gives which did."""
    key, new = RecordKey(entity, old), str(stays["Id"])
    name = references.name_of(entity, stays)
    touched = session.beliefs.choice("merge_touches")

    def replaced(link: Link) -> str | None:
        return new if link.target == key and not link.linked else None

    cited = []
    for kind, record_id in session.store.naming(old):
        body = session.find(kind, record_id)
        if body is None or (kind, record_id) == key:
            continue
        paths = [link.path for link in links_of(kind, body) if replaced(link)]
        if not paths:
            continue
        fresh = rewrite_links(kind, body, replaced)
        for path in paths:
            holder = get_path(fresh, path)
            if isinstance(holder, dict) and "name" in holder:
                holder["name"] = name
        cited.append((kind, record_id))
        if touched == "untouched":
            session.store.repaint(kind, record_id, wire.encode(kind, fresh))
            session.forget(kind, record_id)
            continue
        if kind == recurring.ENTITY:
            _move_template(session, record_id, fresh, token=touched == "time_and_token")
            continue
        if touched == "time_and_token":
            fresh["SyncToken"] = str(int(str(fresh.get("SyncToken", "0"))) + 1)
        moved = session.edit(kind, record_id)
        assert moved is not None  # noqa: S101 - found above
        moved.clear()
        moved.update(fresh)
    return cited


def _move_template(session: Session, record_id: str, body: Body, *, token: bool) -> None:
    """A template keeps its Id and its time within the transaction that it wraps."""
    ((kind, inner),) = body.items()
    if token:
        inner["SyncToken"] = str(int(str(inner.get("SyncToken", "0"))) + 1)
    inner["MetaData"] = {**inner.get("MetaData", {}), "LastUpdatedTime": wire.metadata_time(session.moment)}
    outer = {"Id": record_id, "MetaData": inner["MetaData"]}
    session.write(recurring.ENTITY, outer, wire.encode(recurring.ENTITY, {kind: inner}))
    session.forget(recurring.ENTITY, record_id)


def _check(session: Session, entity: str, gone: Body, stays: Body) -> None:
    for body in (gone, stays):
        if body.get("Active") is False:
            raise ScreenRefused(f"{references.name_of(entity, body)} is inactive.", do="Make it active first.")
    if ref_id(gone, "ParentRef") != ref_id(stays, "ParentRef"):
        raise ScreenRefused("Only names of the same level, under the same parent, can be merged.")
    if any(ref_id(one, "ParentRef") == gone["Id"] for one in session.each(entity)):
        raise ScreenRefused(f"{references.name_of(entity, gone)} has others below it.", do="Move them first.")
    if entity in {"Account", "Customer", "Vendor"} and rates.code_of(session, gone) != rates.code_of(session, stays):
        raise ScreenRefused("Names with different currencies can't be merged.")
    if entity == "Account":
        _check_account(session, gone, stays)
    if entity == "Item":
        if gone.get("Type") != stays.get("Type"):
            raise ScreenRefused("Products and services of different types can't be merged.")
        if gone.get("Type") in _COUNTED:
            raise ScreenRefused(f"Products of type {gone.get('Type')} can't be merged.")


def _check_account(session: Session, gone: Body, stays: Body) -> None:
    for field, said in (("AccountType", "account type"), ("AccountSubType", "detail type")):
        if gone.get(field) != stays.get(field):
            raise ScreenRefused(f"The accounts must have the same {said} to be merged.")
    for body in (gone, stays):
        name = str(body.get("Name"))
        if body.get("AccountSubType") in _RESERVED or name.startswith(_RESERVED_NAMES) or name == accounts.SHIPPING:
            raise ScreenRefused(f"{name} is an account that QuickBooks needs. It can't be merged.")
    if bank_feed.is_connected(session, str(gone["Id"])):
        raise ScreenRefused(
            "An account that is connected to online banking can't be merged.", do="Disconnect it first."
        )
