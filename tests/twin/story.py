"""A company that several people and their applications work in at random, and what each of them is seen to have done.

What is seen comes from the log of requests, from the answers of the screens and from the records before and after; the
trail that the company keeps itself is never looked at.
"""

from __future__ import annotations

import contextlib
import random
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.payload import decode, encode
from akika_forensics.twin import Twin, TwinServer
from akika_forensics.twin.http.oauth import ACCOUNTING
from akika_forensics.twin.people.actors import OWNER
from akika_forensics.twin.people.trail import User

ADA = User("9130000000000002", "Ada Admin", "ada@example.com", "admin")
ANA = User("9130000000000005", 'Ana, de la "Rosa"', "ana@example.com", "accountant")
BEN = User("9130000000000007", "Ben Clerk", "ben@example.com", "standard")
APPS = (OWNER, ADA.id, ANA.id)
BACK = "https://app.example/back"
DONE = {"create": "created", "update": "updated", "delete": "deleted", "void": "voided", "send": "emailed"}

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Never used; a client makes one of its own where none is given, which takes longer than a request."""

type Body = dict[str, Any]
type Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One act on one record as anybody could have seen it. ``at`` is the company's time; ``user`` an Id.

    ``date`` is the transaction's own, ``paid_by`` how a purchase or a bill was paid; ``by_app`` what no person did.
    """

    at: datetime
    user: str
    verb: str
    entity: str
    id: str
    indirect: bool
    number: str
    party: str
    cents: int | None
    date: str = ""
    paid_by: str = ""
    by_app: bool = True
    switched_off: bool = False


def hire(twin: Twin) -> None:
    with twin.store.transaction():
        for user in (ADA, ANA, BEN):
            twin.store.trail.put_user(user)


def bearer(server: TwinServer, web: httpx.Client, user: str) -> str:
    """The header of an application of a user, who signs in and presses Connect; the code is traded for tokens."""
    given = server.credentials
    wish = {"client_id": given.client_id, "response_type": "code", "scope": ACCOUNTING, "redirect_uri": BACK}
    back = web.get("/connect/oauth2", params={**wish, "user": user})
    code = httpx.URL(back.headers["location"]).params["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    token = web.post("/oauth2/v1/tokens/bearer", data=form, auth=(given.client_id, given.client_secret)).json()
    return f"Bearer {token['access_token']}"


class Story:
    """Steps by name; each is done by somebody and then looked at."""

    def __init__(self, books: Any, server: TwinServer) -> None:
        self.books = books
        self.server = server
        self.twin: Twin = books.twin
        self.twin.clock.freeze()
        self.begun = self.twin.clock()
        address = f"{server.base_url}/v3/company/{server.realm_id}"
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        self.web = httpx.Client(base_url=server.base_url, verify=_NO_TLS, timeout=60)
        self.apps = {user: httpx.Client(base_url=address, headers=headers, verify=_NO_TLS, timeout=60) for user in APPS}
        self._connect()
        self.told: list[Told] = []
        self.answers: list[tuple[httpx.Client, str, bytes, dict[str, str]]] = []
        self._records = self.twin.dump()
        self._seen = server.twin.requests.last
        self.steps: dict[str, Callable[[random.Random], None]] = {
            name.removeprefix("step_"): getattr(self, name) for name in dir(self) if name.startswith("step_")
        }

    def _connect(self) -> None:
        for user, app in self.apps.items():
            app.headers["Authorization"] = bearer(self.server, self.web, user)

    def advance(self, by: timedelta) -> None:
        """Time goes by; everybody connects anew, since what was handed out may have ended."""
        self.twin.clock.advance(by)
        self._connect()

    def close(self) -> None:
        for client in (self.web, *self.apps.values()):
            client.close()

    def run(self, steps: list[tuple[str, int]]) -> None:
        for name, seed in steps:
            self.steps[name](random.Random(seed))

    # what is seen

    def look(self, user: str, done: list[tuple[str, str, str]] | None = None, *, ripples: bool = True) -> None:
        """What ``user`` has just done: what the log of requests says, or else what the screens answered (``done``).

        ``ripples`` False is for what changes other records without a word.
        """
        by_app = done is None
        at, before, after = self.twin.clock(), self._records, self.twin.dump()
        if done is None:
            entries = [entry for entry in self.server.log if entry.seq > self._seen]
            done = [_act(applied) for entry in entries if not entry.replayed for applied in entry.applied]
        self._seen, self._records = self.twin.requests.last, after
        named = {(entity, record_id) for _, entity, record_id in done}
        first = len(self.told)
        for verb, entity, record_id in done:
            key, body = (entity, record_id), before if verb == "deleted" else after
            told = _told(at, user, verb, key, body, indirect=False)
            off = verb == "updated" and _active(before.get(key)) and not _active(after.get(key))
            self.told.append(replace(told, switched_off=off))
        for key in sorted(after.keys() | before.keys()):
            if key in named or before.get(key) == after.get(key) or not ripples:
                continue
            if key not in before:
                self.told.append(_told(at, user, "created", key, after, indirect=False))
            elif key in after and CATALOGUE[key[0]].is_transaction:
                self.told.append(_told(at, user, "updated", key, after, indirect=True))
        self.told[first:] = [replace(told, by_app=by_app) for told in self.told[first:]]

    # what an application asks for

    def post(self, choice: random.Random, path: str, body: Body, **parameters: str) -> httpx.Response | None:
        """By the application of somebody; None where no answer comes."""
        user = choice.choice(APPS)
        parameters["requestid"] = f"r{len(self.answers)}"
        sent = (self.apps[user], path, encode(body), parameters)
        self.answers.append(sent)
        try:
            app, path, content, parameters = sent
            return app.post(path, content=content, params=parameters)
        except httpx.TransportError:
            return None
        finally:
            self.look(user)

    def pick(self, choice: random.Random, *entities: str) -> tuple[str, Body] | None:
        """A record of one of the entities."""
        found = [key for key in sorted(self._records) if key[0] in entities]
        if not found:
            return None
        key = choice.choice(found)
        return key[0], decode(self._records[key])

    def _new(self, choice: random.Random, entity: str) -> Body:
        books, amount = self.books, Decimal(choice.randint(1, 90_000)) / 100
        customer, vendor = {"value": choice.choice([books.ann, books.bob])}, {"value": books.lumber}
        match entity:
            case "Customer":
                return {"DisplayName": f'=Buyer, "{choice.randint(0, 10**9)}"'}
            case "Vendor":
                return {"DisplayName": f"Seller {choice.randint(0, 10**9)}"}
            case "Invoice" | "SalesReceipt" | "CreditMemo" | "Estimate" | "RefundReceipt":
                body: Body = books.sale(customer["value"], amount)
                return body | ({"DepositToAccountRef": {"value": books.checking}} if entity == "RefundReceipt" else {})
            case "Payment":
                return self._payment(choice, customer)
            case "Bill" | "VendorCredit":
                return {"VendorRef": vendor, "Line": [books.spend(amount)]}
            case "BillPayment":
                return self._bill_payment(choice, vendor)
            case "Deposit":
                return self._deposit(choice, amount)
            case "Purchase":
                paid = {
                    "PaymentType": "Cash",
                    "AccountRef": {"value": books.checking},
                    "EntityRef": {**vendor, "type": "Vendor"},
                }
                return {**paid, "Line": [books.spend(amount)]}
            case "Transfer":
                ends = {"FromAccountRef": {"value": books.checking}, "ToAccountRef": {"value": books.card}}
                return {**ends, "Amount": amount}
            case _:
                return {"Line": [_side("Debit", books.rent, amount), _side("Credit", books.checking, amount)]}

    def _payment(self, choice: random.Random, customer: Body) -> Body:
        found = self.pick(choice, "Invoice")
        if found is None or not found[1].get("Balance"):
            return {"CustomerRef": customer, "TotalAmt": 7}
        owed = found[1]["Balance"]
        return {"CustomerRef": found[1]["CustomerRef"], **self.books.pays(owed, ("Invoice", found[1]["Id"], owed))}

    def _deposit(self, choice: random.Random, amount: Decimal) -> Body:
        """Of a payment that was not deposited yet, if there is one, and of something else."""
        detail = {"AccountRef": {"value": self.books.sales}}
        lines: list[Body] = [{"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}]
        found = self.pick(choice, "Payment")
        if found is not None and found[1].get("TotalAmt"):
            link = {"TxnId": found[1]["Id"], "TxnType": "Payment", "TxnLineId": "0"}
            lines.append({"Amount": found[1]["TotalAmt"], "LinkedTxn": [link]})
        return {"DepositToAccountRef": {"value": self.books.checking}, "Line": lines}

    def _bill_payment(self, choice: random.Random, vendor: Body) -> Body:
        found = self.pick(choice, "Bill")
        if found is None or not found[1].get("Balance"):
            return {"VendorRef": vendor}  # refused
        owed = found[1]["Balance"]
        paid = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": self.books.checking}}}
        return {**paid, "VendorRef": vendor, **self.books.pays(owed, ("Bill", found[1]["Id"], owed))}

    def step_create(self, choice: random.Random) -> None:
        entity = choice.choice(KINDS)
        self.post(choice, entity.lower(), self._new(choice, entity))

    def step_update(self, choice: random.Random) -> None:
        found = self.pick(choice, *KINDS)
        if found is None:
            return
        entity, body = found
        memo = "Notes" if entity in {"Customer", "Vendor"} else "PrivateNote"
        self.post(choice, entity.lower(), {**body, "sparse": True, memo: f"{choice.random()}"})

    def step_update_nothing(self, choice: random.Random) -> None:
        found = self.pick(choice, "Customer", "Vendor", "JournalEntry")
        if found is not None:
            self.post(choice, found[0].lower(), {**found[1], "sparse": True})

    def step_inactive(self, choice: random.Random) -> None:
        found = self.pick(choice, "Customer", "Vendor")
        if found is not None and found[1]["Id"] not in {self.books.ann, self.books.bob, self.books.lumber}:
            self.post(choice, found[0].lower(), {**found[1], "sparse": True, "Active": choice.random() < 0.3})

    def step_delete(self, choice: random.Random) -> None:
        found = self.pick(choice, *TRANSACTIONS)
        if found is not None:
            self.post(choice, found[0].lower(), found[1], operation="delete")

    def step_void(self, choice: random.Random) -> None:
        found = self.pick(choice, "Invoice", "Payment", "SalesReceipt", "Bill")
        if found is None:
            return
        entity, body = found
        token = {name: body[name] for name in ("Id", "SyncToken")}
        if entity == "Invoice":
            self.post(choice, "invoice", token, operation="void")
        else:
            self.post(choice, entity.lower(), {**token, "sparse": True}, operation="update", include="void")

    def step_send(self, choice: random.Random) -> None:
        found = self.pick(choice, "Invoice", "Estimate", "SalesReceipt")
        if found is not None:
            self.post(choice, f"{found[0].lower()}/{found[1]['Id']}/send", {}, sendTo="someone@example.com")

    def step_batch(self, choice: random.Random) -> None:
        """Its items are seen together: at most one of them touches other records."""
        items: list[Body] = []
        linking = choice.random() < 0.5
        kinds = [kind for kind in KINDS if kind not in LINKING]
        for number in range(choice.randint(1, 5)):
            entity = choice.choice(LINKING if linking and not items else kinds)
            items.append({"bId": f"{number}", "operation": "create", entity: self._new(choice, entity)})
        found = self.pick(choice, *TRANSACTIONS)
        if found is not None and not linking:
            items.insert(choice.randint(0, len(items)), {"bId": "x", "operation": "delete", found[0]: found[1]})
        items.append({"bId": "refused", "operation": "create", "Customer": {"DisplayName": "Ann"}})
        items.append({"bId": "read", "Query": "select * from Customer"})
        self.post(choice, "batch", {"BatchItemRequest": items})

    def step_again(self, choice: random.Random) -> None:
        """A request that was answered before comes again, by whomever."""
        if self.answers:
            app, path, content, parameters = choice.choice(self.answers)
            with contextlib.suppress(httpx.TransportError):
                app.post(path, content=content, params=parameters)
            self.look(next(user for user, other in self.apps.items() if other is app))

    def step_stale(self, choice: random.Random) -> None:
        found = self.pick(choice, *KINDS)
        if found is not None:
            self.post(choice, found[0].lower(), {**found[1], "SyncToken": "77", "sparse": True})

    def step_read(self, choice: random.Random) -> None:
        user = choice.choice(APPS)
        self.apps[user].get("query", params={"query": "select * from Invoice"})
        self.look(user)

    def step_fault(self, choice: random.Random) -> None:
        """Something goes wrong with the next write."""
        what = choice.choice(["error", "lost", "drop", "refuse", "throttle", "unavailable", "cut"])
        self.web.put("/twin/faults", json={"spec": f"{what}@write:1"})

    def step_time(self, choice: random.Random) -> None:
        self.advance(timedelta(seconds=choice.choice([1, 29, 60, 3000, 11_220, 40_000])))


TRANSACTIONS = (
    "Invoice",
    "SalesReceipt",
    "CreditMemo",
    "Estimate",
    "RefundReceipt",
    "Payment",
    "Bill",
    "VendorCredit",
    "BillPayment",
    "Purchase",
    "Deposit",
    "Transfer",
    "JournalEntry",
)
LINKING = ("Payment", "BillPayment", "Deposit")
KINDS = (*TRANSACTIONS, "Customer", "Vendor")


def _side(side: str, account: str, amount: Decimal) -> Body:
    detail = {"PostingType": side, "AccountRef": {"value": account}}
    return {"DetailType": "JournalEntryLineDetail", "Amount": amount, "JournalEntryLineDetail": detail}


def _act(applied: str) -> tuple[str, str, str]:
    verb, _, key = applied.partition(" ")
    entity, _, record_id = key.partition(":")
    return DONE[verb], entity, record_id


def _active(record: bytes | None) -> bool:
    return record is not None and decode(record).get("Active") is not False


def _told(at: datetime, user: str, verb: str, key: Key, records: dict[Key, bytes], *, indirect: bool) -> Told:
    body = decode(records[key])
    paid_by = str(body.get("PaymentType") or body.get("PayType") or "")
    number, date = str(body.get("DocNumber") or ""), str(body.get("TxnDate") or "")
    return Told(at, user, verb, *key, indirect, number, party(key[0], body), total(key[0], body), date, paid_by)


def party(entity: str, body: Body) -> str:
    """Whom a transaction is with; what a name is called."""
    if not CATALOGUE[entity].is_transaction:
        return str(next((body[name] for name in ("DisplayName", "FullyQualifiedName", "Name") if name in body), ""))
    found = next((body[name] for name in ("CustomerRef", "VendorRef", "EntityRef") if name in body), {})
    return str(found.get("name", ""))


def total(entity: str, body: Body) -> int | None:
    """In cents."""
    if entity == "JournalEntry":
        lines = [line for line in body["Line"] if line.get("JournalEntryLineDetail", {}).get("PostingType") == "Debit"]
        return sum(int(Decimal(str(line["Amount"])) * 100) for line in lines)
    found = next((body[name] for name in ("TotalAmt", "Amount") if name in body), None)
    return None if found is None else int(Decimal(str(found)) * 100)
