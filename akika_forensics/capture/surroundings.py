"""What belongs to a few records: what they need, what hangs on them. Pure, over bodies and over what a snapshot holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, Protocol

import polars as pl

from akika_forensics.capture.attachables import ENTITY as ATTACHABLE
from akika_forensics.errors import WrongUse
from akika_forensics.graph.references import cited
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import ANY_ENTITY, CATALOGUE
from akika_forensics.model.record import Record, RecordKey

DEEPEST: Final = 3
"""Steps from an asked record over what hangs on it: an invoice, its payment, the deposit of that, and one more."""


class Memory(Protocol):
    """A snapshot, as far as it is asked who cites whom."""

    def get_many(self, keys: Iterable[RecordKey]) -> Mapping[RecordKey, Record]: ...
    def lazy(self, entities: Iterable[str] | None = None) -> pl.LazyFrame: ...


def needs(key: RecordKey, body: dict[str, Any]) -> list[RecordKey]:
    """The records that one cites because it cannot be without them. Codes of currencies are no Ids and not among them."""
    return [one.target for one in _cited(key, body) if not one.mirror]


def hangs(key: RecordKey, body: dict[str, Any]) -> list[RecordKey]:
    """The transactions that hang on one, as far as the server shows it in the record itself."""
    return [one.target for one in _cited(key, body) if one.mirror and is_transaction(one.target)]


def _cited(key: RecordKey, body: dict[str, Any]) -> list[Any]:
    if key.entity not in CATALOGUE:
        return []
    return [one for one in cited(key.entity, body) if not one.by_code]


def is_transaction(key: RecordKey) -> bool:
    return CATALOGUE[key.entity].is_transaction


def citing(memory: Memory, keys: Iterable[RecordKey]) -> dict[RecordKey, dict[str, Any]]:
    """The transactions and attachments of a snapshot that cite one of the keys because they need it, with their bodies.

    Who cites a name, such as a customer, is not asked for but for attachments: that can be half a company.
    """
    wanted = set(keys)
    if not wanted:
        return {}
    entities = {entity for key in wanted for entity in _may_cite(key.entity, transaction=is_transaction(key))}
    # An Id stands in quotation marks wherever it is cited; what has none of them need not be read as JSON.
    told = [pl.col("payload").bin.contains(payloads.encode(key.id)) for key in wanted]
    rows = memory.lazy(sorted(entities)).filter(pl.any_horizontal(told)).select("entity", "id", "payload").collect()
    found: dict[RecordKey, dict[str, Any]] = {}
    for entity, record_id, payload in rows.iter_rows():
        key = RecordKey(entity, record_id)
        body = body_of(payload)
        if key not in wanted and not wanted.isdisjoint(needs(key, body)):
            found[key] = body
    return found


@cache
def _may_cite(entity: str, *, transaction: bool) -> frozenset[str]:
    """The entities that may hang on one."""
    if not transaction:
        return frozenset({ATTACHABLE})
    rows = [row for row in CATALOGUE.values() if row.is_transaction]
    able = {row.name for row in rows if any({entity, ANY_ENTITY} & {*one.targets} for one in row.references)}
    return frozenset({*able, ATTACHABLE})


def body_of(payload: bytes) -> dict[str, Any]:
    """A payload as an object; empty where it is none."""
    try:
        body = payloads.decode(payload)
    except WrongUse:
        return {}
    return body if isinstance(body, dict) else {}
