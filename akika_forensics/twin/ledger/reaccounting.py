"""An item that earns or costs on another account from now on, and what that does to its past.

``include=updateaccountontxns`` moves the transactions that are there as well; without it, or with
``donotupdateaccountontxns``, they stay where they were posted. Source: Intuit's .NET SDK, updates of items.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin.documents import lines
from akika_forensics.twin.ledger import effects
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

REWRITE: Final = "updateaccountontxns"
_ACCOUNTS: Final = ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "COGSAccountRef")


def follow(session: Session, old: dict[str, Any], fresh: dict[str, Any], include: frozenset[str]) -> None:
    """Post the transactions of an item anew when it has other accounts and the request asks for it."""
    if REWRITE not in include or all(ref_id(old, field) == ref_id(fresh, field) for field in _ACCOUNTS):
        return
    item_id = str(fresh["Id"])
    for entity, row in CATALOGUE.items():
        if not row.is_transaction:
            continue
        for body in session.each(entity):
            if _cites(body, item_id) and session.store.postings(entity, str(body["Id"])):
                effects.apply(session, entity, str(body["Id"]), body)


def _cites(body: dict[str, Any], item_id: str) -> bool:
    return any(ref_id(line.get(str(line.get("DetailType"))), "ItemRef") == item_id for line in lines.all_lines(body))
