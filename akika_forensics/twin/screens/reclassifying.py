"""Reclassify in bulk: another account, class or location for many transactions at once.

The closing date does not stop it. Accounts of lines with items stay, a class can be given to them; payment accounts
and inventory adjustments stay. Each transaction is edited like any other, all at one moment.
Source: Intuit's help on the Reclassify tool; forensic notes.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin import operations
from akika_forensics.twin.documents import closing, lines
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.screens import closing_date
from akika_forensics.twin.screens.asking import Body, ScreenRefused, found, keys
from akika_forensics.twin.session import Session

_BY_ACCOUNT: Final = frozenset({"AccountBasedExpenseLineDetail", "DepositLineDetail", "JournalEntryLineDetail"})
_BY_ITEM: Final = frozenset({"ItemBasedExpenseLineDetail", "SalesItemLineDetail"})
_KINDS: Final = frozenset(
    {
        "Bill",
        "VendorCredit",
        "Purchase",
        "Deposit",
        "JournalEntry",
        "Invoice",
        "SalesReceipt",
        "CreditMemo",
        "RefundReceipt",
    }
)


def reclassify(
    session: Session,
    transactions: Any,
    from_account: str = "",
    account: str = "",
    class_: str = "",
    location: str = "",
) -> Body:
    """Change the lines that post to ``from_account`` (without it, all lines) of the transactions, all or none.

    Raises WrongUse when nothing is to be changed, ScreenRefused for a transaction of which nothing can be.
    """
    if not (account or class_ or location):
        raise WrongUse("Nothing is to be changed.", do="Give an account, a class or a location.")
    for entity, record_id in (
        ("Account", account),
        ("Account", from_account),
        ("Class", class_),
        ("Department", location),
    ):
        if record_id:
            found(session, entity, record_id)
    if account and not from_account:
        raise WrongUse("An account is changed from another.", do="Give from_account.")
    if accounts.account_type(session, account) in {accounts.RECEIVABLE, accounts.PAYABLE}:
        raise ScreenRefused("Transactions can't be reclassified to receivables or payables.")
    done = []
    for entity, record_id in keys(transactions):
        if entity not in _KINDS:
            raise ScreenRefused(f"You can't reclassify a transaction of type {entity}.")
        old = found(session, entity, record_id)
        fresh = copy.deepcopy(old)
        _change(session, fresh, entity, from_account, account, class_)
        if location:
            fresh["DepartmentRef"] = {"value": location}
        session.waived |= {"matched"}
        session.remarks.clear()
        if closing.is_closed(session, entity, old):
            closing_date.waive(session)
        session.remarks["reclassified"] = True
        operations.update(session, entity, {**fresh, "sparse": True})
        done.append({"entity": entity, "id": record_id})
    return {"transactions": done}


def _change(session: Session, body: Body, entity: str, from_account: str, account: str, class_: str) -> None:
    rows = session.store.postings(entity, str(body["Id"]))
    sold = {row.item for row in rows if not from_account or row.account == from_account}
    moved = False
    for line in lines.all_lines(body):
        kind = str(line.get("DetailType"))
        detail = line.get(kind)
        if not isinstance(detail, dict):
            continue
        here = kind in _BY_ACCOUNT and (not from_account or ref_id(detail, "AccountRef") == from_account)
        item = kind in _BY_ITEM and (ref_id(detail, "ItemRef") or "") in sold
        if here and account:
            detail["AccountRef"] = {"value": account}
        if (here or item) and class_:
            detail["ClassRef"] = {"value": class_}
        moved |= here or (item and bool(class_))
    if moved or not (account or class_):
        return
    if account and sold & {row.item for row in rows if row.item}:
        raise ScreenRefused("You can't change the account of a transaction with products or services on it.")
    if account and from_account == _paid_from(body):
        raise ScreenRefused("You can't change the payment account of a transaction.")
    raise ScreenRefused("This transaction has no line on that account.")


def _paid_from(body: Body) -> str | None:
    return ref_id(body, "AccountRef") or ref_id(body, "DepositToAccountRef")
