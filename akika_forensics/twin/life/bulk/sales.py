"""The acts of selling, written down: sales, payments, deposits, and the names they are with."""

from __future__ import annotations

from akika_forensics.twin import naming
from akika_forensics.twin.life import acts
from akika_forensics.twin.life.bulk import lists
from akika_forensics.twin.life.bulk.figures import at_home, short
from akika_forensics.twin.life.bulk.keeper import Keeper
from akika_forensics.twin.life.bulk.known import Party
from akika_forensics.twin.life.bulk.paper import CENTS, Paper, Posting, Settled
from akika_forensics.twin.life.lines import Applied, SaleLine


def add_customer(keeper: Keeper, act: acts.AddCustomer) -> None:
    number = str(keeper.next("id:Names"))
    address = 0 if act.parent else keeper.next("id:Address")
    made = lists.new_customer(keeper.known, act, number, address, keeper.stamp)
    made.made, made.made_us = keeper.stamp, keeper.at_us
    keeper.known.customers[act.name] = made
    keeper.parties[made.key] = made
    keeper.sign(made)
    keeper.tell_of("created", "Customer", number, act.name)


def drop_customer(keeper: Keeper, act: acts.DropCustomer) -> None:
    held = keeper.known.customers[act.name]
    name = naming.marked(act.name)
    above = held.above
    held.body["Active"] = False
    held.body["DisplayName"] = name
    held.body["FullyQualifiedName"] = f"{above.body['FullyQualifiedName']}:{name}" if above else name
    held.stale += 1
    keeper.sign(held)
    keeper.tell_of("updated", "Customer", held.id, name, '{"active":false}')


def sale(keeper: Keeper, act: acts.Sale) -> None:
    known, kind = keeper.known, act.kind
    party = known.customers[act.customer]
    subtotal = sum(line.cents for line in act.lines)
    taxes = _taxes(keeper, act)
    total = subtotal + sum(taxes)
    paper = Paper(kind, keeper.next("id:Transactions"), act.number, act, party, total)
    if kind in {"Invoice", "CreditMemo"}:
        paper.balance = total
    if kind == "Estimate":
        paper.state = "Pending"
        keeper.write(paper, [])
        return
    if act.estimate:
        estimate = keeper.papers["Estimate"][act.estimate]
        paper.links.append((estimate.id, "Estimate"))
        estimate.state = "Closed"
        keeper.link(paper, estimate)
    keeper.write(paper, _postings(keeper, act, paper, party, taxes))
    _deliver(keeper, act, paper)
    keeper.shown(act.bank, paper)


def _taxes(keeper: Keeper, act: acts.Sale) -> list[int]:
    if not act.tax:
        return []
    taxable = sum(line.cents for line in act.lines if line.taxed)
    return [(taxable * rate + 50_000) // 100_000 for _, rate in keeper.known.tax_rates[act.tax]]


def _postings(keeper: Keeper, act: acts.Sale, paper: Paper, party: Party, taxes: list[int]) -> list[Posting]:
    known, kind, number, day = keeper.known, act.kind, paper.id, act.date.isoformat()
    sign = -1 if kind in {"CreditMemo", "RefundReceipt"} else 1
    department = known.departments.get(act.department, "")
    if kind in {"Invoice", "CreditMemo"}:
        target = known.receivable_abroad if act.rate else known.receivable
    else:
        target = known.accounts[act.account].id if act.account else known.undeposited
    own = sign * paper.total if target in known.foreign_accounts else None
    key, rate = party.key, act.rate
    rows: list[Posting] = [
        (
            kind,
            number,
            day,
            target,
            sign * at_home(paper.total, rate),
            key,
            None,
            own,
            0,
            "",
            department,
            "",
            None,
            act.memo,
        )
    ]
    for position, line in enumerate(act.lines, 1):
        item = known.items[line.item]
        rows.append(
            (kind, number, day, item.income, -sign * at_home(line.cents, rate), key, None, None, position,
             known.classes.get(line.klass, ""), department, item.id, short(line.quantity), line.text)
        )  # fmt: skip
    for position, tax in enumerate(taxes, len(act.lines) + 2):
        if tax:
            rows.append(
                (
                    kind,
                    number,
                    day,
                    known.sales_tax,
                    -sign * tax,
                    key,
                    None,
                    None,
                    position,
                    "",
                    department,
                    "",
                    None,
                    "",
                )
            )
    return balanced(keeper, rows, kind, number, day) if rate else rows


def balanced(keeper: Keeper, rows: list[Posting], kind: str, number: str, day: str) -> list[Posting]:
    """What another rate or rounding leaves over is an exchange gain or loss."""
    left = sum(row[CENTS] for row in rows)
    if left:
        rows.append((kind, number, day, keeper.known.exchange, -left, "", None, None, 0, "", "", "", None, ""))
    return rows


def _deliver(keeper: Keeper, act: acts.Sale, paper: Paper) -> None:
    """Counted goods leave the stock, the oldest first, at what they had cost."""
    if act.kind not in {"Invoice", "SalesReceipt"}:
        return
    for position, line in enumerate(act.lines, 1):
        if keeper.known.items[line.item].counted:
            _issue(keeper, act, paper, position, line)


def _issue(keeper: Keeper, act: acts.Sale, paper: Paper, position: int, line: SaleLine) -> None:
    item = keeper.known.items[line.item]
    units = left = line.quantity // 100
    cost = 0
    while left:
        layer = item.layers[0]
        taken = min(left, layer[0])
        cost += taken * layer[1]
        left -= taken
        layer[0] -= taken
        if not layer[0]:
            item.layers.pop(0)
    item.on_hand -= units
    keeper.touch(item)
    known = keeper.known
    paper.movements.append(
        (keeper.next("movement"), item.id, act.date.isoformat(), act.kind, paper.id, f"-{units}", None, item.expense,
         item.asset, -cost, position, known.classes.get(line.klass, ""), known.departments.get(act.department, ""),
         line.text)
    )  # fmt: skip
    keeper.book(item.asset, -cost)


# payments


def settle(keeper: Keeper, paper: Paper, rows: tuple[Applied, ...], vendor: str = "") -> int:
    """A payment takes hold of what it settles; gives what it comes to, credits taken off."""
    taken = 0
    for row in rows:
        other = keeper.papers[row.kind][f"{vendor}\n{row.number}" if vendor else row.number]
        paper.applied.append(Settled(other, row.cents, other.balance))
        other.balance -= row.cents
        keeper.link(paper, other)
        taken += row.cents if row.kind in {"Invoice", "Bill"} else -row.cents
    return taken


def cleared(paper: Paper, rate: int, total: int) -> int:
    """What a payment clears in home currency: each paper at its own rate, the rest at the payment's."""
    applied = home = 0
    for row in paper.applied:
        cents = row.cents if row.paper.entity in {"Invoice", "Bill"} else -row.cents
        applied += cents
        home += at_home(cents, row.paper.act.rate)
    return home + at_home(total - applied, rate)


def receive(keeper: Keeper, act: acts.ReceivePayment) -> None:
    party = keeper.known.customers[act.customer]
    paper = Paper("Payment", keeper.next("id:Transactions"), act.reference, act, party, act.cents)
    settle(keeper, paper, act.applied)
    keeper.write(paper, _received(keeper, act, paper))
    keeper.shown(act.bank, paper)


def _received(keeper: Keeper, act: acts.ReceivePayment, paper: Paper) -> list[Posting]:
    known, number, day = keeper.known, paper.id, act.date.isoformat()
    if not act.cents:
        return []
    account = known.accounts[act.account].id if act.account else known.undeposited
    receivable = known.receivable_abroad if act.rate else known.receivable
    abroad, own = (act.cents, -act.cents) if act.rate else (None, None)
    key = paper.party.key if paper.party else ""
    value = at_home(act.cents, act.rate)
    home = cleared(paper, act.rate, act.cents) if act.rate else act.cents
    rows: list[Posting] = [
        ("Payment", number, day, account, value, "", None, abroad, 0, "", "", "", None, act.memo),
        ("Payment", number, day, receivable, -home, key, None, own, 0, "", "", "", None, act.memo),
    ]
    return balanced(keeper, rows, "Payment", number, day) if act.rate else rows


def move_payment(keeper: Keeper, act: acts.MovePayment) -> None:
    paper = keeper.papers["Payment"][act.reference]
    paper.party = keeper.known.customers[act.customer]
    settle(keeper, paper, act.applied)
    keeper.save(paper)
    keeper.post(paper, _received(keeper, paper.act, paper))


def deposit(keeper: Keeper, act: acts.MakeDeposit) -> None:
    known, day = keeper.known, act.date.isoformat()
    slips = [keeper.papers[kind][name] for kind, name in act.items]
    total = sum(slip.total for slip in slips) - act.fee
    number = keeper.next("id:Transactions")
    paper = Paper("Deposit", number, str(number), act, None, total)
    bank, held = known.accounts[act.account].id, known.undeposited
    rows: list[Posting] = [("Deposit", paper.id, day, bank, total, "", None, None, 0, "", "", "", None, act.memo)]
    for position, slip in enumerate(slips, 1):
        paper.applied.append(Settled(slip, slip.total, 0))
        keeper.link(paper, slip)
        rows.append(("Deposit", paper.id, day, held, -slip.total, "", None, None, position, "", "", "", None, ""))
    if act.fee:
        account, last = known.accounts[act.fee_account].id, len(slips) + 1
        rows.append(("Deposit", paper.id, day, account, act.fee, "", None, None, last, "", "", "", None, "Fee"))
    keeper.write(paper, rows)
    keeper.shown(act.bank, paper)
