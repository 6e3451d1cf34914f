"""Records that are cited but were not recorded: each becomes a labelled stand-in, until nothing dangles.

A placeholder's name comes from what cites it and from the stock company; its amounts are those that make the
recorded balances of what cites it right. Its text field begins with ``model.placeholder.PLACEHOLDER``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import money_text
from akika_forensics.model.placeholder import PLACEHOLDER
from akika_forensics.model.record import RecordKey, label_of
from akika_forensics.twin.documents import totals
from akika_forensics.twin.loading import (
    openings,
    placeholder_lists,
    placeholder_purchases,
    placeholder_sales,
    stock_facts,
)
from akika_forensics.twin.loading.body_values import Body, amount_of, inner, lines_of
from akika_forensics.twin.loading.load_report import LoadReport, Note
from akika_forensics.twin.loading.order import number
from akika_forensics.twin.loading.placeholder_scene import Scene
from akika_forensics.twin.loading.recorded import Recorded

_BUILDERS: Final = {**placeholder_lists.BUILDERS, **placeholder_sales.BUILDERS, **placeholder_purchases.BUILDERS}
_ROUNDS: Final = 50
_SETTINGS: Final = frozenset({"CompanyInfo", "Preferences"})
OLDEST: Final = "2026-07-01T08:00:00-07:00"
_NEEDED_BY: Final[dict[str, frozenset[str]]] = {
    "receivable": frozenset({"Invoice", "Payment", "CreditMemo"}),
    "payable": frozenset({"Bill", "VendorCredit", "BillPayment"}),
    "undeposited": frozenset({"Payment", "SalesReceipt"}),
    "discounts": frozenset({"Invoice", "SalesReceipt"}),
}
"""Accounts that a document posts to without naming them."""


def fill(recorded: Recorded, settings: Mapping[RecordKey, Body], report: LoadReport) -> dict[RecordKey, Body]:
    """Placeholders for everything that is cited and not held, noted in the report one by one.

    ``settings`` stand in where the records have none.
    """
    scene = Scene(recorded, settings)
    _ask_for_accounts(scene)
    made: dict[RecordKey, Body] = {}
    for _ in range(_ROUNDS):
        missing = scene.missing()
        if not missing:
            break
        for key in missing:
            made[key] = _labelled(scene, key, _BUILDERS.get(key.entity, placeholder_lists.generic)(scene, key))
            scene.add(key, made[key])
    _say_what_cannot_be_read(scene, report)
    for document, *payers in scene.divided:
        among = " and ".join(map(str, payers))
        report.announce(
            f"{document} was settled by {among}, by how much each is not recorded; equal parts stand in.", document
        )
    for key in sorted(made, key=number):
        report.placeholders.append(Note((key, *_citers(scene, key)), _sentence(scene, key, made[key])))
    return made


def _ask_for_accounts(scene: Scene) -> None:
    present = {key.entity for key in scene.recorded}
    needed = [role for role, entities in _NEEDED_BY.items() if present & entities]
    if _has_balances(scene, "Customer"):
        needed.append("receivable")
    if _has_balances(scene, "Vendor"):
        needed.append("payable")
    if any((row := CATALOGUE.get(entity)) and row.is_transaction for entity in present):
        needed.append("retained")
    if _has_balances(scene, "Account") or needed:
        needed.append("equity")
    needed += sorted({totals.role_of(entity) for entity in scene.recorded.seen.unsound})
    for role in needed:
        if role != "discounts" or _has_bare_discount(scene):
            scene.account(role)
    for _, body in scene.recorded.of("TaxAgency"):
        _ask_for_tax_account(scene, f"{body.get('DisplayName')} Payable")


def _has_balances(scene: Scene, entity: str) -> bool:
    return openings.has_balances(dict(scene.recorded.of(entity)), entity)


def _has_bare_discount(scene: Scene) -> bool:
    return any(
        line.get("DetailType") == "DiscountLineDetail"
        and not inner(line, "DiscountLineDetail").get("DiscountAccountRef")
        for entity in ("Invoice", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt")
        for _, payload in scene.recorded.payloads(entity)
        if b"DiscountLineDetail" in payload
        for line in lines_of(payloads.decode(payload))
    )


def _ask_for_tax_account(scene: Scene, name: str) -> None:
    """A tax agency is owed through an account named after it, which no document cites."""
    known = (*scene.of("Account"), *scene.wanted.items())
    if any(key.entity == "Account" and body.get("Name") == name for key, body in known):
        return
    key = scene.free_key("Account", stock_facts.stock_id("Account", name) or "")
    scene.wanted[key] = stock_facts.stock_body("Account", key.id, [name]) or {
        "Name": name,
        "FullyQualifiedName": name,
        "Classification": "Liability",
        "AccountType": "Other Current Liability",
        "AccountSubType": "GlobalTaxPayable",
    }


def _citers(scene: Scene, key: RecordKey) -> tuple[RecordKey, ...]:
    return tuple(sorted({citation.source for citation in scene.citations[key]}, key=number))


def _cited_by(scene: Scene, key: RecordKey) -> str:
    citers = _citers(scene, key)
    if not citers:
        return "needed by the books, cited by no record"
    named = [str(citer) for citer in citers[:3]]
    rest = len(citers) - len(named)
    return f"cited by {', '.join(named)}" + (f" and {rest} more" if rest else "")


def _labelled(scene: Scene, key: RecordKey, body: Body) -> Body:
    return labelled(key, body, _cited_by(scene, key), _stamp(scene, key))


def labelled(key: RecordKey, body: Body, cited_by: str, stamp: str) -> Body:
    """The body of a placeholder with its label and what every stored record carries."""
    label = f"{PLACEHOLDER} {cited_by}; not recorded."
    row = CATALOGUE.get(key.entity)
    if key.entity in {"Customer", "Vendor", "Employee"}:
        field = "Notes"
    else:
        field = "PrivateNote" if row and row.is_transaction and key.entity != "TimeActivity" else "Description"
    return {
        **body,
        field: label,
        "domain": "QBO",
        "sparse": False,
        "Id": key.id,
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }


def _stamp(scene: Scene, key: RecordKey) -> str:
    """As old as the oldest record that cites it."""
    times = [_created(scene.body(source)) for source in _citers(scene, key)]
    if not any(times):
        times = [
            scene.recorded.seen.oldest,
            *(_created(body) for key, body in scene.made.items() if key.entity in _SETTINGS),
        ]
    return min((time for time in times if time), default=OLDEST)


def _created(body: Body) -> str:
    meta: Any = body.get("MetaData")
    return str(meta.get("CreateTime") or "") if isinstance(meta, dict) else ""


def _sentence(scene: Scene, key: RecordKey, body: Body) -> str:
    name = label_of(key.entity, body)
    total = body.get("TotalAmt")
    what = (
        f"{key}"
        + (f" ({name})" if name else "")
        + (f" over {money_text(amount_of(total))}" if total is not None else "")
    )
    return f"{what} stands in for a record that is {_cited_by(scene, key)}."


def _say_what_cannot_be_read(scene: Scene, report: LoadReport) -> None:
    for citation in scene.unreadable:
        report.announce(
            f"{citation.source} cites {citation.name or 'something'} at {citation.path}, which the API cannot read; "
            "it is left as it is.",
            citation.source,
        )
