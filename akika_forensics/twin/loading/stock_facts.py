"""What the stock sandbox company calls the records of an Id: used to name what was cited but not recorded.

Every developer sandbox is a copy of one company, so an Id alone says which account, item or name is meant, as long
as nothing that cites it says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from akika_forensics.twin.sample import chart, company, customers, items, vendors

_NAME: Final = {"Customer": "DisplayName", "Vendor": "DisplayName", "TaxAgency": "DisplayName"}
_OPENING: Final = frozenset({"QtyOnHand", "BillAddr", "PrimaryPhone", "PrimaryEmailAddr", "AcctNum"})


@cache
def _facts() -> dict[tuple[str, str], dict[str, Any]]:
    facts: dict[tuple[str, str], dict[str, Any]] = {}
    for number, body in chart.bodies():
        facts["Account", number] = {
            **body,
            "FullyQualifiedName": chart.full_name(number),
            "Classification": chart.classification(body["AccountType"]),
        }
    facts |= {("Item", number): body for number, body in items.bodies()}
    facts |= {("Customer", number): body for number, body in customers.bodies()}
    facts |= {(entity, number): body for entity, number, body in vendors.bodies()}
    facts |= {(entity, number): body for entity, number, body in company.lists() if entity in {"Term", "PaymentMethod"}}
    facts |= {(entity, body["Id"]): body for entity, body in company.settings() if entity.startswith("Tax")}
    return facts


def known_as(entity: str, body: dict[str, Any]) -> str:
    """The name of a list record, sub-records with their parents."""
    if entity == "Employee":
        return " ".join(str(body[part]) for part in ("GivenName", "FamilyName") if body.get(part))
    return str(body.get("FullyQualifiedName") or body.get(_NAME.get(entity, "Name"), ""))


def stock_body(entity: str, record_id: str, cited_names: Iterable[str] = ()) -> dict[str, Any] | None:
    """The stock record of an Id, unless a citation gives it another name; contacts and quantities are left out."""
    body = _facts().get((entity, record_id))
    if body is None:
        return None
    name = known_as(entity, body)
    if any(name != cited and name.rpartition(":")[2] != cited for cited in cited_names):
        return None
    return {field: value for field, value in body.items() if field not in _OPENING}


def stock_id(entity: str, name: str) -> str | None:
    """The Id under which the stock company keeps a name, or None."""
    return next(
        (number for (kind, number), body in _facts().items() if kind == entity and known_as(entity, body) == name), None
    )
