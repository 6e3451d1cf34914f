"""Acts lived through the engine, one after the other, each at its moment and by whom it was done.

What an act is about may be gone or another by now: then it is done as a sensible bookkeeper would, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.model.money import money
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.life import acts, bodies, cost_bodies
from akika_forensics.twin.life.acts import Act
from akika_forensics.twin.life.bodies import Absent
from akika_forensics.twin.life.directory import Directory, bill_name
from akika_forensics.twin.life.lines import Applied, BankFact
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.screens.asking import ScreenRefused
from akika_forensics.twin.statements.lines import MATCHED, REVIEW, UNSEEN, BankLine

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

type Body = dict[str, Any]

_NUMBER_TAKEN: Final = "6140"


@dataclass(frozen=True, slots=True)
class Departure:
    """An act that was done otherwise than planned, or not at all, and why."""

    act: Act
    what: str


@dataclass(slots=True)
class Life:
    """Lives acts in a company; ``people`` are the actors by the keys of users, without whom an application acts. ``departures`` are those that could not be done as planned."""

    twin: Twin
    payable: str
    currency: str = ""
    people: Mapping[str, Actor] = field(default_factory=dict)
    departures: list[Departure] = field(default_factory=list)
    names: Directory = field(init=False)

    def __post_init__(self) -> None:
        self.names = Directory(self.twin)

    def live(self, todo: Iterable[Act]) -> None:
        for act in todo:
            self.do(act)

    def do(self, act: Act) -> None:
        """One act, whole or not at all."""
        try:
            with self._by(act.who), self.twin.transaction():
                _DOINGS[type(act)](self, act)
        except Absent as error:
            self.tell(act, f"left out: {error} is not there")
        except (QuickBooksFault, ScreenRefused) as error:
            self.tell(act, f"refused: {error}")

    def _by(self, who: str) -> AbstractContextManager[None]:
        actor = self.people.get(who)
        return self.twin.acting(actor) if actor is not None else nullcontext()

    def tell(self, act: Act, what: str) -> None:
        self.departures.append(Departure(act, what))

    # what several do

    def create(self, act: Act, entity: str, body: Body, name: str, bank: tuple[BankFact, ...] = ()) -> str:
        try:
            made = self.twin.create(entity, body, at=act.at)
        except QuickBooksFault as fault:
            if fault.code != _NUMBER_TAKEN or "DocNumber" not in body:
                raise
            self.tell(act, f"number {body['DocNumber']} is taken: keyed under the next")
            made = self.twin.create(entity, {k: v for k, v in body.items() if k != "DocNumber"}, at=act.at)
        record_id = str(made["Id"])
        if name:
            self.names.learn(entity, name, record_id)
        self.shown(bank, entity, record_id)
        return record_id

    def shown(self, bank: tuple[BankFact, ...], entity: str = "", record_id: str = "") -> None:
        """What the bank shows, and of which transaction."""
        if bank:
            self.twin.store.bank.add(
                BankLine(
                    self.names.find("Account", fact.account),
                    fact.date.isoformat(),
                    fact.cents,
                    fact.fitid,
                    fact.payee,
                    fact.memo,
                    fact.number,
                    entity,
                    record_id,
                )
                for fact in bank
            )

    def applied(self, act: Act, rows: tuple[Applied, ...], party: str) -> tuple[list[Body], int]:
        """The lines of a payment as far as what they settle is there and open; gives them and what they come to."""
        lines, total = [], 0
        for row in rows:
            name = bill_name(party, row.number) if row.kind in {"Bill", "VendorCredit"} else row.number
            try:
                body = self.names.body(row.kind, name)
            except Absent:
                self.tell(act, f"{row.kind} {row.number} is not there: keyed without it")
                continue
            opened = int(money(body.get("Balance")) * 100)
            part = min(row.cents, opened)
            if part < row.cents:
                self.tell(act, f"{row.kind} {row.number} is open with less: keyed as far as it goes")
            if part > 0:
                lines.append(bodies.applied_line(row.kind, str(body["Id"]), part))
                total += part if row.kind in {"Invoice", "Bill"} else -part
        return lines, total

    def update(self, act: Act, entity: str, old: Body, changed: Body) -> None:
        self.twin.update(entity, {**old, **changed}, at=act.at)


def _add_customer(life: Life, act: acts.AddCustomer) -> None:
    life.create(act, "Customer", bodies.customer(life.names.find, act), act.name)


def _drop_customer(life: Life, act: acts.DropCustomer) -> None:
    old = life.names.body("Customer", act.name)
    life.twin.update(
        "Customer", {"Id": old["Id"], "SyncToken": old["SyncToken"], "sparse": True, "Active": False}, at=act.at
    )


def _set_rate(life: Life, act: acts.SetRate) -> None:
    life.twin.update(
        "ExchangeRate",
        {"SourceCurrencyCode": act.currency, "AsOfDate": act.on.isoformat(), "Rate": bodies.rate(act.rate)},
        at=act.at,
    )


def _set_price(life: Life, act: acts.SetPrice) -> None:
    old = life.names.body("Item", act.item)
    changed = {"Id": old["Id"], "SyncToken": old["SyncToken"], "sparse": True, "UnitPrice": bodies.money(act.price)}
    life.twin.update("Item", changed | {"Name": old["Name"], "Type": old["Type"]}, at=act.at)


def _sale(life: Life, act: acts.Sale) -> None:
    life.create(act, act.kind, bodies.sale(life.names.find, act, life.currency), act.number, act.bank)


def _receive(life: Life, act: acts.ReceivePayment) -> None:
    lines, total = life.applied(act, act.applied, "")
    if not act.cents and not any(line["LinkedTxn"][0]["TxnType"] == "Invoice" for line in lines):
        raise Absent("what was to be settled")
    if total > act.cents or total < 0 or (act.applied and not lines):
        lines = _within(lines, act.cents)
    life.create(act, "Payment", bodies.payment(life.names.find, act, life.currency, lines), act.reference, act.bank)


def _within(lines: list[Body], cents: int) -> list[Body]:
    """No credits, and charges only as far as the money goes."""
    left, kept = Decimal(cents) / 100, []
    for line in lines:
        if line["LinkedTxn"][0]["TxnType"] in {"Invoice", "Bill"} and left > 0:
            kept.append({**line, "Amount": min(left, line["Amount"])})
            left -= kept[-1]["Amount"]
    return kept


def _move_payment(life: Life, act: acts.MovePayment) -> None:
    old = life.names.body("Payment", act.reference)
    lines, _ = life.applied(act, act.applied, "")
    life.update(
        act, "Payment", old, {"CustomerRef": bodies.ref(life.names.find, "Customer", act.customer), "Line": lines}
    )


def _deposit(life: Life, act: acts.MakeDeposit) -> None:
    linked = []
    for entity, name in act.items:
        try:
            linked.append((entity, life.names.find(entity, name)))
        except Absent:
            life.tell(act, f"{entity} {name} is not there: brought to the bank without it")
    life.create(act, "Deposit", cost_bodies.deposit(life.names.find, act, linked), "", act.bank)


def _bill(life: Life, act: acts.EnterBill) -> None:
    body = cost_bodies.bill(life.names.find, act, life.currency)
    life.create(act, act.kind, body, bill_name(act.vendor, act.number))


def _correct_bill(life: Life, act: acts.CorrectBill) -> None:
    old = life.names.body("Bill", bill_name(act.vendor, act.number))
    ids = [str(line["Id"]) for line in old.get("Line", [])]
    life.update(act, "Bill", old, {"Line": cost_bodies.cost_lines(life.names.find, act.lines, ids)})


def _delete_bill(life: Life, act: acts.DeleteBill) -> None:
    old = life.names.body("Bill", bill_name(act.vendor, act.number))
    life.twin.delete("Bill", {"Id": old["Id"], "SyncToken": old["SyncToken"]}, at=act.at)


def _pay_bills(life: Life, act: acts.PayBills) -> None:
    lines, total = life.applied(act, act.applied, act.vendor)
    if total > act.cents or total < 0:
        lines = _within(lines, act.cents)
    life.create(
        act, "BillPayment", cost_bodies.bill_payment(life.names.find, act, life.currency, lines), act.number, act.bank
    )


def _void_payment(life: Life, act: acts.VoidPayment) -> None:
    old = life.names.body("BillPayment", act.number)
    life.twin.void("BillPayment", {"Id": old["Id"], "SyncToken": old["SyncToken"]}, at=act.at)


def _spend(life: Life, act: acts.Spend) -> None:
    life.create(act, "Purchase", cost_bodies.expense(life.names.find, act), act.number, act.bank)


def _reclassify(life: Life, act: acts.Reclassify) -> None:
    old = life.names.body("Purchase", act.number)
    target = bodies.ref(life.names.find, "Account", act.account)
    lines = []
    for line in old["Line"]:
        detail = line.get("AccountBasedExpenseLineDetail")
        changed = {"AccountBasedExpenseLineDetail": {**detail, "AccountRef": target}} if detail else {}
        lines.append({**line, **changed})
    life.update(act, "Purchase", old, {"Line": lines})


def _order(life: Life, act: acts.OrderGoods) -> None:
    life.create(act, "PurchaseOrder", cost_bodies.order(life.names.find, act, life.payable), act.number)


def _log(life: Life, act: acts.LogTime) -> None:
    life.create(act, "TimeActivity", cost_bodies.time_sheet(life.names.find, act), "")


def _journal(life: Life, act: acts.PostJournal) -> None:
    life.create(act, "JournalEntry", cost_bodies.journal(life.names.find, act), act.number, act.bank)


def _transfer(life: Life, act: acts.MoveMoney) -> None:
    life.create(act, "Transfer", cost_bodies.transfer(life.names.find, act, life.currency), "", act.bank)


def _pay_card(life: Life, act: acts.PayCard) -> None:
    life.create(act, "CreditCardPayment", cost_bodies.card_payment(life.names.find, act), "", act.bank)


def _reconcile(life: Life, act: acts.Reconcile) -> None:
    """What the statement shows is matched and ticked off; where the books no longer agree with it, that is left."""
    store, account = life.twin.store, life.names.find("Account", act.account)
    for line in store.bank.of(account, until=act.until.isoformat()):
        if not line.entity or line.state not in {UNSEEN, REVIEW} or life.twin.payload(line.entity, line.id) is None:
            continue
        store.bank.assign(line, line.entity, line.id, MATCHED)
        life.twin.match_bank(line.entity, line.id)
    life.twin.screens.reconcile(account, act.until.isoformat(), at=act.at)


_DOINGS: Final[dict[type[Act], Callable[[Life, Any], None]]] = {
    acts.AddCustomer: _add_customer,
    acts.DropCustomer: _drop_customer,
    acts.SetRate: _set_rate,
    acts.SetPrice: _set_price,
    acts.Sale: _sale,
    acts.ReceivePayment: _receive,
    acts.MovePayment: _move_payment,
    acts.MakeDeposit: _deposit,
    acts.EnterBill: _bill,
    acts.CorrectBill: _correct_bill,
    acts.DeleteBill: _delete_bill,
    acts.PayBills: _pay_bills,
    acts.VoidPayment: _void_payment,
    acts.Spend: _spend,
    acts.Reclassify: _reclassify,
    acts.OrderGoods: _order,
    acts.LogTime: _log,
    acts.PostJournal: _journal,
    acts.MoveMoney: _transfer,
    acts.PayCard: _pay_card,
    acts.Reconcile: _reconcile,
}
