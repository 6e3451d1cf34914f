"""What makes up an amount, period by period: bars stacked of parts, side by side, and perhaps a line over them.

A balance sheet is two bars a month (what there is, and whose it is), a profit and loss income and costs with the result as the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from akika_forensics.model.money import ZERO
from akika_widgets.views import fills
from akika_widgets.views.fills import Fill
from akika_widgets.views.markup import Markup, readable, shortened, tag
from akika_widgets.views.money_scale import brief, scale_of
from akika_widgets.views.period_plot import LEFT, PLOT, WIDTH, Legend, Plot, diamond
from akika_widgets.views.svg import fitted, frame, number, text_width
from akika_widgets.views.view import View, anchor
from akika_widgets.views.wording import amount

DRAWN: Final = 36
"""Periods of one picture; of more, the latest are drawn and the others counted."""
_LABEL: Final = 10
_SAID: Final = 13
_KIND: Final = "ak-periods"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its value in each period, in order."""

    name: str
    fill: Fill
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """The parts that make up one bar of each period; what is negative hangs below zero."""

    name: str
    parts: tuple[Part, ...]

    def total(self, place: int) -> Decimal:
        """Of one period."""
        return sum((part.values[place] for part in self.parts), ZERO)


class PeriodBars(View):
    """Bars by period. ``line``: what stands over them as a line, such as the result. Raises ValueError where a part has not a value for each period."""

    def __init__(
        self,
        periods: Sequence[str],
        stacks: Sequence[Stack],
        *,
        title: str,
        sub: str = "",
        line: Part | None = None,
    ) -> None:
        every = [*(part for stack in stacks for part in stack.parts), *([line] if line else [])]
        if any(len(part.values) != len(periods) for part in every):
            raise ValueError("a part has not a value for each period")
        self.title = title
        self.sub = sub
        self.before = max(0, len(periods) - DRAWN)
        """Periods before those that are drawn."""
        self.periods = tuple(periods[self.before :])
        self.stacks = tuple(
            Stack(stack.name, tuple(kept for part in stack.parts if any((kept := self._latest(part)).values)))
            for stack in stacks
        )
        self.line = self._latest(line) if line else None

    def _latest(self, part: Part) -> Part:
        return Part(part.name, part.fill, part.values[self.before :])

    @property
    def empty(self) -> bool:
        """Whether there is nothing but zeros."""
        return not any(stack.parts for stack in self.stacks) and not (self.line and any(self.line.values))

    # -- in words ----------------------------------------------------------------------------------------------------

    def plain(self) -> str:
        if self.empty:
            return f"{self.title}: nothing to show."
        heads = [*(stack.name for stack in self.stacks), *([self.line.name] if self.line else [])]
        lines = ["  " + " " * 12 + "".join(f"{shortened(head, 24):>26}" for head in heads)]
        for place, period in enumerate(self.periods):
            figures = "".join(f"{amount(value):>26}" for value in self._figures(place))
            lines.append(f"  {shortened(period, 24):<12}{figures}")
        return "\n".join([self.title, *lines])

    def _figures(self, place: int) -> list[Decimal]:
        return [*(stack.total(place) for stack in self.stacks), *([self.line.values[place]] if self.line else [])]

    def description(self) -> str:
        """The picture in words: every period up to a dozen, else the first, the highest, the lowest and the last."""
        if self.empty:
            return "There is nothing to show."
        places = list(range(len(self.periods)))
        if len(places) > _SAID:
            sums = [self._figures(place)[-1] for place in places]
            places = sorted({0, sums.index(max(sums)), sums.index(min(sums)), places[-1]})
        said = "; ".join(f"{shortened(self.periods[place], 40)}: {self._words(place)}" for place in places)
        earlier = f" {self.before:,} earlier periods are not drawn." if self.before else ""
        return f"{said}.{earlier}"

    def _words(self, place: int) -> str:
        names = [*(stack.name for stack in self.stacks), *([self.line.name] if self.line else [])]
        figures = zip(names, self._figures(place), strict=True)
        return ", ".join(f"{shortened(name, 40)} {amount(value)}" for name, value in figures)

    # -- drawn -------------------------------------------------------------------------------------------------------

    def svg(self) -> Markup:
        ident = anchor(_KIND, self.title, self.sub, self.periods, self.stacks, self.line)
        legend = self._legend()
        top = 66 + legend.height + _LABEL
        height = top + PLOT + 44
        scale = scale_of(self._extremes())
        plot = Plot(scale, top, len(self.periods))
        earlier = f"{self.before:,} earlier periods are not drawn" if self.before else ""
        sub = "; ".join(part for part in (self.sub, earlier) if part)
        parts: list[Markup] = [
            fills.patterns(ident),
            tag(
                "text",
                fitted(readable(self.title), WIDTH - 40, 13),
                tag("title", self.title),
                x=20,
                y=28,
                class_="title",
            ),
            tag("text", fitted(readable(sub), WIDTH - 40, 11), tag("title", sub), x=20, y=46, class_="quiet small"),
            *legend.drawn(ident),
            *plot.marks(),
        ]
        if self.empty:
            parts.append(tag("text", "There is nothing to show.", x=LEFT + 12, y=number(top + 24), class_="quiet"))
        parts += [box for place in range(len(self.periods)) for box in self._bars(plot, place, ident)]
        parts += [plot.zero(), *plot.names(self.periods), *self._line(plot)]
        return frame(_KIND, WIDTH, height, self.title, self.description(), *parts, css=_CSS, ident=ident)

    def _extremes(self) -> list[Decimal]:
        found = list(self.line.values) if self.line else []
        for stack in self.stacks:
            for place in range(len(self.periods)):
                values = [part.values[place] for part in stack.parts]
                found.append(sum((value for value in values if value > 0), ZERO))
                found.append(sum((value for value in values if value < 0), ZERO))
        return found

    def _legend(self) -> Legend:
        legend = Legend()
        for stack in self.stacks:
            alone = len(stack.parts) == 1 and stack.parts[0].name == stack.name
            if stack.parts:
                legend.add("" if alone else stack.name, [(part.name, part.fill) for part in stack.parts])
        if self.line and not self.empty:
            legend.add("", [(self.line.name, None)])
        return legend

    def _bars(self, plot: Plot, place: int, ident: str) -> list[Markup]:
        drawn: list[Markup] = []
        for at, stack in enumerate(self.stacks):
            x, wide = plot.bar(place, at, len(self.stacks))
            above = below = ZERO
            for part in stack.parts:
                value = part.values[place]
                if not value:
                    continue
                start = above if value > 0 else below
                if value > 0:
                    above += value
                else:
                    below += value
                upper, lower = plot.y(max(start, start + value)), plot.y(min(start, start + value))
                title = tag("title", f"{self.periods[place]}, {part.name}: {amount(value)}")
                # Never thinner than can be seen.
                boxes = fills.filled(part.fill, x, upper, wide, max(lower - upper, 1.0), ident)
                drawn.append(tag("g", title, *boxes))
            if not self.line and stack.parts:
                drawn += plot.label(
                    x, wide, above, brief(stack.total(place)), f"{stack.name}: {amount(stack.total(place))}"
                )
        return drawn

    def _line(self, plot: Plot) -> list[Markup]:
        if self.line is None or not any(self.line.values):
            return []
        points = [(plot.middle(place), plot.y(value)) for place, value in enumerate(self.line.values)]
        way = " ".join(f"{'L' if place else 'M'}{number(x)} {number(y)}" for place, (x, y) in enumerate(points))
        drawn = [tag("path", d=way, class_="result")]
        for place, (value, (x, y)) in enumerate(zip(self.line.values, points, strict=True)):
            title = tag("title", f"{self.periods[place]}, {self.line.name}: {amount(value)}")
            drawn.append(tag("g", title, diamond(x, y, hollow=value < 0)))
            said = brief(value)
            if value and text_width(said, 11) <= plot.step - 2:
                # A loss is said below its sign, on paper of its own where a bar stands.
                below = y + (17 if value < 0 else -9)
                wide = text_width(said, 11)
                drawn += [
                    tag(
                        "rect",
                        x=number(x - wide / 2),
                        y=number(below - 10),
                        width=number(wide),
                        height=13,
                        class_="paper",
                    ),
                    tag("text", said, x=number(x), y=number(below), text_anchor="middle", class_="small"),
                ]
        return drawn


_CSS: Final = (
    fills.sheet(_KIND) + f" svg.{_KIND} .tiny {{ font-size: 10px; }} svg.{_KIND} .strong {{ font-weight: 600; }} "
    f"svg.{_KIND} .result {{ fill: none; stroke: var(--ak-ink); stroke-width: 1.5; }} "
    f"svg.{_KIND} .point {{ fill: var(--ak-ink); stroke: var(--ak-paper); stroke-width: 1; }} "
    f"svg.{_KIND} .point.hollow {{ fill: var(--ak-paper); stroke: var(--ak-ink); stroke-width: 1.5; }}"
)
