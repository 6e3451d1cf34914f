"""Many queries in few requests: counts, small searches, which of many Ids are there. Nothing but queries goes in.

Source: QuickBooks API, batch: 30 items recommended, over-size is error 1040; 1000 objects an answer at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from akika_forensics.errors import Fault
from akika_forensics.quickbooks import answers, faults, statements
from akika_forensics.quickbooks.answers import Rows, Slice
from akika_forensics.quickbooks.questions import Questions, number_of

BATCH_SIZE: Final = 30
"""Items of one batch."""

ROWS: Final = 30
"""Rows of one query in a batch: thirty of them stay below the objects of an answer."""

Search = tuple[str, str]
"""(entity, condition without the keyword)."""


class _Part(NamedTuple):
    """What one query of a batch was answered, and the number of the answer that it lay in."""

    told: msgspec.Raw | Fault
    answer: int


class Batches:
    """``search``: the whole answer of a (entity, condition) whose rows are too many for an item of a batch."""

    def __init__(self, questions: Questions, search: Callable[[str, str], list[Slice]]) -> None:
        self._questions, self._search = questions, search
        self.counted_at: datetime | None = None
        """When the last counts were taken, by the servers that took them: the earliest of several answers."""
        self._times: list[datetime] = []

    def counts(self, searches: Iterable[Search]) -> list[int | Fault]:
        """How many records meet each condition, or the fault it was refused with, in order."""
        return self.counts_beside(searches, ())[0]

    def counts_beside(
        self, searches: Iterable[Search], entities: Iterable[str]
    ) -> tuple[list[int | Fault], list[Rows | None]]:
        """`counts`, and out of the same requests the rows of entities of which a company has one record; None as of `lists`."""
        asked = "the counts of records"
        self._times = []
        queries, names = [statements.count(*one) for one in searches], list(entities)
        parts = self._each([*queries, *map(statements.single, names)], asked)
        found = [
            part.told if isinstance(part.told, Fault) else answers.counted(part.told, asked)
            for part in parts[: len(queries)]
        ]
        self.counted_at = min(self._times, default=None)
        beside = zip(names, parts[len(queries) :], strict=True)
        return found, [_whole(name, part, asked) for name, part in beside]

    def searches(self, searches: Iterable[Search]) -> list[list[Slice] | Fault]:
        """The records that meet each condition, or the fault it was refused with, in order."""
        asked = "a search in several lists"
        waiting = list(searches)
        found: list[list[Slice] | Fault] = []
        queries = [statements.select(name, where, size=ROWS) for name, where in waiting]
        for (name, where), (told, number) in zip(waiting, self._each(queries, asked), strict=True):
            if isinstance(told, Fault):
                found.append(told)
                continue
            rows = answers.rows_of(name, told, asked, number)
            whole = len(rows.slices) < ROWS and not rows.lacks
            found.append(list(rows.slices) if whole else self._by_itself(name, where))
        return found

    def _by_itself(self, entity: str, where: str) -> list[Slice] | Fault:
        try:
            return self._search(entity, where)
        except Fault as error:
            return error

    def lists(self, entities: Iterable[str]) -> list[Rows | None]:
        """The whole list of each entity, inactive ones too, in order; None for one that is better asked for by itself.

        That is one of ``ROWS`` records or more, one that was refused, one whose part of the answer cannot be read.
        """
        asked = "several short lists"
        names = list(entities)
        queries = [statements.select(name, statements.everything(name), size=ROWS) for name in names]
        return [_whole(name, part, asked) for name, part in zip(names, self._each(queries, asked), strict=True)]

    def _each(self, queries: Sequence[str], asked: str) -> list[_Part]:
        found: list[_Part] = []
        for start in range(0, len(queries), BATCH_SIZE):
            found += self._batch(queries[start : start + BATCH_SIZE], asked)
        return found

    def _batch(self, queries: Sequence[str], asked: str) -> list[_Part]:
        """The QueryResponse of each query or the fault it was refused with, in order; one request."""
        items = [{"bId": f"q{number}", "Query": query} for number, query in enumerate(queries)]
        try:
            members, response = self._questions.batch(items, asked)
        except Fault:
            return [self._alone(query, asked) for query in queries]
        at = answers.server_time(members, response)
        self._times += [at] if at is not None else []
        found: dict[str, msgspec.Raw | Fault] = {}
        try:
            for item in msgspec.json.decode(members["BatchItemResponse"], type=list[dict[str, msgspec.Raw]]):
                refused = answers.fault_in(item, asked)
                if refused is not None and not isinstance(refused, Fault):
                    raise refused
                found[msgspec.json.decode(item["bId"], type=str)] = refused or item["QueryResponse"]
            return [_Part(found[f"q{number}"], number_of(response)) for number in range(len(queries))]
        except (KeyError, msgspec.DecodeError):
            raise faults.unreadable(asked, "its items are not the ones asked for") from None

    def _alone(self, query: str, asked: str) -> _Part:
        """A query by itself, for a service that refuses to take several at once."""
        try:
            members, response = self._questions.get("query", {"query": query}, asked)
        except Fault as error:
            return _Part(error, 0)
        if "QueryResponse" not in members:
            raise faults.unreadable(asked, "it holds no QueryResponse")
        return _Part(members["QueryResponse"], number_of(response))


def _whole(entity: str, part: _Part, asked: str) -> Rows | None:
    if isinstance(part.told, Fault):
        return None
    try:
        rows = answers.rows_of(entity, part.told, asked, part.answer)
    except faults.UnreadableAnswer:
        return None
    return rows if len(rows.slices) + len(rows.deleted) < ROWS else None
