"""Rows of a snapshot, a part at a time: what the manifest leaves out is not opened, nor what the index leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import polars as pl

from akika_forensics.vault.canonical import DamagedFile, RecordsLost
from akika_forensics.vault.reading.question import Question, in_turns, within
from akika_forensics.vault.snapshots import frames, stored_payloads
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf

MOST_BYTES: Final = 64 << 20
"""Of payloads held at a time, before they are given on."""


def scan(
    shelf: Shelf, commit: Commit, question: Question, entities: Iterable[str] | None = None
) -> Iterator[pl.DataFrame]:
    """Frames of ``question.columns`` with the rows that meet its conditions, in no order over all of them.

    Raises DamagedFile when what is read is not what was signed, NotAllowed when payloads are asked for by a member who
    only captures.
    """
    rows = shelf.state(commit)
    if entities is not None:
        rows = rows.filter(pl.col("entity").is_in(list(set(entities))))
    if question.of_state is not None:
        rows = rows.filter(question.of_state)
    if not question.facts and not question.needs_payload:
        yield rows.select(question.columns)
        return
    for _, mine in by_part(shelf, commit.pseudonym, rows):
        found = _with_facts(shelf, commit.pseudonym, mine, question)
        if found.is_empty():
            continue
        if not question.needs_payload:
            yield found.select(question.columns)
            continue
        for turn in in_turns(found, MOST_BYTES):
            whole = with_payloads(shelf, commit.pseudonym, turn)
            if question.of_payload is not None:
                whole = whole.filter(question.of_payload)
            yield whole.select(question.columns)


def in_order(shelf: Shelf, company: str, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Rows of a state with their payloads, in the order of ``rows``, which are sorted by key: entity, id, payload.

    Holds `MOST_BYTES` of payloads and the parts they lie in, one after the other.
    """
    for turn in in_turns(rows, MOST_BYTES):
        yield with_payloads(shelf, company, turn).lazy().select(*frames.PAYLOAD_1).sort(frames.KEY).collect()


def by_part(shelf: Shelf, company: str, rows: pl.DataFrame) -> Iterator[tuple[Part, pl.DataFrame]]:
    """Rows of a state, apart by the part their segment lies in, in the order of their first segments."""
    segments: dict[str, list[int]] = {}
    parts: dict[str, Part] = {}
    for number in rows["segment"].unique().sort().to_list():
        part = parts.setdefault((found := shelf.part(company, number)).index, found)
        segments.setdefault(part.index, []).append(number)
    for path, numbers in segments.items():
        yield parts[path], rows if len(segments) == 1 else rows.filter(pl.col("segment").is_in(numbers))


def with_payloads(shelf: Shelf, company: str, rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` (not empty) with their payloads, part by part, also where the parts are merged meanwhile."""

    def read() -> pl.DataFrame:
        return pl.concat([_payloads(shelf, company, part, mine) for part, mine in by_part(shelf, company, rows)])

    return shelf.again(read)


def readable(shelf: Shelf, company: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Those of the rows of a state whose payloads no account of losses tells of."""
    rows = rows.drop_nulls("digest")
    lost = [one for part, mine in by_part(shelf, company, rows) if shelf.is_lost(part.payload)
            for one in mine["segment"].unique().to_list()]  # fmt: skip
    return rows.filter(~pl.col("segment").is_in(lost)) if lost else rows


def _payloads(shelf: Shelf, company: str, part: Part, rows: pl.DataFrame) -> pl.DataFrame:
    if shelf.is_lost(part.payload):
        raise RecordsLost(part.payload, [f"{entity}:{name}" for entity, name in rows.select(*frames.KEY).iter_rows()])
    payloads = stored_payloads.of(shelf, company, part, within(rows))
    found = rows.join(payloads, on=frames.VERSION, how="inner", maintain_order="left")
    if len(found) != len(rows):
        raise DamagedFile(part.payload, "It does not hold exactly the records that a manifest finds in it.")
    return found


def _with_facts(shelf: Shelf, company: str, rows: pl.DataFrame, question: Question) -> pl.DataFrame:
    if rows.is_empty() or not question.facts:
        return rows
    where = within(rows)
    if question.of_index is not None:
        where = where & question.of_index

    def read() -> pl.DataFrame:
        columns = [*frames.VERSION, *question.facts]
        found = [shelf.index_of(company, part, where, columns) for part, _ in by_part(shelf, company, rows)]
        return rows.join(pl.concat(found), on=frames.VERSION, how="inner", maintain_order="left")

    return shelf.again(read)
