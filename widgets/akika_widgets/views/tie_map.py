"""Where the books agree with QuickBooks' own reports: a square for each report and month, calm where every figure is the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from akika_widgets.views import fills
from akika_widgets.views.markup import Markup, readable, shortened, tag
from akika_widgets.views.money_scale import brief
from akika_widgets.views.picture_heading import heading
from akika_widgets.views.svg import fitted, frame, number, text_width
from akika_widgets.views.view import View, anchor
from akika_widgets.views.wording import amount

MONTHS: Final = 30
"""Columns of one picture; what lies before them is one column, ``earlier`` of its own, so that no residual is left out."""
_WIDTH: Final = 900
_LEFT: Final = 230
_ROW: Final = 26
_TOP: Final = 100
_KIND: Final = "ak-tie"
_SAID: Final = 20
_EARLIER: Final = "earlier"


@dataclass(frozen=True, slots=True)
class Tie:
    """What was compared of one report on one basis in one month.

    ``month``: as it stands over its column, ``2026-11``, in the order of the text. ``residual``: the largest, with its sign.
    ``unexplained``: how many of the differing figures have no reason that can be told. ``reasons``: those that can.
    """

    report: str
    basis: str
    month: str
    compared: int
    differing: int = 0
    residual: Decimal = Decimal(0)
    unexplained: int = 0
    reasons: tuple[str, ...] = ()

    def joined(self, other: Tie) -> Tie:
        """Both as one, under the month of this."""
        larger = self.residual if abs(self.residual) >= abs(other.residual) else other.residual
        return Tie(
            self.report,
            self.basis,
            self.month,
            self.compared + other.compared,
            self.differing + other.differing,
            larger,
            self.unexplained + other.unexplained,
            tuple(dict.fromkeys((*self.reasons, *other.reasons))),
        )

    def words(self) -> str:
        """What hangs beside the square."""
        figures = f"{self.compared:,} figure{'' if self.compared == 1 else 's'}"
        if not self.differing:
            return f"{figures}, residual 0.00"
        why = "; ".join(shortened(one, 80) for one in self.reasons) or "unexplained"
        told = f", {self.unexplained:,} of them unexplained" if self.unexplained and self.reasons else ""
        return f"{self.differing:,} of {figures} differ{told}, the largest residual {amount(self.residual)}: {why}"


class TieMap(View):
    """Reports by month. A square without a sign agrees to the cent; a frame has a reason; a full square with ≠ has none."""

    def __init__(
        self, ties: Iterable[Tie], *, title: str = "Tie-out to QuickBooks' own reports", sub: str = ""
    ) -> None:
        self.title = title
        held = _few(list(ties))
        self.ties = {(one.report, one.basis, one.month): one for one in held}
        self.months = sorted({one.month for one in held}, key=lambda month: (month != _EARLIER, month))
        self.rows = sorted({(one.report, one.basis) for one in held})
        self.sub = "; ".join(part for part in (sub, self.verdict()) if part)

    @property
    def differing(self) -> int:
        """How many figures are not the same."""
        return sum(one.differing for one in self.ties.values())

    def verdict(self) -> str:
        """How it stands, in words."""
        compared = sum(one.compared for one in self.ties.values())
        if not compared:
            return "nothing was compared"
        if not self.differing:
            return f"all {compared:,} figures agree to the cent"
        bare = sum(one.unexplained for one in self.ties.values())
        return f"{self.differing:,} of {compared:,} figures do not agree, {bare:,} of them unexplained"

    def plain(self) -> str:
        lines = [f"{self.title}: {self.sub}"]
        for report, basis in self.rows:
            own = [self.ties[report, basis, month] for month in self.months if (report, basis, month) in self.ties]
            lines.append(f"  {shortened(_row_name(report, basis), 48)}: {sum(one.compared for one in own):,} figures")
            lines += [f"    {shortened(one.month, 24)}: {one.words()}" for one in own if one.differing]
        return "\n".join(lines)

    def description(self) -> str:
        """The picture in words: the verdict, then every square that does not agree."""
        off = [one for one in self.ties.values() if one.differing]
        off.sort(key=lambda one: (not one.unexplained, -abs(one.residual), one.report, one.basis, one.month))
        said = [
            f"{shortened(_row_name(one.report, one.basis), 60)} {shortened(one.month, 24)}: {one.words()}"
            for one in off[:_SAID]
        ]
        rest = len(off) - _SAID
        if rest > 0:
            said.append(f"and {rest:,} more")
        return ". ".join([self.verdict()[:1].upper() + self.verdict()[1:], *said]) + "."

    def svg(self) -> Markup:
        ident = anchor(_KIND, self.title, self.sub, *self.ties.values())
        height = _TOP + _ROW * max(len(self.rows), 1) + 20
        # A square no wider than its words: few months do not fill the page.
        wide = min(74.0, (_WIDTH - 20 - _LEFT) / max(len(self.months), 1))
        parts: list[Markup] = [
            fills.patterns(ident),
            *heading(self.title, self.sub, _WIDTH - 40),
            *_legend(),
            *self._heads(wide),
        ]
        for place, (report, basis) in enumerate(self.rows):
            top = _TOP + place * _ROW
            name = _row_name(report, basis)
            parts.append(
                tag("text", fitted(readable(name), _LEFT - 34, 12), tag("title", name), x=20, y=number(top + 17))
            )
            for at, month in enumerate(self.months):
                one = self.ties.get((report, basis, month))
                if one is not None:
                    parts.append(_square(one, _LEFT + at * wide, top, wide))
        if not self.rows:
            parts.append(tag("text", "Nothing was compared.", x=20, y=_TOP + 14, class_="quiet"))
        return frame(_KIND, _WIDTH, height, self.title, self.description(), *parts, css=_CSS, ident=ident)

    def _heads(self, wide: float) -> list[Markup]:
        widest = max((text_width(shortened(month, 10), 11) for month in self.months), default=0.0)
        every = max(1, -(-int(widest + 8) // max(int(wide), 1)))
        last = len(self.months) - 1
        return [
            tag(
                "text",
                fitted(readable(month), max(wide * every - 4, 16), 11),
                tag("title", month),
                x=number(_LEFT + at * wide + wide / 2),
                y=_TOP - 8,
                text_anchor="middle",
                class_="quiet small",
            )
            for at, month in enumerate(self.months)
            if (last - at) % every == 0
        ]


def _row_name(report: str, basis: str) -> str:
    return f"{report}, {basis.lower()}" if basis else report


def _square(one: Tie, x: float, top: float, wide: float) -> Markup:
    place = {"x": number(x + 1.5), "y": number(top + 2), "width": number(max(wide - 3, 1)), "height": _ROW - 4, "rx": 2}
    title = tag("title", f"{_row_name(one.report, one.basis)}, {one.month}: {one.words()}")
    look = "calm" if not one.differing else "bare" if one.unexplained else "told"
    sign = "≠ " if look == "bare" else ""
    said = (
        next((words for words in (f"{sign}{brief(one.residual)}", "≠") if text_width(words, 10) <= wide - 5), "≠")
        if one.differing
        else "0.00"
    )
    words = tag(
        "text", said, x=number(x + wide / 2), y=number(top + 17), text_anchor="middle", class_=f"tiny in-{look}"
    )
    shown = words if one.differing or text_width(said, 10) <= wide - 8 else None
    return tag("g", title, tag("rect", **place, class_=look), shown)


def _legend() -> list[Markup]:
    drawn = []
    x = 20
    for look, words in (("calm", "agrees to the cent"), ("told", "differs, with a reason"), ("bare", "≠ unexplained")):
        drawn += [
            tag("rect", x=x, y=58, width=14, height=12, rx=2, class_=look),
            tag("text", words, x=x + 20, y=68, class_="small"),
        ]
        x += 170
    return drawn


def _few(ties: Sequence[Tie]) -> list[Tie]:
    """One for each report, basis and month; what lies before the last `MONTHS` is one column, ``earlier``."""
    months = sorted({one.month for one in ties})
    kept = set(months[-MONTHS:])
    found: dict[tuple[str, str, str], Tie] = {}
    for one in ties:
        month = one.month if one.month in kept else _EARLIER
        own = Tie(one.report, one.basis, month, one.compared, one.differing, one.residual, one.unexplained, one.reasons)
        key = (one.report, one.basis, month)
        found[key] = found[key].joined(own) if key in found else own
    return list(found.values())


_CSS: Final = (
    fills.sheet(_KIND) + f" svg.{_KIND} .tiny {{ font-size: 10px; }} "
    f"svg.{_KIND} .calm {{ fill: var(--ak-raised); stroke: var(--ak-rule); stroke-width: 0.8; }} svg.{_KIND} .in-calm {{ fill: var(--ak-quiet); }} "
    f"svg.{_KIND} .told {{ fill: var(--ak-changed-wash); stroke: var(--ak-changed); stroke-width: 1.5; stroke-dasharray: 4 2; }} "
    f"svg.{_KIND} .bare {{ fill: var(--ak-removed); stroke: var(--ak-removed); stroke-width: 1; }} "
    f"svg.{_KIND} text.in-bare {{ fill: var(--ak-paper); font-weight: 700; }} svg.{_KIND} text.in-told {{ font-weight: 600; }}"
)
