"""Reconcile an account against its statement, and undo it.

Source: Intuit's help on reconciling: the difference must be 0 or an adjustment is posted to Reconciliation
Discrepancies; accountants alone undo. The beginning balance is what is ticked off so far, at its present amounts: it
moves when somebody changes what was reconciled.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import format_instant
from akika_forensics.model.money import money_text
from akika_forensics.twin import operations, wire
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.screens import closing_date, hidden, marks
from akika_forensics.twin.screens.asking import Body, Key, ScreenRefused, amount_of, day, found, keys, whole
from akika_forensics.twin.screens.reconciliations import Reconciliation, Tick
from akika_forensics.twin.session import Session

_DISCREPANCIES: Final = "Reconciliation Discrepancies"
_CARD: Final = "Credit Card"


def reconcile(
    session: Session,
    account: str,
    ending_date: str,
    ending_balance: Any = None,
    transactions: Any = None,
    adjust: bool = False,
    password: str = "",
) -> Body:
    """Tick transactions off a statement.

    ``ending_balance`` is the statement's, for a card what is owed; without it that of the bank. Without
    ``transactions`` those are ticked that the bank's lines up to the ending date stand for. ``adjust`` posts the
    difference. Raises ScreenRefused when there is a difference, WrongUse for what cannot be ticked.
    """
    held = found(session, "Account", account)
    if accounts.is_profit_and_loss(held) or held.get("AccountType") in {accounts.RECEIVABLE, accounts.PAYABLE}:
        raise ScreenRefused(f"An account of type {held.get('AccountType')} can't be reconciled.")
    until = day(ending_date).isoformat()
    booked = session.store.moved_by_source(account, until)
    done = session.store.reconciliations
    before = {(tick.entity, tick.id) for tick in done.ticks(account)}
    earlier = done.of(account)
    if earlier and until <= earlier[-1].until:
        raise ScreenRefused(f"The ending date must be after {earlier[-1].until}, that of the last reconciliation.")
    everything = session.store.moved_by_source(account, "9999")
    opening = sum(everything.get(key, 0) for key in before)
    wanted = keys(transactions) if transactions is not None else _shown(session, account, until, booked, before)
    for entity, record_id in wanted:
        if (entity, record_id) in before:
            raise WrongUse(f"{entity} {record_id} has been reconciled already.")
        if (entity, record_id) not in booked:
            raise WrongUse(f"{entity} {record_id} does not move account {account} by {until}.")
    ending = _ending(session, held, until, ending_balance)
    difference = ending - opening - sum(booked[key] for key in wanted)
    adjustment = ""
    if difference and not adjust:
        raise ScreenRefused(
            f"Your difference isn't 0.00 yet: it is {money_text(amount_of(difference))}.",
            do="Tick what is missing, or let an adjustment be added.",
        )
    if difference:
        adjustment = _adjust(session, account, until, difference, password)
        wanted = [*wanted, ("JournalEntry", adjustment)]
        booked = session.store.moved_by_source(account, until)
    ticks = [Tick(account, *key, 0, booked[key]) for key in wanted]
    moment, who = wire.microseconds(session.moment), session.actor.user
    number = done.add(Reconciliation(0, account, until, opening, ending, moment, who, adjustment), ticks)
    for entity, record_id in wanted:
        session.store.set_mark(entity, record_id, marks.CLEARED, on=False)
        session.store.set_mark(entity, record_id, marks.RECONCILED, on=True)
    body = {"Name": held.get("FullyQualifiedName"), "TxnDate": until, "TotalAmt": amount_of(ending)}
    session.note("reconciled", "Account", account, body, statement=number)
    return {"statement": number, "ticked": len(ticks), "opening": amount_of(opening), "adjustment": adjustment}


def _shown(session: Session, account: str, until: str, booked: dict[Key, int], before: set[Key]) -> list[Key]:
    shown = session.store.bank.sums(account, until)
    return sorted(key for key in shown if key in booked and key not in before)


def _ending(session: Session, held: Body, until: str, said: Any) -> int:
    if said is None:
        return session.store.bank.balance(str(held["Id"]), until)
    return -whole(said) if held.get("AccountType") == _CARD else whole(said)


def _adjust(session: Session, account: str, until: str, difference: int, password: str) -> str:
    other = hidden.account_named(session, _DISCREPANCIES, "Other Expense", "OtherMiscellaneousExpense")
    sides = (account, other) if difference > 0 else (other, account)
    lines = [
        {
            "Amount": amount_of(abs(difference)),
            "Description": "Adjustment for a reconciliation",
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": posting, "AccountRef": {"value": side}},
        }
        for posting, side in zip(("Debit", "Credit"), sides, strict=True)
    ]
    body = {"TxnDate": until, "Line": lines, "PrivateNote": "Adjustment for a reconciliation", "Adjustment": True}
    closing_date.pass_(session, "JournalEntry", password, False, body)
    return operations.create(session, "JournalEntry", body)


def undo(session: Session, account: str) -> Body:
    """Undo the last reconciliation of an account; an adjustment stays in the books. For accountants."""
    held = found(session, "Account", account)
    done = session.store.reconciliations
    last = done.of(account)[-1:]
    if not last:
        raise ScreenRefused("There is no reconciliation to undo.")
    ticks = [tick for tick in done.ticks(account) if tick.number == last[0].number]
    done.undo(last[0].number)
    for tick in ticks:
        _unmark(session, tick.entity, tick.id)
    session.note("undid reconciliation", "Account", account, {"Name": held.get("FullyQualifiedName")})
    return {"statement": last[0].number, "unticked": len(ticks)}


def mark(session: Session, account: str, entity: str, id: str, status: str) -> Body:  # noqa: A002 - the field's name
    """Change the status of a line in an account's register: ``R``, ``C`` or empty. Raises WrongUse.

    Source: Intuit's help: who clicks on the status goes past every reconciliation.
    """
    if status not in {"R", "C", ""}:
        raise WrongUse(f"{status!r} is no status.", do="Write R, C or nothing.")
    body = found(session, entity, id)
    everything = session.store.moved_by_source(account, "9999")
    if (entity, id) not in everything:
        raise WrongUse(f"{entity} {id} does not move account {account}.")
    session.store.reconciliations.untick(account, entity, id)
    _unmark(session, entity, id)
    session.store.set_mark(entity, id, marks.RECONCILED, on=status == "R" or bool(_sides(session, entity, id)))
    session.store.set_mark(entity, id, marks.CLEARED, on=status == "C")
    session.note("updated", entity, id, body, status=status, account=account)
    return {"entity": entity, "id": id, "status": status}


def _sides(session: Session, entity: str, record_id: str) -> frozenset[str]:
    return session.store.reconciliations.sides(entity, record_id)


def _unmark(session: Session, entity: str, record_id: str) -> None:
    if not _sides(session, entity, record_id):
        session.store.set_mark(entity, record_id, marks.RECONCILED, on=False)
        matched = marks.MATCHED in session.store.marks(entity, record_id)
        session.store.set_mark(entity, record_id, marks.CLEARED, on=matched)


def history(session: Session, account: str) -> Body:
    """``{"statements": […], "discrepancies": […]}``: what was reconciled, and what changed since."""
    found(session, "Account", account)
    done = session.store.reconciliations
    now = session.store.moved_by_source(account, "9999")
    return {
        "statements": [
            {
                "statement": row.number,
                "until": row.until,
                "opening": amount_of(row.opening),
                "ending": amount_of(row.ending),
                "at": format_instant(wire.moment_of(row.at)),
                "user": row.user,
                "adjustment": row.adjustment,
            }
            for row in done.of(account)
        ],
        "discrepancies": [
            {
                "entity": tick.entity,
                "id": tick.id,
                "statement": tick.number,
                "reconciled": amount_of(tick.cents),
                "now": amount_of(now.get((tick.entity, tick.id), 0)),
            }
            for tick in done.ticks(account)
            if now.get((tick.entity, tick.id), 0) != tick.cents
        ],
    }
