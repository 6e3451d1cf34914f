"""The bank feed: connect an account, download lines, match, add, exclude, undo, disconnect.

In review, ``entity`` and ``id`` of a line are what the service suggests. A matched transaction is changed and deleted
at the screens alone. What the feed does by itself is told under the name Online Banking Administration.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin import operations, wire
from akika_forensics.twin.people import actors
from akika_forensics.twin.screens import closing_date, marks
from akika_forensics.twin.screens.asking import Body, ScreenRefused, amount_of, found
from akika_forensics.twin.session import Session
from akika_forensics.twin.statements import lines
from akika_forensics.twin.statements.lines import BankLine
from akika_forensics.twin.statements.statement import KINDS

_CONNECTED: Final = "bank_feed:"


def connect(session: Session, account: str, bank: str = "Bank of the Twin") -> Body:
    """Connect an account to its bank and download what is there."""
    held = _at_bank(session, account)
    if is_connected(session, account):
        raise ScreenRefused(f"{held.get('Name')} is connected already.")
    session.store.set_setting(_CONNECTED + account, bank)
    _tell(session, "connected", held, bank)
    return {"account": account, "downloaded": _download(session, account)}


def update(session: Session, account: str) -> Body:
    """Download what came since. Raises ScreenRefused for an account that is not connected."""
    held = _connected(session, account)
    _tell(session, "downloaded", held, str(session.store.setting(_CONNECTED + account)))
    return {"account": account, "downloaded": _download(session, account)}


def disconnect(session: Session, account: str) -> Body:
    """End the connection; what is still to be reviewed is gone from the list, what was matched stays matched."""
    held = _connected(session, account)
    bank = str(session.store.setting(_CONNECTED + account))
    session.store.set_setting(_CONNECTED + account, "")
    left = session.store.bank.in_state(lines.REVIEW, account)
    for line in left:
        session.store.bank.assign(line, line.entity, line.id, lines.UNSEEN)
    _tell(session, "disconnected", held, bank)
    return {"account": account, "dropped": len(left)}


def review(session: Session, account: str) -> Body:
    """The lines to be reviewed, oldest first."""
    _at_bank(session, account)
    return {
        "lines": [
            {
                "fitid": line.fitid,
                "date": line.date,
                "amount": amount_of(line.cents),
                "payee": line.payee,
                "memo": line.memo,
                "number": line.number,
                "suggested": {"entity": line.entity, "id": line.id} if line.entity else None,
            }
            for line in session.store.bank.in_state(lines.REVIEW, account)
        ]
    }


def match(session: Session, account: str, fitid: str, entity: str = "", id: str = "") -> Body:  # noqa: A002
    """Match a line to a transaction, without one to that which is suggested. The amounts must be the same."""
    line = _line(session, account, fitid, lines.REVIEW)
    entity, record_id = (entity, str(id)) if entity else (line.entity, line.id)
    if not entity:
        raise ScreenRefused("No match is suggested for this transaction.", do="Name the transaction that it matches.")
    booked = session.store.moved_by_source(account, "9999").get((entity, record_id))
    if booked != line.cents:
        raise ScreenRefused("The difference between the downloaded and the selected transaction must be 0.00.")
    taken = [
        other
        for other in session.store.bank.standing_for(entity, record_id)
        if other.account == account and other.fitid != fitid and other.state in {lines.MATCHED, lines.ADDED}
    ]
    if taken:
        raise ScreenRefused("This transaction is matched to another downloaded transaction already.")
    _settle(session, line, entity, record_id, lines.MATCHED)
    session.note("matched", entity, record_id, session.find(entity, record_id) or {}, fitid=fitid, account=account)
    return {"entity": entity, "id": record_id}


def add(
    session: Session,
    account: str,
    fitid: str,
    category: str,
    payee: dict[str, Any] | None = None,
    class_: str = "",
    password: str = "",
) -> Body:
    """Add a line as new: money out as an expense, money in as a deposit, on an account of the books.

    ``payee`` is ``{"type": "Vendor", "value": "12"}``.
    """
    line = _line(session, account, fitid, lines.REVIEW)
    detail: Body = {"AccountRef": {"value": category}}
    if class_:
        detail["ClassRef"] = {"value": class_}
    entry: Body = {"Amount": amount_of(abs(line.cents)), "Description": line.memo or line.payee}
    body: Body = {"TxnDate": line.date, "PrivateNote": line.memo or line.payee, "Line": [entry]}
    if line.cents < 0:
        entity = "Purchase"
        card = found(session, "Account", account).get("AccountType") == "Credit Card"
        body |= {"PaymentType": "CreditCard" if card else "Cash", "AccountRef": {"value": account}}
        body |= {"EntityRef": payee} if payee else {}
        entry |= {"DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    else:
        entity = "Deposit"
        body |= {"DepositToAccountRef": {"value": account}}
        detail |= {"Entity": payee} if payee else {}
        entry |= {"DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    return _added(session, line, entity, body, password)


def transfer(session: Session, account: str, fitid: str, other: str, password: str = "") -> Body:
    """Add a line as a transfer from or to another account of the company."""
    line = _line(session, account, fitid, lines.REVIEW)
    source, target = (account, other) if line.cents < 0 else (other, account)
    body = {
        "TxnDate": line.date,
        "Amount": amount_of(abs(line.cents)),
        "FromAccountRef": {"value": source},
        "ToAccountRef": {"value": target},
        "PrivateNote": line.memo or line.payee,
    }
    return _added(session, line, "Transfer", body, password)


def exclude(session: Session, account: str, fitid: str) -> Body:
    """Take a line out of the review; nothing is posted."""
    line = _line(session, account, fitid, lines.REVIEW)
    session.store.bank.assign(line, line.entity, line.id, lines.EXCLUDED)
    held = found(session, "Account", account)
    session.note("excluded", "Account", account, {"Name": held.get("FullyQualifiedName")}, fitid=fitid)
    return {"fitid": fitid}


def undo(session: Session, account: str, fitid: str, password: str = "") -> Body:
    """Put a line back into review; what was added is deleted, what was matched stays unmatched."""
    line = session.store.bank.find(account, fitid)
    if line is None or line.state not in {lines.MATCHED, lines.ADDED, lines.EXCLUDED}:
        raise ScreenRefused("There is nothing to undo for this transaction.")
    if line.state == lines.EXCLUDED:
        session.store.bank.assign(line, line.entity, line.id, lines.REVIEW)
        held = found(session, "Account", account)
        session.note("included", "Account", account, {"Name": held.get("FullyQualifiedName")}, fitid=fitid)
        return {"fitid": fitid}
    body = found(session, line.entity, line.id)
    session.waived |= {"matched"}
    if line.state == lines.ADDED:
        closing_date.pass_(session, line.entity, password, False, body)
        operations.delete(session, line.entity, dict(body))
        return {"fitid": fitid, "deleted": {"entity": line.entity, "id": line.id}}
    session.store.bank.assign(line, line.entity, line.id, lines.REVIEW)
    _mark_again(session, line.entity, line.id)
    session.note("unmatched", line.entity, line.id, body, fitid=fitid, account=account)
    return {"fitid": fitid, "unmatched": {"entity": line.entity, "id": line.id}}


def _added(session: Session, line: BankLine, entity: str, body: Body, password: str) -> Body:
    closing_date.pass_(session, entity, password, False, body)
    record_id = operations.create(session, entity, body)
    _settle(session, line, entity, record_id, lines.ADDED)
    return {"entity": entity, "id": record_id}


def _settle(session: Session, line: BankLine, entity: str, record_id: str, state: str) -> None:
    session.store.bank.assign(line, entity, record_id, state)
    session.store.set_mark(entity, record_id, marks.MATCHED, on=True)
    if marks.RECONCILED not in session.store.marks(entity, record_id):
        session.store.set_mark(entity, record_id, marks.CLEARED, on=True)


def _mark_again(session: Session, entity: str, record_id: str) -> None:
    """A transfer may still be matched at its other side."""
    states = {line.state for line in session.store.bank.standing_for(entity, record_id)}
    on = bool(states & {lines.MATCHED, lines.ADDED})
    session.store.set_mark(entity, record_id, marks.MATCHED, on=on)
    cleared = on and marks.RECONCILED not in session.store.marks(entity, record_id)
    session.store.set_mark(entity, record_id, marks.CLEARED, on=cleared)


def _download(session: Session, account: str) -> int:
    today = session.moment.astimezone(wire.PACIFIC).date().isoformat()
    came = [line for line in session.store.bank.in_state(lines.UNSEEN, account) if line.date <= today]
    for line in came:
        session.store.bank.assign(line, line.entity, line.id, lines.REVIEW)
    return len(came)


def _line(session: Session, account: str, fitid: str, state: str) -> BankLine:
    _at_bank(session, account)
    line = session.store.bank.find(account, fitid)
    if line is None:
        raise WrongUse(f"The bank has no line {fitid} in account {account}.")
    if line.state != state:
        raise ScreenRefused("This transaction is not waiting for review.")
    return line


def _at_bank(session: Session, account: str) -> Body:
    held = found(session, "Account", account)
    if held.get("AccountType") not in KINDS:
        raise ScreenRefused(f"{held.get('Name')} is not a bank or credit card account.")
    return held


def is_connected(session: Session, account: str) -> bool:
    return bool(session.store.setting(_CONNECTED + account))


def _connected(session: Session, account: str) -> Body:
    held = _at_bank(session, account)
    if not is_connected(session, account):
        raise ScreenRefused(f"{held.get('Name')} is not connected to a bank.")
    return held


def _tell(session: Session, verb: str, held: Body, bank: str) -> None:
    body = {"Name": held.get("FullyQualifiedName")}
    session.note(verb, "Account", str(held["Id"]), body, bank=bank, by=actors.BANK_FEED.name)
