"""The balances that a request moves: items costed anew, then accounts, parties and all above them."""

from __future__ import annotations

from decimal import Decimal

from akika_forensics.model.money import money
from akika_forensics.twin.ledger import accounts, inventory
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session


def settle_balances(session: Session) -> None:
    """Re-cost the items that moved, then carry what moved into accounts and parties."""
    for item_id in sorted(session.items):
        inventory.replay(session, item_id)
    session.items.clear()
    for account_id, cents in sorted(session.account_cents.items()):
        if cents:
            _move_account(session, account_id, cents)
    for party, cents in sorted(session.party_cents.items()):
        if cents:
            _move_party(session, party, Decimal(cents) / 100)
    session.account_cents.clear()
    session.party_cents.clear()


def _move_account(session: Session, account_id: str, cents: int) -> None:
    """Balance-sheet accounts show what they hold, debit positive. Source: recorded Mastercard of -157.72, owed."""
    account = session.find("Account", account_id)
    if account is None or accounts.is_profit_and_loss(account):
        return
    moved = Decimal(cents) / 100
    own = session.edit("Account", account_id)
    assert own is not None  # noqa: S101 - found above
    own["CurrentBalance"] = money(own.get("CurrentBalance")) + moved
    _move_up(session, "Account", account_id, "CurrentBalanceWithSubAccounts", moved)


def _move_party(session: Session, party: str, moved: Decimal) -> None:
    entity, _, record_id = party.partition(":")
    body = session.edit(entity, record_id)
    if body is None:
        return
    body["Balance"] = money(body.get("Balance")) + moved
    if entity != "Customer":
        return
    _move_up(session, "Customer", record_id, "BalanceWithJobs", moved)


def _move_up(session: Session, entity: str, record_id: str, field: str, moved: Decimal) -> None:
    """Add to a record's sum and to those of all above it."""
    seen: set[str] = set()
    above: str | None = record_id
    while above is not None and above not in seen:
        seen.add(above)
        body = session.edit(entity, above)
        if body is None:
            return
        body[field] = money(body.get(field)) + moved
        above = ref_id(body, "ParentRef")
