"""The acts of buying, written down: bills, their payments, expenses, orders."""

from __future__ import annotations

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.bulk.figures import at_home, short
from akika_forensics.twin.life.bulk.keeper import Keeper
from akika_forensics.twin.life.bulk.paper import Paper, Posting
from akika_forensics.twin.life.bulk.sales import balanced, cleared, settle
from akika_forensics.twin.life.lines import CostLine


def bill(keeper: Keeper, act: acts.EnterBill) -> None:
    party = keeper.known.vendors[act.vendor]
    total = sum(line.cents for line in act.lines)
    paper = Paper(act.kind, keeper.next("id:Transactions"), f"{act.vendor}\n{act.number}", act, party, total)
    paper.lines, paper.balance = act.lines, total
    if act.order:
        order = keeper.papers["PurchaseOrder"][act.order]
        paper.links.append((order.id, "PurchaseOrder"))
        order.state = "Closed"
        keeper.link(paper, order)
    keeper.write(paper, _billed(keeper, act, paper))
    for position, line in enumerate(act.lines, 1):
        if line.item and keeper.known.items[line.item].counted:
            _arrive(keeper, act, paper, position, line)


def _billed(keeper: Keeper, act: acts.EnterBill, paper: Paper) -> list[Posting]:
    known, day = keeper.known, act.date.isoformat()
    sign = -1 if act.kind == "VendorCredit" else 1
    department = known.departments.get(act.department, "")
    payable = known.payable_abroad if act.rate else known.payable
    own = -sign * paper.total if act.rate else None
    key = paper.party.key if paper.party else ""
    value = -sign * at_home(paper.total, act.rate)
    head = (act.kind, paper.id, day, payable, value, key, None, own, 0, "", department, "", None, act.memo)
    rows = [head, *costs(keeper, paper, act.kind, day, paper.lines, sign, department, act.rate)]
    return balanced(keeper, rows, act.kind, paper.id, day) if act.rate else rows


def costs(
    keeper: Keeper,
    paper: Paper,
    kind: str,
    day: str,
    lines: tuple[CostLine, ...],
    sign: int,
    department: str,
    rate: int,
) -> list[Posting]:
    """The sides of the lines of a bill or an expense."""
    known, rows = keeper.known, []
    for position, line in enumerate(lines, 1):
        item, quantity = "", None
        if line.item:
            held = known.items[line.item]
            account = held.asset if held.counted else held.expense
            item, quantity = held.id, short(line.quantity)
        else:
            account = known.accounts[line.account].id
        named = known.customers[line.customer].key if line.customer else ""
        rows.append(
            (kind, paper.id, day, account, sign * at_home(line.cents, rate), named, None, None, position,
             known.classes.get(line.klass, ""), department, item, quantity, line.text)
        )  # fmt: skip
    return rows


def _arrive(keeper: Keeper, act: acts.EnterBill, paper: Paper, position: int, line: CostLine) -> None:
    known = keeper.known
    item = known.items[line.item]
    units = line.quantity // 100
    item.layers.append([units, line.price])
    item.on_hand += units
    keeper.touch(item)
    paper.movements.append(
        (keeper.next("movement"), item.id, act.date.isoformat(), act.kind, paper.id, str(units), line.cents, item.expense,
         item.asset, line.cents, position, known.classes.get(line.klass, ""), known.departments.get(act.department, ""),
         line.text)
    )  # fmt: skip


def correct_bill(keeper: Keeper, act: acts.CorrectBill) -> None:
    paper = keeper.papers["Bill"][f"{act.vendor}\n{act.number}"]
    total = sum(line.cents for line in act.lines)
    paper.balance += total - paper.total
    paper.lines, paper.total = act.lines, total
    keeper.save(paper)
    keeper.post(paper, _billed(keeper, paper.act, paper))


def delete_bill(keeper: Keeper, act: acts.DeleteBill) -> None:
    keeper.remove(keeper.papers["Bill"][f"{act.vendor}\n{act.number}"])


def pay_bills(keeper: Keeper, act: acts.PayBills) -> None:
    known, day = keeper.known, act.date.isoformat()
    party = known.vendors[act.vendor]
    paper = Paper("BillPayment", keeper.next("id:Transactions"), act.number, act, party, act.cents)
    paper.label = "BillPaymentCheck" if act.by == "Check" else "BillPaymentCreditCard"
    settle(keeper, paper, act.applied, act.vendor)
    account = known.accounts[act.account].id
    payable = known.payable_abroad if act.rate else known.payable
    own, abroad = (act.cents, -act.cents) if act.rate else (None, None)
    home = cleared(paper, act.rate, act.cents) if act.rate else act.cents
    value = -at_home(act.cents, act.rate)
    rows: list[Posting] = [
        ("BillPayment", paper.id, day, payable, home, party.key, None, own, 0, "", "", "", None, act.memo),
        ("BillPayment", paper.id, day, account, value, "", None, abroad, 0, "", "", "", None, act.memo),
    ]
    keeper.write(paper, balanced(keeper, rows, "BillPayment", paper.id, day) if act.rate else rows)
    keeper.shown(act.bank, paper)


def void_payment(keeper: Keeper, act: acts.VoidPayment) -> None:
    paper = keeper.papers["BillPayment"][act.number]
    paper.total, paper.void = 0, True
    keeper.save(paper, "voided")
    for row in paper.applied:
        other = row.paper
        other.balance += row.cents
        other.links = [link for link in other.links if link != (paper.id, paper.label)]
        keeper.move(other)
    paper.applied = []
    keeper.post(paper, [])


def spend(keeper: Keeper, act: acts.Spend) -> None:
    party = keeper.known.vendors[act.payee]
    total = sum(line.cents for line in act.lines)
    paper = Paper("Purchase", keeper.next("id:Transactions"), act.number, act, party, total)
    paper.lines = act.lines
    keeper.write(paper, _spent(keeper, act, paper))
    keeper.shown(act.bank, paper)


def _spent(keeper: Keeper, act: acts.Spend, paper: Paper) -> list[Posting]:
    known, day = keeper.known, act.date.isoformat()
    sign = -1 if act.credit else 1
    department = known.departments.get(act.department, "")
    account = known.accounts[act.account].id
    key = paper.party.key if paper.party else ""
    return [
        (
            "Purchase",
            paper.id,
            day,
            account,
            -sign * paper.total,
            key,
            None,
            None,
            0,
            "",
            department,
            "",
            None,
            act.memo,
        ),
        *costs(keeper, paper, "Purchase", day, paper.lines, sign, department, 0),
    ]


def reclassify(keeper: Keeper, act: acts.Reclassify) -> None:
    paper = keeper.papers["Purchase"][act.number]
    paper.lines = tuple(line if line.item else line._replace(account=act.account) for line in paper.lines)
    keeper.save(paper)
    keeper.post(paper, _spent(keeper, paper.act, paper))


def order(keeper: Keeper, act: acts.OrderGoods) -> None:
    party = keeper.known.vendors[act.vendor]
    total = sum(line.cents for line in act.lines)
    paper = Paper("PurchaseOrder", keeper.next("id:Transactions"), act.number, act, party, total)
    paper.state = "Open"
    keeper.write(paper, [])
