"""How a refused request is written down in a table: what provokes it, and the very answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

type Body = dict[str, Any]

REQUIRED = "Required param missing, need to supply the required value for the API"
BUSINESS = "A business validation error has occurred while processing your request"
INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)


@dataclass(frozen=True)
class Ask:
    """One request: a POST of ``body``, or a GET where there is none."""

    rest: str
    body: Any = None
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A refusal. ``detail`` may hold ``{names}`` of what the request put into ``Ask.parameters`` under ``told``."""

    name: str
    code: str
    message: str
    detail: str
    element: str | None
    make: Callable[[Any], Ask]
    fault_type: str
    status: int
    timed: bool


TABLE: list[Row] = []


def refusal(
    code: str,
    message: str,
    detail: str,
    element: str | None = "",
    *,
    fault_type: str = "ValidationFault",
    status: int = 400,
    timed: bool = True,
) -> Callable[[Callable[[Any], Ask]], Callable[[Any], Ask]]:
    """Put a request into the table: a function of the books that sets the scene and gives what is asked."""

    def keep(make: Callable[[Any], Ask]) -> Callable[[Any], Ask]:
        name = f"{code}-{make.__name__.strip('_')}"
        TABLE.append(Row(name, code, message, detail, element, make, fault_type, status, timed))
        return make

    return keep


def required(element: str) -> Callable[[Callable[[Any], Ask]], Callable[[Any], Ask]]:
    """Error 2020."""
    return refusal("2020", REQUIRED, f"Required parameter {element} is missing in the request", element)


def business(detail: str) -> Callable[[Callable[[Any], Ask]], Callable[[Any], Ask]]:
    """Error 6000."""
    return refusal("6000", BUSINESS, f"Business Validation Error: {detail}")


def ref(value: str) -> Body:
    return {"value": value}


def journal(*lines: tuple[str | None, str, Any], **entity: Any) -> Body:
    """A journal entry of (side, account, amount) each; ``entity`` goes onto its first line."""
    rows: list[Body] = []
    for side, account, amount in lines:
        detail: Body = {"AccountRef": ref(account)} | ({"PostingType": side} if side else {})
        rows.append({"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail})
    if entity:
        rows[0]["JournalEntryLineDetail"]["Entity"] = entity
    return {"Line": rows}


def deposited(books: Any) -> Body:
    """A sales receipt that lies in a deposit."""
    sold = books.twin.create("SalesReceipt", books.sale(books.ann, 30))
    line = {"Amount": 30, "LinkedTxn": [{"TxnId": sold["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}]}
    books.made("Deposit", {"DepositToAccountRef": ref(books.checking), "Line": [line]})
    return dict(books.get("SalesReceipt", sold["Id"]))


def asleep(books: Any, entity: str, record_id: str) -> None:
    books.twin.update(entity, {**books.get(entity, record_id), "Active": False})


def check(books: Any, amount: Any = 5) -> Body:
    """A check for rent."""
    return {"PaymentType": "Check", "AccountRef": ref(books.checking), "Line": [books.spend(amount)]}


def sale(books: Any, **changes: Any) -> Body:
    return {**books.sale(books.ann, 10), **changes}


def line(books: Any, **changes: Any) -> Body:
    """A sale whose line is another."""
    body = books.sale(books.ann, 10)
    body["Line"] = [{**body["Line"][0], **changes}]
    return dict(body)
