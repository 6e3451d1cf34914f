"""Customer, Vendor, Employee: one name space, inactive names, trees of customers."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.money import ZERO, money
from akika_forensics.twin import book_faults, faults, identity, naming, refusals
from akika_forensics.twin.documents import currency, references
from akika_forensics.twin.request import Write, ref_id

_PARTS: Final = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_DEEPEST: Final = 4
_TREES: Final = frozenset({"Account", "Customer", "Class", "Department"})


def complete(write: Write, body: dict[str, Any]) -> None:
    """Raises 2020, 2050, 2040, 6180, 6240, 6220."""
    entity = write.entity
    old = write.old
    if entity == "Employee" and not (body.get("GivenName") or body.get("FamilyName")):
        raise faults.missing("GivenName")
    spoken = " ".join(str(body[part]) for part in _PARTS if body.get(part))
    if not body.get("DisplayName") and not spoken:
        raise faults.missing("DisplayName")
    renamed = entity == "Employee" and bool({"GivenName", "MiddleName", "FamilyName"} & write.sent)
    # A full update that leaves the name out makes one of its parts. Source: recorded update of a vendor.
    remade = old is not None and not write.sparse and bool(spoken)
    if not body.get("DisplayName") or ((renamed or remade) and "DisplayName" not in write.sent):
        body["DisplayName"] = spoken
    name = str(body["DisplayName"])
    if len(name) > 500:
        raise faults.length("DisplayName", 1, 500, name)
    if any(mark in name for mark in ":\t\n"):
        raise faults.invalid_characters("DisplayName", name)
    references.resolve(write.session, entity, body, old)
    activate(write, body, "DisplayName")
    check_free(write, body)
    bare = naming.unmarked(str(body["DisplayName"]))
    changed = old is None or naming.unmarked(str(old.get("DisplayName"))) != bare
    if changed and "PrintOnCheckName" not in write.sent:
        body["PrintOnCheckName"] = bare
    body.setdefault("PrintOnCheckName", bare)
    for field in ("BillAddr", "ShipAddr", "PrimaryAddr"):
        _address(write, body, field)
    if entity == "Customer":
        _customer(write, body)
    elif entity == "Vendor":
        if old is None and write.session.beliefs.choice("vendor_terms_on_create") == "dropped":
            body.pop("TermRef", None)
        body.setdefault("Balance", ZERO)
        body.setdefault("Vendor1099", False)
        currency.of_party(write, body)
    else:
        body.setdefault("BillableTime", False)


def activate(write: Write, body: dict[str, Any], *fields: str) -> None:
    """Mark or unmark an inactive name. Source: recorded answers. Raises 6220."""
    active = body.setdefault("Active", True)
    was_active = write.old is None or write.old.get("Active") is not False
    if not active and was_active:
        _may_deactivate(write)
    for field in fields:
        if field in body:
            name = str(body[field])
            body[field] = naming.unmarked(name) if active or _bare(write) else naming.marked(name)


def _may_deactivate(write: Write) -> None:
    old = write.old or {}
    kind = write.entity.lower()
    if write.entity in {"Customer", "Vendor"} and (money(old.get("Balance")) or money(old.get("BalanceWithJobs"))):
        raise book_faults.has_balance(kind)
    children = [
        body
        for body in (write.session.each(write.entity) if write.entity in _TREES else ())
        if ref_id(body, "ParentRef") == old.get("Id") and body.get("Active") is not False
    ]
    if children:
        raise book_faults.has_dependents(f"This {kind} has active sub-{kind}s. Make them inactive first.")


def check_free(write: Write, body: dict[str, Any]) -> None:
    """Refuse a name that another record of the name space holds. Source: QuickBooks API, error 6240."""
    name = naming.unique_name(write.entity, body)
    if name is None:
        return
    own = str(write.old["Id"]) if write.old else None
    for entity in naming.name_space(write.entity):
        holder = _holder(write, entity, name)
        if holder is None or holder == (write.entity, own):
            continue
        if write.entity not in naming.PARTIES:
            raise book_faults.duplicate_name(f"Id={holder[1]}")
        if entity == write.entity == "Customer":
            raise _same_customer(write)
        raise book_faults.duplicate_name(
            "Another customer, vendor or employee is already using this name. Please use a different name."
        )


def _holder(write: Write, entity: str, name: str) -> tuple[str, str] | None:
    """Who has a name; an inactive one's is free as long as the mark on it makes it another."""
    store = write.session.store
    holder = store.holder_of_name((entity,), name)
    if write.session.beliefs.choice("inactive_name") == "taken":
        return holder or store.holder_of_name((entity,), naming.marked(name))
    if holder is not None and _bare(write) and (write.session.find(*holder) or {}).get("Active") is False:
        return None
    return holder


def _bare(write: Write) -> bool:
    """A list whose inactive names may stay as they are."""
    lists = naming.PARTIES if write.entity in naming.PARTIES else ("Account",)
    return write.entity not in lists and write.session.beliefs.choice("inactive_mark") == "bare"


def _same_customer(write: Write) -> faults.QuickBooksFault:
    """Two customers of one name. Source: recorded answers to a create (2020) and an update (2019)."""
    if write.old is None:
        return book_faults.duplicate_name("null", None)
    return book_faults.duplicate_name("Another customer is already using this name.  Please use a different name.")


def _address(write: Write, body: dict[str, Any], field: str) -> None:
    sent = body.get(field)
    if isinstance(sent, dict) and not sent.get("Id"):
        old = (write.old or {}).get(field)
        kept = old.get("Id") if isinstance(old, dict) else None
        sent["Id"] = kept or identity.next_id(write.session.store, "Address")


def _customer(write: Write, body: dict[str, Any]) -> None:
    session = write.session
    parent = ref_id(body, "ParentRef")
    body.setdefault("Job", parent is not None)
    if body["Job"] and parent is None:
        raise faults.missing("ParentRef")
    if parent is not None:
        body["Job"] = True
        above = references.need(session, "Customer", parent)
        level = int(above.get("Level", 0)) + 1
        _no_cycle(write, parent)
        if level > _DEEPEST:
            raise refusals.too_deep()
        body["Level"] = level
        body["FullyQualifiedName"] = f"{above.get('FullyQualifiedName')}:{body['DisplayName']}"
    else:
        body.pop("Level", None)
        body["FullyQualifiedName"] = body["DisplayName"]
    body.setdefault("Taxable", True)
    body.setdefault("BillWithParent", False)
    body.setdefault("Balance", ZERO)
    body.setdefault("BalanceWithJobs", ZERO)
    body.setdefault("PreferredDeliveryMethod", "Print")
    currency.of_party(write, body)


def _no_cycle(write: Write, parent: str) -> None:
    own = str(write.old["Id"]) if write.old else None
    seen: set[str] = set()
    above: str | None = parent
    while above is not None and above not in seen:
        if above == own:
            raise refusals.own_parent()
        seen.add(above)
        above = ref_id(write.session.find(write.entity, above), "ParentRef")
