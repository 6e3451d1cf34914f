"""Records of lists as they stand in the end: accounts, items, vendors, customers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from akika_forensics.twin import naming, wire
from akika_forensics.twin.life.acts import AddCustomer
from akika_forensics.twin.life.bulk.known import Held, Known, Party, Stocked, party


def record(held: Held) -> tuple[Any, ...]:
    """The columns of the record."""
    body = held.body | {"MetaData": {**held.body["MetaData"], "LastUpdatedTime": held.at}}
    body["SyncToken"] = str(int(held.body["SyncToken"]) + held.stale)
    cents = Decimal(held.cents) / 100
    if held.entity == "Account":
        body |= {"CurrentBalance": cents, "CurrentBalanceWithSubAccounts": cents}
    elif held.entity == "Vendor":
        body["Balance"] = cents
    elif held.entity == "Customer":
        body |= {"Balance": cents, "BalanceWithJobs": Decimal(held.with_jobs) / 100}
    elif isinstance(held, Stocked) and held.counted:
        body["QtyOnHand"] = Decimal(held.on_hand)
    made_us = held.made_us or wire.stamp_of(body, "CreateTime") or 0
    name = naming.unique_name(held.entity, body)
    active = int(body.get("Active") is not False)
    return (held.entity, held.id, wire.encode(held.entity, body), active, made_us, held.at_us, name, None, None)


def new_customer(known: Known, act: AddCustomer, record_id: str, address_id: int, stamp: str) -> Party:
    """As the engine keys one."""
    above = known.customers[act.parent] if act.parent else None
    home = {"value": "USD", "name": "United States Dollar"}
    body: dict[str, Any] = {
        "Taxable": bool(act.tax),
        "Job": above is not None,
        "BillWithParent": False,
        "SalesTermRef": {"value": known.terms[act.term][0]},
        "CurrencyRef": known.currency_ref if act.currency else home,
        "PreferredDeliveryMethod": "Print",
        "domain": "QBO",
        "sparse": False,
        "Id": record_id,
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
        "FullyQualifiedName": act.name,
        "DisplayName": act.name,
        "PrintOnCheckName": act.name,
        "Active": True,
    }
    if above is not None:
        body |= {
            "ParentRef": {"value": above.id},
            "Level": 1,
            "FullyQualifiedName": f"{above.body['FullyQualifiedName']}:{act.name}",
        }
    else:
        body |= {
            "BillAddr": {
                "Id": str(address_id),
                "Line1": act.street,
                "City": act.city,
                "CountrySubDivisionCode": act.state,
                "PostalCode": act.postal_code,
            },
            "GivenName": act.given,
            "FamilyName": act.family,
            "PrimaryPhone": {"FreeFormNumber": act.phone},
            "PrimaryEmailAddr": {"Address": act.email},
        }
    if act.company:
        body["CompanyName"] = act.company
    if act.tax:
        body["DefaultTaxCodeRef"] = {"value": known.codes[act.tax]}
    made = party("Customer", body, known.currency)
    made.above = above
    return made
