"""The companies of the vault and how their connections stand, as a table. QuickBooks is not asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from akika_forensics.case.companies import Standing
from akika_forensics.case.connections.state import CONNECTED, ENDED, ENDING, NOT_CONNECTED, ConnectionState
from akika_widgets.views.markup import Markup, join, tag
from akika_widgets.views.sentences import sentence
from akika_widgets.views.table import marked

_HEADS: Final = ("Company", "At", "Connection", "Ends unless used", "Last day", "For restore", "Last snapshot")
_ACTS: Final = "What can be done"
_SIGNS: Final = {
    CONNECTED: ("✓", "good"),
    ENDING: ("!", "changed"),
    ENDED: ("≠", "removed"),
    NOT_CONNECTED: ("·", "quiet"),
}


def connections(found: Iterable[Standing], acts: Callable[[Standing], Markup] | None = None) -> Markup:
    """A table with a row a company, and below it a sentence for each thing that should be known. ``acts``: what can be done with one."""
    rows = tuple(found)
    head = tag("tr", *(tag("th", word, scope="col") for word in (_HEADS if acts is None else (*_HEADS, _ACTS))))
    caption = tag("caption", "Connections of this vault", tag("span", "QuickBooks was not asked", class_="ak-sub"))
    table = tag("table", caption, tag("thead", head), tag("tbody", *(_row(one, acts) for one in rows)))
    words = [tag("p", join([f"{one.name}: ", sentence(word)]), class_="ak-quiet") for one in rows for word in one.words]
    shown = tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label="Connections")
    return join([shown, *words])


def _row(one: Standing, acts: Callable[[Standing], Markup] | None) -> Markup:
    last = f"{one.last.id}, {one.last.taken_at:%Y-%m-%d}" if one.last else "none"
    return tag(
        "tr",
        tag("th", tag("strong", one.name), scope="row"),
        tag("td", one.environment),
        tag("td", _state(one.capture)),
        tag("td", _day(one.capture.ends)),
        tag("td", _day(one.capture.last_day)),
        tag("td", _state(one.restore) if one.restore else "the same"),
        tag("td", last),
        tag("td", acts(one)) if acts else None,
    )


def _state(state: ConnectionState) -> Markup:
    sign, kind = _SIGNS[state.state]
    return marked(sign, state.state, kind)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "not known"
