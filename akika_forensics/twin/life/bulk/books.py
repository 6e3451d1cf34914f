"""Entries, transfers, hours, prices, rates and reconciliations, written down."""

from __future__ import annotations

from decimal import Decimal

from akika_forensics.twin import wire
from akika_forensics.twin.life import acts
from akika_forensics.twin.life.bulk.figures import at_home
from akika_forensics.twin.life.bulk.keeper import Keeper
from akika_forensics.twin.life.bulk.paper import Paper, Posting


def journal(keeper: Keeper, act: acts.PostJournal) -> None:
    known, day = keeper.known, act.date.isoformat()
    total = sum(line.cents for line in act.lines if line.cents > 0)
    paper = Paper("JournalEntry", keeper.next("id:Transactions"), act.number, act, None, total)
    rows: list[Posting] = [
        ("JournalEntry", paper.id, day, known.accounts[line.account].id, line.cents, "", None, None, position, "", "",
         "", None, line.text)
        for position, line in enumerate(act.lines, 1)
    ]  # fmt: skip
    keeper.write(paper, rows)
    keeper.shown(act.bank, paper)


def transfer(keeper: Keeper, act: acts.MoveMoney) -> None:
    known, day = keeper.known, act.date.isoformat()
    number = keeper.next("id:Transactions")
    paper = Paper("Transfer", number, str(number), act, None, act.cents)
    value = at_home(act.cents, act.rate)
    rows: list[Posting] = []
    for name, sign in ((act.target, 1), (act.source, -1)):
        account = known.accounts[name].id
        own = sign * act.cents if account in known.foreign_accounts else None
        rows.append(("Transfer", paper.id, day, account, sign * value, "", None, own, 0, "", "", "", None, act.memo))
    keeper.write(paper, rows)
    keeper.shown(act.bank, paper)


def pay_card(keeper: Keeper, act: acts.PayCard) -> None:
    known, day = keeper.known, act.date.isoformat()
    number = keeper.next("id:Transactions")
    paper = Paper("CreditCardPayment", number, str(number), act, None, act.cents)
    rows: list[Posting] = [
        (paper.entity, paper.id, day, known.accounts[name].id, sign * act.cents, "", None, None, 0, "", "", "", None,
         act.memo)
        for name, sign in ((act.card, 1), (act.account, -1))
    ]  # fmt: skip
    keeper.write(paper, rows)
    keeper.shown(act.bank, paper)


def log_time(keeper: Keeper, act: acts.LogTime) -> None:
    number = keeper.next("id:TimeActivity")
    party = keeper.known.customers[act.customer]
    keeper.write(Paper("TimeActivity", number, str(number), act, party, 0), [])


def set_price(keeper: Keeper, act: acts.SetPrice) -> None:
    held = keeper.known.items[act.item]
    price = Decimal(act.price) / 100
    if held.body.get("UnitPrice") == price:
        return
    held.body["UnitPrice"] = price
    held.stale += 1
    keeper.sign(held)
    keeper.tell_of("updated", "Item", held.id, act.item)


def set_rate(keeper: Keeper, act: acts.SetRate) -> None:
    key = f"{act.currency}-USD-{act.on.isoformat()}"
    body = {
        "SourceCurrencyCode": act.currency,
        "TargetCurrencyCode": "USD",
        "Rate": Decimal(act.rate) / 1_000_000,
        "AsOfDate": act.on.isoformat(),
        "domain": "QBO",
        "sparse": False,
        "MetaData": {"LastUpdatedTime": keeper.stamp},
    }
    payload = wire.encode("ExchangeRate", body)
    keeper.out.batch["record"].append(("ExchangeRate", key, payload, 1, keeper.at_us, keeper.at_us, None, None, None))
    keeper.out.batch["author"].append(("ExchangeRate", key, keeper.actor.user, keeper.actor.user))
    keeper.tell_of("updated", "ExchangeRate", key, "")


def reconcile(keeper: Keeper, act: acts.Reconcile) -> None:
    keeper.reconcile(act.account, act.until.isoformat())
