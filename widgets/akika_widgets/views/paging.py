"""A long table that is looked through: filtered, sorted, cut into pages, its rows known by key.

Pure: no drawing, no events. A row is known by its key and never by where it stands, so that what a person chose
stays chosen however the table is filtered, sorted or turned afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import polars as pl

from akika_widgets.views.columns import NUMERIC, TableColumn, frame_of, number_typed, plain_text

_BETWEEN: Final = "\x1f"
"""Stands between the cells of a row where all are searched: a blank to Python, so that no word of a search holds it."""

_SIGMA: Final = "\N{GREEK SMALL LETTER SIGMA}"
_FINAL_SIGMA: Final = "\N{GREEK SMALL LETTER FINAL SIGMA}"


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked at, and in which order. The empty query is all rows in their own order.

    ``text``: every word of it has to occur, in ``column`` or, when that is "", anywhere in the row; case does not count.
    ``chosen``: per column the values (`TableModel.values`) that may stand there; a column without any is not narrowed.
    ``sort``: a column, or "" for the order of the rows themselves; rows without a value come last either way.
    """

    text: str = ""
    column: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False

    @property
    def narrows(self) -> bool:
        return bool(self.text.split() or any(self.chosen.values()))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key and the values of its columns by name, also of those that are not shown."""

    key: str
    values: Mapping[str, Any]


class TableModel:
    """Rows of a polars frame under columns.

    ``rows``: a frame that holds the columns and perhaps more, or plain rows. ``key``: the column of the frame that names each row, no two alike; without
    it rows are known by their number in the frame, which is as stable as the frame. Raises ValueError for keys that are missing or not unique,
    and for columns that are not there.
    """

    def __init__(
        self, columns: Sequence[TableColumn], rows: pl.DataFrame | Iterable[Sequence[Any]], *, key: str = ""
    ) -> None:
        self.columns = tuple(columns)
        self._named = {column.name: column for column in self.columns}
        if len(self._named) != len(self.columns):
            raise ValueError("two columns have the same name")
        self.frame = frame_of(self.columns, rows)
        numbers = pl.int_range(self.frame.height, eager=True).cast(pl.String)
        if key and key not in self.frame.columns:
            raise ValueError(f"the rows have no column {key} to be known by")
        self._keys = self.frame[key].cast(pl.String) if key else numbers
        if self._keys.null_count() or self._keys.n_unique() != self._keys.len():
            raise ValueError("each row needs a key of its own")
        self._texts: dict[str, pl.Series] = {}
        self._ranks: dict[str, pl.Series] = {}
        self._values: dict[str, pl.Series] = {}
        self._last: tuple[Query, pl.Series] | None = None
        self._kept: tuple[Query, pl.Series | None] | None = None

    def __len__(self) -> int:
        return self.frame.height

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._place_of(key) is not None

    def column(self, name: str) -> TableColumn:
        """Raises LookupError when there is no such column."""
        return self._named[name]

    # -- what a query finds ------------------------------------------------------------------------------------------

    def count(self, query: Query) -> int:
        return self._found(query).len()

    def page(self, query: Query, at: int, size: int) -> tuple[Row, ...]:
        """The rows of the page ``at`` (from 0) of ``size`` rows each; beyond the last page there are none."""
        return self._rows(self._found(query).slice(at * size, size))

    def keys(self, query: Query) -> list[str]:
        """The keys of every row found, in order."""
        found: list[str] = self._keys.gather(self._found(query)).to_list()
        return found

    def place(self, query: Query, key: str) -> int | None:
        """Where the row stands among those found, counted from 0; None when it is not among them."""
        at = self._place_of(key)
        return None if at is None else self._found(query).index_of(at)

    def row(self, key: str) -> Row | None:
        at = self._place_of(key)
        return None if at is None else self._rows(pl.Series([at], dtype=pl.UInt32))[0]

    def total(self, query: Query, name: str) -> Decimal | None:
        """The sum of a column over the rows found, exact; None where the column holds no numbers."""
        kind = self.frame.schema[name]
        if not (kind.is_decimal() or kind.is_integer()) or self.column(name).form not in NUMERIC:
            return None
        series = self.frame[name].gather(self._found(query))
        return Decimal(series.sum() or 0)

    # -- choosing by value -------------------------------------------------------------------------------------------

    def values(self, name: str) -> list[str]:
        """The different values of a column as plain text, in order; "" stands for what is not there."""
        if name not in self._values:
            self._values[name] = self._text(name).unique().sort()
        found: list[str] = self._values[name].to_list()
        return found

    def counts(self, query: Query, name: str) -> dict[str, int]:
        """How many rows each value of a column would leave, under everything else that narrows; the most frequent first."""
        others = {other: values for other, values in query.chosen.items() if other != name}
        mask = self._mask(replace(query, chosen=others, sort=""))
        text = self._text(name)
        counted = (text if mask is None else text.filter(mask)).value_counts(name="rows")
        ordered = counted.sort("rows", name, descending=[True, False])
        return dict(ordered.iter_rows())

    # -- how it is found ---------------------------------------------------------------------------------------------

    def _place_of(self, key: str) -> int | None:
        """Where the row stands in the frame. Looking is faster than keeping a second copy of a million keys."""
        return self._keys.index_of(key)

    def _found(self, query: Query) -> pl.Series:
        """The places of the rows found, in order. The last answer is kept: turning pages asks for the same again."""
        if self._last is not None and self._last[0] == query:
            return self._last[1]
        mask = self._mask(query)
        every = pl.int_range(self.frame.height, dtype=pl.UInt32, eager=True)
        places = every if mask is None else every.filter(mask)
        if query.sort and places.len():
            ranks = self._rank(query.sort)
            order = pl.DataFrame({"rank": ranks if mask is None else ranks.gather(places)}).select(
                pl.arg_sort_by("rank", descending=query.descending, nulls_last=True, maintain_order=True)
            )
            places = places.gather(order.to_series())
        self._last = (query, places)
        return places

    def _mask(self, query: Query) -> pl.Series | None:
        """Which rows fit; None when nothing narrows. The order does not matter to it."""
        query = replace(query, sort="", descending=False)
        if self._kept is not None and self._kept[0] == query:
            return self._kept[1]
        mask: pl.Series | None = None
        for name, values in query.chosen.items():
            if values:
                fits = self._text(name).is_in(sorted(values))
                mask = fits if mask is None else mask & fits
        words = set(query.text.split())
        for word in words:
            hits = _holds(self._searched(query.column), word)
            mask = hits if mask is None else mask & hits
        self._kept = (query, mask)
        return mask

    def _text(self, name: str) -> pl.Series:
        """A column as plain text, "" for what is not there."""
        if name not in self._texts:
            column, kind = self._named[name], self.frame.schema[name]
            self._texts[name] = self.frame.select(plain_text(column, kind).fill_null("")).to_series()
        return self._texts[name]

    def _searched(self, name: str) -> pl.Series:
        """What a search looks through: one column, or all of them side by side."""
        folded = f"\x00{name}"
        if folded not in self._texts:
            if name:
                text = self._text(name)
            else:
                texts = pl.DataFrame([self._text(column.name).alias(column.name) for column in self.columns])
                text = texts.select(pl.concat_str(pl.all(), separator=_BETWEEN)).to_series()
            self._texts[folded] = fold(text)
        return self._texts[folded]

    def _rank(self, name: str) -> pl.Series:
        """The order of a column's values, computed once: case of letters does not count, what is not there has no rank."""
        if name not in self._ranks:
            series = self.frame[name]
            if series.dtype == pl.String:
                # Numbers sort many times faster than texts, and of the texts only the different ones have to be.
                text = fold(series)
                different = text.unique().drop_nulls().sort()
                numbers = pl.int_range(different.len(), dtype=pl.UInt32, eager=True)
                series = text.replace_strict(different, numbers, default=None, return_dtype=pl.UInt32)
            self._ranks[name] = series
        return self._ranks[name]

    def _rows(self, places: pl.Series) -> tuple[Row, ...]:
        keys = self._keys.gather(places).to_list()
        values = self.frame[places].to_dicts()
        return tuple(Row(key, held) for key, held in zip(keys, values, strict=True))


def fold(text: pl.Series) -> pl.Series:
    """Text so that the case of letters does not count."""
    lower = text.str.to_lowercase()
    # One letter has two small forms, and which one is typed depends on where in the word it stood.
    if not lower.str.contains(_FINAL_SIGMA, literal=True).any():
        return lower
    return lower.str.replace_all(_FINAL_SIGMA, _SIGMA, literal=True)


def _holds(text: pl.Series, word: str) -> pl.Series:
    """Where a word occurs as it was typed, or as a number written plainly."""
    folded: str = fold(pl.Series([word]))[0]
    hits = text.str.contains(folded, literal=True)
    plain = number_typed(word)
    return hits if plain == word else hits | text.str.contains(plain, literal=True)
