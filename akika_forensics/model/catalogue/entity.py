"""What one QuickBooks entity type is: operations, references, required and server-set fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ANY_ENTITY = "*"


class Kind(StrEnum):
    """The role an entity plays in the books."""

    TRANSACTION = "transaction"
    TEMPLATE = "template"
    NAME_LIST = "name list"
    ATTACHMENT = "attachment"
    CONFIG = "config"
    HELPER = "helper"
    OTHER = "other"


class Delete(StrEnum):
    """What deleting means for an entity."""

    HARD = "hard"
    """Really removed: ``POST …?operation=delete``."""
    SOFT = "soft"
    """Made inactive: update with ``Active: false``; the Id stays."""
    NONE = "none"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reference:
    """One place in a payload that points to another record.

    ``path`` is a pattern in which ``[]`` stands for every element of a list.
    ``linked`` marks ``LinkedTxn`` arrays, whose elements are ``{TxnId, TxnType, TxnLineId}``;
    all others are ``{value, name, type}``. ``key`` is the target's field that the value matches.
    ``type_path`` is where the target's entity is named when ``targets`` holds several.
    """

    path: str
    targets: tuple[str, ...]
    linked: bool = False
    read_only: bool = False
    external: bool = False
    key: str = "Id"
    type_path: str | None = None


@dataclass(frozen=True, slots=True)
class EntityType:
    """One row of the entity table.

    ``operations``: create, read, query, update (full), sparse, delete, void, pdf, send, upload, download.
    ``sparse`` is listed only where a sparse update is documented or was observed.
    ``required``: fields a create must carry; ``A|B`` means one of them.
    ``computed``: fields the server computes and ignores in a request.
    ``opening``: fields that post an opening balance when sent on create.
    ``masked``: fields the API returns masked or not at all; never to be sent back.
    ``queryable`` is None where the documentation does not say.
    """

    name: str
    kind: Kind
    operations: tuple[str, ...]
    path: str
    delete: Delete
    json_key: str = ""
    void: str | None = None
    queryable: bool | None = True
    change_feed: bool = True
    webhooks: tuple[str, ...] = ()
    attachable: bool = False
    required: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    label: str = ""
    namespace: str | None = None
    filterable: tuple[str, ...] = ()
    sortable: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def key(self) -> str:
        """The JSON key that wraps the object on the wire."""
        return self.json_key or self.name

    @property
    def is_transaction(self) -> bool:
        return self.kind is Kind.TRANSACTION

    def can(self, operation: str) -> bool:
        return operation in self.operations


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def references(text: str) -> tuple[Reference, ...]:
    """Read reference rows: ``path -> Target, Target [flag; flag]``; ``=>`` marks linked transactions."""
    return tuple(_reference(line.strip()) for line in text.splitlines() if line.strip())


def _reference(line: str) -> Reference:
    head, _, flag_text = line.partition(" [")
    linked = " => " in head
    path, _, target_text = head.partition(" => " if linked else " -> ")
    flags = [flag.strip() for flag in flag_text.removesuffix("]").split(";")] if flag_text else []
    key, type_path = "Id", None
    for flag in flags:
        if flag.startswith("by "):
            key = flag.removeprefix("by ")
        elif flag.startswith("type at "):
            type_path = flag.removeprefix("type at ")
    return Reference(
        path=path.strip(),
        targets=tuple(target.strip() for target in target_text.split(",")),
        linked=linked,
        read_only="read-only" in flags,
        external="external" in flags,
        key=key,
        type_path=type_path,
    )
