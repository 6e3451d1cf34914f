"""References in a request: each must name a record that exists and is active; its name is filled in."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.references import Link, get_path, links_of
from akika_forensics.twin import book_faults, faults, refusals, settings
from akika_forensics.twin.session import Session

_SPACES: Final = {
    "Account": "Accounts",
    "Customer": "Names",
    "Vendor": "Names",
    "Employee": "Names",
    "Class": "Klasses",
    "Department": "Departments",
    "Item": "Items",
    "Term": "Terms",
    "PaymentMethod": "PaymentMethods",
    "TaxCode": "TaxCodes",
    "TaxRate": "TaxRates",
}
"""How error 2500 words a kind of record. Source: recorded answers for Accounts, Names, Klasses."""

_UNNAMED: Final = frozenset(
    {
        "TaxRateRef",
        "TxnTaxCodeRef",
        "AgencyRef",
        "DefaultTaxCodeRef",
        "TaxCodeRef",
    }
)
"""References that are answered without a name. Source: recorded answers."""

_UNNAMED_ON: Final = {
    "Payment": frozenset({"DepositToAccountRef", "PaymentMethodRef", "ARAccountRef"}),
    "Deposit": frozenset({"PaymentMethodRef"}),
    "Customer": frozenset({"ParentRef", "SalesTermRef", "PaymentMethodRef"}),
    "Vendor": frozenset({"TermRef"}),
    "Account": frozenset({"ParentRef"}),
    "Class": frozenset({"ParentRef"}),
    "Department": frozenset({"ParentRef"}),
}


def name_of(entity: str, target: dict[str, Any]) -> str:
    field = {"Customer": "DisplayName", "Vendor": "DisplayName", "Employee": "DisplayName", "TaxAgency": "DisplayName"}
    if entity in {"Account", "Class", "Department", "Item"}:
        return str(target.get("FullyQualifiedName") or target.get("Name", ""))
    return str(target.get(field.get(entity, "Name"), ""))


def resolve(session: Session, entity: str, body: dict[str, Any], old: dict[str, Any] | None) -> None:
    """Check every reference of a request and write the target's present name into it.

    Raises QuickBooksFault 2500 (700 for a parent) when a target does not exist and 610 when it is inactive; a reference that the
    record already carried before an update may stay inactive.
    """
    kept = _targets(entity, old) if old else frozenset()
    for link in list(links_of(entity, body)):
        if link.linked or link.read_only:
            continue
        if link.by_code:
            _check_currency(session, link, body)
        elif link.target is not None:
            _check(session, entity, link, body, kept)


def _targets(entity: str, body: dict[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((link.target.entity, link.target.id) for link in links_of(entity, body) if link.target is not None)


def _check(session: Session, entity: str, link: Link, body: dict[str, Any], kept: frozenset[tuple[str, str]]) -> None:
    assert link.target is not None  # noqa: S101 - the caller's condition, for the type checker
    name, record_id = link.target
    leaf = link.path.rsplit(".", 1)[-1]
    holder = get_path(body, link.path)
    if record_id == "SHIPPING_ITEM_ID":
        return
    target = session.find(name, record_id)
    if target is None and leaf == "ParentRef":
        raise refusals.invalid_parent(record_id)
    if target is None:
        raise book_faults.invalid_reference(_SPACES.get(name, f"{name}s"), record_id)
    if target.get("Active") is False and (name, record_id) not in kept:
        raise faults.not_found()
    if not isinstance(holder, dict):
        return
    bare = leaf.split("[")[0]
    holder.pop("name", None)
    if bare not in _UNNAMED and bare not in _UNNAMED_ON.get(entity, frozenset()):
        holder["name"] = name_of(name, target)
    if bare not in {"EntityRef", "Entity"}:
        holder.pop("type", None)


def _check_currency(session: Session, link: Link, body: dict[str, Any]) -> None:
    home = settings.home_code(session)
    holder = get_path(body, link.path)
    if not isinstance(holder, dict):
        return
    if holder.get("value") != home and not settings.multicurrency(session):
        raise faults.business("Multicurrency is not enabled for this company.")
    named = settings.currency(session, str(holder.get("value")))
    if named["name"] == named["value"] and not any(
        row.get("Code") == named["value"] for row in session.each("CompanyCurrency")
    ):
        raise book_faults.invalid_reference("Currencies", str(named["value"]))
    holder.update(named)


def need(session: Session, entity: str, record_id: str) -> dict[str, Any]:
    """An existing record; 2500 otherwise."""
    found = session.find(entity, record_id)
    if found is None:
        raise book_faults.invalid_reference(_SPACES.get(entity, f"{entity}s"), record_id)
    return found
