"""The documents of a company as flat tables: a row a document, a row a line, a row a tax line.

Everything here is a plain reading of fields: which account takes what is the business of ``books.rules``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final, NamedTuple

import polars as pl

from akika_forensics.books.documents import fields, reading
from akika_forensics.books.documents.lines import LINES, lines_of
from akika_forensics.books.documents.values import MONEY, RATE, cents, named, path, place_within, ref, text
from akika_forensics.model.catalogue import CATALOGUE

HEADS: Final = pl.Schema(
    {
        "doc": pl.UInt32(),
        "entity": pl.String(),
        "id": pl.String(),
        "date": pl.Date(),
        "due": pl.Date(),
        "number": pl.String(),
        "currency": pl.String(),
        "given_rate": RATE,
        "party_entity": pl.String(),
        "party": pl.String(),
        "class": pl.String(),
        "department": pl.String(),
        "turned": pl.Boolean(),
        "total": MONEY,
    }
)
"""``doc`` numbers the documents; ``turned`` says that debit and credit change places (a credit on a card, a refund of
tax); ``given_rate`` is null where the document names no rate of its own."""

TAXES: Final = pl.Schema({"doc": pl.UInt32(), "place": pl.UInt32(), "rate_id": pl.String(), "amount": MONEY})

PARTY: Final = {
    **dict.fromkeys(("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Payment"), ("CustomerRef", "Customer")),
    **dict.fromkeys(("Bill", "VendorCredit", "BillPayment", "CreditCardPayment"), ("VendorRef", "Vendor")),
    "Purchase": ("EntityRef", "Vendor"),
}
"""Whose document each type is: the field, and the kind of name it is where the reference does not say."""

_NO_TAXES: Final = pl.DataFrame(schema=TAXES)

SIDE_BY_SIDE: Final = 5_000
"""Fewer documents are read sooner than threads are begun."""

_ELSEWHERE: Final = ("Line", "CurrencyRef", "ClassRef", "DepartmentRef")
"""What stands in ``heads`` and ``lines`` as it is wanted, and need not be kept as it nests."""

_TURNED: Final = {"Purchase": "Credit", "TaxPayment": "Refund"}
_DAY: Final = {"TaxPayment": "PaymentDate"}


class Documents(NamedTuple):
    """``heads``, ``lines`` and ``taxes`` have the columns of ``HEADS``, ``LINES`` and ``TAXES``.

    ``bodies`` has, for each type, its documents with what else of their fields is read, as it nests; ``unread`` says by ``doc``
    why a document cannot be posted. A document that is there is in no other table.
    """

    heads: pl.DataFrame
    lines: pl.DataFrame
    taxes: pl.DataFrame
    bodies: Mapping[str, pl.DataFrame]
    unread: Mapping[int, str]


class _Part(NamedTuple):
    """Documents of one type that are read together; the first of them has the number ``begun``."""

    entity: str
    begun: int
    rows: Sequence[tuple[str, bytes]]


class _Found(NamedTuple):
    entity: str
    heads: pl.DataFrame
    lines: pl.DataFrame
    taxes: pl.DataFrame
    body: pl.DataFrame
    unread: dict[int, str]


def read(records: Mapping[str, Iterable[tuple[str, bytes]]]) -> Documents:
    """The transactions of a company: for each type its Ids and payloads. Types that post nothing are passed over."""
    parts = list(_parts(records))
    if len(parts) > 1 and sum(len(part.rows) for part in parts) > SIDE_BY_SIDE:
        # What one part waits for in one thread, another one uses the other processors for.
        with ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="books") as pool:
            found = list(pool.map(_read, parts))
    else:
        found = [_read(part) for part in parts]
    bodies: dict[str, list[pl.DataFrame]] = {}
    for one in found:
        bodies.setdefault(one.entity, []).append(one.body)
    return Documents(
        _whole([one.heads for one in found], HEADS),
        _whole([one.lines for one in found], LINES),
        _whole([one.taxes for one in found], TAXES),
        {entity: pl.concat(frames, rechunk=False) for entity, frames in bodies.items()},
        {doc: why for one in found for doc, why in one.unread.items()},
    )


def _parts(records: Mapping[str, Iterable[tuple[str, bytes]]]) -> Iterator[_Part]:
    begun = 0
    for entity in (name for name in CATALOGUE if name in fields.POSTING and name in records):
        rows = list(records[entity])
        for first in range(0, len(rows), reading.PART):
            part = rows[first : first + reading.PART]
            yield _Part(entity, begun, part)
            begun += len(part)


def _read(part: _Part) -> _Found:
    entity, begun, rows = part
    found = reading.read(entity, [payload for _, payload in rows])
    frame = found.frame.select(
        pl.exclude("place"),
        doc=(pl.col("place") + begun).cast(pl.UInt32),
        key=pl.Series([key for key, _ in rows], dtype=pl.String),
    )
    head = _heads(entity, frame)
    unread = {begun + place: why for place, why in found.unread.items()}
    unread |= _undated(entity, head, unread)
    sound = frame.filter(~pl.col("doc").is_in(list(unread))) if unread else frame
    return _Found(entity, head, lines_of(entity, sound), _taxes(sound), sound.drop(_ELSEWHERE, strict=False), unread)


def _whole(parts: list[pl.DataFrame], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.concat(parts, rechunk=False) if parts else pl.DataFrame(schema=schema)


def _heads(entity: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(_head(entity, "ClassRef" in frame.columns, "TotalAmt" in frame.columns))


@cache
def _head(entity: str, classed: bool, totalled: bool) -> list[pl.Expr]:
    """Made once: a company has many parts of one type."""
    party, kind = PARTY.get(entity, (None, ""))
    day = text(_DAY.get(entity, "TxnDate"))
    if entity in _DAY:
        day = pl.coalesce(day, text("TxnDate"))
    return [
        pl.col("doc"),
        pl.lit(entity).alias("entity"),
        pl.col("key").alias("id"),
        _date(day).alias("date"),
        _date(text("DueDate")).alias("due"),
        text("DocNumber").alias("number"),
        ref("CurrencyRef").alias("currency"),
        pl.col("ExchangeRate").cast(RATE).alias("given_rate"),
        (named(pl.col(party), kind) if party else pl.lit(None, pl.String)).alias("party_entity"),
        (ref(party) if party else pl.lit(None, pl.String)).alias("party"),
        (ref("ClassRef") if classed else pl.lit(None, pl.String)).alias("class"),
        ref("DepartmentRef").alias("department"),
        (pl.col(_TURNED[entity]).fill_null(False) if entity in _TURNED else pl.lit(False)).alias("turned"),
        (cents("TotalAmt") if totalled else pl.lit(None, MONEY)).alias("total"),
    ]


def _date(expression: pl.Expr) -> pl.Expr:
    return expression.str.to_date("%Y-%m-%d", strict=False)


def _undated(entity: str, head: pl.DataFrame, said: Mapping[int, str]) -> dict[int, str]:
    """Without a date a document is on no page of the books."""
    if not head["date"].null_count():
        return {}
    without = head.filter(pl.col("date").is_null())["doc"].to_list()
    return {doc: f"its {_DAY.get(entity, 'TxnDate')} is missing or is not a date" for doc in without if doc not in said}


def _taxes(frame: pl.DataFrame) -> pl.DataFrame:
    if "TxnTaxDetail" not in frame.columns:
        return _NO_TAXES
    lines = frame.select("doc", row=path("TxnTaxDetail", "TaxLine")).explode(
        "row", empty_as_null=False, keep_nulls=False
    )
    if not lines.height:
        return _NO_TAXES
    return lines.filter(pl.col("row").is_not_null()).select(
        "doc",
        place=place_within("doc"),
        rate_id=ref("row", "TaxLineDetail", "TaxRateRef"),
        amount=cents("row", "Amount"),
    )
