"""Pages of a long list in a live view: only one is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from akika_widgets.views import controls
from akika_widgets.views.live import LiveView
from akika_widgets.views.markup import Markup, tag


class Pages:
    """Where a reader is in a list of ``size`` entries a page. ``at`` counts from 0."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.at = 0

    def first(self) -> None:
        self.at = 0

    def show(self, place: int) -> None:
        """Turn to the page that holds the entry at ``place``."""
        self.at = place // self.size

    def of[T](self, entries: Sequence[T]) -> Sequence[T]:
        """The entries of this page."""
        return entries[self.at * self.size : (self.at + 1) * self.size]

    def last(self, number: int) -> int:
        """The last page of a list of so many entries."""
        return max(0, (number - 1) // self.size)

    def why_not(self, value: str, number: int) -> str:
        """Why this page cannot be turned to, as a sentence; "" when it can."""
        if value not in {"first", "back", "on", "last"}:
            return "There is no such page."
        if value in {"first", "back"} and self.at == 0:
            return "This is the first page."
        if value in {"on", "last"} and self.at >= self.last(number):
            return "This is the last page."
        return ""

    def turn(self, value: str, number: int) -> None:
        places = {"first": 0, "back": self.at - 1, "on": self.at + 1, "last": self.last(number)}
        self.at = min(max(0, places[value]), self.last(number))

    def words(self, number: int) -> str:
        """``26 to 50 of 10,000``."""
        if not number:
            return "nothing to show"
        begin = self.at * self.size
        return f"{begin + 1:,} to {min(begin + self.size, number):,} of {number:,}"

    def controls(self, view: LiveView, number: int, *, act: str = "page") -> Markup | None:
        """The buttons that turn the pages, under the act ``act``; None when there is one page only."""
        if number <= self.size:
            return None
        signs = (
            ("first", "First", "First page"),
            ("back", "← Back", "Page before"),
            ("on", "Next →", "Next page"),
            ("last", "Last", "Last page"),
        )
        made = {value: controls.button(view, sign, act, value, name=name) for value, sign, name in signs}
        where = tag("span", self.words(number), class_="ak-quiet")
        return tag(
            "nav", made["first"], made["back"], where, made["on"], made["last"], class_="ak-pages", aria_label="Pages"
        )
