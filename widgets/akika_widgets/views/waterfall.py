"""From one level to another, step by step: each step begins where the one before it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from akika_forensics.model.money import ZERO
from akika_widgets.views import fills
from akika_widgets.views.fills import Fill
from akika_widgets.views.markup import Markup, readable, shortened, tag
from akika_widgets.views.money_scale import brief, scale_of
from akika_widgets.views.picture_heading import heading
from akika_widgets.views.svg import fitted, frame, number
from akika_widgets.views.view import View, anchor
from akika_widgets.views.wording import amount

DRAWN: Final = 40
"""Steps of one picture; the smallest of more are drawn as one, so that it still adds up."""
_WIDTH: Final = 900
_NAMES: Final = 280
_LEFT: Final = 300
_RIGHT: Final = 760
_ROW: Final = 26
_TOP: Final = 84
_SAID: Final = 24
_KIND: Final = "ak-waterfall"
_LEVEL: Final = Fill("edge")
_UP: Final = Fill("added")
_DOWN: Final = Fill("changed", "slant")


@dataclass(frozen=True, slots=True)
class Step:
    """``level``: an amount that there is; ``move``: by how much it changed."""

    name: str
    amount: Decimal
    kind: Literal["level", "move"] = "move"


class Waterfall(View):
    """Steps from above to below. ``up`` and ``down`` are the words for moves either way."""

    def __init__(
        self, steps: Sequence[Step], *, title: str, sub: str = "", up: str = "came", down: str = "went"
    ) -> None:
        self.title = title
        self.sub = sub
        self.up = up
        self.down = down
        self.steps = _few(steps)

    def plain(self) -> str:
        if not self.steps:
            return f"{self.title}: nothing moved."
        lines = [
            f"  {shortened(step.name, 36):<36} {amount(step.amount, sign=step.kind == 'move'):>22}"
            for step in self.steps
        ]
        return "\n".join([self.title, *lines])

    def description(self) -> str:
        """The picture in words."""
        if not self.steps:
            return "Nothing moved."
        told = self.steps if len(self.steps) <= _SAID else [*self.steps[: _SAID - 1], self.steps[-1]]
        rest = len(self.steps) - len(told)
        said = "; ".join(f"{shortened(step.name, 60)} {amount(step.amount, sign=step.kind == 'move')}" for step in told)
        return f"{said}.{f' {rest:,} more steps are drawn.' if rest else ''}"

    def svg(self) -> Markup:
        ident = anchor(_KIND, self.title, self.sub, self.steps)
        ends = self._ends()
        scale = scale_of([value for pair in ends for value in pair])
        height = _TOP + max(len(self.steps), 1) * _ROW + 20

        def x(value: Decimal) -> float:
            return _LEFT + (_RIGHT - _LEFT) * scale.share(value)

        bottom = number(_TOP + len(self.steps) * _ROW)
        parts: list[Markup] = [
            fills.patterns(ident),
            *heading(self.title, self.sub, _WIDTH - 40, beside=500),
            *self._legend(ident),
        ]
        if not self.steps:
            parts.append(tag("text", "Nothing moved.", x=20, y=_TOP + 12, class_="quiet"))
        for mark in scale.marks if self.steps else ():
            at = number(x(mark))
            look = "axis" if mark == 0 else "rule"
            parts += [
                tag("line", x1=at, x2=at, y1=_TOP - 4, y2=bottom, class_=look),
                tag("text", brief(mark), x=at, y=_TOP - 10, text_anchor="middle", class_="quiet small"),
            ]
        for place, (step, (start, end)) in enumerate(zip(self.steps, ends, strict=True)):
            top = _TOP + place * _ROW
            left, right = x(min(start, end)), x(max(start, end))
            parts.append(self._row(step, top, left, right, ident))
            if place + 1 < len(self.steps):
                at = number(x(end))
                parts.append(
                    tag("line", x1=at, x2=at, y1=number(top + _ROW - 6), y2=number(top + _ROW + 6), class_="axis")
                )
        return frame(_KIND, _WIDTH, height, self.title, self.description(), *parts, css=_CSS, ident=ident)

    def _ends(self) -> list[tuple[Decimal, Decimal]]:
        """Where each step begins and ends."""
        found = []
        stood = ZERO
        for step in self.steps:
            start = ZERO if step.kind == "level" else stood
            stood = step.amount if step.kind == "level" else stood + step.amount
            found.append((start, stood))
        return found

    def _row(self, step: Step, top: float, left: float, right: float, ident: str) -> Markup:
        level = step.kind == "level"
        fill = _LEVEL if level else _UP if step.amount > 0 else _DOWN
        middle = number(top + _ROW / 2 + 4)
        strong = " strong" if level else ""
        return tag(
            "g",
            tag("title", f"{step.name}: {amount(step.amount, sign=not level)}"),
            tag("text", fitted(readable(step.name), _NAMES - 20, 12), x=20, y=middle, class_=f"name{strong}"),
            *(fills.filled(fill, left, top + 6, max(right - left, 1.5), _ROW - 12, ident) if step.amount else ()),
            tag(
                "text",
                amount(step.amount, sign=not level)
                if abs(step.amount) < 10**12
                else brief(step.amount, sign=not level),
                x=_WIDTH - 20,
                y=middle,
                text_anchor="end",
                class_=f"figure{strong}",
            ),
        )

    def _legend(self, ident: str) -> list[Markup]:
        drawn: list[Markup] = []
        for x, words, fill in ((560, self.up, _UP), (720, self.down, _DOWN)):
            drawn += [
                *fills.filled(fill, x, 36, 14, 12, ident),
                tag("text", fitted(readable(words), 130, 12), tag("title", words), x=x + 20, y=46),
            ]
        return drawn


def _few(steps: Sequence[Step]) -> tuple[Step, ...]:
    """At most `DRAWN` steps: the smallest moves are one, where the last of them stood."""
    if len(steps) <= DRAWN:
        return tuple(steps)
    moves = [place for place, step in enumerate(steps) if step.kind == "move"]
    kept = set(
        sorted(moves, key=lambda place: (-abs(steps[place].amount), place))[
            : max(0, DRAWN - 1 - (len(steps) - len(moves)))
        ]
    )
    lumped = [place for place in moves if place not in kept]
    total = sum((steps[place].amount for place in lumped), ZERO)
    found: list[Step] = []
    for place, step in enumerate(steps):
        if step.kind == "level" or place in kept:
            found.append(step)
        elif place == lumped[-1]:
            found.append(Step(f"{len(lumped):,} smaller moves", total))
    return tuple(found)


_CSS: Final = fills.sheet(_KIND) + f" svg.{_KIND} .strong {{ font-weight: 600; }}"
