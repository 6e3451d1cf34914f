"""What every stage of the journey is: a heading, one sentence on what to do next, one thing to press, and what is shown for it."""

from __future__ import annotations

import logging
import traceback
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, ClassVar, Final, Literal

from akika_forensics.errors import AkikaError
from akika_widgets.views import controls
from akika_widgets.views.live import Event, LiveView, Still, words_of
from akika_widgets.views.markup import Markup, join, style_block, tag
from akika_widgets.views.sentences import sentence
from akika_widgets.workbench.desk import Desk

logger = logging.getLogger(__name__)

type Standing = Literal["done", "now", "later"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stage stands, and in a few words why."""

    standing: Standing
    words: str = ""


STAGES: Final = (
    ("first_hour", "First hour"),
    ("company", "Company"),
    ("changed", "What changed"),
    ("hanging", "What hangs on it"),
    ("plan", "The plan"),
    ("approve", "Approve"),
    ("execute", "Execute"),
    ("verified", "Verified"),
    ("books", "Books"),
)
TITLES: Final = dict(STAGES)
FIRST: Final = "company"
"""Where somebody comes to who was nowhere yet, and the first that has a number."""
BESIDE: Final = frozenset({"first_hour", "books"})
"""Stages that are no step of the journey and have no number: the first hour stands before it, the books are there at any time."""
ANOTHER_PLAN: Final = "Meanwhile another plan was opened; look at it, and press again if it is meant."
"""What is signed or executed names its plan: one person may have several tabs, and what is open is the same in all of them."""
_ROOM: Final = '.akika .ak-scroll tbody th[scope="row"] { min-width: 10em; }'

_PICTURE: Final = (
    ".akika .ak-wide-picture > svg { min-width: 42rem; display: block; margin: 0 0 0.6em; } "
    "@media print { .akika .ak-wide-picture > svg { min-width: 0; } }"
)


@cache
def workbench_stylesheet() -> str:
    """The style sheet of the app's page and of its stages."""
    return resources.files("akika_widgets.workbench").joinpath("workbench.css").read_text(encoding="utf-8")


class Stage(LiveView):
    """A stage. `place` says how it stands, `lead` what to do next, `draw` what it shows, `parts` which views follow it."""

    name: ClassVar[str]
    heading: ClassVar[str]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.title = self.heading
        self.came = 0
        """How often the heading took the focus: when somebody comes here, and when what was pressed is there no more."""
        self._pressed = ""

    # -- for subclasses ----------------------------------------------------------------------------------------------

    @abstractmethod
    def place(self) -> Place:
        """How it stands."""

    @abstractmethod
    def lead(self) -> str:
        """One sentence: what to do next."""

    @abstractmethod
    def draw(self) -> Iterable[Markup | None]:
        """What it shows below its sentence."""

    def parts(self) -> tuple[Any, ...]:
        """Live views that stand below it, each in a pane of its own. The same object as long as it shows the same."""
        return ()

    def refuse(self, event: Event) -> str:
        """`why_not` of this stage's own acts."""
        del event
        return ""

    # -- what all of them do -----------------------------------------------------------------------------------------

    def why_not(self, event: Event) -> str:
        if event.act == "go":
            return "" if event.value in TITLES else "There is no such stage."
        try:
            return self.refuse(event)
        except AkikaError as error:
            return words_of(error)

    def dispatch(self, event: Event) -> bool:
        self._pressed = event.act
        return super().dispatch(event)

    def act_go(self, event: Event) -> None:
        self.desk.go(event.value)

    def standing(self) -> Place:
        """`place`, or what keeps it from being known."""
        try:
            return self.place()
        except AkikaError as error:
            return Place("later", error.what)

    def shown_parts(self) -> tuple[Any, ...]:
        """`parts`; what cannot be shown is said by the stage itself."""
        try:
            return self.parts()
        except Exception as error:  # noqa: BLE001 -- the stage's own body meets the same and says so
            if not isinstance(error, AkikaError):
                note_fault(error)
            return ()

    def body(self) -> Markup:
        shown = join(self._shown())
        pressed, self._pressed = self._pressed, ""
        if pressed and pressed != "go" and f'data-act="{pressed}"' not in shown:
            self.came += 1
        head = tag("h1", self.heading, tabindex="-1", data_focus=str(self.came), data_focus_first=self.came > 0)
        return join([style_block(workbench_stylesheet()), tag("section", head, shown, class_="wb-stage")])

    def _shown(self) -> list[Markup | None]:
        try:
            return [tag("p", sentence(self.lead()), class_="wb-lead"), *self.draw()]
        except AkikaError as error:
            return [trouble(error)]
        except Exception as error:  # noqa: BLE001 -- a page that says so, not one that is empty
            note_fault(error)
            return [tag("div", tag("p", sentence(words_of(error))), class_="wb-trouble", role="alert")]

    def onward(self, stage: str, words: str = "", *, main: bool = True) -> Markup:
        """The way to another stage."""
        label = join([words or f"Go on to: {TITLES[stage]}", " ", tag("span", "→", aria_hidden="true")])
        return controls.button(self, label, "go", stage, kind="main" if main else "")


class Shown(Still):
    """A static view below a stage; on a narrow page the names of rows keep their width and the rest is scrolled to."""

    def body(self) -> Markup:
        return join([style_block(_ROOM), super().body()])


class Drawn(Still):
    """A picture below a stage; on a narrow page its words keep their size and the rest is scrolled to."""

    def body(self) -> Markup:
        label = f"{self.title}, picture"
        shown = tag(
            "div", super().body(), class_="ak-scroll ak-wide-picture", tabindex="0", role="region", aria_label=label
        )
        return join([style_block(_PICTURE), shown])


def trouble(error: AkikaError) -> Markup:
    """An error in a box: what happened, what it means, what to do."""
    lines = [tag("p", tag("strong", sentence(error.what)))]
    lines += [tag("p", sentence(words)) for words in (error.means, error.do) if words]
    return tag("div", *lines, class_="wb-trouble", role="alert")


def note_fault(error: Exception) -> None:
    """Where it happened, not what it said: an error's text may hold text from the books."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = "; ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
    logger.error("a stage failed with %s at %s", type(error).__name__, where)


def bar(*children: Markup | None) -> Markup:
    """What can be pressed, in a row."""
    return tag("div", *children, class_="ak-bar ak-middle wb-actions")
