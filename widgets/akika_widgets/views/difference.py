"""What changed between two states of the books: one table, record by record and field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from akika_forensics.model.money import ZERO
from akika_widgets.views.field_rows import ChangeLike, Row, is_whole, leaf_rows_of, rows_of
from akika_widgets.views.gist import Gist, gist_of, is_transaction
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.view import View, styled
from akika_widgets.views.wording import ABSENT, amount, counted

DETAILED: Final = 400
"""Records drawn field by field in one view; the others are counted."""
ALIKE: Final = 5
"""From so many records of one type and one kind of change on, each takes one line and folds its fields."""
_UNNAMED: Final = ("before", "after")
LONG: Final = 320


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of change is written: ``tone`` is a colour of the sheet, never the only sign."""

    symbol: str
    word: str
    tone: str


KINDS: Final[dict[str, Kind]] = {
    "removed": Kind("\N{MINUS SIGN}", "removed", "removed"),
    "voided": Kind("⊘", "voided", "removed"),
    "deactivated": Kind("○", "made inactive", "removed"),
    "changed": Kind("≠", "changed", "changed"),
    "reactivated": Kind("●", "made active", "added"),
    "added": Kind("+", "added", "added"),
}
_ORDER: Final = {name: position for position, name in enumerate(KINDS)}


def kind_of(name: str) -> Kind:
    return KINDS.get(name) or Kind("?", name, "changed")


class DifferenceView(View):
    """The difference of two states, as a table that reads the same on screen, on paper and aloud.

    ``changes``: what differs (`ChangeLike`), in any order. ``before`` and ``after`` name the two states.
    Records moved only by computed fields (``consequence``) are folded below the others.
    """

    def __init__(
        self,
        changes: Iterable[ChangeLike],
        *,
        before: str = "before",
        after: str = "after",
        title: str = "What changed",
        detailed: int = DETAILED,
    ) -> None:
        ordered = sorted(changes, key=_position)
        self.title = title
        self.before = before
        self.after = after
        self.detailed = detailed
        self.changes = tuple(change for change in ordered if not change.consequence)
        self.consequences = tuple(change for change in ordered if change.consequence)

    @property
    def counts(self) -> tuple[tuple[Kind, str], ...]:
        """Each kind of change with what it befell: ``1 invoice, 2 payments``; consequences left out."""
        found: dict[str, Counter[str]] = {}
        for change in self.changes:
            found.setdefault(change.kind, Counter())[change.key.entity] += 1
        return tuple(
            (kind_of(kind), ", ".join(counted(number, entity) for entity, number in entities.items()))
            for kind, entities in found.items()
        )

    def plain(self) -> str:
        if not self.changes and not self.consequences:
            return f"{self.title}: no differences."
        lines = [f"{self.title}: {self.before} → {self.after}"]
        for change in self.changes[: self.detailed]:
            kind = kind_of(change.kind)
            lines.append(f"{kind.symbol} {kind.word:<13} {shortened(change.label, LONG)} ({change.key})")
            if not is_whole(change):
                lines.extend(_said(row) for row in rows_of(change) if not row.quiet)
        lines.extend(_not_drawn(len(self.changes) - self.detailed))
        if self.consequences:
            lines.append(f"  {len(self.consequences):,} more moved only as a consequence of these.")
        return "\n".join(lines)

    def html(self) -> Markup:
        if not self.changes and not self.consequences:
            return styled(
                tag(
                    "p",
                    self.title,
                    ": no differences between ",
                    tag("bdi", self.before),
                    " and ",
                    tag("bdi", self.after),
                    ".",
                )
            )
        parts: list[Markup] = []
        if self.changes:
            parts += [self._summary(), self._table(self.changes, self.title)]
        else:
            parts.append(tag("p", "No record was changed directly."))
        parts += [tag("p", sentence) for sentence in _not_drawn(len(self.changes) - self.detailed)]
        if self.consequences:
            parts.append(self._consequences())
        return styled(*parts)

    def _consequences(self) -> Markup:
        number = len(self.consequences)
        summary = tag(
            "summary",
            f"{number:,} record{'' if number == 1 else 's'} moved only as a consequence: balances and links that QuickBooks computes",
        )
        held = [
            (change, [row for row in rows_of(change) if not row.quiet]) for change in self.consequences[: self.detailed]
        ]
        moved = [change for change, rows in held if rows]
        still = [change for change, rows in held if not rows]
        table = self._table(moved, "Moved as a consequence", quiet=False) if moved else None
        listed = tag("ul", *(tag("li", _named(change)) for change in still), class_="ak-run") if still else None
        words = (
            tag("p", f"{len(still):,} of them carry only another edit counter or time of change:") if still else None
        )
        rest = [tag("p", sentence) for sentence in _not_drawn(number - self.detailed)]
        return tag("details", summary, table, words, listed, *rest, class_="ak-on-paper")

    def _summary(self) -> Markup:
        items = [tag("li", _state(kind, words)) for kind, words in self.counts]
        return tag("ul", *items, class_="ak-counts", aria_label="Summary")

    def _states(self) -> Markup | None:
        if (self.before, self.after) == _UNNAMED:
            return None
        return tag("span", "from ", tag("bdi", self.before), " to ", tag("bdi", self.after), class_="ak-sub")

    def _table(self, changes: Sequence[ChangeLike], title: str, *, quiet: bool = True) -> Markup:
        caption = tag(
            "caption",
            title,
            self._states(),
        )
        columns = tag("colgroup", *(tag("col", class_=f"ak-c{number}") for number in range(1, 6)))
        head = tag(
            "thead",
            tag(
                "tr",
                *(tag("th", word, scope="col") for word in ("Change", "Field", "Before", "After")),
                tag("th", "Difference", scope="col", class_="ak-number"),
            ),
        )
        bodies = []
        for group in _groups(changes[: self.detailed]):
            if len(group) >= ALIKE and is_whole(group[0]):
                bodies.append(_many(group))
            else:
                bodies += [_one(change, quiet=quiet) for change in group]
        return tag(
            "div",
            tag("table", caption, columns, head, *bodies, class_="ak-difference"),
            class_="ak-scroll",
            tabindex="0",
            role="region",
            aria_label=title,
        )


def _said(row: Row) -> str:
    was, now = (ABSENT if value is None else shortened(value, LONG) for value in (row.before, row.after))
    return f"    {row.words}: {was} → {now} {row.delta}".rstrip()


def _position(change: ChangeLike) -> tuple[int, str, int, str]:
    key = change.key
    return (
        _ORDER.get(change.kind, len(_ORDER)),
        key.entity,
        int(key.id) if key.id.isascii() and key.id.isdigit() and len(key.id) < 19 else 0,
        key.id,
    )


def _groups(changes: Sequence[ChangeLike]) -> list[list[ChangeLike]]:
    grouped: dict[tuple[str, str], list[ChangeLike]] = {}
    for change in changes:
        grouped.setdefault((change.kind, change.key.entity), []).append(change)
    return list(grouped.values())


def _not_drawn(number: int) -> list[str]:
    if number <= 0:
        return []
    return [
        f"{number:,} more record{'' if number == 1 else 's'} changed and are not drawn here; the list of changes holds every one."
    ]


def _state(kind: Kind, *words: object) -> Markup:
    symbol = tag("span", kind.symbol, class_="ak-symbol", aria_hidden="true")
    return join(
        [tag("span", symbol, kind.word, class_=f"ak-state ak-{kind.tone}"), *(join([" ", word]) for word in words)]
    )


def _header(kind: Kind, *content: object) -> Markup:
    return tag(
        "tr", tag("th", _state(kind), *content, colspan=5, scope="rowgroup"), class_=f"ak-record ak-is-{kind.tone}"
    )


def _gist(change: ChangeLike) -> Gist:
    return gist_of(change.key.entity, change.before if change.after is None else change.after)


def _named(change: ChangeLike) -> Markup:
    return join(
        [tag("bdi", shortened(change.label, LONG)), " ", tag("bdi", shortened(str(change.key), LONG), class_="ak-key")]
    )


def _one(change: ChangeLike, *, quiet: bool = True) -> Markup:
    kind = kind_of(change.kind)
    whole = is_whole(change)
    shown = [row for row in rows_of(change) if quiet or not row.quiet]
    folded = leaf_rows_of(change) if whole else []
    cells = [_field_row(row, whole=whole) for row in shown]
    if folded:
        summary = tag("summary", f"all {len(folded)} fields as recorded", class_="ak-quiet")
        cells.append(
            tag("tr", tag("td"), tag("td", tag("details", summary, _inner(folded), class_="ak-fields"), colspan=4))
        )
    return tag("tbody", _header(kind, " ", _named(change)), *cells, class_="ak-whole" if whole else None)


def _many(group: Sequence[ChangeLike]) -> Markup:
    kind = kind_of(group[0].kind)
    entity = group[0].key.entity
    gists = [_gist(change) for change in group]
    rows = [_line(change, gist, kind) for change, gist in zip(group, gists, strict=True)]
    known = [gist.total for gist in gists if gist.total is not None]
    if known and is_transaction(entity):
        total = sum(known, ZERO)
        moved = amount(total if kind.tone == "added" else -total, sign=True)
        rows.append(
            tag(
                "tr", tag("td"), tag("td", "Together", colspan=3), tag("td", moved, class_="ak-number"), class_="ak-sum"
            )
        )
    return tag("tbody", _header(kind, " ", counted(len(group), entity)), *rows, class_="ak-whole")


def _line(change: ChangeLike, gist: Gist, kind: Kind) -> Markup:
    there = tag("bdi", shortened(Gist(gist.date, gist.party, None).words(), LONG) or "as recorded")
    gone = change.kind == "removed"
    label = _named(change)
    rows = leaf_rows_of(change)
    name = tag("details", tag("summary", label), _inner(rows)) if rows else label
    moved = (
        ""
        if gist.total is None or not is_transaction(change.key.entity)
        else amount(gist.total if kind.tone == "added" else -gist.total, sign=True)
    )
    return tag(
        "tr",
        tag("td"),
        tag("td", name),
        tag("td", _old(there) if gone else _nothing()),
        tag("td", _nothing() if gone else tag("ins", there)),
        tag("td", moved, class_="ak-number"),
    )


def _inner(rows: Sequence[Row]) -> Markup:
    return tag(
        "table",
        tag(
            "tbody",
            *(
                tag(
                    "tr",
                    tag("th", row.words, scope="row", title=row.path),
                    tag("td", _value(row.before if row.after is None else row.after)),
                    class_="ak-quiet" if row.quiet else None,
                )
                for row in rows
            ),
        ),
        class_="ak-inner",
    )


def _field_row(row: Row, *, whole: bool) -> Markup:
    if row.before is None:
        kind = Kind("+", "set", "added")
    elif row.after is None:
        kind = Kind("\N{MINUS SIGN}", "cleared", "removed")
    else:
        kind = Kind("≠", "changed", "changed")
    return tag(
        "tr",
        tag("td", None if whole else _state(kind)),
        tag("th", row.words, scope="row", title=row.path),
        tag("td", _nothing() if row.before is None else _old(_value(row.before))),
        tag("td", _nothing() if row.after is None else tag("ins", _value(row.after))),
        tag("td", row.delta, class_="ak-number"),
        class_="ak-quiet" if row.quiet else None,
    )


def _value(text: str | None) -> Markup:
    return tag("bdi", shortened(text or "", LONG), class_="ak-value")


def _old(child: object) -> Markup:
    return tag("del", child)


def _nothing() -> Markup:
    return tag("span", ABSENT, class_="ak-none", aria_label="nothing")
