"""Which acts are notified, and under which name and operation.

Source: QuickBooks API, webhooks: the table of entities and operations. Attachments, tax codes and rates, the company's
own record, templates, exchange rates, stock adjustments, card payments, charges and customer types have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin.beliefs import Beliefs

OPERATIONS: Final = {
    "created": "Create",
    "updated": "Update",
    "deleted": "Delete",
    "merged": "Merge",
    "voided": "Void",
    "emailed": "Emailed",
}
"""What happened, and the word of the older form for it."""
_WORDS: Final = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "merge": "merged",
    "void": "voided",
    "emailed": "emailed",
}
_NAMES: Final = {"CompanyCurrency": "Currency"}

TABLE: Final[dict[str, frozenset[str]]] = {
    name: frozenset(_WORDS[word] for word in row.webhooks if word in _WORDS)
    for name, row in CATALOGUE.items()
    if row.webhooks
}
"""What is notified of an entity, by the catalogue's names; what is only inferred is not in it."""
NAMED: Final[dict[str, str]] = {_NAMES.get(name, name): name for name in TABLE}
"""The entities by the names that notifications give them."""

type Wanted = Mapping[str, frozenset[str]] | None
"""Operations by name as in the notifications; None is everything."""


@dataclass(frozen=True, slots=True)
class Act:
    """What happened to one record; ``seq`` is its place among all acts, ``at`` when, aware.

    ``indirect`` where something else changed it, ``inactive`` where it was switched off, ``merged_from`` the Id that
    a merge took away, ``moved`` where only its balance moved along.
    """

    seq: int
    at: datetime
    verb: str
    entity: str
    id: str
    indirect: bool = False
    inactive: bool = False
    moved: bool = False
    merged_from: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One changed record as it is notified. ``operation`` is a key of OPERATIONS."""

    seq: int
    at: datetime
    name: str
    id: str
    operation: str
    merged_from: str = ""

    @property
    def about(self) -> str:
        """Such as ``Create Invoice:130``."""
        return f"{OPERATIONS[self.operation]} {self.name}:{self.id}"


def of(act: Act, beliefs: Beliefs, wanted: Wanted = None) -> Notice | None:
    """What is notified of an act; None for nothing."""
    allowed = _allowed(act.entity, beliefs)
    operation = act.verb
    if act.indirect and beliefs.choice("webhook_indirect") == "silent":
        return None
    if act.moved and beliefs.choice("webhook_moved_along") == "silent":
        return None
    if act.inactive and "deleted" in allowed and beliefs.choice("webhook_inactive") == "deleted":
        operation = "deleted"
    if operation not in allowed:
        return None
    name = _NAMES.get(act.entity, act.entity)
    if wanted is not None and operation not in wanted.get(name, frozenset()):
        return None
    return Notice(act.seq, act.at, name, act.id, operation, act.merged_from if operation == "merged" else "")


def _allowed(entity: str, beliefs: Beliefs) -> frozenset[str]:
    allowed = TABLE.get(entity, frozenset())
    if entity == "PaymentMethod" and beliefs.choice("webhook_payment_method") == "deleted":
        allowed |= {"deleted"}
    return allowed


def read_wanted(asked: Any) -> Wanted:
    """``{"Invoice": ["Create", "Void"], "Customer": true}``, a list of names, or None. Raises WrongUse."""
    if asked is None:
        return None
    if isinstance(asked, list):
        asked = dict.fromkeys(map(str, asked), True)
    if not isinstance(asked, dict):
        raise WrongUse("entities is an object or a list.", do='Write {"Invoice": ["Create"], "Customer": true}.')
    return {name: _operations(name, words) for name, words in asked.items()}


def _operations(name: str, words: Any) -> frozenset[str]:
    if name not in NAMED:
        raise WrongUse(f"{name!r} is not notified.", do=f"Name some of {', '.join(sorted(NAMED))}.")
    if words is True:
        return frozenset(OPERATIONS)
    by_word = {word: operation for operation, word in OPERATIONS.items()}
    if not isinstance(words, list) or not all(isinstance(word, str) and word in by_word for word in words):
        raise WrongUse(f"{name}: {words!r} are no operations.", do=f"Name some of {', '.join(by_word)}, or say true.")
    return frozenset(by_word[word] for word in words)


def written(wanted: Wanted) -> Any:
    """As ``read_wanted`` reads it."""
    if wanted is None:
        return None
    return {name: _told(operations) for name, operations in wanted.items()}


def _told(operations: Iterable[str]) -> Any:
    words = [word for operation, word in OPERATIONS.items() if operation in operations]
    return True if len(words) == len(OPERATIONS) else words
