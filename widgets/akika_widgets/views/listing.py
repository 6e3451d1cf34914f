"""A list of anything: columns that say what they hold, rows of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Final, Literal

from akika_forensics.model.record import RecordKey
from akika_widgets.views.difference import ALIKE
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.sentences import sentence
from akika_widgets.views.table import LONG, ROWS, TableView, marked, money_cell, named, opened
from akika_widgets.views.wholeness import when
from akika_widgets.views.wording import ABSENT, amount, counted

type Form = Literal["text", "quiet", "key", "number", "signed", "code", "state", "sentence"]
type Cell = str | int | Decimal | date | Named | Mark | None

_DIGEST: Final = 16
_WORD: Final = 26


@dataclass(frozen=True, slots=True)
class Column:
    """``quiet`` steps back; ``key`` is a short name that is never broken; ``number`` and ``signed`` stand to the right; ``code`` is a digest;
    ``sentence`` is one of this software's own, in which commands stand as code.
    """

    word: str
    form: Form = "text"


@dataclass(frozen=True, slots=True)
class Named:
    """A record with the name that people know it by."""

    name: str
    key: RecordKey | str


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict: symbol and word; ``tone`` (good, changed, removed, added, quiet) only repeats them."""

    symbol: str
    word: str
    tone: str


AGREES: Final = Mark("✓", "agrees", "good")
DIFFERS: Final = Mark("≠", "does not agree", "removed")


class Listing(TableView):
    """Rows of plain values under headings.

    A cell is a text, a count, an amount (Decimal), a time (aware, shown in UTC), a date, a `Named` record, a `Mark`, or None for what is
    not there. The first cell of a row names it. ``nothing`` is said in place of an empty table. With ``alike``, rows one after another that
    differ only in their record are one row from `ALIKE` on, which opens to name each.
    """

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        *,
        sub: str = "",
        nothing: str = "there is nothing to show.",
        foot: Sequence[Cell] = (),
        sign: Mark | None = None,
        alike: bool = False,
        limit: int = ROWS,
    ) -> None:
        super().__init__(title, sub, limit)
        self.columns = tuple(columns)
        self.rows = tuple(tuple(row) for row in rows)
        self.foot = tuple(foot)
        self.nothing = nothing
        self.alike = alike
        self.sign = (sign.symbol, sign.tone) if sign else None
        for row in (*self.rows, *((self.foot,) if self.foot else ())):
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {title!r} has {len(row)} cells, not {len(self.columns)}")

    def plain(self) -> str:
        head = f"{self.title}: {self.sub}" if self.sub else self.title
        if not self.rows:
            return f"{self.title}: {self.nothing}"
        lines = ["  " + "  ".join(_said(cell) for cell in row) for row in self.rows[: self.limit]]
        rest = len(self.rows) - self.limit
        more = [f"  and {rest:,} more"] if rest > 0 else []
        return "\n".join([head, *lines, *more])

    def html(self) -> Markup:
        if not self.rows:
            return self._empty()
        headings = [(column.word, column.form in {"number", "signed"}) for column in self.columns]
        rows = [self._run(run) for run in self._runs()]
        foot = self._row(self.foot) if self.foot else None
        return self._drawn(headings, rows, foot)

    def _runs(self) -> list[list[tuple[Cell, ...]]]:
        """Rows to be drawn as one."""
        if not self.alike:
            return [[row] for row in self.rows]
        runs: list[list[tuple[Cell, ...]]] = []
        for same, group in groupby(self.rows, key=_sameness):
            held = list(group)
            runs += [held] if same is not None and len(held) >= ALIKE else [[row] for row in held]
        return runs

    def _run(self, run: Sequence[tuple[Cell, ...]]) -> Markup:
        if len(run) == 1:
            return self._row(run[0])
        place = _named_at(run[0])
        entity = str(next(cell for cell in run[0] if isinstance(cell, Named)).key).partition(":")[0]
        head = tuple(counted(len(run), entity) if at == place else cell for at, cell in enumerate(run[0]))
        names = (_content(self.columns[place], row[place]) for row in run)
        return join([self._row(head, class_="ak-opens"), opened(names, columns=len(self.columns), indent=place)])

    def _row(self, row: Sequence[Cell], *, class_: str | None = None) -> Markup:
        first, *others = zip(self.columns, row, strict=True)
        return tag("tr", _head(*first), *(_cell(column, cell) for column, cell in others), class_=class_)


def _named_at(row: Sequence[Cell]) -> int:
    return next((at for at, cell in enumerate(row) if isinstance(cell, Named)), -1)


def _sameness(row: Sequence[Cell]) -> tuple[object, ...] | None:
    """What a row says but for its record, with the type of that; None for a row of no record."""
    place = _named_at(row)
    if place < 0:
        return None
    key = row[place]
    entity = str(key.key).partition(":")[0] if isinstance(key, Named) else ""
    return (entity, *row[:place], *row[place + 1 :])


def _head(column: Column, cell: Cell) -> Markup:
    return tag("th", _content(column, cell), scope="row", class_="ak-key" if column.form in {"code", "key"} else None)


def _cell(column: Column, cell: Cell) -> Markup:
    if isinstance(cell, Decimal):
        return money_cell(cell, sign=column.form == "signed")
    number = column.form in {"number", "signed"}
    whole = isinstance(cell, date) or column.form == "key"
    words = (("ak-number", number), ("ak-whole-word", whole and not number), ("ak-quiet", column.form == "quiet"))
    return tag("td", _content(column, cell), class_=" ".join(word for word, wanted in words if wanted) or None)


def _content(column: Column, cell: Cell) -> Markup:
    if isinstance(cell, Mark):
        return marked(cell.symbol, shortened(cell.word, 60), cell.tone)
    if isinstance(cell, Named):
        return named(cell.name, cell.key) if cell.name else tag("bdi", shortened(str(cell.key), LONG))
    if column.form == "code" and isinstance(cell, str) and cell:
        shown = cell if len(cell) <= _DIGEST + 8 else f"{cell[:_DIGEST]}…"
        return tag("code", shown, title=cell if shown != cell else None)
    text = shortened(_said(cell), LONG)
    if column.form == "sentence":
        return tag("bdi", sentence(text))
    if column.form == "key":
        return tag("span", text, dir="auto")
    # A word that may break anywhere makes its column as narrow as a letter; only words that have to may.
    return tag("bdi", text) if any(len(word) > _WORD for word in text.split()) else tag("span", text, dir="auto")


def _said(cell: Cell) -> str:
    if cell is None:
        return ABSENT
    if isinstance(cell, Mark):
        return cell.word
    if isinstance(cell, Named):
        return f"{cell.name} ({cell.key})" if cell.name else str(cell.key)
    if isinstance(cell, Decimal):
        return amount(cell)
    if isinstance(cell, datetime):
        return when(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}"
    return str(cell)
