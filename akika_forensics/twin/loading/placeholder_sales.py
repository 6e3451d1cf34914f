"""Placeholders of the customer side: amounts follow from what cites them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, money_text
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.loading.body_values import Body, amount_of, inner, is_date, lines_of, total_of
from akika_forensics.twin.loading.order import number
from akika_forensics.twin.loading.placeholder_lists import USD
from akika_forensics.twin.loading.placeholder_scene import Scene

_LINE_EX: Final = {
    "name": "{http://schema.intuit.com/finance/v3}NameValue",
    "declaredType": "com.intuit.schema.finance.v3.NameValue",
    "scope": "javax.xml.bind.JAXBElement$GlobalScope",
    "nil": False,
    "globalScope": True,
    "typeSubstituted": False,
}


def linked_line(amount: Decimal, key: RecordKey, txn_type: str = "", **more: Any) -> Body:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": key.id, "TxnType": txn_type or key.entity}], **more}


def mirror(scene: Scene, key: RecordKey, *entities: str) -> list[Body]:
    """The server's side of a link: who of these entities cites the record."""
    sources = sorted({citation.source for citation, _ in scene.sources(key, *entities) if citation.linked}, key=number)
    return [{"TxnId": source.id, "TxnType": source.entity} for source in reversed(sources)]


def first(scene: Scene, key: RecordKey, field: str) -> Body | None:
    """The first reference that what cites the record has in a field."""
    return next((body[field] for _, body in scene.sources(key) if inner(body, field).get("value")), None)


def date_of(scene: Scene, key: RecordKey, *, latest: bool = False) -> str:
    dates = [text for _, body in scene.sources(key) if is_date(text := str(body.get("TxnDate", "")))]
    return (max if latest else min)(dates, default="2026-07-01")


def _payment(scene: Scene, key: RecordKey) -> Body:
    lines: list[Body] = []
    applied: dict[str, list[Decimal]] = {"Invoice": [], "CreditMemo": []}
    for citation, body in scene.sources(key, "Invoice", "CreditMemo"):
        amount = scene.settled(citation.source, key)
        if citation.linked and amount > 0:
            applied[citation.source.entity].append(amount)
            lines.append(linked_line(amount, citation.source, LineEx=_line_ex(citation.source, body, amount)))
    used = total_of(applied["Invoice"]) - total_of(applied["CreditMemo"])
    deposited = scene.deposited(key)
    total = max(deposited, used, ZERO)
    in_deposit = mirror(scene, key, "Deposit")
    account = scene.account("undeposited" if in_deposit else "bank")
    body = {
        "CustomerRef": _customer(scene, key),
        "DepositToAccountRef": {"value": account["value"]},
        "TotalAmt": total,
        "UnappliedAmt": total - used,
        "ProcessPayment": False,
        "TxnDate": date_of(scene, key, latest=not in_deposit),
        "CurrencyRef": USD,
        "LinkedTxn": in_deposit,
        "Line": lines,
    }
    for citation, _ in scene.sources(key, "Deposit"):
        detail = inner(scene.line(citation), "DepositLineDetail")
        method = inner(detail, "PaymentMethodRef").get("value")
        if method:
            body["PaymentMethodRef"] = {"value": method}
        if detail.get("CheckNum"):
            body["PaymentRefNum"] = detail["CheckNum"]
    return body


def _line_ex(document: RecordKey, body: Body, amount: Decimal) -> Body:
    values = {"txnId": document.id, "txnOpenBalance": money_text(amount_of(body.get("Balance")) + amount)}
    if body.get("DocNumber"):
        values["txnReferenceNumber"] = str(body["DocNumber"])
    return {"any": [{**_LINE_EX, "value": {"Name": name, "Value": value}} for name, value in values.items()]}


def _customer(scene: Scene, key: RecordKey) -> Body:
    found = first(scene, key, "CustomerRef")
    if found is None:
        for citation, _ in scene.sources(key, "Deposit"):
            entity = inner(scene.line(citation), "DepositLineDetail").get("Entity")
            if isinstance(entity, dict) and str(entity.get("type", "")).lower() == "customer":
                found = {name: entity[name] for name in ("value", "name") if name in entity}
    return found or scene.unrecorded_customer


def _sales_line(scene: Scene, amount: Decimal) -> list[Body]:
    item = next(
        (
            {"value": key.id, "name": str(body.get("Name", ""))}
            for key, body in scene.of("Item")
            if body.get("Type") == "Service" and body.get("Active") is not False
        ),
        {"value": "1", "name": "Services"},
    )
    detail = {"ItemRef": item, "TaxCodeRef": {"value": "NON"}}
    line = {
        "Id": "1",
        "LineNum": 1,
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }
    return [line, {"Amount": amount, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}]


def _form(scene: Scene, key: RecordKey, total: Decimal) -> Body:
    return {
        "TxnDate": date_of(scene, key),
        "CurrencyRef": USD,
        "Line": _sales_line(scene, total),
        "TxnTaxDetail": {"TotalTax": 0},
        "CustomerRef": _customer(scene, key),
        "TotalAmt": total,
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NotSet",
        "EmailStatus": "NotSet",
    }


def _applied(scene: Scene, key: RecordKey) -> Decimal:
    lines = [scene.line(citation) for citation, _ in scene.sources(key, "Payment") if citation.linked]
    return total_of(amount_of(line.get("Amount")) for line in lines)


def _invoice(scene: Scene, key: RecordKey) -> Body:
    applied = _applied(scene, key)
    quoted = total_of(amount_of(body.get("TotalAmt")) for _, body in scene.sources(key, "Estimate"))
    charged = total_of(amount_of(body.get("Amount")) for _, body in scene.sources(key, "ReimburseCharge"))
    total = max(applied, quoted, charged)
    linked = [*mirror(scene, key, "Payment"), *mirror(scene, key, "Estimate"), *mirror(scene, key, "ReimburseCharge")]
    return _form(scene, key, total) | {
        "DueDate": date_of(scene, key),
        "LinkedTxn": linked,
        "Balance": total - applied,
    }


def _credit_memo(scene: Scene, key: RecordKey) -> Body:
    total = _applied(scene, key)
    linked = mirror(scene, key, "Payment")
    return _form(scene, key, total) | {"LinkedTxn": linked, "Balance": 0, "RemainingCredit": 0}


def _receipt(scene: Scene, key: RecordKey) -> Body:
    amount = abs(scene.deposited(key))
    account = scene.account("undeposited")
    linked = mirror(scene, key, "Deposit")
    return _form(scene, key, amount) | {"Balance": 0, "DepositToAccountRef": account, "LinkedTxn": linked}


def _estimate(scene: Scene, key: RecordKey) -> Body:
    source = next((body for _, body in scene.sources(key, "Invoice")), None)
    if source is None:
        return _form(scene, key, ZERO) | {"TxnStatus": "Pending"}
    lines = [{name: value for name, value in line.items() if name != "LinkedTxn"} for line in lines_of(source)]
    body = _form(scene, key, amount_of(source.get("TotalAmt"))) | {"Line": lines, "TxnStatus": "Closed"}
    body |= {"TxnTaxDetail": source.get("TxnTaxDetail", {"TotalTax": 0}), "LinkedTxn": mirror(scene, key, "Invoice")}
    return body


def _deposit(scene: Scene, key: RecordKey) -> Body:
    lines = []
    for citation, body in scene.sources(key):
        if citation.linked:
            sign = -1 if citation.source.entity in {"RefundReceipt", "Purchase", "BillPayment"} else 1
            amount = sign * amount_of(body.get("TotalAmt", body.get("Amount")))
            lines.append(linked_line(amount, citation.source))
            lines[-1]["LinkedTxn"][0]["TxnLineId"] = "0"
    return {
        "DepositToAccountRef": scene.account("bank"),
        "TotalAmt": total_of(line["Amount"] for line in lines),
        "TxnDate": date_of(scene, key, latest=True),
        "CurrencyRef": USD,
        "Line": lines,
    }


def _reimburse_charge(scene: Scene, key: RecordKey) -> Body:
    source = next((body for _, body in scene.sources(key, "Invoice")), {})
    charges = [line for line in lines_of(source) if line.get("DetailType") == "SalesItemLineDetail"]
    amount = amount_of(charges[0].get("Amount")) if len(charges) == 1 else ZERO
    return {
        "CustomerRef": _customer(scene, key),
        "Amount": amount,
        "HasBeenInvoiced": True,
        "TxnDate": date_of(scene, key),
        "CurrencyRef": USD,
        "LinkedTxn": mirror(scene, key, "Invoice"),
    }


def _time_activity(scene: Scene, key: RecordKey) -> Body:
    employee = next(({"value": other.id} for other, _ in scene.of("Employee")), {"value": "54"})
    line = next((scene.line(citation) for citation, _ in scene.sources(key, "Invoice")), {})
    detail = inner(line, "SalesItemLineDetail")
    quantity = amount_of(detail.get("Qty"))
    body: Body = {
        "TxnDate": date_of(scene, key),
        "NameOf": "Employee",
        "EmployeeRef": employee,
        "CustomerRef": _customer(scene, key),
        "BillableStatus": "HasBeenBilled",
        "Taxable": False,
        "HourlyRate": amount_of(detail.get("UnitPrice")),
        "Hours": int(quantity),
        "Minutes": int(quantity % 1 * 60),
    }
    if detail.get("ItemRef"):
        body["ItemRef"] = detail["ItemRef"]
    return body


BUILDERS: Final[dict[str, Callable[[Scene, RecordKey], Body]]] = {
    "Payment": _payment,
    "Invoice": _invoice,
    "CreditMemo": _credit_memo,
    "SalesReceipt": _receipt,
    "RefundReceipt": _receipt,
    "Estimate": _estimate,
    "Deposit": _deposit,
    "ReimburseCharge": _reimburse_charge,
    "TimeActivity": _time_activity,
}
