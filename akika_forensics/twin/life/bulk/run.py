"""From acts to rows, and from rows into a company's file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.acts import Act
from akika_forensics.twin.life.bulk import books, purchases, sales
from akika_forensics.twin.life.bulk.keeper import Keeper
from akika_forensics.twin.life.bulk.known import Known
from akika_forensics.twin.life.bulk.outlet import STATEMENTS, Batch, Outlet
from akika_forensics.twin.people.actors import Actor

if TYPE_CHECKING:
    from akika_forensics.twin.store import Store

_DOINGS: Final[dict[type[Act], Callable[[Keeper, Any], None]]] = {
    acts.AddCustomer: sales.add_customer,
    acts.DropCustomer: sales.drop_customer,
    acts.SetRate: books.set_rate,
    acts.SetPrice: books.set_price,
    acts.Sale: sales.sale,
    acts.ReceivePayment: sales.receive,
    acts.MovePayment: sales.move_payment,
    acts.MakeDeposit: sales.deposit,
    acts.EnterBill: purchases.bill,
    acts.CorrectBill: purchases.correct_bill,
    acts.DeleteBill: purchases.delete_bill,
    acts.PayBills: purchases.pay_bills,
    acts.VoidPayment: purchases.void_payment,
    acts.Spend: purchases.spend,
    acts.Reclassify: purchases.reclassify,
    acts.OrderGoods: purchases.order,
    acts.LogTime: books.log_time,
    acts.PostJournal: books.journal,
    acts.MoveMoney: books.transfer,
    acts.PayCard: books.pay_card,
    acts.Reconcile: books.reconcile,
}


def before(todo: Iterable[Act], until: datetime | None) -> Iterable[Act]:
    """The acts before a moment; all of them when none is given."""
    return todo if until is None else takewhile(lambda act: act.at < until, todo)


def rows(
    todo: Iterable[Act], known: Known, people: dict[str, Actor], founder: str, take: Callable[[Batch], None]
) -> None:
    """Write a life down; ``take`` gets the rows in batches. The acts are those of a plan, each as it was planned."""
    keeper = Keeper(known, people, founder, Outlet(take))
    month = 0
    for act in todo:
        if act.at.month != month:
            month = act.at.month
            keeper.let_go(act.at.date())
        keeper.begin(act)
        _DOINGS[type(act)](keeper, act)
        keeper.end()
    keeper.finish()


class Inlet:
    """Batches into the tables, the indexes made at the end. Belongs into the store's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        marks = ",".join("?" * len(STATEMENTS))
        found = store.select(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})",  # noqa: S608 - marks alone
            STATEMENTS,
        )
        self._indexes = [str(sql) for _, sql in found]
        for name, _ in found:
            store.run(f"DROP INDEX {name}")

    def take(self, batch: Batch) -> None:
        for table, waiting in batch.items():
            if waiting:
                if table == "record":
                    waiting.sort(key=lambda row: row[:2])
                self._store.run(STATEMENTS[table], waiting)

    def finish(self) -> None:
        for sql in self._indexes:
            self._store.run(sql)
