"""Whom an incident strikes: chosen from any company by rank, the same every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.placeholder import is_placeholder
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.documents.totals import disagreement
from akika_forensics.twin.loading.body_values import amount_of, inner, lines_of
from akika_forensics.twin.loading.order import number

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

type Body = dict[str, Any]

_PLAIN_LINKS = frozenset({"Payment"})


class Company:
    """The records of a twin at one moment, decoded when asked for."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._payloads = {RecordKey(*key): payload for key, payload in twin.dump().items()}
        self._bodies: dict[str, dict[RecordKey, Body]] = {}

    def of(self, entity: str) -> dict[RecordKey, Body]:
        """Bodies of an entity by key, in order of Id."""
        if entity not in self._bodies:
            keys = sorted((key for key in self._payloads if key.entity == entity), key=number)
            self._bodies[entity] = {key: payloads.decode(self._payloads[key]) for key in keys}
        return self._bodies[entity]

    def get(self, key: RecordKey) -> Body | None:
        return self.of(key.entity).get(key)

    def held(self, key: RecordKey) -> bool:
        """Whether the bank's feed holds it: the service refuses to delete it."""
        return bool(self._twin.bank_marks(key.entity, key.id))


def linked(body: Body) -> Iterator[RecordKey | None]:
    """The transactions in the header's LinkedTxn; None for one that the API cannot read."""
    links = body.get("LinkedTxn")
    for link in [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []:
        entity = linked_entity(str(link.get("TxnType", "")))
        yield RecordKey(entity, str(link.get("TxnId"))) if entity else None


def line_links(body: Body) -> Iterator[tuple[RecordKey, Body]]:
    """What each line links to, with the line."""
    for line in lines_of(body):
        yield from ((key, line) for key in linked(line) if key is not None)


def customer_of(body: Body) -> str:
    return str(inner(body, "CustomerRef").get("value", ""))


def in_deposit(company: Company, key: RecordKey) -> bool:
    return any(target == key for body in company.of("Deposit").values() for target, _ in line_links(body))


def invoice(company: Company, customers: frozenset[str] = frozenset()) -> RecordKey:
    """An invoice with lines whose payments can be linked again: not deposited, alone, of no listed customer."""
    best = _first(
        (_invoice_rank(company, key, body), key)
        for key, body in company.of("Invoice").items()
        if _is_ordinary_invoice(company, body) and customer_of(body) not in customers
    )
    return _found(best, "no invoice with lines that nothing but payments is linked to")


def _is_ordinary_invoice(company: Company, body: Body) -> bool:
    sold = [line for line in lines_of(body) if line.get("DetailType") == "SalesItemLineDetail"]
    links = list(linked(body))
    plain = all(key is not None and key.entity in _PLAIN_LINKS for key in links)
    whole = disagreement("Invoice", body) is None and amount_of(body.get("TotalAmt")) > 0
    return bool(sold) and plain and whole and all(_is_plain_payment(company, key) for key in links if key)


def _is_plain_payment(company: Company, key: RecordKey) -> bool:
    """It pays this one invoice and no deposit holds it."""
    body = company.get(key)
    return body is not None and len(lines_of(body)) == 1 and not in_deposit(company, key) and not company.held(key)


def _invoice_rank(company: Company, key: RecordKey, body: Body) -> tuple[Any, ...]:
    items = [str(inner(inner(line, "SalesItemLineDetail"), "ItemRef").get("value")) for line in lines_of(body)]
    stocked = any((company.get(RecordKey("Item", item)) or {}).get("Type") == "Inventory" for item in items)
    return (not list(linked(body)), is_placeholder(body), stocked, -len(items), number(key))


def payment(company: Company) -> RecordKey:
    """A payment that is in no deposit and pays one invoice."""
    best = _first(
        ((is_placeholder(body), number(key)), key)
        for key, body in company.of("Payment").items()
        if amount_of(body.get("TotalAmt")) > 0
        and [target.entity for target, _ in line_links(body)] == ["Invoice"]
        and not in_deposit(company, key)
        and not any(other.entity == "Deposit" for other in linked(body) if other)
        and not company.held(key)
    )
    return _found(best, "no payment of one invoice that is not in a deposit")


def customer(company: Company, customers: frozenset[str] = frozenset()) -> RecordKey:
    """An active customer without a balance and without jobs; one that was dealt with, if there is any."""
    parents = {str(inner(body, "ParentRef").get("value")) for body in company.of("Customer").values()}
    dealt = {customer_of(body) for entity in ("Invoice", "SalesReceipt") for body in company.of(entity).values()}
    best = _first(
        ((key.id not in dealt, is_placeholder(body), "ParentRef" in body, number(key)), key)
        for key, body in company.of("Customer").items()
        if body.get("Active") is not False
        and not amount_of(body.get("Balance"))
        and not amount_of(body.get("BalanceWithJobs"))
        and key.id not in parents
        and key.id not in customers
    )
    return _found(best, "no active customer without a balance and without jobs")


def item(company: Company, items: frozenset[str] = frozenset()) -> RecordKey:
    """An active item with a description and a price; a service that was sold, if there is any."""
    sold = {
        str(inner(inner(line, "SalesItemLineDetail"), "ItemRef").get("value"))
        for body in company.of("Invoice").values()
        for line in lines_of(body)
    }
    best = _first(
        ((is_placeholder(body), body.get("Type") != "Service", key.id not in sold, number(key)), key)
        for key, body in company.of("Item").items()
        if body.get("Active") is not False
        and body.get("Type") in {"Service", "NonInventory", "Inventory"}
        and body.get("Description")
        and amount_of(body.get("UnitPrice")) > 0
        and key.id not in items
    )
    return _found(best, "no active item with a description and a price")


def bills(company: Company) -> list[tuple[Body, Body]]:
    """(vendor reference, expense line) pairs to be imported again: from bills and purchases of active vendors."""
    pairs: list[tuple[Body, Body]] = []
    for entity, field in (("Bill", "VendorRef"), ("Purchase", "EntityRef")):
        for body in company.of(entity).values():
            vendor = {name: inner(body, field).get(name) for name in ("value", "name")}
            if not _is_active(company, "Vendor", vendor["value"]):
                continue
            pairs += [(vendor, line) for line in lines_of(body) if _is_expense(company, line)]
    if not pairs:
        pairs = _invented(company)
    if not pairs:
        raise WrongUse(
            "The company has no active vendor or no expense account, so there is nothing to import bills for.",
            do="Choose another incident, or another company.",
        )
    return pairs


def _is_expense(company: Company, line: Body) -> bool:
    account = inner(inner(line, "AccountBasedExpenseLineDetail"), "AccountRef").get("value")
    body = company.get(RecordKey("Account", str(account)))
    return body is not None and body.get("AccountType") == "Expense" and body.get("Active") is not False


def _is_active(company: Company, entity: str, record_id: Any) -> bool:
    body = company.get(RecordKey(entity, str(record_id)))
    return body is not None and body.get("Active") is not False


def _invented(company: Company) -> list[tuple[Body, Body]]:
    vendors = [
        {"value": key.id, "name": str(body.get("DisplayName", ""))}
        for key, body in company.of("Vendor").items()
        if body.get("Active") is not False
    ]
    accounts = [
        {"value": key.id, "name": str(body.get("FullyQualifiedName", ""))}
        for key, body in company.of("Account").items()
        if body.get("AccountType") == "Expense" and body.get("Active") is not False
    ]
    return [
        (vendor, {"Amount": 100 + 7 * position, "AccountBasedExpenseLineDetail": {"AccountRef": account}})
        for position, vendor in enumerate(vendors[:25])
        for account in accounts[:1]
    ]


def _first(ranked: Iterable[tuple[tuple[Any, ...], RecordKey]]) -> RecordKey | None:
    return min(ranked, key=lambda pair: pair[0], default=(None, None))[1]


def _found(key: RecordKey | None, lack: str) -> RecordKey:
    if key is None:
        raise WrongUse(
            f"The company has {lack}, so this incident has no victim.",
            do="Choose another incident, or another company.",
        )
    return key
