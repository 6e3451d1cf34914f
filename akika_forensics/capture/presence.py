"""Which of many records are still there: asked over many Ids at once, few requests for thousands of records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from akika_forensics.capture.narrowing import Narrowing
from akika_forensics.errors import Fault
from akika_forensics.model import instants
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader, Slice

_MOST_IDS: Final = 300
"""Ids of one statement. How many QuickBooks takes is not told; so many stay a short text."""

_MOST_TEXT: Final = 3000
_FEW: Final = 25
"""Ids of a statement whose records are wanted: they fit the rows of one item of a batch."""

_SECOND: Final = timedelta(seconds=1)
_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)

_NUMBER: Final = re.compile(r"-?[0-9]+")


def missing(
    reader: Reader, entity: str, ids: Sequence[str], created: Mapping[str, datetime], short: int
) -> set[str] | None:
    """Those of the Ids that are in no list any more, about ``short`` of them, found by counts; None where QuickBooks
    refuses to be asked so.

    ``created``: when each was created, as its record says; where one of them is not in it, Ids alone are counted. So they
    are where times lead to fewer than are missing: the service may date a record otherwise than it says.
    """
    if not all(_NUMBER.fullmatch(one) for one in ids):
        return None
    if len(ids) > _MOST_IDS and all(one in created for one in ids):
        ids = sorted(ids, key=lambda one: created[one])
        gone = _narrowed(reader, entity, ids, [created[one] for one in ids], short)
        if gone is not None and len(gone) >= short:
            return gone
    return _narrowed(reader, entity, ids, [_NO_TIME] * len(ids), short)


def _narrowed(
    reader: Reader, entity: str, ids: Sequence[str], times: Sequence[datetime], short: int
) -> set[str] | None:
    narrowing = Narrowing(times, short, by_ids=_most(ids, _MOST_IDS), few=_FEW)
    while parts := narrowing.wanted():
        questions = [
            _created(times[one.begin], times[one.end - 1])
            if narrowing.by_time(one)
            else _among(ids[one.begin : one.end])
            for one in parts
        ]
        counts = [one for one in reader.count_many([(entity, which) for which in questions]) if isinstance(one, int)]
        if len(counts) < len(parts):
            return None
        narrowing.counted(counts)
    suspects = [ids[one.begin : one.end] for one in narrowing.found]
    gone: set[str] = set()
    answers = reader.query_many([(entity, _among(some)) for some in suspects])
    for some, answer in zip(suspects, answers, strict=True):
        if isinstance(answer, Fault):
            return None
        gone |= set(some) - {cut.key.id for cut in answer}
    return gone


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
    most = _most(ids, most)
    for start in range(0, len(ids), most):
        yield ids[start : start + most]


def _most(ids: Sequence[str], most: int) -> int:
    return max(1, min(most, _MOST_TEXT // (3 + max((len(one) for one in ids), default=1))))


def _created(first: datetime, last: datetime) -> str:
    """Times of records are whole seconds; what the service keeps of a second is not told, so its end is the next one."""
    begin, end = (instants.format_instant(one.replace(microsecond=0)) for one in (first, last + _SECOND))
    return f"MetaData.CreateTime >= '{begin}' AND MetaData.CreateTime < '{end}'"


def _among(ids: Sequence[str]) -> str:
    return f"Id IN ({','.join(f"'{one}'" for one in ids)})"
