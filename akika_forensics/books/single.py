"""Documents that are no records yet: what a plan would write, posted by the same rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from akika_forensics.books.chart import Chart
from akika_forensics.books.documents import fields, tables
from akika_forensics.books.postings.context import PAID_INTO, RATED, Context
from akika_forensics.books.postings.frame import Posting, values
from akika_forensics.books.postings.posting import post as post_all
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record


def post_many(
    documents: Sequence[tuple[str, dict[str, Any]]], chart: Chart, beside: Iterable[Record] = ()
) -> list[tuple[Posting, ...]]:
    """The postings of each document in their order; a document that moves nothing has none.

    Without the cost of stock sold. ``beside`` are records that the documents may pay or take up: at their rates, out of
    their accounts. Never raises on a body.
    """
    wanted: dict[str, list[tuple[str, bytes]]] = {}
    places: dict[tuple[str, str], int] = {}
    for place, (entity, body) in enumerate(documents):
        if entity in fields.POSTING:
            # No Id that a record can have: what links to a record is not to find one of these documents.
            wanted.setdefault(entity, []).append((f"#{place}", encode(body)))
            places[entity, f"#{place}"] = place
    found: list[list[Posting]] = [[] for _ in documents]
    others = tables.read(_transactions(beside))
    context = Context.of(chart, tables.read(wanted), others)
    frame = post_all(context, lambda: post_all(Context.of(chart, others)).postings).postings
    for posting in values(frame):
        place = places[posting.key.entity, posting.key.id]
        key = posting.key._replace(id=str(documents[place][1].get("Id", "")))
        found[place].append(posting._replace(key=key))
    return [tuple(rows) for rows in found]


def _transactions(records: Iterable[Record]) -> dict[str, list[tuple[str, bytes]]]:
    found: dict[str, list[tuple[str, bytes]]] = {}
    for record in records:
        if record.key.entity in RATED or record.key.entity in PAID_INTO:
            found.setdefault(record.key.entity, []).append((record.key.id, record.payload))
    return found


def post(entity: str, body: dict[str, Any], chart: Chart) -> tuple[Posting, ...]:
    """The postings of one document in home currency; debits equal credits; see ``post_many``."""
    (found,) = post_many([(entity, body)], chart)
    return found
