"""The difference that answers: looked through by type, kind, reach and text, opened record by record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from akika_widgets.views import controls
from akika_widgets.views.difference_rows import difference_table, foldable_record
from akika_widgets.views.field_rows import ChangeLike
from akika_widgets.views.gist import body_of
from akika_widgets.views.kinds import KINDS, kind_of, state
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, join, tag
from akika_widgets.views.pages import Pages
from akika_widgets.views.view import anchor
from akika_widgets.views.wording import entity_words

if TYPE_CHECKING:
    from akika_widgets.views.difference import DifferenceView

PAGE: Final = 25
_REACHES: Final = (
    ("direct", "Changed directly"),
    ("consequence", "Moved as a consequence"),
    ("all", "All"),
)
_SEARCHED: Final = 4_000
"""Characters of one value that are searched; longer ones are found by their beginning."""


class LiveDifference(LiveView):
    """Every record that differs, a page at a time. ``chosen`` are the changes that the filters let through, in order."""

    def __init__(self, view: DifferenceView, *, page: int = PAGE) -> None:
        super().__init__()
        self.view = view
        self.title = view.title
        self.all: tuple[ChangeLike, ...] = (*view.changes, *view.consequences)
        self.reach = "direct" if view.changes else "all"
        self.entity = ""
        self.kind = ""
        self.text = ""
        self.opened: set[int] = set()
        self.pages = Pages(page)
        self.chosen: tuple[int, ...] = ()
        self._choose()

    # -- what can be done --------------------------------------------------------------------------------------------

    def why_not(self, event: Event) -> str:
        known = {
            "reach": {name for name, _ in _REACHES},
            "entity": {"", *self._entities},
            "kind": {"", *self._kinds},
        }.get(event.act)
        if known is not None and event.value not in known:
            return "There is no such choice."
        if event.act == "page":
            return self.pages.why_not(event.value, len(self.chosen))
        if event.act == "open" and event.value not in {str(place) for place in self.pages.of(self.chosen)}:
            return "This record is not on the page."
        return ""

    def act_reach(self, event: Event) -> None:
        self.reach = event.value
        self._choose()

    def act_entity(self, event: Event) -> None:
        self.entity = event.value
        self._choose()

    def act_kind(self, event: Event) -> None:
        self.kind = event.value
        self._choose()

    def act_find(self, event: Event) -> None:
        self.text = event.value
        self._choose()

    def act_page(self, event: Event) -> None:
        self.pages.turn(event.value, len(self.chosen))
        self.notice = self.pages.words(len(self.chosen))

    def act_open(self, event: Event) -> None:
        """Open the record or close it again."""
        self.opened ^= {int(event.value)}

    def act_open_page(self, event: Event) -> None:
        """Open every record of the page, or close all when every one is open."""
        del event
        shown = set(self.pages.of(self.chosen))
        self.opened = self.opened - shown if shown <= self.opened else self.opened | shown

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def body(self) -> Markup:
        if not self.all:
            return tag(
                "p",
                self.title,
                ": no differences between ",
                tag("bdi", self.view.before),
                " and ",
                tag("bdi", self.view.after),
                ".",
            )
        return join([self._counts(), self._bar(), self._table(), self._foot()])

    def _counts(self) -> Markup:
        items = [tag("li", state(kind, words)) for kind, words in self.view.counts]
        rest = len(self.view.consequences)
        if rest:
            items.append(tag("li", f"{rest:,} more moved as a consequence", class_="ak-quiet"))
        return tag("ul", *items, class_="ak-counts", aria_label="Summary")

    def _bar(self) -> Markup:
        entities = [("", "every type"), *((name, entity_words(name).many) for name in self._entities)]
        kinds = [("", "every kind"), *((name, kind_of(name).word) for name in self._kinds)]
        reach = controls.choices(self, "Which records", "reach", _REACHES, self.reach)
        return tag(
            "div",
            reach if self.view.changes and self.view.consequences else None,
            controls.select(self, "Record type", "entity", entities, self.entity, act="entity"),
            controls.select(self, "Kind of change", "kind", kinds, self.kind, act="kind"),
            controls.field(self, "Search", "find", self.text, act="find", kind="search"),
            class_="ak-bar",
            role="search",
            aria_label="Choose among the records",
        )

    def _table(self) -> Markup:
        shown = self.pages.of(self.chosen)
        if not shown:
            return tag("p", "No record fits these choices.")
        bodies = [
            foldable_record(
                self.all[place],
                opened=place in self.opened,
                ident=anchor("open", id(self), place),
                value=str(place),
            )
            for place in shown
        ]
        sub = tag("span", "from ", tag("bdi", self.view.before), " to ", tag("bdi", self.view.after), class_="ak-sub")
        return difference_table(self.title, sub, bodies)

    def _foot(self) -> Markup:
        shown = set(self.pages.of(self.chosen))
        words = "Close all on this page" if shown and shown <= self.opened else "Open all on this page"
        all_ = controls.button(self, words, "open_page", kind="plain") if shown else None
        return tag("div", self.pages.controls(self, len(self.chosen)), all_, class_="ak-bar ak-middle")

    # -- choosing ----------------------------------------------------------------------------------------------------

    @cached_property
    def _entities(self) -> tuple[str, ...]:
        return tuple(sorted({change.key.entity for change in self.all}))

    @cached_property
    def _kinds(self) -> tuple[str, ...]:
        found = Counter(change.kind for change in self.all)
        return (*(name for name in KINDS if name in found), *sorted(set(found) - set(KINDS)))

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(_text_of(change) for change in self.all)

    def _choose(self) -> None:
        words = self.text.casefold().split()
        texts: Sequence[str] = self._texts if words else ()
        self.chosen = tuple(
            place
            for place, change in enumerate(self.all)
            if (self.reach == "all" or change.consequence == (self.reach == "consequence"))
            and (not self.entity or change.key.entity == self.entity)
            and (not self.kind or change.kind == self.kind)
            and all(word in texts[place] for word in words)
        )
        self.pages.first()
        self.notice = f"{len(self.chosen):,} of {len(self.all):,} records." if len(self.chosen) < len(self.all) else ""


def _text_of(change: ChangeLike) -> str:
    """What a search looks at: name, key, and every value that differs or came or went with the record."""
    parts = [change.label, str(change.key)]
    for field in change.fields:
        parts += [field.path, *(str(value)[:_SEARCHED] for value in (field.before, field.after) if value is not None)]
    if not change.fields:
        held = change.before if change.after is None else change.after
        parts.append(str(body_of(held))[:_SEARCHED])
    return "\n".join(parts).casefold()
