"""Acts of buying and of keeping the books as requests to the company."""

from __future__ import annotations

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.bodies import Absent, Body, Find, money, rated, ref
from akika_forensics.twin.life.lines import CostLine, JournalLine


def cost_lines(find: Find, rows: tuple[CostLine, ...], ids: list[str] | None = None) -> list[Body]:
    lines = []
    for position, row in enumerate(rows):
        kind = "ItemBasedExpenseLineDetail" if row.item else "AccountBasedExpenseLineDetail"
        detail: Body = (
            {"ItemRef": ref(find, "Item", row.item), "UnitPrice": money(row.price), "Qty": money(row.quantity)}
            if row.item
            else {"AccountRef": ref(find, "Account", row.account)}
        )
        if row.klass:
            detail["ClassRef"] = ref(find, "Class", row.klass)
        if row.customer:
            detail["CustomerRef"] = ref(find, "Customer", row.customer)
        line: Body = {"Description": row.text, "Amount": money(row.cents), "DetailType": kind, kind: detail}
        if ids and position < len(ids):
            line["Id"] = ids[position]
        lines.append(line)
    return lines


def bill(find: Find, act: acts.EnterBill, currency: str) -> Body:
    body: Body = {
        "VendorRef": ref(find, "Vendor", act.vendor),
        "DocNumber": act.number,
        "TxnDate": act.date.isoformat(),
        "Line": cost_lines(find, act.lines),
        "DepartmentRef": ref(find, "Department", act.department),
    }
    if act.kind == "Bill":
        body["DueDate"] = act.due.isoformat()
    if act.memo:
        body["PrivateNote"] = act.memo
    if act.order:
        try:
            body["LinkedTxn"] = [{"TxnId": find("PurchaseOrder", act.order), "TxnType": "PurchaseOrder"}]
        except Absent:
            body["PrivateNote"] = f"Order {act.order}"
    rated(body, currency, act.rate)
    return body


def bill_payment(find: Find, act: acts.PayBills, currency: str, applied: list[Body]) -> Body:
    account = ref(find, "Account", act.account)
    body: Body = {
        "VendorRef": ref(find, "Vendor", act.vendor),
        "DocNumber": act.number,
        "TxnDate": act.date.isoformat(),
        "PayType": act.by,
        "TotalAmt": money(act.cents),
        "Line": applied,
    }
    if act.by == "Check":
        body["CheckPayment"] = {"BankAccountRef": account}
    else:
        body["CreditCardPayment"] = {"CCAccountRef": account}
    rated(body, currency, act.rate)
    return body


def expense(find: Find, act: acts.Spend) -> Body:
    body: Body = {
        "PaymentType": act.by,
        "AccountRef": ref(find, "Account", act.account),
        "EntityRef": ref(find, "Vendor", act.payee) | {"type": "Vendor"},
        "DocNumber": act.number,
        "TxnDate": act.date.isoformat(),
        "Line": cost_lines(find, act.lines),
    }
    if act.department:
        body["DepartmentRef"] = ref(find, "Department", act.department)
    if act.memo:
        body["PrivateNote"] = act.memo
    if act.credit:
        body["Credit"] = True
    return body


def order(find: Find, act: acts.OrderGoods, payable: str) -> Body:
    return {
        "VendorRef": ref(find, "Vendor", act.vendor),
        "APAccountRef": ref(find, "Account", payable),
        "DocNumber": act.number,
        "TxnDate": act.date.isoformat(),
        "POStatus": "Open",
        "Line": cost_lines(find, act.lines),
    }


def time_sheet(find: Find, act: acts.LogTime) -> Body:
    body: Body = {
        "NameOf": "Employee",
        "EmployeeRef": ref(find, "Employee", act.employee),
        "TxnDate": act.date.isoformat(),
        "Hours": act.hours,
        "Minutes": 0,
        "CustomerRef": ref(find, "Customer", act.customer),
        "ItemRef": ref(find, "Item", act.item),
        "Description": act.text,
    }
    if act.billable:
        body |= {"BillableStatus": "Billable", "HourlyRate": money(act.rate)}
    return body


def journal_lines(find: Find, rows: tuple[JournalLine, ...]) -> list[Body]:
    lines = []
    for row in rows:
        detail: Body = {
            "PostingType": "Debit" if row.cents > 0 else "Credit",
            "AccountRef": ref(find, "Account", row.account),
        }
        if row.party:
            detail["Entity"] = {"Type": row.party[0], "EntityRef": ref(find, *row.party)}
        if row.klass:
            detail["ClassRef"] = ref(find, "Class", row.klass)
        lines.append(
            {
                "Description": row.text,
                "Amount": money(abs(row.cents)),
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": detail,
            }
        )
    return lines


def journal(find: Find, act: acts.PostJournal) -> Body:
    body: Body = {
        "DocNumber": act.number,
        "TxnDate": act.date.isoformat(),
        "PrivateNote": act.memo,
        "Line": journal_lines(find, act.lines),
    }
    if act.adjustment:
        body["Adjustment"] = True
    return body


def transfer(find: Find, act: acts.MoveMoney, currency: str) -> Body:
    body: Body = {
        "FromAccountRef": ref(find, "Account", act.source),
        "ToAccountRef": ref(find, "Account", act.target),
        "Amount": money(act.cents),
        "TxnDate": act.date.isoformat(),
        "PrivateNote": act.memo,
    }
    rated(body, currency, act.rate)
    return body


def card_payment(find: Find, act: acts.PayCard) -> Body:
    return {
        "CreditCardAccountRef": ref(find, "Account", act.card),
        "BankAccountRef": ref(find, "Account", act.account),
        "Amount": money(act.cents),
        "TxnDate": act.date.isoformat(),
        "PrivateNote": act.memo,
    }


def deposit(find: Find, act: acts.MakeDeposit, linked: list[tuple[str, str]]) -> Body:
    """``linked`` are entity and Id of what is brought to the bank."""
    lines: list[Body] = [
        {"LinkedTxn": [{"TxnId": record_id, "TxnType": entity, "TxnLineId": "0"}]} for entity, record_id in linked
    ]
    if act.fee:
        lines.append(
            {
                "Amount": money(-act.fee),
                "Description": "Fee",
                "DetailType": "DepositLineDetail",
                "DepositLineDetail": {"AccountRef": ref(find, "Account", act.fee_account)},
            }
        )
    return {
        "DepositToAccountRef": ref(find, "Account", act.account),
        "TxnDate": act.date.isoformat(),
        "PrivateNote": act.memo,
        "Line": lines,
    }
