"""When the records of the books were changed: a picture that stands alone, and the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from akika_widgets.views.columns import counted_rows
from akika_widgets.views.field_rows import ChangeLike
from akika_widgets.views.markup import Markup
from akika_widgets.views.timeline_bins import BARS, Bins, bins_of, zone_words
from akika_widgets.views.timeline_events import Events, Moment, Span, moments_of
from akika_widgets.views.timeline_picture import Drawing, picture, span_words, words_of
from akika_widgets.views.view import View

if TYPE_CHECKING:
    from akika_widgets.views.live_timeline import LiveTimeline

__all__ = ["Moment", "TimelineView"]

_BANDS: Final = 8
"""Spans drawn one by one; of more, the rest are counted."""
_KINDS: Final = 12
"""Kinds told apart; of more, the rarest are one kind."""
_OTHER: Final = "other"
_SAID: Final = 40


class TimelineView(View):
    """Events in time, as bars stacked by kind.

    ``events``: `Moment`s (``when``, ``kind``, ``label``, ``key`` and perhaps ``until``) or a polars frame with columns of these names. ``zone``: the name
    of the time zone the calendar follows, the company's; UTC is said as such. ``unit``: what is counted, in the plural. Raises ValueError for times without a zone.
    """

    def __init__(
        self,
        events: pl.DataFrame | Iterable[Sequence[Any]] | Events,
        *,
        title: str = "When the records were changed",
        zone: str = "UTC",
        unit: str = "records",
        sub: str = "",
        bars: int = BARS,
    ) -> None:
        self.events = _few_kinds(events if isinstance(events, Events) else Events(events))
        self.title = title
        self.zone = ZoneInfo(zone)
        self.unit = unit
        self.sub = sub
        self.bars = bars

    @classmethod
    def of_changes(
        cls, changes: Iterable[ChangeLike], before_at: datetime, after_at: datetime, **options: Any
    ) -> TimelineView:
        """The changes between two snapshots taken at these times. What moved only as a consequence is counted and not drawn.

        Raises ValueError when the first snapshot was not taken before the second.
        """
        if before_at > after_at:
            raise ValueError("the first snapshot was taken after the second")
        held = list(changes)
        direct = [change for change in held if not change.consequence]
        rest = len(held) - len(direct)
        more = f"{rest:,} that moved only as a consequence are not drawn" if rest else ""
        return cls(moments_of(direct, before_at, after_at), **{"sub": more, **options})

    def live(self) -> LiveTimeline:
        """The same to be looked into: nearer and farther, kind by kind, bar by bar."""
        from akika_widgets.views.live_timeline import LiveTimeline  # noqa: PLC0415 - a live view is only loaded to be shown

        return LiveTimeline(self)

    def drawing(self, start: datetime, end: datetime, kinds: Sequence[str]) -> Drawing:
        """What is to be drawn from ``start`` to ``end``."""
        bins = bins_of(start, end, self.zone, self.bars)
        spans = [span for span in self._spans(kinds) if span.end >= bins.start and span.start <= bins.end]
        counts = self.events.counts(bins, kinds)
        numbers = {kind: sum(counts[kind]) + sum(span.counts.get(kind, 0) for span in spans) for kind in counts}
        return Drawing(self.title, bins, counts, spans[:_BANDS], numbers, self.sub, max(0, len(spans) - _BANDS))

    def plain(self) -> str:
        if not len(self.events):
            return f"{self.title}: nothing happened."
        drawn = self._whole()
        head = f"{self.title} (each line {drawn.bins.step.each}, {zone_words(self.zone)})"
        most = max(drawn.sums, default=0)
        lines = []
        for place, total in enumerate(drawn.sums):
            if total:
                held = {kind: counts[place] for kind, counts in drawn.counts.items()}
                bar = "█" * max(1, round(total / most * 24))
                lines.append(f"  {drawn.bins.words(place):<28} {total:>9,}  {bar:<24}  {words_of(held)}")
        rest = len(lines) - _SAID
        if rest > 0:
            lines = [*lines[:_SAID], f"  and {rest:,} more"]
        return "\n".join(
            [head, *lines, *(f"  {_first_upper(words)}" for words in self._span_words(drawn.bins, drawn.spans))]
        )

    def description(self) -> str:
        """The picture in words."""
        if not len(self.events):
            return "Nothing happened."
        return self.words(self._whole())

    def words(self, drawn: Drawing) -> str:
        """What a drawing shows, in words."""
        sums = drawn.sums
        total = sum(sums)
        said = [f"From {drawn.bins.whole}, times in {zone_words(self.zone)}"]
        held = {kind: sum(counts) for kind, counts in drawn.counts.items()}
        said.append(f"{counted_rows(total, self.unit)} at a known time" + (f": {words_of(held)}" if total else ""))
        if total:
            place = sums.index(max(sums))
            said.append(f"most in {drawn.bins.step.each}: {sums[place]:,} ({drawn.bins.words(place)})")
        said += [*self._span_words(drawn.bins, drawn.spans), self.sub]
        said.append(f"{drawn.more:,} more stretches between snapshots are not drawn" if drawn.more else "")
        return ". ".join(_first_upper(part) for part in said if part) + "."

    def svg(self) -> Markup:
        if not len(self.events):
            nothing = bins_of(datetime(2026, 1, 1, tzinfo=self.zone), datetime(2026, 1, 2, tzinfo=self.zone), self.zone)
            empty = Drawing(self.title, nothing, {}, (), {}, "nothing happened")
            return picture(empty, "Nothing happened.")
        drawn = self._whole()
        return picture(drawn, self.words(drawn))

    def _whole(self) -> Drawing:
        return self.drawing(*self.events.stretch, self.events.kinds)

    def _spans(self, kinds: Sequence[str]) -> list[Span]:
        """The spans in which something of these kinds happened, those with the most first."""
        left = [
            Span(span.start, span.end, {kind: span.counts[kind] for kind in kinds if kind in span.counts})
            for span in self.events.spans
        ]
        return sorted((span for span in left if span.counts), key=lambda span: (-span.number, span.start))

    def _span_words(self, bins: Bins, spans: Sequence[Span]) -> list[str]:
        return [f"{words_of(span.counts)} {span_words(span, bins)}" for span in spans]


def _few_kinds(events: Events) -> Events:
    """The events with at most so many kinds as can be told apart."""
    if len(events.kinds) <= _KINDS:
        return events
    kept = sorted(events.kinds, key=lambda kind: (-events.numbers[kind], kind))[: _KINDS - 1]
    told = pl.when(pl.col("kind").is_in(kept)).then("kind").otherwise(pl.lit(_OTHER))
    return Events(events.frame.with_columns(told.alias("kind")))


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
