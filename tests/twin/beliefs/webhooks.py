"""Notifications."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from tests.twin.beliefs.looking import Body, look, ref
from tests.twin.hook_scene import Receiver, Sender


def _notified(books: Any, act: Callable[[], Any], form: str = "cloudevents", answer: int = 200) -> list[Body]:
    """The CloudEvents, or the entities of the older form, that an act sends to a receiver."""
    with Receiver(lambda _: answer) as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, form)
        act()
        sender.settle()
        bodies = [json.loads(delivery.body) for delivery in receiver.got]
    if form == "cloudevents":
        return [event for body in bodies for event in body]
    return [entity for body in bodies for entity in body["eventNotifications"][0]["dataChangeEvent"]["entities"]]


def _types(books: Any, act: Callable[[], Any]) -> set[str]:
    return {event["type"] for event in _notified(books, act)}


def _pay(books: Any) -> Callable[[], Any]:
    sold = books.made("Invoice", books.sale(books.ann, 30))
    body = {"CustomerRef": ref(books.ann), **books.pays(30, ("Invoice", sold, 30))}
    return lambda: books.made("Payment", body)


@look("webhook_indirect")
def _(books: Any) -> str:
    return "notified" if "qbo.invoice.updated.v1" in _types(books, _pay(books)) else "silent"


@look("webhook_moved_along")
def _(books: Any) -> str:
    return "notified" if "qbo.customer.updated.v1" in _types(books, _pay(books)) else "silent"


@look("webhook_inactive")
def _(books: Any) -> str:
    off = {**books.get("Vendor", books.power), "Active": False}
    (seen,) = _types(books, lambda: books.twin.update("Vendor", off))
    return {"qbo.vendor.deleted.v1": "deleted", "qbo.vendor.updated.v1": "updated"}[seen]


@look("webhook_payment_method")
def _(books: Any) -> str:
    off = {**books.twin.create("PaymentMethod", {"Name": "Barter"}), "Active": False}
    (seen,) = _types(books, lambda: books.twin.update("PaymentMethod", off))
    return seen.split(".")[2]


@look("webhook_last_updated")
def _(books: Any) -> str:
    (told,) = _notified(books, lambda: books.twin.create("Term", {"Name": "Net 7", "DueDays": 7}), "legacy")
    if re.fullmatch(r"[\dT:-]{19}\.\d{3}Z", told["lastUpdated"]):
        return "utc"
    return "offset" if re.fullmatch(r"[\dT:-]{19}-0800", told["lastUpdated"]) else told["lastUpdated"]


@look("webhook_event_id")
def _(books: Any) -> str:
    (told,) = _notified(books, lambda: books.twin.create("Term", {"Name": "Net 7", "DueDays": 7}))
    uuid.UUID(told["id"][:36])
    return {"": "uuid", f"-Term-{told['intuitentityid']}": "uuid_and_record"}[told["id"][36:]]


@look("webhook_data")
def _(books: Any) -> str:
    (told,) = _notified(books, lambda: books.twin.create("Term", {"Name": "Net 7", "DueDays": 7}))
    assert ("data" in told) == ("datacontenttype" in told)
    return "empty" if told.get("data") == {} else "absent"


@look("webhook_content_type")
def _(books: Any) -> str:
    with Receiver() as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, "cloudevents")
        sender.couriers.subscribe(receiver.url, "legacy")
        books.twin.create("Term", {"Name": "Net 7", "DueDays": 7})
        older, newer = sorted(receiver.wait(2), key=lambda delivery: delivery.body[:1] == b"[")
    assert older.headers["content-type"] == "application/json; charset=utf-8"
    kind = newer.headers["content-type"].removesuffix("; charset=utf-8").removeprefix("application/")
    return {"json": "json", "cloudevents+json": "cloudevents"}[kind]


@look("webhook_void")
def _(books: Any) -> str:
    sold = books.twin.create("Invoice", books.sale(books.ann, 30))
    (seen,) = _types(books, lambda: books.twin.void("Invoice", sold))
    return seen.removeprefix("qbo.invoice.").removesuffix(".v1")


@look("webhook_acknowledged")
def _(books: Any) -> str:
    with Receiver(lambda _: 202) as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, "legacy")
        books.twin.create("Term", {"Name": "Net 7", "DueDays": 7})
        sender.settle()
        return {(1, "acknowledged"): "any_2xx", (1, "failed"): "only_200"}[sender.outcomes[0]]


@look("webhook_retries")
def _(books: Any) -> str:
    with Receiver(lambda _: 500) as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, "legacy")
        books.twin.create("Term", {"Name": "Net 7", "DueDays": 7})
        sender.settle()
        for _ in range(12):
            sender.advance(hours=6)
            sender.settle()
        return "given_up" if sender.outcomes[-1] == (1, "given up") else "held_back"
