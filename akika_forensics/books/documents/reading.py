"""From payloads to tables: many documents of one type at once.

What is well formed is read by Arrow, exactly: a number becomes a decimal from its text and never passes through a
float. One odd document spoils a whole read; then the documents of that part are read one after another by
``tolerant``, which takes whatever can be taken and says what cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

import polars as pl
import pyarrow as pa
from pyarrow import json as arrow_json

from akika_forensics.books.documents import fields, tolerant

_PART: Final = 20_000
"""Documents that are read together: some 30 MB, and what one odd one among them costs."""

_BLOCK: Final = 4 << 20
_LONGEST: Final = 1 << 20
"""A longer payload is read alone: Arrow wants each document within one block."""


class Unread(NamedTuple):
    """A document that cannot be posted, and why."""

    place: int
    why: str


class Read(NamedTuple):
    """``frame`` has a row for each payload in their order, with the fields of the type as they nest; ``place`` counts from 0.

    The rows of ``unread`` are in the frame too, empty.
    """

    frame: pl.DataFrame
    unread: tuple[Unread, ...]


def read(entity: str, payloads: Iterable[bytes]) -> Read:
    """The documents of one type. Never raises on what is in a payload; KeyError for a type that posts nothing."""
    schema = fields.document(entity)
    tables: list[pa.Table] = []
    unread: list[Unread] = []
    begun = 0
    rest = iter(payloads)
    while part := list(islice(rest, _PART)):
        table = _together(part, schema)
        if table is None:
            table, said = _one_by_one(part, schema)
            unread.extend(Unread(begun + place, why) for place, why in said)
        tables.append(table)
        begun += len(part)
    whole = pa.concat_tables(tables) if tables else schema.empty_table()
    frame = pl.DataFrame(pl.from_arrow(whole))
    return Read(frame.with_row_index("place"), tuple(unread))


def _together(payloads: Sequence[bytes], schema: pa.Schema) -> pa.Table | None:
    # Braces at both ends: with them, two values in one payload cannot make up for none in another.
    if any(len(one) > _LONGEST or one[:1] != b"{" or one[-1:] != b"}" for one in payloads):
        return None
    content = b"\n".join(payloads)
    options = arrow_json.ParseOptions(
        explicit_schema=schema,
        unexpected_field_behavior="ignore",
        # A document over several lines is rare, and reading them so takes longer.
        newlines_in_values=content.count(b"\n") != len(payloads) - 1,
    )
    try:
        table = arrow_json.read_json(
            pa.BufferReader(content), read_options=arrow_json.ReadOptions(block_size=_BLOCK), parse_options=options
        )
    except pa.ArrowException:
        return None
    if table.num_rows != len(payloads) or table.schema != schema:
        return None
    return table


def _one_by_one(payloads: Sequence[bytes], schema: pa.Schema) -> tuple[pa.Table, Iterator[tuple[int, str]]]:
    bodies, said = [], []
    for place, payload in enumerate(payloads):
        body, why = tolerant.read(payload, schema)
        bodies.append(body)
        if why is not None:
            said.append((place, why))
    return pa.Table.from_pylist(bodies, schema=schema), iter(said)
