"""Which of many records are still there: asked over many Ids at once, few requests for thousands of records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from akika_forensics.errors import Fault
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader, Slice

_MOST_IDS: Final = 300
"""Ids of one statement. How many QuickBooks takes is not told; so many stay a short text."""

_MOST_TEXT: Final = 3000
_FEW: Final = 25
"""Ids of a statement whose records are wanted: they fit the rows of one item of a batch."""

_NUMBER: Final = re.compile(r"-?[0-9]+")


def missing(reader: Reader, entity: str, ids: Sequence[str]) -> set[str] | None:
    """Those of the Ids that are in no list any more, found by counts; None where QuickBooks refuses to be asked so."""
    if not all(_NUMBER.fullmatch(one) for one in ids):
        return None
    chunks = list(_chunks(ids, _MOST_IDS))
    short = _short(reader, entity, chunks)
    if short is None:
        return None
    if len(short) > _FEW:
        short = _short(reader, entity, [few for chunk in short for few in _chunks(chunk, _FEW)])
        if short is None:
            return None
    suspects = [few for chunk in short for few in _chunks(chunk, _FEW)]
    gone: set[str] = set()
    answers = reader.query_many([(entity, _among(few)) for few in suspects])
    for few, answer in zip(suspects, answers, strict=True):
        if isinstance(answer, Fault):
            return None
        gone |= set(few) - {cut.key.id for cut in answer}
    return gone


def _short(reader: Reader, entity: str, chunks: Sequence[Sequence[str]]) -> list[Sequence[str]] | None:
    """The chunks of which fewer records are counted than they name."""
    counts = reader.count_many([(entity, _among(chunk)) for chunk in chunks])
    found: list[Sequence[str]] = []
    for chunk, counted in zip(chunks, counts, strict=True):
        if not isinstance(counted, int):
            return None
        if counted < len(chunk):
            found.append(chunk)
    return found


def read_many(
    reader: Reader, keys: Iterable[RecordKey], *, most_are_there: bool
) -> tuple[list[Slice], list[RecordKey]]:
    """Those of the records that are there, as they are now, and those that QuickBooks refuses to be asked for so."""
    by_entity: dict[str, list[str]] = {}
    refused: list[RecordKey] = []
    for key in keys:
        if _NUMBER.fullmatch(key.id):
            by_entity.setdefault(key.entity, []).append(key.id)
        else:
            refused.append(key)
    asked = [
        (name, chunk)
        for name, ids in by_entity.items()
        for chunk in _chunks(ids, _FEW if most_are_there else _MOST_IDS)
    ]
    found: list[Slice] = []
    answers = reader.query_many([(name, _among(chunk)) for name, chunk in asked])
    for (name, chunk), answer in zip(asked, answers, strict=True):
        if isinstance(answer, Fault):
            refused.extend(RecordKey(name, one) for one in chunk)
        else:
            found.extend(answer)
    return found, refused


def _chunks(ids: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    most = max(1, min(most, _MOST_TEXT // (3 + max((len(one) for one in ids), default=1))))
    for start in range(0, len(ids), most):
        yield ids[start : start + most]


def _among(ids: Sequence[str]) -> str:
    return f"Id IN ({','.join(f"'{one}'" for one in ids)})"
