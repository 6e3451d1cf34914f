"""What stands on the paper of a sales form, a payment or a purchase order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import money
from akika_forensics.twin import faults, naming
from akika_forensics.twin.documents import lines
from akika_forensics.twin.papers import pdf
from akika_forensics.twin.papers.pdf import Text
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

_TITLES: Final = {
    "Invoice": "INVOICE",
    "SalesReceipt": "SALES RECEIPT",
    "Estimate": "ESTIMATE",
    "CreditMemo": "CREDIT MEMO",
    "RefundReceipt": "REFUND RECEIPT",
    "Payment": "PAYMENT RECEIPT",
    "PurchaseOrder": "PURCHASE ORDER",
}
_LEFT: Final = 54
_LINE: Final = 13
_FIRST_PAGE: Final = 34
"""Lines of the table on the first page, below the head; the others hold more."""
_OTHER_PAGES: Final = 50


def printed(session: Session, entity: str, record_id: str) -> bytes:
    """The PDF of a document. Raises QuickBooksFault 500 for an entity that is not printed, 610."""
    if not CATALOGUE[entity].can("pdf"):
        raise faults.unsupported(f"pdf {entity}")
    body = session.find(entity, record_id)
    if body is None:
        raise faults.not_found(f"Object Not Found : {entity} {record_id}")
    info = session.find("CompanyInfo", "1") or {}
    title = _TITLES.get(entity, entity.upper())
    number = str(body.get("DocNumber") or body["Id"])
    head = list(_head(session, body, str(info.get("CompanyName", "")), title, number))
    table = [f"{'':48}{'QTY':>10}{'RATE':>12}{'AMOUNT':>14}", *_table(session, body), "", *_totals(body)]
    pages: list[list[Text]] = []
    while table or not pages:
        room = _FIRST_PAGE if not pages else _OTHER_PAGES
        top = pdf.HEIGHT - 54 - (0 if pages else _LINE * 16)
        page = [Text(_LEFT, top - _LINE * at, 9, row, "F2") for at, row in enumerate(table[:room])]
        pages.append([*(head if not pages else []), *page])
        table = table[room:]
    last = [Text(_LEFT, 30, 8, f"Page {at} of {len(pages)}") for at in range(1, len(pages) + 1)]
    return pdf.file(f"{title} {number}", [[*page, foot] for page, foot in zip(pages, last, strict=True)])


def _head(session: Session, body: dict[str, Any], company: str, title: str, number: str) -> Iterator[Text]:
    yield Text(_LEFT, 738, 14, pdf.fitted(company, 60))
    yield Text(_LEFT, 712, 18, title)
    facts = [
        ("Number", number),
        ("Date", str(body.get("TxnDate", ""))),
        ("Due", str(body.get("DueDate", ""))),
        ("Expires", str(body.get("ExpirationDate", ""))),
    ]
    for at, (name, value) in enumerate((name, value) for name, value in facts if value):
        yield Text(380, 712 - _LINE * at, 10, f"{name}: {pdf.fitted(value, 30)}")
    for at, row in enumerate(_party(session, body)[:7]):
        yield Text(_LEFT, 684 - _LINE * at, 10, pdf.fitted(row, 50))
    memo = body.get("CustomerMemo")
    note = memo.get("value", "") if isinstance(memo, dict) else body.get("Memo", "")
    if note:
        yield Text(_LEFT, 566, 9, pdf.fitted(str(note), 100))


def _party(session: Session, body: dict[str, Any]) -> list[str]:
    """Name and address of the customer or vendor."""
    for entity in ("Customer", "Vendor"):
        field = f"{entity}Ref"
        party = session.find(entity, ref_id(body, field) or "")
        if party is None:
            continue
        name = naming.unmarked(str(party.get("DisplayName", "")))
        address = body.get("BillAddr") or body.get("VendorAddr") or party.get("BillAddr") or {}
        street = [str(address[f"Line{at}"]) for at in range(1, 6) if address.get(f"Line{at}")]
        town = " ".join(
            str(address[part]) for part in ("City", "CountrySubDivisionCode", "PostalCode") if address.get(part)
        )
        return [name, *(row for row in (*street, town) if row and row != name)]
    return []


def _table(session: Session, body: dict[str, Any]) -> Iterator[str]:
    for line in _flat(body.get("Line", [])):
        kind = str(line.get("DetailType", ""))
        if kind == "SubTotalLineDetail":
            continue
        detail = line.get(kind) or {}
        name = str(line.get("Description") or _named(session, detail) or _cited(session, line))
        amount = -lines.amount(line) if kind == lines.DISCOUNT else lines.amount(line)
        quantity, rate = (str(detail.get(field, "")) for field in ("Qty", "UnitPrice"))
        yield f"{pdf.fitted(name, 46):48}{pdf.fitted(quantity, 9):>10}{pdf.fitted(rate, 11):>12}{_figure(amount):>14}"


def _flat(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line in rows:
        yield line
        group = line.get(lines.GROUP) if line.get("DetailType") == lines.GROUP else None
        if group:
            yield from _flat(group.get("Line", []))


def _named(session: Session, detail: dict[str, Any]) -> str:
    for field, entity in (("ItemRef", "Item"), ("GroupItemRef", "Item"), ("AccountRef", "Account")):
        found = session.find(entity, ref_id(detail, field) or "")
        if found is not None:
            return naming.unmarked(str(found.get("FullyQualifiedName") or found.get("Name", "")))
    return "Discount" if "PercentBased" in detail else ""


def _cited(session: Session, line: dict[str, Any]) -> str:
    """What a payment settles: ``Invoice 1001``."""
    for link in line.get("LinkedTxn", []):
        kind, record_id = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
        found = session.find(kind, record_id) or {}
        return f"{kind} {found.get('DocNumber', record_id)}"
    return ""


def _totals(body: dict[str, Any]) -> Iterator[str]:
    currency = (body.get("CurrencyRef") or {}).get("value", "")
    tax = money((body.get("TxnTaxDetail") or {}).get("TotalTax"))
    if tax:
        yield f"{'Tax':>70}{_figure(tax):>14}"
    yield f"{f'Total {currency}'.strip():>70}{_figure(money(body.get('TotalAmt'))):>14}"
    if "Balance" in body:
        yield f"{'Balance due':>70}{_figure(money(body.get('Balance'))):>14}"


def _figure(amount: Decimal) -> str:
    return f"{amount:,.2f}"
