"""The movement of the trial balance as bars, for those who would rather look than read."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Protocol

from akika_widgets.views.markup import Markup, readable, shortened, tag
from akika_widgets.views.svg import fitted, frame, number, text_width
from akika_widgets.views.view import View, anchor
from akika_widgets.views.wording import amount

DRAWN: Final = 24
_WIDTH: Final = 900
_NAMES: Final = 300
_FIGURES: Final = 104
_ROW: Final = 30
_TOP: Final = 62


class MovedLike(Protocol):
    @property
    def account(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def change(self) -> Decimal: ...


class MovementPicture(View):
    """One bar for each account that moved: to the right by how much debit, to the left by how much credit grew.

    The accounts that moved most come first; above ``drawn`` the others are counted, and named in the table beside it.
    """

    def __init__(
        self,
        effects: Iterable[MovedLike],
        *,
        title: str = "Effect on the trial balance",
        before: str = "before",
        after: str = "after",
        drawn: int = DRAWN,
    ) -> None:
        moved = sorted(
            (row for row in effects if row.change), key=lambda row: (-abs(row.change), row.name, row.account)
        )
        self.title = title
        self.before = before
        self.after = after
        self.rows = tuple(moved[:drawn])
        self.rest = len(moved) - len(self.rows)

    def plain(self) -> str:
        if not self.rows:
            return f"{self.title}: no account moved."
        most = max(abs(row.change) for row in self.rows)
        lines = [
            f"  {shortened(row.name, 36):<36} {row.change:>+14,.2f} {'█' * max(1, int(abs(row.change) / most * 24))}"
            for row in self.rows
        ]
        return "\n".join([self.title, *lines])

    def description(self) -> str:
        """The picture in words."""
        if not self.rows:
            return "No account moved."
        said = "; ".join(f"{shortened(row.name, 80)} {amount(row.change, sign=True)}" for row in self.rows)
        return f"Change of each account from {self.before} to {self.after}: {said}."

    def svg(self) -> Markup:
        rows = len(self.rows)
        height = _TOP + max(rows, 1) * _ROW + (40 if self.rest else 20)
        left, right = _NAMES + _FIGURES, _WIDTH - _FIGURES - 20
        axis = (left + right) / 2
        most = max((abs(row.change) for row in self.rows), default=Decimal(1))
        parts: list[Markup] = [
            tag("text", self.title, x=20, y=28, class_="title"),
            tag("text", "← more credit", x=number(axis - 10), y=_TOP - 12, text_anchor="end", class_="quiet small"),
            tag("text", "more debit →", x=number(axis + 10), y=_TOP - 12, class_="quiet small"),
        ]
        for position, row in enumerate(self.rows):
            parts.append(_bar(row, _TOP + position * _ROW, axis, (right - left) / 2 * float(abs(row.change) / most)))
        if rows:
            parts.append(
                tag("line", x1=number(axis), x2=number(axis), y1=_TOP - 4, y2=_TOP + rows * _ROW, class_="axis")
            )
        else:
            parts.append(tag("text", "No account moved.", x=20, y=_TOP + 16, class_="quiet"))
        if self.rest:
            parts.append(
                tag(
                    "text",
                    f"and {self.rest:,} more account{'' if self.rest == 1 else 's'} that moved less",
                    x=20,
                    y=height - 16,
                    class_="quiet small",
                )
            )
        ident = anchor("movement", self.title, *((row.account, row.name, row.change) for row in self.rows))
        return frame("ak-movement", _WIDTH, height, self.title, self.description(), *parts, css=_CSS, ident=ident)


def _bar(row: MovedLike, top: float, axis: float, length: float) -> Markup:
    debit = row.change > 0
    middle = top + _ROW / 2
    shown = max(length, 1.5)
    bar = tag(
        "rect",
        x=number(axis if debit else axis - shown),
        y=number(top + 7),
        width=number(shown),
        height=_ROW - 14,
        rx=1.5,
        class_="debit" if debit else "credit",
    )
    end = axis + shown + 8 if debit else axis - shown - 8
    figure = tag(
        "text",
        amount(row.change, sign=True),
        x=number(end),
        y=number(middle + 4),
        text_anchor=None if debit else "end",
        class_="figure",
    )
    name = tag(
        "text",
        _account_name(row),
        tag("title", f"{row.name} ({row.account})"),
        x=20,
        y=number(middle + 4),
    )
    return tag(
        "g",
        tag("line", x1=20, x2=_WIDTH - 20, y1=number(top + _ROW), y2=number(top + _ROW), class_="rule"),
        bar,
        name,
        figure,
    )


def _account_name(row: MovedLike) -> str:
    """The name as far as it fits; of a sub-account what is above it gives way first."""
    name = readable(row.name or row.account)
    room = _NAMES - 24
    above, separator, own = name.rpartition(":")
    if not separator or text_width(name, 12) <= room:
        return fitted(name, room, 12)
    own = fitted(own, room, 12)
    left = room - text_width(f"…:{own}", 12)
    return f"{fitted(above, left, 12)}:{own}" if left > 40 else own


_CSS: Final = (
    "svg.ak-movement .title { font-weight: 600; font-size: 13px; } svg.ak-movement .small { font-size: 11px; } "
    "svg.ak-movement .rule { stroke: var(--ak-rule); stroke-width: 0.6; } svg.ak-movement .axis { stroke: var(--ak-edge); stroke-width: 1; } "
    "svg.ak-movement .debit { fill: var(--ak-added); } svg.ak-movement .credit { fill: var(--ak-changed); } "
    "svg.ak-movement .figure { font-variant-numeric: tabular-nums; }"
)
