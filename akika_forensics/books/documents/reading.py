"""From payloads to tables: many documents of one type at once.

What is well formed is read by Arrow, exactly: a number becomes a decimal from its text and never passes through a
float. One odd document spoils a whole read; then the documents of that part are read one after another by
``tolerant``, which takes whatever can be taken and says what cannot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import json as arrow_json

from akika_forensics.books.documents import fields, tolerant

PART: Final = 20_000
"""Documents that are read together: some 30 MB, and what one odd one among them costs."""

_BLOCK: Final = 4 << 20
_LONGEST: Final = 1 << 20
"""A longer payload is read alone: Arrow wants each document within one block."""


class Read(NamedTuple):
    """``frame`` has a row for each payload in their order, with the fields of the type as they nest; ``place`` counts from 0.

    ``unread`` says by place why a document cannot be posted; its row is empty.
    """

    frame: pl.DataFrame
    unread: Mapping[int, str]


def read(entity: str, payloads: Sequence[bytes]) -> Read:
    """Some documents of one type, `PART` of them at most for speed. Never raises on what is in a payload; KeyError for a type
    that posts nothing.
    """
    schema = fields.document(entity)
    unread: dict[int, str] = {}
    table = _together(payloads, schema)
    if table is None:
        table, unread = _one_by_one(payloads, schema)
    return Read(pl.DataFrame(pl.from_arrow(table)).with_row_index("place"), unread)


def _together(payloads: Sequence[bytes], schema: pa.Schema) -> pa.Table | None:
    if not payloads:
        return schema.empty_table()
    content = b"\n".join(payloads)
    if not _one_a_row(content, payloads):
        return None
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


def _one_a_row(content: bytes, payloads: Sequence[bytes]) -> bool:
    """Whether each payload has braces at both ends: with them, two values in one cannot make up for none in another."""
    lengths = np.fromiter(map(len, payloads), np.int64, len(payloads))
    if not lengths.all() or lengths.max() > _LONGEST:
        return False
    # Looked at in the bytes that are there anyway: half a million slices take as long as reading a tenth of them.
    text, last = np.frombuffer(content, np.uint8), np.cumsum(lengths + 1) - 2
    return bool((text[last - lengths + 1] == ord("{")).all() and (text[last] == ord("}")).all())


def _one_by_one(payloads: Sequence[bytes], schema: pa.Schema) -> tuple[pa.Table, dict[int, str]]:
    bodies, unread = [], {}
    for place, payload in enumerate(payloads):
        body, why = tolerant.read(payload, schema)
        bodies.append(body)
        if why is not None:
            unread[place] = why
    return pa.Table.from_pylist(bodies, schema=schema), unread
