"""The timeline that answers: nearer and farther, earlier and later, kind by kind, and the events of a bar as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from akika_widgets.views import controls
from akika_widgets.views.columns import TableColumn
from akika_widgets.views.kinds import kind_of, state
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, join, shortened, style_block, tag
from akika_widgets.views.paged_table import PagedTable, paged_stylesheet
from akika_widgets.views.paging import Row, TableModel
from akika_widgets.views.timeline_bins import EARLIEST, LATEST, zone_words
from akika_widgets.views.timeline_events import Span
from akika_widgets.views.timeline_picture import (
    LEFT,
    PLOT,
    RIGHT,
    WIDTH,
    Drawing,
    looks_of,
    picture,
    span_words,
    words_of,
)
from akika_widgets.views.view import anchor

if TYPE_CHECKING:
    from akika_widgets.views.timeline import TimelineView

LEAST: Final = timedelta(seconds=10)
"""The shortest stretch that is looked at."""
_MOVES: Final = {"earlier": -0.5, "later": 0.5}
_ROWS: Final = 25


class LiveTimeline(LiveView):
    """A timeline to be looked into. ``start`` and ``end`` are what is in view, ``off`` the kinds that are left out.

    ``on_choose(key)`` is called with the key of the record whose event is chosen in the list.
    """

    def __init__(self, view: TimelineView, *, on_choose: Callable[[str], None] | None = None) -> None:
        super().__init__()
        self.view = view
        self.title = view.title
        self.on_choose = on_choose
        self.off: frozenset[str] = frozenset()
        self.listed = ""
        """What is listed below, in words; "" when nothing is."""
        self.rows: PagedTable | None = None
        self._held: tuple[datetime, datetime] | Span | None = None
        if len(view.events):
            self.start, self.end = self._stretch = view.events.stretch

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are drawn."""
        return tuple(kind for kind in self.view.events.kinds if kind not in self.off)

    # -- what can be done --------------------------------------------------------------------------------------------

    def dispatch(self, event: Event) -> bool:
        if self.rows is not None and self.rows.takes(event):
            done = self.rows.dispatch(event)
            self.notice = self.rows.notice
            self.changed()
            return done
        return super().dispatch(event)

    def why_not(self, event: Event) -> str:
        if not len(self.view.events):
            return "There is nothing on this timeline."
        check = getattr(self, f"_why_not_{event.act}", None)
        return check(event.value) if check is not None else ""

    def _why_not_zoom(self, value: str) -> str:
        return "" if self._brushed(value) else "That is no stretch of the timeline."

    def _why_not_closer(self, value: str) -> str:
        del value
        return "It cannot be looked at more closely." if self.end - self.start <= LEAST else ""

    def _why_not_wider(self, value: str) -> str:
        del value
        return "This is all of it." if (self.start, self.end) == self._stretch else ""

    _why_not_whole = _why_not_wider

    def _why_not_move(self, value: str) -> str:
        if value not in _MOVES:
            return "There is no such way."
        first, last = self._stretch
        there = self.start <= first if value == "earlier" else self.end >= last
        return "There is nothing beyond." if there else ""

    def _why_not_kind(self, value: str) -> str:
        kinds = self.view.events.kinds
        if not (value.isascii() and value.isdigit() and int(value) < len(kinds)):
            return "There is no such kind."
        return "At least one kind stays." if self.kinds == (kinds[int(value)],) else ""

    def _why_not_bar(self, value: str) -> str:
        drawn = self._drawn()
        known = value.isascii() and value.isdigit() and int(value) < len(drawn.bins)
        return "" if known and drawn.sums[int(value)] else "There is nothing at that time."

    def _why_not_span(self, value: str) -> str:
        known = value.isascii() and value.isdigit() and int(value) < len(self._drawn().spans)
        return "" if known else "There is no such stretch."

    def _why_not_bar_closer(self, value: str) -> str:
        del value
        return "" if isinstance(self._held, tuple) and not isinstance(self._held, Span) else "Choose a bar first."

    def act_zoom(self, event: Event) -> None:
        """Look at the stretch that was drawn over: two shares of what is in view."""
        found = self._brushed(event.value)
        if found is not None:
            self._look(*found)

    def act_closer(self, event: Event) -> None:
        del event
        quarter = (self.end - self.start) / 4
        self._look(self.start + quarter, self.end - quarter)

    def act_wider(self, event: Event) -> None:
        del event
        half = (self.end - self.start) / 2
        self._look(self.start - half, self.end + half)

    def act_whole(self, event: Event) -> None:
        del event
        self._look(*self._stretch)

    def act_move(self, event: Event) -> None:
        by = (self.end - self.start) * _MOVES[event.value]
        first, last = self._stretch
        # What is in view keeps its length at either end.
        by = max(first - self.start, min(by, last - self.end)) if self.end - self.start < last - first else by
        self._look(self.start + by, self.end + by)

    def act_kind(self, event: Event) -> None:
        kind = self.view.events.kinds[int(event.value)]
        self.off ^= {kind}
        self._list()
        self.notice = f"{'Without' if kind in self.off else 'With'} {shortened(kind_of(kind).word, 40)}."

    def act_bar(self, event: Event) -> None:
        """List the events of a bar."""
        bins = self._drawn().bins
        place = int(event.value)
        self._held = (bins.edges[place], bins.edges[place + 1])
        self.listed = bins.words(place)
        self._list()

    def act_span(self, event: Event) -> None:
        """List what happened at some time in a stretch."""
        drawn = self._drawn()
        span = drawn.spans[int(event.value)]
        self._held = span
        self.listed = span_words(span, drawn.bins)
        self._list()

    def act_all_in_view(self, event: Event) -> None:
        """List every event in view."""
        del event
        bins = self._drawn().bins
        self._held = (bins.start, bins.end)
        self.listed = f"{bins.words(0)} to {bins.words(len(bins) - 1)}"
        self._list()

    def act_bar_closer(self, event: Event) -> None:
        """Look at what is listed."""
        del event
        if isinstance(self._held, tuple) and not isinstance(self._held, Span):
            self._look(self._held[0], self._held[1] - timedelta(microseconds=1))

    def act_close(self, event: Event) -> None:
        del event
        self._held, self.rows, self.listed = None, None, ""

    def _look(self, start: datetime, end: datetime) -> None:
        """Bring a stretch into view, as far as there is anything."""
        first, last = self._stretch
        if end - start < LEAST:
            middle = start + (end - start) / 2
            start, end = middle - LEAST / 2, middle + LEAST / 2
        self.start, self.end = max(first, start, EARLIEST), min(last, end, LATEST)
        drawn = self._drawn()
        self.notice = f"{drawn.bins.words(0)} to {drawn.bins.words(len(drawn.bins) - 1)}: {words_of(self._numbers(drawn)) or 'nothing'}."

    def _brushed(self, value: str) -> tuple[datetime, datetime] | None:
        """The stretch between two shares of what is drawn; None for anything else."""
        try:
            one, two = (float(part) for part in value.split(","))
        except ValueError:
            return None
        if not 0 <= one < two <= 1:
            return None
        bins = self._drawn().bins
        long = bins.end - bins.start
        start, end = bins.start + long * one, bins.start + long * two
        first, last = self._stretch
        return (start, end) if start < last and end > first else None

    def _list(self) -> None:
        """The table of what was chosen, made anew."""
        if self._held is None:
            return
        events = self.view.events
        if isinstance(self._held, Span):
            frame = events.of_span(self._held, self.kinds)
        else:
            frame = events.between(*self._held, self.kinds)
        self.rows = EventTable(frame, self.view, self.listed, self._open)
        self.notice = f"{frame.height:,} {self.view.unit}, {self.listed}."

    def _open(self, event: str) -> None:
        row = self.rows.model.row(event) if self.rows is not None else None
        if row is not None and self.on_choose is not None:
            self.on_choose(str(row.values["key"]))

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def _drawn(self) -> Drawing:
        return self.view.drawing(self.start, self.end, self.kinds)

    @staticmethod
    def _numbers(drawn: Drawing) -> dict[str, int]:
        return {kind: sum(counts) for kind, counts in drawn.counts.items()}

    def body(self) -> Markup:
        if not len(self.view.events):
            return tag("p", self.title, ": nothing happened.")
        drawn = self._drawn()
        return join(
            [style_block(paged_stylesheet()), self._bar(), self._picture(drawn), self._spans(drawn), self._listed()]
        )

    def _bar(self) -> Markup:
        looking = tag(
            "span",
            controls.button(self, "← Earlier", "move", "earlier", keys="e"),
            controls.button(self, "Later →", "move", "later", keys="l"),
            controls.button(self, "Closer", "closer", keys="+"),
            controls.button(self, "Wider", "wider", keys="-"),
            controls.button(self, "All", "whole", keys="0", name="All of it"),
            class_="ak-pages",
            role="group",
            aria_label="What is in view",
        )
        return tag("div", looking, controls.button(self, "List all in view", "all_in_view"), class_="ak-bar ak-middle")

    def _kinds(self) -> Markup | None:
        kinds = self.view.events.kinds
        if len(kinds) < 2:
            return None
        looks = looks_of(kinds)
        boxes = [
            controls.checkbox(
                self,
                join([tag("bdi", f"{looks[kind].symbol} {looks[kind].word or '(no kind)'}".strip())]),
                "kind",
                str(place),
                checked=kind not in self.off,
            )
            for place, kind in enumerate(kinds)
        ]
        return tag("div", *boxes, class_="ak-bar ak-middle", role="group", aria_label="Kinds that are drawn")

    def _picture(self, drawn: Drawing) -> Markup:
        """The picture, and over it a button for each bar that stands for anything."""
        sums = drawn.sums
        chosen = self._held[0] if self._held is not None and not isinstance(self._held, Span) else None
        places = [place for place, number in enumerate(sums) if number]
        walked = next((place for place in places if drawn.bins.edges[place] == chosen), places[0] if places else -1)
        pressed = []
        for place in places:
            begin, end = drawn.x(drawn.bins.edges[place]), drawn.x(drawn.bins.edges[place + 1])
            held = {kind: counts[place] for kind, counts in drawn.counts.items()}
            pressed.append(
                tag(
                    "button",
                    type="button",
                    id=anchor("bar", id(self), drawn.bins.edges[place]),
                    style=f"left:{(begin - LEFT) / (RIGHT - LEFT):.4%};width:{(end - begin) / (RIGHT - LEFT):.4%}",
                    data_row=True,
                    data_act="bar",
                    data_value=place,
                    tabindex="0" if place == walked else "-1",
                    aria_pressed=str(drawn.bins.edges[place] == chosen).lower(),
                    aria_label=f"{drawn.bins.words(place)}: {words_of(held)}",
                    title=f"{drawn.bins.words(place)}: {words_of(held)}",
                )
            )
        box = f"left:{LEFT / WIDTH:.4%};width:{(RIGHT - LEFT) / WIDTH:.4%};top:{drawn.top / drawn.height:.4%};height:{PLOT / drawn.height:.4%}"
        over = tag(
            "div",
            *pressed,
            class_="ak-over",
            style=box,
            data_across=True,
            data_brush="zoom",
            role="group",
            aria_label="Bars",
        )
        hint = tag(
            "p",
            "Draw across the bars to look closer; the arrow keys walk them, Enter lists what one stands for.",
            class_="ak-hint",
        )
        return join(
            [tag("div", picture(drawn, self.view.words(drawn)), over, class_="ak-timeline-box"), self._kinds(), hint]
        )

    def _spans(self, drawn: Drawing) -> Markup | None:
        if not drawn.spans:
            return None
        pressed = [
            controls.button(
                self,
                f"List {words_of(span.counts)}",
                "span",
                str(place),
                name=f"List {words_of(span.counts)}, {span_words(span, drawn.bins)}",
            )
            for place, span in enumerate(drawn.spans)
        ]
        return tag(
            "div",
            tag("span", "At a time between two snapshots:", class_="ak-quiet"),
            *pressed,
            class_="ak-bar ak-middle",
            role="group",
            aria_label="At a time between two snapshots",
        )

    def _listed(self) -> Markup | None:
        if self.rows is None:
            return None
        nearer = controls.button(self, "Look closer at this", "bar_closer")
        end = controls.button(self, "Close the list", "close", kind="plain")
        return tag("section", tag("div", nearer, end, class_="ak-bar ak-middle"), self.rows.body(), aria_label="List")


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
