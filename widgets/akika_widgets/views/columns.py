"""Columns of long tables: what each holds, how its values are kept, and how they read.

A long table is a polars frame. Amounts are kept as exact decimals, times as instants in UTC; a column whose values are not
all of its form is kept, searched and shown as text, so that no value is ever bent to fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

import polars as pl

from akika_widgets.views.markup import readable
from akika_widgets.views.wording import ABSENT, amount

type TableForm = Literal["text", "key", "money", "number", "date", "time", "code"]

NUMERIC: Final = frozenset({"money", "number"})
_DIGITS: Final = 38
"""Digits that an exact decimal of a frame can hold."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a long table. ``name`` is its name in the frame, ``word`` its heading (the name when empty).

    ``form``: ``text``; ``key``, a short name that is not broken; ``money`` (two decimals at least) and ``number`` to the right; ``date``; ``time``, an
    instant; ``code``, a digest. ``choices``: its values can be chosen one by one. ``total``: the sum of what is listed stands below.
    """

    name: str
    word: str = ""
    form: TableForm = "text"
    choices: bool = False
    total: bool = False

    @property
    def heading(self) -> str:
        """Its words; a column of instants says that they are in UTC, unless its word names a zone in brackets."""
        word = self.word or self.name
        return f"{word} (UTC)" if self.form == "time" and "(" not in word else word

    @property
    def right(self) -> bool:
        """Whether its values stand to the right."""
        return self.form in NUMERIC


def frame_of(columns: Sequence[TableColumn], rows: Iterable[Sequence[Any]] | pl.DataFrame) -> pl.DataFrame:
    """The rows as a frame of the columns' forms. Raises ValueError when a row has another length or a column is missing."""
    if isinstance(rows, pl.DataFrame):
        missing = [column.name for column in columns if column.name not in rows.columns]
        if missing:
            raise ValueError(f"the frame has no column {', '.join(missing)}")
        return rows.with_columns(_shaped(rows[column.name], column) for column in columns)
    held = [tuple(row) for row in rows]
    for row in held:
        if len(row) != len(columns):
            raise ValueError(f"a row has {len(row)} cells, not {len(columns)}")
    return pl.DataFrame(
        [_column_of([row[place] for row in held], column) for place, column in enumerate(columns)],
    )


def _column_of(values: list[Any], column: TableColumn) -> pl.Series:
    """Python values as a column of its form, as text where one of them is of another."""
    kept = [value for value in values if value is not None]
    if column.form in NUMERIC and all(_is_number(value) for value in kept):
        numbers = [None if value is None else Decimal(value) for value in values]
        places = max((_places(value) for value in numbers if value is not None), default=0)
        whole = max((value.adjusted() + 1 for value in numbers if value is not None), default=0)
        if places + max(whole, 1) <= _DIGITS:
            return pl.Series(column.name, numbers, dtype=pl.Decimal(_DIGITS, places))
    if column.form == "date" and all(isinstance(value, date) and not isinstance(value, datetime) for value in kept):
        return pl.Series(column.name, values, dtype=pl.Date)
    if column.form == "time" and all(isinstance(value, datetime) and value.tzinfo is not None for value in kept):
        instants = [None if value is None else value.astimezone(UTC) for value in values]
        return pl.Series(column.name, instants, dtype=pl.Datetime("us", "UTC"))
    return _texts(column.name, values)


def _texts(name: str, values: Iterable[Any]) -> pl.Series:
    texts = [None if value is None else _plain(value) for value in values]
    try:
        return pl.Series(name, texts, dtype=pl.String)
    except UnicodeEncodeError:  # half a surrogate pair: a frame cannot hold it, its code can be read
        return pl.Series(name, [None if text is None else readable(text) for text in texts], dtype=pl.String)


def _shaped(series: pl.Series, column: TableColumn) -> pl.Series:
    """A column of a frame in the type of its form; texts where it is of another."""
    kind = series.dtype
    if column.form in NUMERIC and (kind.is_integer() or kind.is_decimal()):
        return series
    if column.form == "date" and kind == pl.Date:
        return series
    if column.form == "time" and isinstance(kind, pl.Datetime) and kind.time_zone is not None:
        return series.dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    if kind == pl.String:
        return series
    if kind.is_float() or kind.is_nested() or kind.is_temporal() or kind in {pl.Binary, pl.Object}:
        return _texts(series.name, series)
    return series.cast(pl.String)


def _is_number(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, Decimal) and value.is_finite()
    )


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else str(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


# -- how values read -------------------------------------------------------------------------------------------------------


def plain_text(column: TableColumn, kind: pl.DataType) -> pl.Expr:
    """The values of a column as exact plain text: ``-1234.50``, ``2026-11-23``, ``2026-11-23T10:00:00Z``; null stays null."""
    value = pl.col(column.name)
    if kind.is_decimal() or kind.is_integer():
        places = getattr(kind, "scale", 0)
        least = 2 if column.form == "money" else 0
        if places <= least:
            return (value.cast(pl.Decimal(_DIGITS, least)) if places < least else value).cast(pl.String)
        text = value.cast(pl.String)
        # Places beyond the least are written only where they say something.
        return text.str.replace(rf"(\.\d{{{least}}}\d*?)0+$", "$1").str.strip_suffix(".")
    if kind == pl.Date:
        return value.dt.strftime("%Y-%m-%d")
    if isinstance(kind, pl.Datetime):
        return value.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    return value.cast(pl.String)


def shown(column: TableColumn, value: Any) -> str:
    """One value as a person reads it; what is not there is a dash."""
    if value is None:
        return ABSENT
    if isinstance(value, Decimal) and column.form != "money":
        value = value.normalize()
        return _true_minus(f"{value:,f}")
    if isinstance(value, Decimal):
        return amount(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return amount(Decimal(value)) if column.form == "money" else _true_minus(f"{value:,}")
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return str(value)


def counted_rows(number: int, rows: str) -> str:
    """``1 record``, ``2,500 records`` for ``rows`` in the plural; ``entries`` loses more than its last letter."""
    if number == 1:
        rows = f"{rows[:-3]}y" if rows.endswith("ies") else rows.removesuffix("s")
    return f"{number:,} {rows}"


def _true_minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}", 1)


_NUMBER_TYPED: Final = re.compile(r"[-+\N{MINUS SIGN}]?[\d,]*\d(\.\d*)?")


def number_typed(word: str) -> str:
    """A word of a search that is a number, as plain text holds it: ``1,234.5`` is ``1234.5``; other words stay."""
    if not _NUMBER_TYPED.fullmatch(word):
        return word
    return word.replace(",", "").replace("\N{MINUS SIGN}", "-").removeprefix("+")
