"""A timeline drawn: bars stacked by kind over an axis of time, and below it what happened at a time nobody recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from akika_widgets.views import fills
from akika_widgets.views.fills import Fill
from akika_widgets.views.kinds import kind_of
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.svg import fitted, frame, number, text_width
from akika_widgets.views.timeline_bins import Bins, day, marked_places, zone_words
from akika_widgets.views.timeline_events import Span
from akika_widgets.views.view import anchor

WIDTH: Final = 900
LEFT: Final = 58
RIGHT: Final = 880
PLOT: Final = 170
_BAND: Final = 26
_LEGEND_ROW: Final = 20
_NAME: Final = 22
"""Characters of a kind in the legend and in words."""
_PATTERNS: Final = {
    "changed": "slant",
    "added": "hollow",
    "voided": "back",
    "deactivated": "dots",
    "reactivated": "lines",
}
_OTHERS: Final = (
    ("edge", "solid"),
    ("focus", "slant"),
    ("edge", "hollow"),
    ("focus", "dots"),
    ("edge", "back"),
    ("focus", "lines"),
)
"""Tone and pattern of kinds that are no kinds of change, in turn."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the bars of one kind look: a colour of the sheet, and a pattern that tells it apart without the colour."""

    symbol: str
    word: str
    tone: str
    pattern: str

    @property
    def fill(self) -> Fill:
        return Fill(self.tone, self.pattern)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn: bars, the number of each kind in each (``counts``), spans, and how many of each kind that is together."""

    title: str
    bins: Bins
    counts: Mapping[str, Sequence[int]]
    spans: Sequence[Span]
    numbers: Mapping[str, int]
    sub: str = ""
    more: int = 0
    """Spans that are not drawn."""

    @property
    def sums(self) -> list[int]:
        """How many events each bar stands for."""
        return [sum(column) for column in zip(*self.counts.values(), strict=True)] or [0] * len(self.bins)

    @property
    def top(self) -> float:
        """Where the bars begin, counted from above."""
        return 74 + _LEGEND_ROW * len(self.legend_rows)

    @property
    def height(self) -> float:
        return self.top + PLOT + 52 + (_BAND * len(self.spans) + 26 if self.spans else 0)

    @property
    def legend_rows(self) -> list[list[str]]:
        """The kinds as they stand in the legend, row by row."""
        rows: list[list[str]] = [[]]
        room = RIGHT - 20.0
        left = room
        for kind in self.numbers:
            wide = _legend_width(kind, self.numbers[kind])
            if rows[-1] and wide > left:
                rows.append([])
                left = room
            rows[-1].append(kind)
            left -= wide
        return rows

    def x(self, instant: datetime) -> float:
        """Where an instant stands; what lies outside stands at the nearer end."""
        whole = (self.bins.end - self.bins.start).total_seconds()
        share = (instant - self.bins.start).total_seconds() / whole
        return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, share))

    def band_top(self, place: int) -> float:
        return self.top + PLOT + 70 + place * _BAND


def looks_of(kinds: Sequence[str]) -> dict[str, Look]:
    """The look of each kind: a kind of change has its own, others take theirs in turn."""
    looks: dict[str, Look] = {}
    others = 0
    for kind in kinds:
        known = kind_of(kind)
        if known.symbol != "?":
            looks[kind] = Look(known.symbol, known.word, known.tone, _PATTERNS.get(kind, "solid"))
        else:
            tone, pattern = _OTHERS[others % len(_OTHERS)]
            looks[kind] = Look("", shortened(kind, _NAME), tone, pattern)
            others += 1
    return looks


def words_of(counts: Mapping[str, int]) -> str:
    """``3 removed, 2 changed``."""
    return ", ".join(
        f"{count:,} {shortened(kind_of(kind).word or '(no kind)', _NAME)}" for kind, count in counts.items() if count
    )


def picture(drawn: Drawing, description: str) -> Markup:
    """The whole picture as SVG."""
    ident = anchor("timeline", drawn.title, drawn.bins.edges, *drawn.numbers.items(), drawn.spans, drawn.sums)
    looks = looks_of(list(drawn.numbers))
    parts: list[Markup] = [
        fills.patterns(ident),
        tag("text", fitted(drawn.title, WIDTH - 40, 13), tag("title", drawn.title), x=20, y=28, class_="title"),
        tag("text", fitted(_sub(drawn), WIDTH - 40, 11), x=20, y=46, class_="quiet small"),
        *_legend(drawn, looks, ident),
        *_scale(drawn),
        *_bars(drawn, looks, ident),
        *_axis(drawn),
        *_bands(drawn),
    ]
    return frame("ak-timeline", WIDTH, drawn.height, drawn.title, description, *parts, css=_CSS, ident=ident)


def _sub(drawn: Drawing) -> str:
    said = f"each bar is {drawn.bins.step.each}; times in {zone_words(drawn.bins.zone)}"
    return f"{drawn.sub}; {said}" if drawn.sub else said[:1].upper() + said[1:]


def _legend_width(kind: str, count: int) -> float:
    return 46 + text_width(f"{shortened(kind_of(kind).word, _NAME)} {count:,}", 12)


def _legend(drawn: Drawing, looks: Mapping[str, Look], ident: str) -> list[Markup]:
    parts = []
    for row, kinds in enumerate(drawn.legend_rows):
        x, y = 20.0, 68.0 + row * _LEGEND_ROW
        for kind in kinds:
            look = looks[kind]
            words = f"{look.symbol} {look.word} {drawn.numbers[kind]:,}".strip()
            parts += [
                *fills.filled(look.fill, x, y - 10, 14, 12, ident),
                tag("text", words, x=number(x + 20), y=number(y)),
            ]
            x += _legend_width(kind, drawn.numbers[kind])
    return parts


def _scale(drawn: Drawing) -> list[Markup]:
    most = max(drawn.sums, default=0)
    parts = []
    for value in ticks(most):
        y = drawn.top + PLOT - PLOT * value / max(ticks(most)[-1], 1)
        parts += [
            tag("line", x1=LEFT, x2=RIGHT, y1=number(y), y2=number(y), class_="rule"),
            tag("text", f"{value:,}", x=LEFT - 8, y=number(y + 4), text_anchor="end", class_="quiet small"),
        ]
    return parts


def ticks(most: int) -> list[int]:
    """Round numbers from 0 to at least ``most``, five of them at most."""
    step, power = 1, 1
    while most > step * 4:
        step = next((factor * power for factor in (1, 2, 5, 10) if factor * power > step), step)
        power = power * 10 if step >= power * 10 else power
    return list(range(0, (-(-most // step) if most else 1) * step + 1, step))


def _bars(drawn: Drawing, looks: Mapping[str, Look], ident: str) -> list[Markup]:
    highest = max(ticks(max(drawn.sums, default=0))[-1], 1)
    parts = []
    for place in range(len(drawn.bins)):
        begin, end = drawn.x(drawn.bins.edges[place]), drawn.x(drawn.bins.edges[place + 1])
        gap = min(2.0, (end - begin) * 0.16)
        base = drawn.top + PLOT
        boxes: list[Markup] = []
        for kind, counts in drawn.counts.items():
            if counts[place]:
                # Never thinner than can be seen: one removed record among a thousand changes matters most.
                tall = max(PLOT * counts[place] / highest, 2.0)
                boxes += fills.filled(looks[kind].fill, begin + gap / 2, base - tall, end - begin - gap, tall, ident)
                base -= tall
        if boxes:
            held = {kind: counts[place] for kind, counts in drawn.counts.items()}
            parts.append(tag("g", tag("title", f"{drawn.bins.words(place)}: {words_of(held)}"), *boxes))
    return parts


def _axis(drawn: Drawing) -> list[Markup]:
    base = drawn.top + PLOT
    parts = [tag("line", x1=LEFT, x2=RIGHT, y1=number(base), y2=number(base), class_="axis")]
    above = ""
    free = 0.0
    for place in marked_places(drawn.bins):
        short, whole = drawn.bins.mark(place)
        x = drawn.x(drawn.bins.edges[place])
        parts += [
            tag("line", x1=number(x), x2=number(x), y1=number(base), y2=number(base + 5), class_="axis"),
            tag("text", short, x=number(x), y=number(base + 18), text_anchor=_end(x, short), class_="small"),
        ]
        if whole != above and x >= free:
            parts.append(
                tag("text", whole, x=number(x), y=number(base + 32), text_anchor=_end(x, whole), class_="quiet small")
            )
            above, free = whole, x + text_width(whole, 11) + 8
    return parts


def _end(x: float, words: str) -> str | None:
    """Words that would leave the picture end where they would have begun."""
    return "end" if x + text_width(words, 11) > WIDTH else None


def _bands(drawn: Drawing) -> list[Markup]:
    if not drawn.spans:
        return []
    more = f" ({drawn.more:,} more stretches are not drawn)" if drawn.more else ""
    head = f"At a time between two snapshots that QuickBooks does not tell{more}:"
    parts = [tag("text", head, x=20, y=number(drawn.band_top(0) - 8), class_="quiet small")]
    for place, span in enumerate(drawn.spans):
        begin, end, top = drawn.x(span.start), drawn.x(span.end), drawn.band_top(place)
        wide = max(end - begin, 3.0)
        words = words_of(span.counts)
        inside = text_width(words, 11) + 16 <= wide
        # Beside the band where it does not fit, on the side that has room.
        right = end + 8 + text_width(words, 11) <= RIGHT + 16
        x = begin + 8 if inside else (end + 8 if right else begin - 8)
        said = tag(
            "text",
            words,
            x=number(x),
            y=number(top + 14),
            class_="small",
            text_anchor=None if inside or right else "end",
        )
        title = tag("title", f"{span_words(span, drawn.bins)}: {words}")
        box = tag("rect", x=number(begin), y=number(top), width=number(wide), height=_BAND - 6, rx=3, class_="unknown")
        parts.append(tag("g", title, box, said))
    return parts


def span_words(span: Span, bins: Bins) -> str:
    """``at some time between 21 Nov 2026, 10:00 and 23 Nov 2026, 10:00``."""
    first, last = (
        f"{day(local)}, {local:%H:%M}" for local in (span.start.astimezone(bins.zone), span.end.astimezone(bins.zone))
    )
    return f"at some time between {first} and {last}"


_CSS: Final = (
    fills.sheet("ak-timeline")
    + " svg.ak-timeline .unknown { fill: var(--ak-raised); stroke: var(--ak-edge); stroke-dasharray: 4 3; }"
)
