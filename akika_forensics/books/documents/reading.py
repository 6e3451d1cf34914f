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

PART: Final = 10_000
"""Documents that are read together: some 15 MB, and what one odd one among them costs."""

_BLOCK: Final = 64 << 20
"""A part in one block is a table in one piece, which everything after it takes less time with."""
_LONGEST: Final = 1 << 20
"""A longer payload is read alone: Arrow wants each document within one block."""


class Read(NamedTuple):
    """``frame`` has a row for each payload in their order, with the fields of the type as they nest; ``place`` counts from 0.
    What is rare in the type and that no payload holds may be missing.

    ``unread`` says by place why a document cannot be posted; its row is empty.
    """

    frame: pl.DataFrame
    unread: Mapping[int, str]


def read(entity: str, payloads: Sequence[bytes]) -> Read:
    """Some documents of one type, `PART` of them at most for speed. Never raises on what is in a payload; KeyError for a type
    that posts nothing.
    """
    unread: dict[int, str] = {}
    table = _together(entity, payloads)
    if table is None:
        table, unread = _one_by_one(payloads, fields.document(entity))
    return Read(pl.DataFrame(pl.from_arrow(table)).with_row_index("place"), unread)


def _together(entity: str, payloads: Sequence[bytes]) -> pa.Table | None:
    if not payloads:
        return fields.document(entity).empty_table()
    content = b"\n".join(payloads)
    if not _one_a_row(content, payloads):
        return None
    schema = fields.document(entity, _absent(entity, content))
    # A document over several lines is rare, and reading them so takes longer. Blocks end where a line does: one that
    # ends within a document is seen, as half an object is no JSON.
    for several_lines in (False, True):
        table = _parsed(content, schema, several_lines=several_lines)
        if table is not None and table.num_rows == len(payloads) and table.schema == schema:
            return table
        if content.count(b"\n") == len(payloads) - 1:
            break
    return None


def _absent(entity: str, content: bytes) -> frozenset[str]:
    """What of the rare fields the payloads hold nowhere; nothing is known of it where letters may be escaped."""
    rare = fields.rare(entity)
    if not rare or (b"\\" in content and b"\\u" in content):
        return frozenset()
    return frozenset(name for name in rare if name.encode() not in content)


def _parsed(content: bytes, schema: pa.Schema, *, several_lines: bool) -> pa.Table | None:
    options = arrow_json.ParseOptions(
        explicit_schema=schema, unexpected_field_behavior="ignore", newlines_in_values=several_lines
    )
    # Parts are read side by side: threads within each would only get in each other's way.
    blocks = arrow_json.ReadOptions(use_threads=False, block_size=min(len(content) + 1, _BLOCK))
    try:
        return arrow_json.read_json(pa.BufferReader(content), read_options=blocks, parse_options=options)
    except pa.ArrowException:
        return None


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
