"""Questions about what a company refuses and what it lets pass, asked with records made for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from akika_forensics.model.instants import format_instant
from akika_forensics.twin.probing.question import Ask, Found, Question, either
from akika_forensics.twin.probing.sandbox import Reply
from akika_forensics.twin.probing.stage import Body, Stage, Unclear, ref


def _statement(statement: str, choices: tuple[str, str], code: str) -> Ask:
    def ask(stage: Stage) -> Found:
        return either(statement, stage.sandbox.query(statement), choices, code)

    return ask


def _check_numbers(stage: Stage) -> Found:
    number = stage.name("")[-12:].strip().replace(" ", "-")
    detail = {"AccountRef": ref(stage.account("expense"))}
    line = {"Amount": 5, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    head = {"PaymentType": "Check", "AccountRef": ref(stage.account("bank")), "DocNumber": number}
    stage.make("Purchase", {**head, "Line": [line]})
    reply = stage.sandbox.create("Purchase", {**head, "Line": [line]})
    return either("two checks of one number", reply, ("accepted", "refused"), "6140")


def _due_next_month(stage: Stage) -> Found:
    body = {"Name": stage.name("t")[-20:].strip(), "DayOfMonthDue": 20, "DueNextMonthDays": 5}
    term = str(stage.make("Term", body)["Id"])
    made = stage.invoice(TxnDate=stage.today.replace(day=15).isoformat(), SalesTermRef=ref(term))
    due = str(made.get("DueDate"))
    stays = due == stage.today.replace(day=20).isoformat()
    return Found("stays" if stays else "moves", "an invoice five days before the twentieth", f"due on {due}")


def _template_name(stage: Stage) -> Found:
    head = {"RecurringInfo": {"Name": stage.name("template"), "RecurType": "UnScheduled"}}
    body = {"Invoice": {**stage.invoice_body(), **head}}
    stage.make("RecurringTransaction", body)
    reply = stage.sandbox.create("RecurringTransaction", body)
    return either("two templates of one name", reply, ("repeatable", "unique"), "6240")


def _tax_summary(stage: Stage) -> Found:
    reply = stage.sandbox.get("reports/TaxSummary", agency_id="1")
    return Found("answered" if reply.fine else "refused", "the summary of taxes", reply.told)


def _deleted_budget(stage: Stage) -> Found:
    year = stage.today.year
    made = stage.make(
        "Budget", {"Name": stage.name("budget"), "StartDate": f"{year}-01-01", "EndDate": f"{year}-12-31"}
    )
    reply = stage.sandbox.delete("Budget", made)
    if not reply.fine:
        raise Unclear(reply.told)
    named = "Budget" in reply.body
    return Found("stub" if named else "time_only", "a budget deleted", f"{', '.join(sorted(reply.body))}")


def _unbalanced_journal(stage: Stage) -> Found:
    def side(posting: str, account: str, amount: int) -> Body:
        detail = {"PostingType": posting, "AccountRef": ref(account)}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    lines = [side("Debit", stage.account("expense"), 5), side("Credit", stage.account("bank"), 4)]
    reply = stage.sandbox.create("JournalEntry", {"Line": lines})
    if reply.code not in {"6000", "2300"}:
        raise Unclear(reply.told)
    return Found(reply.code, "a journal entry of 5 against 4", reply.told)


def _deposited_note(stage: Stage) -> Found:
    paid = stage.deposited()
    reply = stage.sandbox.update("Payment", {**paid, "PrivateNote": "noted"})
    return either("the note of a payment in a deposit", reply, ("allowed", "refused"), "6540")


def _untracked_item(stage: Stage) -> Found:
    item = stage.now("Item", stage.stock_item())
    reply = stage.sandbox.update("Item", {**item, "TrackQtyOnHand": False})
    if reply.fine and not stage.now("Item", str(item["Id"])).get("TrackQtyOnHand"):
        raise Unclear("The item is no longer counted.")
    return Found("ignored" if reply.fine else "refused", "an inventory item no longer to be counted", reply.told)


def _order_payable(stage: Stage) -> Found:
    detail = {"AccountRef": ref(stage.account("expense"))}
    line = {"Amount": 5, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    reply = stage.sandbox.create("PurchaseOrder", {"VendorRef": ref(stage.vendor()), "Line": [line]})
    return either("a purchase order without a payable account", reply, ("defaulted", "required"), "2020")


def _item_of_a_batch(what: str, item: Body) -> Ask:
    def ask(stage: Stage) -> Found:
        reply = stage.sandbox.batch([{"bId": "1", **item}])
        if not reply.fine:
            raise Unclear(reply.told)
        answered = Reply(reply.status, reply.body["BatchItemResponse"][0])
        return Found("answered" if answered.fine else "refused", f"a batch with {what}", answered.told)

    return ask


def _batch_feed(stage: Stage) -> Found:
    since = format_instant(stage.begun - timedelta(hours=1))
    item = {"CDCQuery": {"Entities": "Customer", "ChangedSince": since}}
    return _item_of_a_batch("the change feed", item)(stage)


def _void_elsewhere(stage: Stage) -> Found:
    made = stage.transfer()
    reply = stage.sandbox.void("Transfer", {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True})
    if reply.fine and stage.now("Transfer", str(made["Id"])).get("Amount") != made["Amount"]:
        raise Unclear("The transfer was voided.")
    return Found("ignored" if reply.fine else "refused", "a transfer voided by an update", reply.told)


QUESTIONS: Final[dict[str, Question]] = {
    "numbers_in_lists": Question(_statement("select * from Customer where Id in (1, 2)", ("read", "refused"), "4000")),
    "quoted_booleans": Question(
        _statement("select * from Customer where Active = 'true'", ("read", "broken"), "10000")
    ),
    "addresses_in_columns": Question(_statement("select Id, BillAddr from Customer", ("shown", "not_found"), "4001")),
    "check_numbers": Question(_check_numbers, "one or two checks"),
    "tax_summary_us": Question(_tax_summary),
    "deleted_budget": Question(_deleted_budget, "a budget"),
    "due_next_month": Question(_due_next_month, "a term, an invoice"),
    "template_name": Question(_template_name, "one or two recurring templates"),
    "unbalanced_journal": Question(_unbalanced_journal),
    "deposited_note": Question(_deposited_note, "an invoice, a payment, a deposit"),
    "untracked_item": Question(_untracked_item, "an inventory item"),
    "order_payable": Question(_order_payable, "a purchase order at most"),
    "batch_cdc_query": Question(_batch_feed),
    "batch_report_query": Question(_item_of_a_batch("a report", {"ReportQuery": "reports/TrialBalance"})),
    "void_elsewhere": Question(_void_elsewhere, "a transfer"),
}
