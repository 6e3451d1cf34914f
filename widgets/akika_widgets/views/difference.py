"""What changed between two states of the books: one table, record by record and field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from akika_widgets.views.difference_rows import LONG, difference_table, many_records, named_change, one_record
from akika_widgets.views.field_rows import ChangeLike, Row, is_whole, rows_of
from akika_widgets.views.kinds import ALIKE, KINDS, ORDER, Kind, kind_of, state
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.view import View, styled
from akika_widgets.views.wording import ABSENT, counted

if TYPE_CHECKING:
    from akika_widgets.views.live_difference import LiveDifference

__all__ = ["ALIKE", "KINDS", "DifferenceView", "Kind", "kind_of"]

DETAILED: Final = 400
"""Records drawn field by field in one view; the others are counted."""
_UNNAMED: Final = ("before", "after")


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

    def live(self) -> LiveDifference:
        """The same to be searched, filtered and opened record by record."""
        from akika_widgets.views.live_difference import LiveDifference  # noqa: PLC0415 - it draws what this module names

        return LiveDifference(self)

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
        listed = tag("ul", *(tag("li", named_change(change)) for change in still), class_="ak-run") if still else None
        words = (
            tag("p", f"{len(still):,} of them carry only another edit counter or time of change:") if still else None
        )
        rest = [tag("p", sentence) for sentence in _not_drawn(number - self.detailed)]
        return tag("details", summary, table, words, listed, *rest, class_="ak-on-paper")

    def _summary(self) -> Markup:
        items = [tag("li", state(kind, words)) for kind, words in self.counts]
        return tag("ul", *items, class_="ak-counts", aria_label="Summary")

    def _states(self) -> Markup | None:
        if (self.before, self.after) == _UNNAMED:
            return None
        return tag("span", "from ", tag("bdi", self.before), " to ", tag("bdi", self.after), class_="ak-sub")

    def _table(self, changes: Sequence[ChangeLike], title: str, *, quiet: bool = True) -> Markup:
        bodies = []
        for group in _groups(changes[: self.detailed]):
            if len(group) >= ALIKE and is_whole(group[0]):
                bodies.append(many_records(group))
            else:
                bodies += [one_record(change, quiet=quiet) for change in group]
        return difference_table(title, self._states(), bodies)


def _said(row: Row) -> str:
    was, now = (ABSENT if value is None else shortened(value, LONG) for value in (row.before, row.after))
    return f"    {row.words}: {was} → {now} {row.delta}".rstrip()


def _position(change: ChangeLike) -> tuple[int, str, int, str]:
    key = change.key
    return (
        ORDER.get(change.kind, len(ORDER)),
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
