"""Our trial balance beside QuickBooks' own, account by account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol

from akika_forensics.model.money import ZERO
from akika_widgets.views.live_lines import LineColumn, LiveLines, Sheet
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.table import LONG, ROWS, TableView, marked, money_cell, named
from akika_widgets.views.wording import amount


class TieOutLike(Protocol):
    @property
    def report(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def account_name(self) -> str: ...
    @property
    def period(self) -> Any: ...
    @property
    def basis(self) -> str: ...
    @property
    def ours(self) -> Decimal: ...
    @property
    def theirs(self) -> Decimal: ...
    @property
    def residual(self) -> Decimal: ...


class TieOutTable(TableView):
    """Our trial balance beside QuickBooks' own, account by account; what does not agree comes first."""

    nothing = "no line was compared."

    def __init__(
        self, lines: Iterable[TieOutLike], *, title: str = "Tie-out to QuickBooks' own reports", limit: int = ROWS
    ) -> None:
        self.lines = tuple(
            sorted(lines, key=lambda line: (-abs(line.residual), line.report, line.account_name, line.account))
        )
        sources = {_source(line) for line in self.lines}
        self._one_source = len(sources) == 1
        said = [*(sources if self._one_source else ()), self._verdict()]
        super().__init__(title, "; ".join(part for part in said if part), limit)
        self.sign = ("≠", "removed") if self.residual else ("✓", "good")

    @property
    def residual(self) -> Decimal:
        """The largest absolute residual of any line."""
        return max((abs(line.residual) for line in self.lines), default=ZERO)

    def live(self) -> LiveLines[TieOutLike]:
        """The same to be searched, sorted and narrowed to what does not agree."""
        columns: list[LineColumn[TieOutLike]] = [
            LineColumn("name", "Account", lambda line: line.account_name, _account, number=False),
            LineColumn("ours", "From the records", lambda line: line.ours, lambda line: money_cell(line.ours)),
            LineColumn("theirs", "QuickBooks says", lambda line: line.theirs, lambda line: money_cell(line.theirs)),
            LineColumn("residual", "Residual", lambda line: line.residual, lambda line: residual_cell(line.residual)),
        ]
        if not self._one_source:
            columns.insert(1, LineColumn("report", "Report", _source, _source_cell, number=False))
        return LiveLines(
            self.title,
            columns,
            [Sheet("lines", self.title, self.lines)],
            differs=lambda line: bool(line.residual),
            text=lambda line: f"{line.account_name} {line.account} {_source(line)}",
            foot=self._sums,
            sub=marked(self.sign[0], self.sub, self.sign[1]) if self.sign and self.sub else None,
        )

    def _sums(self, lines: Sequence[TieOutLike], words: str) -> Markup:
        return tag(
            "tr",
            tag("th", words, scope="row", colspan=None if self._one_source else 2),
            *(
                money_cell(sum((getattr(line, name) for line in lines), ZERO))
                for name in ("ours", "theirs", "residual")
            ),
        )

    def _verdict(self) -> str:
        off = sum(1 for line in self.lines if line.residual)
        if not self.lines:
            return ""
        if not off:
            return f"all {len(self.lines):,} lines agree to the cent"
        return f"{off:,} of {len(self.lines):,} lines do not agree; largest residual {amount(self.residual)}"

    def plain(self) -> str:
        if not self.lines:
            return f"{self.title}: {self.nothing}"
        rows = [
            f"  {line.report:<14} {shortened(line.account_name, 36):<36} {line.ours:>14,.2f} {line.theirs:>14,.2f} {line.residual:>12,.2f}"
            for line in self.lines[: self.limit]
        ]
        return "\n".join([f"{self.title}: {self.sub}", *rows])

    def html(self) -> Markup:
        if not self.lines:
            return self._empty()
        rows = [
            tag(
                "tr",
                tag("th", named(line.account_name, line.account), scope="row"),
                None if self._one_source else tag("td", shortened(_source(line), LONG), class_="ak-quiet"),
                money_cell(line.ours),
                money_cell(line.theirs),
                residual_cell(line.residual),
            )
            for line in self.lines
        ]
        report = [] if self._one_source else [("Report", False)]
        return self._drawn(
            [("Account", False), *report, ("From the records", True), ("QuickBooks says", True), ("Residual", True)],
            rows,
        )


def _source(line: TieOutLike) -> str:
    return f"{line.report}, {line.basis}, {line.period}"


def _account(line: TieOutLike) -> Markup:
    return tag("th", named(line.account_name, line.account), scope="row")


def _source_cell(line: TieOutLike) -> Markup:
    return tag("td", shortened(_source(line), LONG), class_="ak-quiet")


def residual_cell(residual: Decimal) -> Markup:
    """By how much two sides differ; a mark says whether they agree."""
    mark = marked("≠", amount(residual), "removed") if residual else marked("✓", amount(residual), "good")
    return tag("td", mark, class_="ak-number")
