"""What people did on QuickBooks' own screens with a transaction and a bank's statement: matched it, reconciled it.

Neither can be read or written through the API. A match holds: the transaction can be neither changed nor deleted. A
reconciliation does not: the real service changes and deletes a reconciled transaction without a word.
Source: QuickBooks API, error 6480 and what is neither readable nor writable.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import refusals
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.session import Session

MATCHED: Final = "matched"
RECONCILED: Final = "reconciled"
CLEARED: Final = "cleared"
_STATEMENTS: Final = frozenset({"Bank", "Credit Card"})


def mark(session: Session, entity: str, record_id: str, what: str, *, on: bool) -> None:
    """Set or take a mark. Raises WrongUse for a record that is not on a bank's or a card's statement."""
    if entity not in CATALOGUE or session.find(entity, record_id) is None:
        raise WrongUse(f"There is no {entity} {record_id}.")
    on_statement = any(
        accounts.account_type(session, row.account) in _STATEMENTS for row in session.store.postings(entity, record_id)
    )
    if on and not on_statement:
        raise WrongUse(
            f"{entity} {record_id} moves no bank or credit card account.",
            means="Only what stands on a statement can be matched or reconciled.",
        )
    session.store.set_mark(entity, record_id, what, on=on)


def check(session: Session, entity: str, old: dict[str, Any], *, gone: bool = False) -> None:
    """Raises 6480 (or 6000) for a matched transaction that would be changed or ``gone``."""
    if "matched" in session.waived or MATCHED not in session.store.marks(entity, str(old["Id"])):
        return
    if not gone and session.beliefs.choice("matched_update") == "6000":
        raise refusals.matched_to_download()
    raise refusals.matched()


def forget(session: Session, entity: str, record_id: str) -> None:
    """A deleted transaction takes its marks with it; the bank's lines are to be reviewed again."""
    session.store.bank.release(entity, record_id)
    for what in session.store.marks(entity, record_id):
        session.store.set_mark(entity, record_id, what, on=False)
