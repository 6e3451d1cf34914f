"""Who owes for how long: open amounts by age, as bars, of customers and of vendors on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from akika_forensics.model.money import ZERO
from akika_widgets.views import fills
from akika_widgets.views.columns import counted_rows
from akika_widgets.views.fills import Fill
from akika_widgets.views.markup import Markup, readable, shortened, tag
from akika_widgets.views.money_scale import brief, scale_of
from akika_widgets.views.picture_heading import heading
from akika_widgets.views.svg import fitted, frame, number, text_width
from akika_widgets.views.view import View, anchor
from akika_widgets.views.wording import amount

_WIDTH: Final = 900
_LEFT: Final = 190
_RIGHT: Final = 640
_ROW: Final = 28
_HEAD: Final = 34
_TOP: Final = 62
_KIND: Final = "ak-ageing"
_FILLS: Final = (Fill("edge"), Fill("focus"), Fill("changed", "lines"), Fill("changed", "slant"), Fill("removed"))
"""By age, the youngest first; what is older than these looks like the last."""


@dataclass(frozen=True, slots=True)
class Age:
    """What is open of one age: how much, of how many documents. A credit that is open is negative."""

    name: str
    amount: Decimal
    documents: int


@dataclass(frozen=True, slots=True)
class Side:
    """What customers owe, or what is owed to vendors: its ages, the youngest first."""

    name: str
    ages: tuple[Age, ...]

    @property
    def total(self) -> Decimal:
        return sum((age.amount for age in self.ages), ZERO)


class AgeingBars(View):
    """Open amounts by age, a group of bars a side."""

    def __init__(self, sides: Sequence[Side], *, title: str, sub: str = "") -> None:
        self.title = title
        self.sub = sub
        self.sides = tuple(sides)

    def plain(self) -> str:
        lines = []
        for side in self.sides:
            lines.append(f"  {shortened(side.name, 48):<48} {amount(side.total):>22}")
            lines += [
                f"    {shortened(age.name, 46):<46} {amount(age.amount):>22}  {counted_rows(age.documents, 'documents')}"
                for age in side.ages
            ]
        return "\n".join([self.title, *lines])

    def description(self) -> str:
        """The picture in words."""
        said = []
        for side in self.sides:
            ages = ", ".join(
                f"{shortened(age.name, 60)} {amount(age.amount)} in {counted_rows(age.documents, 'documents')}"
                for age in side.ages
                if age.amount or age.documents
            )
            said.append(f"{shortened(side.name, 60)} {amount(side.total)}" + (f": {ages}" if ages else ""))
        return "; ".join(said) + "." if said else "Nothing is open."

    def svg(self) -> Markup:
        ident = anchor(_KIND, self.title, self.sub, self.sides)
        scale = scale_of(age.amount for side in self.sides for age in side.ages)
        heights = [_HEAD + _ROW * len(side.ages) for side in self.sides]
        height = _TOP + sum(heights) + 16 * len(heights)

        def x(value: Decimal) -> float:
            return _LEFT + (_RIGHT - _LEFT) * scale.share(value)

        parts: list[Markup] = [
            fills.patterns(ident),
            *heading(self.title, self.sub, _WIDTH - 40),
        ]
        if not self.sides:
            parts.append(tag("text", "Nothing is open.", x=20, y=_TOP + 12, class_="quiet"))
        top = float(_TOP)
        for side, tall in zip(self.sides, heights, strict=True):
            said = amount(side.total) if abs(side.total) < 10**12 else brief(side.total)
            parts += [
                tag(
                    "text",
                    fitted(readable(side.name), 500, 12),
                    tag("title", side.name),
                    x=20,
                    y=number(top + 18),
                    class_="strong",
                ),
                tag(
                    "text",
                    said,
                    tag("title", amount(side.total)),
                    x=_WIDTH - 150,
                    y=number(top + 18),
                    text_anchor="end",
                    class_="strong",
                ),
                tag("line", x1=20, x2=_WIDTH - 20, y1=number(top + 26), y2=number(top + 26), class_="rule"),
            ]
            zero = number(x(ZERO))
            for place, age in enumerate(side.ages):
                parts.append(
                    _bar(
                        age,
                        place,
                        top + _HEAD + place * _ROW,
                        x(min(ZERO, age.amount)),
                        x(max(ZERO, age.amount)),
                        ident,
                    )
                )
            if side.ages:
                parts.append(
                    tag("line", x1=zero, x2=zero, y1=number(top + _HEAD - 2), y2=number(top + tall), class_="axis")
                )
            top += tall + 16
        return frame(_KIND, _WIDTH, height, self.title, self.description(), *parts, css=_CSS, ident=ident)


def _bar(age: Age, place: int, top: float, left: float, right: float, ident: str) -> Markup:
    middle = number(top + _ROW / 2 + 4)
    boxes = []
    if age.amount:
        boxes = fills.filled(
            _FILLS[min(place, len(_FILLS) - 1)], left, top + 5, max(right - left, 1.5), _ROW - 10, ident
        )
    said = amount(age.amount) if abs(age.amount) < 10**12 else brief(age.amount)
    documents = counted_rows(age.documents, "documents")
    return tag(
        "g",
        tag("title", f"{age.name}: {amount(age.amount)}, {documents}"),
        tag("text", fitted(readable(age.name), _LEFT - 40, 12), x=20, y=middle),
        *boxes,
        tag(
            "text",
            said,
            x=_WIDTH - 150,
            y=middle,
            text_anchor="end",
            class_=None if text_width(said, 12) < 200 else "small",
        ),
        tag("text", documents, x=_WIDTH - 20, y=middle, text_anchor="end", class_="quiet small"),
    )


_CSS: Final = fills.sheet(_KIND) + f" svg.{_KIND} .strong {{ font-weight: 600; }}"
