"""One record in up to four states: before the incident, after it, as it stands now, and as the plan would leave it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple

from akika_forensics.restore.document import Action, Step
from akika_widgets.views.aligned import ABSENT, AlignedField, LineWords, aligned
from akika_widgets.views.gist import rank
from akika_widgets.views.kinds import Kind
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.table import marked
from akika_widgets.views.view import View, styled
from akika_widgets.views.wording import ABSENT as DASH
from akika_widgets.views.wording import field_words, is_quiet, value_text

LONG: Final = 320


class Missing(Enum):
    """A state of which nothing is known and which gets no column; None is a record that is not there."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Missing.UNKNOWN
type Body = Mapping[str, Any] | Missing | None


class ThreeWay(NamedTuple):
    """The states of one record as decoded bodies. None: it is not there in that state. `UNKNOWN`: that state is not known."""

    before: Body
    after: Body
    now: Body
    planned: Body = UNKNOWN


_COLUMNS: Final = ("Before the incident", "After it", "Now", "As planned")
_SAME: Final = Kind("=", "as before", "quiet")
_BACK: Final = Kind("✓", "put back", "good")
_HIT: Final = Kind("≠", "by the incident", "removed")
_SINCE: Final = Kind("≠", "since the incident", "changed")
_DIFFERS: Final = Kind("≠", "not as before", "changed")
_ANEW: Final = Kind("→", "under a new Id", "good")
_STAYS: Final = Kind("≠", "stays as it is now", "changed")


@dataclass(frozen=True, slots=True)
class ThreeWayRow:
    """One field: its text in each column (None where there is nothing) and what became of it."""

    path: str
    words: str
    texts: tuple[str | None, ...]
    differs: tuple[bool, ...]
    became: Kind
    quiet: bool

    @property
    def uniform(self) -> bool:
        return not any(self.differs)


class ThreeWayView(View):
    """One record in its states, field by field; what is the same in all of them is folded.

    ``before``, ``after``, ``now`` and ``planned`` are decoded bodies, None for a record that is not there, or `UNKNOWN` for
    a state that gets no column. Made from a `ThreeWay` with ``ThreeWayView(*values)``.
    """

    def __init__(
        self, before: Body, after: Body, now: Body, planned: Body = UNKNOWN, *, title: str = "The record in its states"
    ) -> None:
        self.title = title
        states = ThreeWay(before, after, now, planned)
        self.places = tuple(place for place, body in enumerate(states) if not isinstance(body, Missing))
        self.bodies = tuple(body for body in states if not isinstance(body, Missing))
        self.columns = tuple(_COLUMNS[place] for place in self.places)
        self.rows = tuple(sorted((self._row(field) for field in aligned(self.bodies)), key=_position))

    @property
    def told(self) -> tuple[ThreeWayRow, ...]:
        """The rows in which something differs."""
        return tuple(row for row in self.rows if not row.uniform and not row.quiet)

    def _row(self, field: AlignedField) -> ThreeWayRow:
        texts = tuple(state_text(field.path, value) for value in field.values)
        differs = tuple(not field.agree(0, place) for place in range(len(field.values)))
        known = dict(zip(self.places, range(len(self.places)), strict=True))
        return ThreeWayRow(
            field.path, field_words(field.path), texts, differs, _became(field, known), is_quiet(field.path)
        )

    def plain(self) -> str:
        lines = [f"{self.title}: {' | '.join(self.columns)}"]
        for row in self.told:
            said = " | ".join(DASH if text is None else shortened(text, LONG) for text in row.texts)
            lines.append(f"  {row.words}: {said} ({row.became.word})")
        if not self.told:
            lines.append("  every field is the same in all of these states.")
        return "\n".join(lines)

    def html(self) -> Markup:
        return styled(self.drawn())

    def drawn(self) -> Markup:
        """The table without its style sheet, for use inside another view."""
        rows = [_drawn(row, self._is_there) for row in self.told]
        rest = [row for row in self.rows if row.uniform or row.quiet]
        head = tag(
            "thead",
            tag("tr", *(tag("th", word, scope="col") for word in ("Field", *self.columns, "What became of it"))),
        )
        body = tag("tbody", self._presence(), *rows)
        table = tag("table", tag("caption", self.title), head, body, class_="ak-states")
        folded = None
        if rest:
            word = "field" if len(rest) == 1 else "fields"
            summary = tag("summary", f"{len(rest):,} {word} that are the same or kept by QuickBooks", class_="ak-quiet")
            inner = tag("table", tag("tbody", *(_drawn(row, self._is_there) for row in rest)), class_="ak-states")
            folded = tag("details", summary, inner, class_="ak-fields")
        return tag("div", table, folded, class_="ak-scroll", tabindex="0", role="region", aria_label=self.title)

    def _is_there(self, column: int) -> bool:
        return self.bodies[column] is not None

    def _presence(self) -> Markup | None:
        """The row that says where the record is there at all; None when it is there in every state."""
        if all(self._is_there(place) for place in range(len(self.bodies))):
            return None
        words = [
            marked("✓", "there", "quiet") if self._is_there(place) else marked("\N{MINUS SIGN}", "not there", "removed")
            for place in range(len(self.bodies))
        ]
        return tag("tr", tag("th", "The record", scope="row"), *(tag("td", word) for word in words), tag("td"))


def _became(field: AlignedField, known: Mapping[int, int]) -> Kind:
    """What became of a field; ``known``: the place in ``field.values`` of each state that is known."""
    first = known.get(0)
    if first is None:
        return _SAME
    after, now, planned = (
        place is None or field.agree(first, place) for place in (known.get(1), known.get(2), known.get(3))
    )
    if 3 in known:
        if _given_by_step(field.values[known[3]]):
            return _ANEW
        if planned:
            return _SAME if now else _BACK
        return _STAYS if 2 in known and field.agree(known[2], known[3]) else _DIFFERS
    if now:
        return _SAME if after else Kind("✓", "as before again", "good")
    if 1 in known and 2 in known and not field.agree(known[1], known[2]):
        return _SINCE
    return _HIT if 1 in known else _DIFFERS


def state_text(path: str, value: Any) -> str | None:
    """The value of an aligned field as a person reads it; None where there is nothing."""
    if value is ABSENT:
        return None
    if isinstance(value, LineWords):
        return value.words if value.total is None else f"{value.words} · {value_text('Amount', value.total)}"
    return value_text(path, given_later(value))


def given_later(value: Any) -> Any:
    """A value in which the Id that a step of the plan will be given is said in words."""
    if isinstance(value, Mapping):
        if set(value) == {"$step"}:
            return f"given in step {value['$step']}"
        return {name: given_later(inner) for name, inner in value.items()}
    return [given_later(inner) for inner in value] if isinstance(value, list) else value


def _given_by_step(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"$step"} or any(_given_by_step(inner) for inner in value.values())
    return False


def planned_body(step: Step, before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The record as a step would leave it: what is sent over what it was (made again) or is (changed); None when removed.

    An Id that the step will be given stands as ``{"$step": …}``, as in the plan.
    """
    if step.action is Action.REMOVE:
        return None
    if step.action is Action.RECREATE:
        return {**(before or {}), **step.body, "Id": {"$step": step.id}}
    return {**(now or {}), **step.body}


def _position(row: ThreeWayRow) -> tuple[bool, tuple[int, int]]:
    return (row.quiet, rank(row.path))


def _drawn(row: ThreeWayRow, is_there: Callable[[int], bool]) -> Markup:
    cells = []
    for place, text in enumerate(row.texts):
        if text is None:
            held: Markup = tag("span", DASH, class_="ak-none", aria_label="nothing" if is_there(place) else "not there")
        else:
            held = tag("bdi", shortened(text, LONG), class_="ak-value")
        cells.append(tag("td", tag("ins", held) if row.differs[place] and text is not None else held))
    became = marked(row.became.symbol, row.became.word, row.became.tone)
    return tag(
        "tr",
        tag("th", row.words, scope="row", title=row.path),
        *cells,
        tag("td", became),
        class_="ak-quiet" if row.quiet else None,
    )


def planned_rows(
    now: Iterable[tuple[str, Any]],
    planned: Iterable[tuple[str, Any]],
    names: Mapping[tuple[str, str], str] | None = None,
) -> list[AlignedField]:
    """The fields that a step changes, opened to their leaves: values now and as planned, in reading order.

    ``now`` and ``planned`` are (path, value) of whole fields; None stands for a field that is not there.
    ``names``: those of cited records, where they are known (`names_in`).
    """
    states = [{path: value for path, value in held if value is not None} for held in (now, planned)]
    found = [field for field in aligned(states, names) if not field.uniform and not is_quiet(field.path)]
    return sorted(found, key=lambda field: rank(field.path))
