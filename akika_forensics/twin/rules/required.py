"""The fields without which a kind of record cannot be: the table's own list, all that are missing told at once.

Source: QuickBooks API, required fields of every entity; that one answer can carry several errors was seen by third
parties.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import faults
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.request import Write

_AMOUNT: Final = "You must set a transaction amount."
"""Of a payment without a total. Source: QuickBooks API, common errors."""

SPARSE_TOO: Final = {
    "Bill": frozenset({"VendorRef"}),
    "Deposit": frozenset({"DepositToAccountRef", "Line"}),
    "Purchase": frozenset({"PaymentType"}),
}
"""What even a sparse update must say again. Source: seen by third parties and by Intuit's own connector."""


def check(write: Write, body: dict[str, Any]) -> None:
    """Raises 2020 with one error for every field that is missing, or 6000 for a payment without an amount.

    A full update empties what it leaves out; a sparse one lacks only what it empties itself.
    """
    if write.entity == "Attachable" and write.old is not None:
        return  # what the file is, its bytes say; an update cannot take that away
    groups = [group.split("|") for group in CATALOGUE[write.entity].required]
    if write.sparse:
        always = SPARSE_TOO.get(write.entity, frozenset())
        groups = [names for names in groups if not write.sent.isdisjoint(names)]
        groups += [[name] for name in sorted(always - write.sent)]
        body = {name: value for name, value in body.items() if name not in always or name in write.sent}
    if write.session.beliefs.choice("order_payable") == "defaulted":
        groups = [names for names in groups if names != ["APAccountRef"]]
    lacking = [_lack(names[0]) for names in groups if not any(_is_there(body.get(name)) for name in names)]
    if lacking:
        raise faults.together(lacking)


def _is_there(value: Any) -> bool:
    """A number is there even when it is 0, a reference when it has an Id."""
    if isinstance(value, dict) and set(value) <= {"value", "name", "type"}:
        return value.get("value") not in (None, "")
    return value is not None and value not in ("", [])


def _lack(name: str) -> QuickBooksFault:
    if name == "TotalAmt":
        return faults.business(_AMOUNT)
    return faults.missing(name)
