"""What the bookkeeper does at random: sells and buys, settles, banks, writes entries, changes and undoes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random

from akika_forensics.twin import QuickBooksFault
from tests.twin.conftest import Body, ref
from tests.twin.recount.documents import CHARGES, CREDITS, Doc, Key, Line
from tests.twin.recount.keying import Keeper


def act(keeper: Keeper, name: str, seed: int) -> None:
    """One act; what is refused is not remembered, and leaves nothing behind."""
    keeper.random = Random(seed)
    try:
        ACTS[name](keeper)
    except QuickBooksFault:
        return


def settle(keeper: Keeper) -> None:
    """Pay open documents of one party, wholly or in part, with a credit if there is one, a little more now and then."""
    opened = [doc for doc in keeper.docs.values() if doc.entity in CHARGES and keeper.open(doc) > 0]
    if not opened:
        return
    first: Doc = keeper.one(opened)
    family = _family(keeper, first.party)
    mine = [first, *(doc for doc in opened if doc.party in family and doc is not first and keeper.chance(0.4))]
    applied: dict[Key, int] = {}
    for doc in mine:
        left = keeper.open(doc)
        applied[doc.key] = left if keeper.chance(0.5) else keeper.random.randint(1, left)
    owed = sum(applied.values())
    kind = "CreditMemo" if first.entity == "Invoice" else "VendorCredit"
    for memo in keeper.docs.values():
        left = keeper.open(memo) if memo.entity == kind and memo.party in family else 0
        if left > 0 and owed and keeper.chance(0.6):
            used = min(left, owed) if keeper.chance(0.5) else keeper.random.randint(1, min(left, owed))
            applied[memo.key] = used
            owed -= used
    total = owed + (keeper.cents(5_000) if keeper.chance(0.25) else 0)
    _paid(keeper, Doc(first.entity, "", "", 0, [], party=keeper.one(family)), total, applied)


def _family(keeper: Keeper, party: str) -> tuple[str, ...]:
    """Ann pays for her job, and the job for her."""
    together = (f"Customer:{keeper.shop.ann}", f"Customer:{keeper.shop.job}")
    return together if party in together else (party,)


def advance(keeper: Keeper) -> None:
    """Money from a customer for nothing yet."""
    customer = f"Customer:{keeper.one(keeper.customers)}"
    _paid(keeper, Doc("Invoice", "", "", 0, [], party=customer), keeper.cents(5_000), {})


def _paid(keeper: Keeper, first: Doc, total: int, applied: dict[Key, int]) -> None:
    shop, day, holder = keeper.shop, keeper.day(), first.party.partition(":")[2]
    parts = [(kind, record, _money(cents)) for (kind, record), cents in applied.items()]
    body: Body = shop.pays(_money(total), *parts)
    if first.entity == "Invoice":
        bank = keeper.one((keeper.funds, shop.checking))
        body |= {"CustomerRef": ref(holder), "DepositToAccountRef": ref(bank)}
        entity, control = "Payment", keeper.receivable
    else:
        card = keeper.chance(0.3)
        bank = shop.card if card else shop.checking
        body |= {"VendorRef": ref(holder), "PayType": "CreditCard" if card else "Check"}
        body |= (
            {"CreditCardPayment": {"CCAccountRef": ref(bank)}}
            if card
            else {"CheckPayment": {"BankAccountRef": ref(bank)}}
        )
        entity, control = "BillPayment", keeper.payable
    lines = [Line("account", total, control)]
    doc = Doc(entity, "", day, total, lines, account=bank, party=first.party, applied=applied)
    _in_euros(keeper, doc, body)
    doc.card = entity == "BillPayment" and bank == shop.card
    keeper.remember(entity, day, body, doc)


def _in_euros(keeper: Keeper, doc: Doc, body: Body) -> None:
    """A payment of a name abroad is at a rate of its own, into or out of the euro account or one at home."""
    keeper.foreign(doc, body)
    if doc.rate == 1:
        return
    doc.account = keeper.one((keeper.euros, keeper.shop.checking))
    if doc.entity == "Payment":
        body["DepositToAccountRef"] = ref(doc.account)
        doc.lines[0].account = keeper.euro_receivable
    else:
        body.pop("CreditCardPayment", None)
        body |= {"PayType": "Check", "CheckPayment": {"BankAccountRef": ref(doc.account)}}
        doc.lines[0].account = keeper.euro_payable


def settle_entry(keeper: Keeper) -> None:
    """Pay what a journal entry says a customer owes, or is owed by us to a vendor, wholly or in part."""
    wanted = [doc for doc in keeper.docs.values() if doc.entity == "JournalEntry" and _claim(keeper, doc)]
    if not wanted:
        return
    entry: Doc = keeper.one(wanted)
    line = _claim(keeper, entry)
    if line is None:
        return
    left = abs(line.cents) - sum(payer.applied.get(entry.key, 0) for payer in keeper.docs.values())
    if left > 0:
        part = left if keeper.chance(0.5) else keeper.random.randint(1, left)
        kind = "Invoice" if line.account == keeper.receivable else "Bill"
        _paid(keeper, Doc(kind, "", "", 0, [], party=line.party), part, {entry.key: part})


def _claim(keeper: Keeper, entry: Doc) -> Line | None:
    """The line of an entry that claims something, where it has one control account alone."""
    lines = [line for line in entry.lines if line.account in (keeper.receivable, keeper.payable)]
    claims = [line for line in lines if (line.cents > 0) == (line.account == keeper.receivable)]
    return claims[0] if len(lines) == len(claims) == 1 else None


def reprice(keeper: Keeper) -> None:
    """Another amount on the first line of a document, refused below what is settled of it."""
    doc = keeper.pick("Invoice", "Bill", "CreditMemo", "Purchase")
    if doc is None or doc.lines[0].quantity or any(line.kind in ("tax", "discount") for line in doc.lines):
        return
    if not doc.cents:
        return
    body = keeper.shop.get(*doc.key)
    amount = keeper.cents()
    body["Line"][0]["Amount"] = _money(amount)
    keeper.shop.twin.update(doc.entity, body)
    doc.lines[0].cents = amount
    doc.cents = sum(line.cents for line in doc.lines)


def bank(keeper: Keeper) -> None:
    """What waits in Undeposited Funds goes to the bank, with a fee now and then."""
    held = {line.target for doc in keeper.docs.values() if doc.entity == "Deposit" for line in doc.lines}
    waiting = [
        doc
        for doc in keeper.docs.values()
        if doc.entity in ("Payment", "SalesReceipt")
        and doc.account == keeper.funds
        and doc.cents
        and doc.key not in held
    ]
    taken = [doc for doc in waiting if keeper.chance(0.6)]
    lines = [Line("held", doc.cents, keeper.funds, target=doc.key) for doc in taken]
    bodies = [keeper.shop.held(doc.key) for doc in taken]
    if keeper.chance(0.4) or not taken:
        klass, amount = keeper.one(keeper.classes), keeper.cents(300)
        account = keeper.one((keeper.shop.sales, keeper.shop.truck))
        lines.append(Line("account", amount, account, klass=klass))
        body = keeper.shop.put_in(_money(amount), account)
        if klass:
            body["DepositLineDetail"]["ClassRef"] = ref(klass)
        bodies.append(body)
    day, total = keeper.day(), sum(line.cents for line in lines)
    doc = Doc("Deposit", "", day, total, lines, account=keeper.shop.checking, department=keeper.one(keeper.places))
    keeper.remember("Deposit", day, {"DepositToAccountRef": ref(doc.account), "Line": bodies}, doc)


def move(keeper: Keeper) -> None:
    day, total = keeper.day(), keeper.cents()
    lines = [Line("account", total, keeper.shop.checking)]
    doc = Doc("Transfer", "", day, total, lines, account=keeper.shop.drawer)
    body = {"FromAccountRef": ref(keeper.shop.checking), "ToAccountRef": ref(doc.account), "Amount": _money(total)}
    keeper.remember("Transfer", day, body, doc)


def enter(keeper: Keeper) -> None:
    """A journal entry, on a control account with a name now and then."""
    shop, day, total = keeper.shop, keeper.day(), keeper.cents()
    customer, vendor = f"Customer:{keeper.one(keeper.customers)}", f"Vendor:{keeper.one(keeper.vendors)}"
    one = keeper.one(((shop.rent, ""), (keeper.receivable, customer), (shop.truck, ""), (shop.sales, customer)))
    other = keeper.one(((shop.checking, ""), (keeper.payable, vendor), (shop.loan, ""), (keeper.garage, "")))
    if keeper.chance(0.4):
        one, other = other, one
    lines = [
        Line("account", sign * total, account, party=name, klass=keeper.one(keeper.classes),
             department=keeper.one(keeper.places))
        for sign, (account, name) in ((1, one), (-1, other))
    ]  # fmt: skip
    bodies = []
    for line in lines:
        detail: Body = {"PostingType": "Debit" if line.cents > 0 else "Credit", "AccountRef": ref(line.account)}
        if line.party:
            kind, _, record = line.party.partition(":")
            detail["Entity"] = {"Type": kind, "EntityRef": ref(record)}
        if line.klass:
            detail["ClassRef"] = ref(line.klass)
        if line.department:
            detail["DepartmentRef"] = ref(line.department)
        bodies.append(
            {
                "Amount": _money(abs(line.cents)),
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": detail,
            }
        )
    keeper.remember("JournalEntry", day, {"Line": bodies}, Doc("JournalEntry", "", day, total, lines))


def count(keeper: Keeper) -> None:
    day, units = keeper.day(), keeper.one((-3, -1, 2))
    detail = {"ItemRef": ref(keeper.shop.pump), "QtyDiff": units}
    line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
    body = {"AdjustAccountRef": ref(keeper.shop.shrinkage), "Line": [line]}
    lines = [Line("adjust", 0, keeper.shop.shrinkage, keeper.shop.pump, Fraction(units))]
    keeper.remember("InventoryAdjustment", day, body, Doc("InventoryAdjustment", "", day, 0, lines))


def redate(keeper: Keeper) -> None:
    doc = keeper.pick("Invoice", "Bill", "Payment", "BillPayment", "CreditMemo", "SalesReceipt", "Purchase")
    if doc is None:
        return
    day = keeper.day()
    keeper.shop.twin.update(doc.entity, {**keeper.shop.get(*doc.key), "TxnDate": day})
    doc.day = day


def remove(keeper: Keeper) -> None:
    doc = keeper.pick(*{doc.entity for doc in keeper.docs.values()})
    if doc is None:
        return
    keeper.shop.undo(doc.key, "delete")
    del keeper.docs[doc.key]
    release(keeper, doc.key)


def void(keeper: Keeper) -> None:
    doc = keeper.pick("Invoice", "SalesReceipt", "Payment", "BillPayment")
    if doc is None:
        return
    keeper.shop.undo(doc.key)
    doc.cents = 0
    for line in doc.lines:
        line.cents = line.base = 0
        line.quantity = Fraction(0)
    doc.lines = [line for line in doc.lines if line.kind != "tax"]
    doc.applied = {}
    release(keeper, doc.key)


def release(keeper: Keeper, key: Key) -> None:
    """What settled or held a document lets go of it; where a credit went, what it paid is open again."""
    for doc in keeper.docs.values():
        doc.lines = [line for line in doc.lines if line.target != key]
        if doc.entity == "Deposit":
            doc.cents = sum(line.cents for line in doc.lines)
        if doc.applied.pop(key, None) is None:
            continue
        charges = {one: cents for one, cents in doc.applied.items() if one[0] not in CREDITS}
        credits_ = {one: cents for one, cents in doc.applied.items() if one[0] in CREDITS}
        over = sum(charges.values()) - sum(credits_.values()) - doc.cents
        _take(doc, list(charges), over)
        _take(doc, list(credits_), sum(credits_.values()) - sum(charges.values()))


def _take(payment: Doc, keys: list[Key], over: int) -> None:
    """The last first."""
    for key in reversed(keys):
        part = max(min(over, payment.applied[key]), 0)
        payment.applied[key] -= part
        over -= part
        if not payment.applied[key]:
            del payment.applied[key]


def _money(cents: int) -> Decimal:
    return Decimal(cents) / 100


ACTS: dict[str, Callable[[Keeper], None]] = {
    "sell": Keeper.sell,
    "buy": Keeper.buy,
    "settle": settle,
    "settle_entry": settle_entry,
    "reprice": reprice,
    "advance": advance,
    "bank": bank,
    "move": move,
    "enter": enter,
    "count": count,
    "redate": redate,
    "remove": remove,
    "void": void,
}
USUAL = (*["sell"] * 6, *["buy"] * 4, *["settle"] * 6, "settle_entry", "bank", "enter", *ACTS)
"""Names to draw from: what happens more often stands there more often."""
