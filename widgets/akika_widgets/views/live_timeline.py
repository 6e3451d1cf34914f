"""The timeline that answers: nearer and farther, earlier and later, kind by kind, and the events of a bar as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from akika_widgets.views.columns import counted_rows
from akika_widgets.views.event_table import EventTable
from akika_widgets.views.kinds import kind_of
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.paged_table import PagedTable
from akika_widgets.views.timeline_bins import EARLIEST, LATEST
from akika_widgets.views.timeline_events import Span
from akika_widgets.views.timeline_picture import Drawing, span_words, words_of
from akika_widgets.views.timeline_sheet import timeline_sheet

if TYPE_CHECKING:
    from akika_widgets.views.timeline import TimelineView

LEAST: Final = timedelta(seconds=10)
"""The shortest stretch that is looked at."""
_MOVES: Final = {"earlier": -0.5, "later": 0.5}


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
        self.listed = bins.whole
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
        self.notice = f"{drawn.bins.whole}: {words_of(self._numbers(drawn)) or 'nothing'}."

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
        self.notice = f"{counted_rows(frame.height, self.view.unit)}, {self.listed}."

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
        held = self._held
        return timeline_sheet(self, self._drawn(), held[0] if held is not None and not isinstance(held, Span) else None)
