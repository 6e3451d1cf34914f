"""Events of a stretch of a timeline as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import polars as pl

from akika_widgets.views.columns import TableColumn
from akika_widgets.views.kinds import kind_of, state
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.paged_table import PagedTable
from akika_widgets.views.paging import Row, TableModel
from akika_widgets.views.timeline_bins import zone_words

if TYPE_CHECKING:
    from akika_widgets.views.timeline import TimelineView

_ROWS: Final = 25


class EventTable(PagedTable):
    """Events of a stretch of a timeline as a table, inside it."""

    def __init__(self, frame: pl.DataFrame, view: TimelineView, words: str, on_choose: Callable[[str], None]) -> None:
        zone = zone_words(view.zone)
        at = pl.col("when").dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d %H:%M:%S")
        until = pl.col("until").dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d %H:%M:%S")
        spoken = frame.with_columns(
            at=pl.when(pl.col("until").is_null()).then(at).otherwise(pl.concat_str([at, until], separator=" to "))
        )
        columns = [
            TableColumn("at", f"When ({zone})", "key"),
            TableColumn("kind", "What", choices=True),
            TableColumn("label", "Record"),
            TableColumn("key", "Id", "key"),
        ]
        super().__init__(
            TableModel(columns, spoken, key="event"),
            title=words[:1].upper() + words[1:],
            rows=view.unit,
            page=_ROWS,
            on_choose=on_choose,
            prefix="rows_",
        )

    def cell(self, column: TableColumn, row: Row) -> Markup:
        if column.name != "kind":
            return super().cell(column, row)
        kind = kind_of(str(row.values["kind"]))
        return state(kind) if kind.symbol != "?" else tag("bdi", shortened(kind.word, 80))
