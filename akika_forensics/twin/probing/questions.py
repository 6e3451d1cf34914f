"""How a company is asked what it does: one question a belief."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from akika_forensics.model.instants import format_instant
from akika_forensics.twin.probing import guards, papers
from akika_forensics.twin.probing.question import Ask, Found, Question, either
from akika_forensics.twin.probing.sandbox import Reply
from akika_forensics.twin.probing.stage import Body, Stage, Unclear, ref
from akika_forensics.twin.uncertain import ATTACH, FEED, FILTER, TABLE


def _statement(statement: str, works: str = "answered") -> Ask:
    def ask(stage: Stage) -> Found:
        return either(statement, stage.sandbox.query(statement), (works, "refused"), "4001")

    return ask


def _filter(entity: str, field: str) -> Ask:
    return _statement(f"select * from {entity} where {field} = '1'")  # noqa: S608 - names of the table


def _feed(entity: str) -> Ask:
    def ask(stage: Stage) -> Found:
        since = format_instant(stage.begun - timedelta(hours=1))
        reply = stage.sandbox.get("cdc", entities=entity, changedSince=since)
        if not stage.sandbox.get("cdc", entities="Customer", changedSince=since).fine:
            raise Unclear("The change feed does not even carry customers.")
        if not reply.fine and reply.code.startswith("HTTP"):
            raise Unclear(reply.told)
        return Found("carried" if reply.fine else "refused", f"the change feed of {entity}", reply.told)

    return ask


def _feed_too_old(stage: Stage) -> Found:
    since = format_instant(stage.begun - timedelta(days=40))
    reply = stage.sandbox.get("cdc", entities="Customer", changedSince=since)
    if not reply.fine and "older" not in reply.told:
        raise Unclear(reply.told)
    return Found("answered" if reply.fine else "refused", "the change feed from 40 days back", reply.told)


def _attach(entity: str) -> Ask:
    def ask(stage: Stage) -> Found:
        cited = {"type": entity, "value": stage.target(entity)}
        reply = stage.sandbox.create("Attachable", {"Note": stage.label, "AttachableRef": [{"EntityRef": cited}]})
        return either(f"a note attached to {entity}", reply, ("allowed", "refused"), "6050")

    return ask


def _total_count(stage: Stage) -> Found:
    stage.invoice()
    shown = []
    for name in ("Invoice", "Customer"):
        reply = stage.sandbox.query(f"select * from {name} maxresults 1")  # noqa: S608 - see above
        if not reply.fine:
            raise Unclear(reply.told)
        shown.append("totalCount" in reply.body.get("QueryResponse", {}))
    choice = "always" if all(shown) else "some" if any(shown) else "never"
    told = ", ".join(
        f"{name} {'with' if has else 'without'}" for name, has in zip(("invoices", "customers"), shown, strict=True)
    )
    return Found(choice, "a page of invoices and one of customers", f"{told} totalCount")


def _inactive_name(stage: Stage) -> Found:
    name = stage.name("name")
    gone = stage.make("Vendor", {"DisplayName": name})
    off = stage.sandbox.update("Vendor", {**gone, "Active": False})
    if not off.fine:
        raise Unclear(off.told)
    reply = stage.sandbox.create("Customer", {"DisplayName": name})
    return either("a customer named like an inactive vendor", reply, ("free", "taken"), "6240")


def _inactive_mark(stage: Stage) -> Found:
    made = stage.make("Term", {"Name": stage.name("t")[-20:].strip(), "DueDays": 9})
    off = stage.sandbox.update("Term", {**made, "Active": False})
    if not off.fine:
        raise Unclear(off.told)
    shown = str(stage.now("Term", str(made["Id"]))["Name"])
    if not shown.startswith(str(made["Name"])):
        raise Unclear("Its name is another altogether.")
    bare = shown == made["Name"]
    return Found(
        "bare" if bare else "marked", "a term made inactive", "its name stays" if bare else "its name has a mark"
    )


def _vendor_terms(stage: Stage) -> Found:
    term = str(stage.make("Term", {"Name": stage.name("t")[-31:].strip(), "DueDays": 9})["Id"])
    made = stage.make("Vendor", {"DisplayName": stage.name("vendor"), "TermRef": ref(term)})
    kept = stage.now("Vendor", str(made["Id"])).get("TermRef", {}).get("value") == term
    answered = "it has the term" if kept else "it has none"
    return Found("kept" if kept else "dropped", "a vendor created with a term, read again", answered)


def _requestid_again(stage: Stage) -> Found:
    number = stage.name("request")[-40:].replace(" ", "-")
    first = stage.make("Customer", {"DisplayName": stage.name("first")}, requestid=number)
    reply = stage.sandbox.create("Customer", {"DisplayName": stage.name("second")}, requestid=number)
    if reply.fine and reply.record("Customer")["Id"] != first["Id"]:
        raise Unclear("The second request with the same id made a second record.")
    return either("two creates under one request id", reply, ("replayed", "refused"), "600")


def _flood(stage: Stage) -> Reply:
    for _ in range(800):
        reply = stage.sandbox.hurried()
        if reply.status == 429:
            return reply
    raise Unclear("800 requests in a row were answered.")


def _retry_after(stage: Stage) -> Found:
    given = _flood(stage).headers.get("Retry-After")
    return Found(
        "sent" if given else "absent", "requests until one is refused", f"429, Retry-After {given or 'absent'}"
    )


def _throttle_body(stage: Stage) -> Found:
    body = _flood(stage).body
    return Found(
        "envelope" if body else "empty", "requests until one is refused", f"429, {'a' if body else 'no'} fault in it"
    )


def _batch_void(stage: Stage) -> Found:
    made = stage.invoice()
    head = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    reply = stage.sandbox.batch([{"bId": "1", "operation": "void", "Invoice": head}])
    if not reply.fine:
        raise Unclear(reply.told)
    item = Reply(reply.status, reply.body["BatchItemResponse"][0])
    voided = not stage.now("Invoice", str(made["Id"])).get("TotalAmt")
    if voided != item.fine:
        raise Unclear(f"The answer ({item.told}) does not fit the invoice.")
    return Found("applied" if voided else "refused", "a void as an item of a batch", item.told)


def _transaction_ids(stage: Stage) -> Found:
    numbers = [int(stage.invoice()["Id"]), int(stage.bill()["Id"]), int(stage.invoice()["Id"])]
    shared = numbers[0] < numbers[1] < numbers[2]
    return Found("shared" if shared else "by_type", "an invoice, a bill, an invoice", f"Ids {numbers}")


def _relink_deposited(stage: Stage) -> Found:
    paid = stage.deposited()
    reply = stage.sandbox.update("Payment", {**paid, "Line": []})
    return either("a payment in a deposit let go of its invoice", reply, ("allowed", "refused"), "6540")


def _opening(entity: str, body: Callable[[Stage], Body], field: str) -> Ask:
    def ask(stage: Stage) -> Found:
        start = format_instant(stage.begun - timedelta(minutes=5))
        made = str(stage.make(entity, body(stage))["Id"])
        for kind in ("Deposit", "JournalEntry", "Bill"):
            since = f"MetaData.CreateTime >= '{start}'"
            found = stage.sandbox.query(f"select * from {kind} where {since} maxresults 1000")  # noqa: S608 - see above
            for row in found.body.get("QueryResponse", {}).get(kind, []):
                if stage.sandbox.cites_own(row):
                    stage.sandbox.adopt(kind, row)
        posted = bool(stage.now(entity, made).get(field))
        return Found(
            "posted" if posted else "ignored",
            f"a new {entity} with an opening balance",
            f"balance {'moved' if posted else '0'}",
        )

    return ask


def _vendor_with_balance(stage: Stage) -> Body:
    return {"DisplayName": stage.name("vendor"), "Balance": 70, "OpenBalanceDate": stage.today.isoformat()}


def _account_with_balance(stage: Stage) -> Body:
    head = {"Name": stage.name("account"), "AccountType": "Bank", "AccountSubType": "Checking"}
    return {**head, "OpeningBalance": 70, "OpeningBalanceDate": stage.today.isoformat()}


def _sparse_elsewhere(stage: Stage) -> Found:
    body = {"Name": stage.name("t")[-31:].strip(), "DueDays": 9, "DiscountPercent": 2, "DiscountDays": 1}
    made = stage.make("Term", body)
    sent = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "Name": made["Name"], "DueDays": 8}
    reply = stage.sandbox.update("Term", sent)
    if not reply.fine:
        raise Unclear(reply.told)
    kept = "DiscountPercent" in stage.now("Term", str(made["Id"]))
    answered = "the discount is still there" if kept else "the discount is gone"
    return Found("heeded" if kept else "taken_for_full", "a sparse update of a term with a discount", answered)


def _short_delete(stage: Stage) -> Found:
    made = stage.transfer()
    reply = stage.sandbox.delete("Transfer", {"Id": made["Id"], "SyncToken": made["SyncToken"]})
    return either("a transfer deleted by Id and SyncToken", reply, ("enough", "refused"), "2020")


QUESTIONS: Final[dict[str, Question]] = {
    "maxresults_above_1000": Question(_statement("select * from Customer maxresults 1001", "capped")),
    "orderby_id": Question(_statement("select * from Customer orderby Id", "works")),
    "total_count": Question(_total_count, "an invoice"),
    "query_inventory_adjustment": Question(_statement("select * from InventoryAdjustment")),
    **{name: Question(_filter(entity, min(fields))) for entity, (name, fields) in FILTER.items()},
    "feed_too_old": Question(_feed_too_old),
    **{name: Question(_feed(entity)) for entity, name in FEED.items()},
    **{name: Question(_attach(entity), f"a note on a {entity}") for entity, name in ATTACH.items()},
    "inactive_name": Question(_inactive_name, "a vendor made inactive, a customer of that name"),
    "inactive_mark": Question(_inactive_mark, "a term made inactive"),
    "vendor_terms_on_create": Question(_vendor_terms, "a term, a vendor"),
    "requestid_again": Question(_requestid_again, "a customer"),
    "retry_after": Question(_retry_after, floods=True),
    "throttle_body": Question(_throttle_body, floods=True),
    "batch_void": Question(_batch_void, "an invoice, voided"),
    "transaction_ids": Question(_transaction_ids, "two invoices, a bill"),
    "relink_deposited": Question(_relink_deposited, "an invoice, a payment, a deposit"),
    "vendor_opening": Question(_opening("Vendor", _vendor_with_balance, "Balance"), "a vendor with a balance"),
    "account_opening": Question(
        _opening("Account", _account_with_balance, "CurrentBalance"), "a bank account with a balance"
    ),
    "sparse_elsewhere": Question(_sparse_elsewhere, "a term"),
    "short_delete": Question(_short_delete, "a transfer"),
    **guards.QUESTIONS,
    **papers.QUESTIONS,
}
UNASKED: Final[dict[str, str]] = {
    "matched_update": "It takes a transaction that a bank line is matched to.",
    "inactive_with_balance": "What the company posts for it could not be taken away for certain.",
    "closed_books": "It would close the books of the company.",
    "metering_download": "Sandbox companies are not metered.",
    "metering_batch": "Sandbox companies are not metered.",
    "multicurrency_by_api": "It takes a company with several currencies, which no company leaves again.",
    "vendor_currency_on_create": "It takes a company with several currencies, which no company leaves again.",
    "currency_left_out": "It takes a company with several currencies, which no company leaves again.",
    "rate_left_out": "It takes a company with several currencies, which no company leaves again.",
    "batch_send": "It would send mail to somebody.",
    "bearer_on_file": "It takes the upload of a file, and storage on another host than the sandbox.",
    "send_token": "It would send mail to somebody.",
    "journal_code_delete": "A journal code that is not deleted would stay.",
    "journal_codes_elsewhere": "A journal code that was taken could not be taken away again.",
    "refresh_token_hard_end": "It takes the app's own secret, which a probe does not ask for.",
    "refresh_token_value": "It takes the app's own secret, which a probe does not ask for.",
    "requestid_kept": "It takes longer than a sitting.",
    **dict.fromkeys(
        (row.name for row in TABLE if row.name.startswith("webhook_")),
        "It takes an address that Intuit can reach, which a probe has not.",
    ),
}
"""Why some beliefs have no question."""
