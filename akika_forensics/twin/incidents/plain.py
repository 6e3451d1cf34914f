"""The incidents of the demo, which a restore plan can put right whole: chosen with care by code, each in one blow.

Their victims are such that everything that hangs on them can be linked again; see ``victims``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.model.money import CENT, cents, money
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.incidents import victims
from akika_forensics.twin.incidents.victims import Company
from akika_forensics.twin.loading.body_values import inner, lines_of

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

type Body = dict[str, Any]
type Struck = list[tuple[RecordKey, str]]

IMPORTED: Final = 25
_DEAR: Final = Decimal("1.18")


@dataclass(frozen=True, slots=True)
class Incident:
    """``strike`` does it and gives what it did to whom; ``customers`` and ``items`` are to be spared."""

    name: str
    what: str
    strike: Callable[[Twin, Company], Struck]


def _delete(twin: Twin, company: Company, key: RecordKey) -> Struck:
    body = company.get(key) or {}
    twin.delete(key.entity, {"Id": key.id, "SyncToken": body.get("SyncToken", "0")})
    return [(key, "deleted")]


def _deactivate(twin: Twin, company: Company, key: RecordKey) -> Struck:
    body = company.get(key) or {}
    twin.update(key.entity, {"Id": key.id, "SyncToken": body["SyncToken"], "sparse": True, "Active": False})
    return [(key, "made inactive")]


def _change_item(twin: Twin, company: Company, key: RecordKey) -> Struck:
    body = company.get(key) or {}
    dearer = (money(body.get("UnitPrice")) * _DEAR).quantize(CENT, rounding=ROUND_HALF_UP)
    changed = {**body, "Description": f"{body.get('Description', '')}, express", "UnitPrice": dearer}
    twin.update(key.entity, changed)
    return [(key, "description and price changed")]


def _import_bills(twin: Twin, company: Company) -> Struck:
    """Bills that exist already, keyed in again by a batch in one moment under new numbers."""
    pairs = victims.bills(company)
    moment = twin.clock()
    dates = [str(body["TxnDate"]) for body in company.of("Bill").values() if body.get("TxnDate")]
    on = max(dates, default=moment.date().isoformat())
    struck: Struck = []
    for position in range(IMPORTED):
        vendor, line = pairs[position % len(pairs)]
        detail = inner(line, "AccountBasedExpenseLineDetail")
        body = {
            "VendorRef": vendor,
            "DocNumber": f"IMP-{position + 1:04d}",
            "TxnDate": on,
            "PrivateNote": "Imported",
            "Line": [
                {
                    "Amount": cents(money(line["Amount"])),
                    "DetailType": "AccountBasedExpenseLineDetail",
                    "AccountBasedExpenseLineDetail": {"AccountRef": detail["AccountRef"]},
                }
            ],
        }
        made = twin.create("Bill", body, at=moment)
        struck.append((RecordKey("Bill", str(made["Id"])), "imported"))
    return struck


def _all_five(twin: Twin, company: Company) -> Struck:
    """All five on disjoint records; the victims are chosen before the first blow."""
    payment = victims.payment(company)
    paid = company.get(payment) or {}
    spared = {victims.customer_of(paid)}
    invoice = victims.invoice(company, frozenset(spared))
    billed = company.get(invoice) or {}
    spared.add(victims.customer_of(billed))
    customer = victims.customer(company, frozenset(spared))
    sold = {str(inner(inner(line, "SalesItemLineDetail"), "ItemRef").get("value")) for line in lines_of(billed)}
    item = victims.item(company, frozenset(sold))
    victims.bills(company)
    return [
        *_delete(twin, company, invoice),
        *_delete(twin, company, payment),
        *_deactivate(twin, company, customer),
        *_change_item(twin, company, item),
        *_import_bills(twin, company),
    ]


PLAIN: Final[dict[str, Incident]] = {
    row.name: row
    for row in (
        Incident(
            "deleted-invoice",
            "An invoice with lines is deleted; its payment stays, unapplied.",
            lambda twin, company: _delete(twin, company, victims.invoice(company)),
        ),
        Incident(
            "deleted-payment",
            "A payment that is in no deposit is deleted; its invoice is open again.",
            lambda twin, company: _delete(twin, company, victims.payment(company)),
        ),
        Incident(
            "inactive-customer",
            "A customer without a balance is made inactive.",
            lambda twin, company: _deactivate(twin, company, victims.customer(company)),
        ),
        Incident(
            "changed-item",
            "Description and price of an item are changed.",
            lambda twin, company: _change_item(twin, company, victims.item(company)),
        ),
        Incident("bad-import", "25 bills that exist already are imported again in one moment.", _import_bills),
        Incident("demo", "All five, on disjoint records.", _all_five),
    )
}


def strike(twin: Twin, name: str) -> Struck:
    """Do one; gives what it did to whom. Raises WrongUse when the company lacks a victim."""
    return PLAIN[name].strike(twin, Company(twin))
