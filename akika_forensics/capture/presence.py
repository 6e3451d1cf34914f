"""Which of many records are still there: asked over many Ids at once, few requests for thousands of records."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from akika_forensics.capture.narrowing import Narrowing, Part
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


@dataclass(frozen=True, slots=True)
class Short:
    """A list that is ``by`` records short of the ``ids`` that it had.

    ``created``: when each was created, as its record says; where one of them is not in it, Ids alone are counted.
    """

    ids: Sequence[str]
    created: Mapping[str, datetime]
    by: int


def missing(reader: Reader, lists: Mapping[str, Short]) -> dict[str, set[str]]:
    """Of each list the Ids that are in it no more, found by counts of all lists together; a list of which QuickBooks refuses
    to be asked so is absent.

    Where times lead to fewer than are missing, Ids are counted: the service may date a record otherwise than it says.
    """
    askable = {name: one for name, one in lists.items() if all(_NUMBER.fullmatch(text) for text in one.ids)}
    timed = {name: rows for name, one in askable.items() if (rows := _in_order(one)) is not None}
    found = {name: gone for name, gone in _narrowed(reader, timed, askable).items() if len(gone) >= askable[name].by}
    rest = {name: [(text, _NO_TIME) for text in one.ids] for name, one in askable.items() if name not in found}
    return found | _narrowed(reader, rest, askable)


type _Rows = list[tuple[str, datetime]]
"""(Id, when it was created), in ascending order of time."""


def _in_order(short: Short) -> _Rows | None:
    if len(short.ids) <= _MOST_IDS or not all(_can_be_asked(short.created.get(one)) for one in short.ids):
        return None
    return sorted(((one, short.created[one]) for one in short.ids), key=lambda row: row[1])


def _can_be_asked(time: datetime | None) -> bool:
    """No second lies after the last of the year 9999, and years before 1000 are no times of a record."""
    return time is not None and 1000 <= time.year < 9999


def _narrowed(reader: Reader, rows: Mapping[str, _Rows], lists: Mapping[str, Short]) -> dict[str, set[str]]:
    names, ends = list(rows), list(itertools.accumulate(len(one) for one in rows.values()))
    ids = [one for some in rows.values() for one, _ in some]
    times = [time for some in rows.values() for _, time in some]
    parts = [Part(end - len(rows[name]), end, lists[name].by) for name, end in zip(names, ends, strict=True)]
    refused: set[str] = set()
    narrowing = Narrowing(times, parts, by_ids=_most(ids, _MOST_IDS), few=_FEW)
    while parts := narrowing.wanted():
        asked = [names[bisect_right(ends, part.begin)] for part in parts]
        questions = [
            _created(times[one.begin], times[one.end - 1])
            if narrowing.by_time(one)
            else _among(ids[one.begin : one.end])
            for one in parts
        ]
        counts = reader.count_many(zip(asked, questions, strict=True))
        refused |= {name for name, counted in zip(asked, counts, strict=True) if isinstance(counted, Fault)}
        narrowing.counted(
            [part.size if isinstance(one, Fault) else one for part, one in zip(parts, counts, strict=True)]
        )
    found = [(names[bisect_right(ends, one.begin)], ids[one.begin : one.end]) for one in narrowing.found]
    suspects = [(name, some) for name, some in found if name not in refused]
    gone: dict[str, set[str]] = {name: set() for name in names}
    answers = reader.query_many([(name, _among(some)) for name, some in suspects])
    for (name, some), answer in zip(suspects, answers, strict=True):
        if isinstance(answer, Fault):
            refused.add(name)
        else:
            gone[name] |= set(some) - {cut.key.id for cut in answer}
    return {name: one for name, one in gone.items() if name not in refused}


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
