"""A long table that stays searchable in a file: every row of it travels in the page, packed, with one fixed script.

The page shows the first rows as a plain table. Where scripts run, the table can be searched, sorted, turned page by page and
saved as CSV, without a server and without a request. Where they do not (paper, a strict page, an untrusted notebook), the first rows and the sentence
that counts all of them remain.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from akika_widgets.views.columns import TableColumn, counted_rows, frame_of, plain_text
from akika_widgets.views.csv_file import csv_of
from akika_widgets.views.markup import Markup, readable, shortened, style_block, tag
from akika_widgets.views.paged_rows import look_of, paged_stylesheet, text_cell
from akika_widgets.views.paging import Query, Row, TableModel
from akika_widgets.views.view import View, live_stylesheet, styled
from akika_widgets.views.wording import amount

if TYPE_CHECKING:
    from akika_widgets.views.paged_table import PagedTable

SCRIPT: Final = resources.files("akika_widgets.views").joinpath("evidence_table.js").read_text(encoding="utf-8")
"""The one script of all evidence tables, the same whatever they hold: a page's policy allows it by its digest."""

TABLE_MIME: Final = "application/vnd.akika.table+json"
SHOWN: Final = 100
"""Rows that are there without the script."""
_SAID: Final = 20
_UNSEEN: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}\p{Cf}\p{Co}\x{115f}\x{1160}\x{2028}\x{2029}\x{3164}\x{ffa0}\x{fffe}\x{ffff}\x{e0000}-\x{e0fff}]"
"""Everything that `readable` might name, and more: only such texts are looked at one by one."""


class EvidenceTable(View):
    """Rows of any number under columns, in a form that can be handed on.

    ``rows``: plain rows or a polars frame that holds the columns. ``name`` names its CSV. Amounts are exact decimals and are written as such; times are in UTC.
    Equal values give equal bytes. Raises ValueError for rows of another length.
    """

    def __init__(
        self,
        columns: Sequence[TableColumn],
        rows: Iterable[Sequence[Any]] | pl.DataFrame,
        *,
        name: str,
        title: str,
        sub: str = "",
        shown: int = SHOWN,
    ) -> None:
        self.columns = tuple(columns)
        self.frame = frame_of(self.columns, rows).select(column.name for column in self.columns)
        self.name = readable(name)
        self.title = title
        self.sub = sub
        self.shown = shown

    def __len__(self) -> int:
        return self.frame.height

    def live(self) -> PagedTable:
        """The same in the app and in notebooks, where the rows stay in Python."""
        from akika_widgets.views.paged_table import PagedTable  # noqa: PLC0415 - a live view is only loaded to be shown

        return PagedTable(TableModel(self.columns, self.frame), title=self.title, sub=self.sub)

    def csv(self) -> bytes:
        """Every row as CSV in UTF-8; what a spreadsheet would run is kept as text."""
        texts = self._texts.with_columns(pl.all().fill_null(""))
        return csv_of([readable(column.heading) for column in self.columns], texts.iter_rows())

    def plain(self) -> str:
        head = f"{self.title}: {self.sub}" if self.sub else self.title
        if not len(self):
            return f"{head}\n  no rows"
        lines = [[column.heading for column in self.columns], *self._texts.head(_SAID).fill_null("").iter_rows()]
        rest = len(self) - _SAID
        more = [f"  and {rest:,} more"] if rest > 0 else []
        return "\n".join([head, *("  " + "  ".join(shortened(cell, 60) for cell in line) for line in lines), *more])

    def html(self) -> Markup:
        if not len(self):
            return styled(tag("p", self.title, ": there are no rows."))
        sub = tag("span", self.sub, class_="ak-sub") if self.sub else None
        heads = [
            tag("th", column.heading, scope="col", class_="ak-number" if column.right else None)
            for column in self.columns
        ]
        table = tag(
            "table",
            tag("caption", self.title, sub),
            tag("thead", tag("tr", *heads)),
            tag("tbody", *(self._row(row) for row in self._first())),
            self._sums(),
            class_="ak-evidence ak-paged",
        )
        box = tag(
            "div",
            tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label=self.title),
            tag("p", self._sentence(), class_="ak-quiet", data_said=True),
            tag("script", self._packed, type="application/octet-stream", data_rows=True),
            data_akika_evidence=True,
        )
        return styled(style_block(live_stylesheet()), style_block(paged_stylesheet()), box, script_block())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(include, exclude)
        packed = base64.b64encode(packed_bytes(self.csv())).decode("ascii")
        columns = [readable(column.heading) for column in self.columns]
        bundle[TABLE_MIME] = {"name": self.name, "columns": columns, "rows": len(self), "csv_gz": packed}
        return bundle

    def _sentence(self) -> str:
        number = len(self)
        if number <= self.shown:
            return f"{counted_rows(number, 'rows')}."
        return f"The first {self.shown:,} of {number:,} rows. All of them are in this page; where scripts run they can be searched, sorted and saved as CSV."

    def _first(self) -> tuple[Row, ...]:
        return TableModel(self.columns, self.frame.head(self.shown)).page(Query(), 0, self.shown)

    def _row(self, row: Row) -> Markup:
        first, *others = self.columns
        cells = [tag("td", text_cell(column, row), class_=look_of(column)) for column in others]
        return tag("tr", tag("th", text_cell(first, row), scope="row", class_=look_of(first)), *cells)

    @cached_property
    def _totals(self) -> list[int]:
        """The places of the columns that are added up."""
        kinds = self.frame.schema
        return [
            place
            for place, column in enumerate(self.columns)
            if place and column.total and (kinds[column.name].is_decimal() or kinds[column.name].is_integer())
        ]

    def _sums(self) -> Markup | None:
        if not self._totals:
            return None
        model = TableModel(self.columns, self.frame)
        cells = [tag("th", f"Sum of {counted_rows(len(self), 'rows')}", scope="row")]
        for place, column in enumerate(self.columns[1:], 1):
            total = model.total(Query(), column.name) if place in self._totals else None
            cells.append(tag("td", amount(total) if total is not None else None, class_=look_of(column)))
        return tag("tfoot", tag("tr", *cells))

    @cached_property
    def _texts(self) -> pl.DataFrame:
        """Every cell as plain text, with what acts unseen named; null is what is not there."""
        kinds = self.frame.schema
        texts = self.frame.select(plain_text(column, kinds[column.name]) for column in self.columns)
        return texts.select(_readable(series) for series in texts)

    @property
    def _packed(self) -> str:
        held = {
            "name": self.name,
            "heads": [readable(column.heading) for column in self.columns],
            "forms": [column.form for column in self.columns],
            "totals": self._totals,
            "cells": [series.to_list() for series in self._texts],
        }
        data = json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.b64encode(packed_bytes(data)).decode("ascii")


def packed_bytes(data: bytes) -> bytes:
    """gzip without the time and the machine: the same data are the same bytes."""
    held = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=held, compresslevel=6, mtime=0) as file:
        file.write(data)
    return held.getvalue()


def script_block() -> Markup:
    """`SCRIPT` as an element. It is the package's own text and holds nothing that ends or escapes the element."""
    return Markup(f"<script>{SCRIPT}</script>")


def _readable(series: pl.Series) -> pl.Series:
    unseen = series.str.contains(_UNSEEN).fill_null(value=False)
    if not unseen.any():
        return series
    named = [readable(text) if odd else text for text, odd in zip(series, unseen, strict=True)]
    return pl.Series(series.name, named, dtype=pl.String)
