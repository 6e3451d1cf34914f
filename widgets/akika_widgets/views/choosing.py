"""Choosing among the values of a column: boxes to tick, each with how many rows it would leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from akika_widgets.views import controls
from akika_widgets.views.columns import TableColumn
from akika_widgets.views.live import LiveView
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.paging import Query, TableModel

OFFERED: Final = 60
"""Values of one column that can be ticked; of more, the most frequent are offered and the others are found by searching."""
_LONG: Final = 80


@dataclass(frozen=True, slots=True)
class Choice:
    """One value: its place among the values of its column, how many rows it would leave, whether it is ticked."""

    place: int
    value: str
    rows: int
    ticked: bool

    @property
    def words(self) -> str:
        return shortened(self.value, _LONG) or "(none)"


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be ticked of a column; ``more`` values are not offered."""

    offered: tuple[Choice, ...]
    more: int

    @property
    def ticked(self) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.offered if choice.ticked)


def column_values(model: TableModel, query: Query, column: TableColumn) -> Choices:
    """The values of a column: in their order where all can be offered, else the most frequent; what is ticked always."""
    values = model.values(column.name)
    counts = model.counts(query, column.name)
    ticked = query.chosen.get(column.name, frozenset())
    wanted = set(values) if len(values) <= OFFERED else {*list(counts)[:OFFERED], *ticked}
    offered = [
        Choice(place, value, counts.get(value, 0), value in ticked)
        for place, value in enumerate(values)
        if value in wanted
    ]
    return Choices(tuple(offered), len(values) - len(offered))


def boxes(view: LiveView, column: TableColumn, place: str, choices: Choices, prefix: str) -> Markup:
    """The boxes behind a summary that says what is chosen. They send ``value`` and ``every`` with the ``prefix`` of the table."""
    ticked = choices.ticked
    said = ", ".join(choice.words for choice in ticked) if ticked else "all"
    made = [
        controls.checkbox(
            view,
            join([tag("bdi", choice.words), tag("span", f"{choice.rows:,}", class_="ak-quiet")]),
            f"{prefix}value",
            f"{place}.{choice.place}",
            checked=choice.ticked,
        )
        for choice in choices.offered
    ]
    more = tag("p", f"{choices.more:,} more values: search for them.", class_="ak-hint") if choices.more else None
    all_ = controls.button(view, "All of them", f"{prefix}every", place, kind="plain") if ticked else None
    return tag(
        "details",
        tag(
            "summary",
            tag("span", column.heading, ": ", class_="ak-quiet"),
            tag("span", shortened(said, 60), class_="ak-picked"),
        ),
        tag("fieldset", tag("legend", column.heading, class_="ak-unseen"), *made, more, all_),
        class_="ak-choose",
        data_menu=True,
        data_narrows=bool(ticked),
    )
