"""Where bars by period stand: the axes of the picture, the names below them, and the legend above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from akika_forensics.model.money import ZERO
from akika_widgets.views import fills
from akika_widgets.views.fills import Fill
from akika_widgets.views.markup import Markup, readable, shortened, tag
from akika_widgets.views.money_scale import Scale, brief
from akika_widgets.views.svg import fitted, number, text_width

WIDTH: Final = 900
LEFT: Final = 84
RIGHT: Final = 880
PLOT: Final = 210
LEGEND_ROW: Final = 20
_LEGEND_TOP: Final = 70
_NAME: Final = 40

type Entry = tuple[str, Fill | None]
"""A name in the legend with its look; None is the line."""


class Plot:
    """Between the axes: ``top`` is where the highest mark stands."""

    def __init__(self, scale: Scale, top: float, periods: int) -> None:
        self.scale = scale
        self.top = top
        self.step = (RIGHT - LEFT) / max(periods, 1)

    def y(self, value: Decimal) -> float:
        return self.top + PLOT * (1 - self.scale.share(value))

    def middle(self, place: int) -> float:
        return LEFT + self.step * (place + 0.5)

    def bar(self, place: int, at: int, count: int) -> tuple[float, float]:
        """Where one bar of a period begins, and how wide it is."""
        room = min(self.step * 0.78, 46.0 * count)
        wide = room / count
        return self.middle(place) - room / 2 + at * wide + 0.5, max(wide - 1.0, 0.5)

    def marks(self) -> list[Markup]:
        drawn = []
        for mark in self.scale.marks:
            y = self.y(mark)
            drawn += [
                tag("line", x1=LEFT, x2=RIGHT, y1=number(y), y2=number(y), class_="rule"),
                tag("text", brief(mark), x=LEFT - 8, y=number(y + 4), text_anchor="end", class_="quiet small"),
            ]
        return drawn

    def zero(self) -> Markup:
        y = number(self.y(ZERO))
        return tag("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_="axis")

    def label(self, x: float, wide: float, above: Decimal, said: str, whole: str) -> list[Markup]:
        """What a bar comes to, over it, where there is room for that."""
        if not above or text_width(said, 10) > wide + 4:
            return []
        place, y = number(x + wide / 2), number(self.y(above) - 4)
        return [tag("text", said, tag("title", whole), x=place, y=y, text_anchor="middle", class_="figure tiny")]

    def names(self, periods: Sequence[str]) -> list[Markup]:
        """As many names of periods as there is room for, the last always among them."""
        widest = max((text_width(shortened(name, 14), 11) for name in periods), default=0.0)
        every = max(1, -(-int(widest + 10) // max(int(self.step), 1)))
        last = len(periods) - 1
        return [
            tag(
                "text",
                fitted(readable(name), self.step * every - 4, 11),
                tag("title", name),
                x=number(self.middle(place)),
                y=number(self.top + PLOT + 20),
                text_anchor="middle",
                class_="small",
            )
            for place, name in enumerate(periods)
            if (last - place) % every == 0
        ]


class Legend:
    """Names with their looks, row by row: those of a bar follow its own name."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, list[Entry]]] = []

    def add(self, head: str, entries: Iterable[Entry]) -> None:
        """Names of one bar under its own, which may be ""; without one they go on where there is room in the row before."""
        head = f"{shortened(readable(head), _NAME)}:" if head else ""
        if head or not self.rows or self.rows[-1][0]:
            self.rows.append((head, []))
        for entry in entries:
            used = text_width(self.rows[-1][0], 13.5) + 10 + sum(_wide(name) for name, _ in self.rows[-1][1])
            if self.rows[-1][1] and used + _wide(entry[0]) > RIGHT - 20:
                self.rows.append(("", []))
            self.rows[-1][1].append(entry)

    @property
    def height(self) -> int:
        return LEGEND_ROW * len(self.rows)

    def drawn(self, ident: str) -> list[Markup]:
        parts = []
        for place, (head, entries) in enumerate(self.rows):
            x, y = 20.0, float(_LEGEND_TOP + place * LEGEND_ROW)
            if head:
                parts.append(tag("text", head, x=number(x), y=number(y), class_="strong"))
                x += text_width(head, 13.5) + 10
            for name, fill in entries:
                if fill is None:
                    parts.append(tag("path", d=f"M{number(x)} {number(y - 4)}h14", class_="result"))
                    parts.append(diamond(x + 7, y - 4, hollow=False))
                else:
                    parts += fills.filled(fill, x, y - 10, 14, 12, ident)
                said = shortened(readable(name), _NAME)
                parts.append(tag("text", said, tag("title", name), x=number(x + 20), y=number(y)))
                x += _wide(name)
        return parts


def _wide(name: str) -> float:
    return 44 + text_width(shortened(readable(name), _NAME), 12)


def diamond(x: float, y: float, *, hollow: bool) -> Markup:
    """A point of the line; hollow where it is below zero."""
    way = f"M{number(x)} {number(y - 4.5)}l4.5 4.5l-4.5 4.5l-4.5 -4.5z"
    return tag("path", d=way, class_="point hollow" if hollow else "point")
