"""The app of one session: the stages, put together in our own page."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Final

from akika_forensics.errors import AkikaError
from akika_forensics.model.company import Company
from akika_widgets.views.bindings import let_go
from akika_widgets.workbench import frame
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.stages import stages_of
from akika_widgets.workbench.stages.stage import FIRST, STAGES, Place, Stage

MOST_PANES: Final = 32
"""Panes of one session that are kept, seen or not."""


class Workbench:
    """One session without a browser: which stage is shown, and what stands in it.

    ``watch`` is called after every change with the live views that are to be seen, top to bottom.
    """

    def __init__(self, shared: Shared, user: User) -> None:
        self.desk = Desk(shared, user)
        if self.desk.at not in dict(STAGES):
            self.desk.at = FIRST
        self.stages = stages_of(self.desk)
        self.ways = frame.Ways(self._places, self.desk)
        self.watch: Callable[[tuple[Any, ...]], None] = lambda _views: None
        self._seen = self._state()
        self._ends = self.desk.memory.ends
        self._shown = self.desk.at
        self._moving = False
        self._again = False
        # Views tell of a change when they have let go of their own locks: what follows from it may take others'.
        self.ways.subscribe(self._looked)
        for stage in self.stages.values():
            stage.subscribe(self._moved)

    @property
    def stage(self) -> Stage:
        """The stage that is shown."""
        return self.stages[self.desk.at]

    def views(self) -> tuple[Any, ...]:
        """The stage and what stands below it."""
        return (self.stage, *self.stage.shown_parts())

    def _looked(self) -> None:
        """The navigation was used, or looked: draw anew if something moved, here, in another session, in another process."""
        state = self._state()
        if state != self._seen:
            self._seen = state
            if self._ends != self.desk.memory.ends:
                self._ends = self.desk.memory.ends
                self.stage.notice = self.desk.memory.said
            self.stage.changed()
        elif self._shown != self.desk.at:
            self._moved()

    def _moved(self) -> None:
        """Something was done in this session: put together anew what is to be seen."""
        self._again = True
        if self._moving:
            return
        self._moving = True
        try:
            while self._again:
                self._again = False
                self._compose()
        finally:
            self._moving = False

    def _compose(self) -> None:
        if self._shown != self.desk.at:
            self._shown = self.desk.at
            self.stage.came += 1
            self.stage.notice = ""
            self.stage.changed()
            self._again = False
        self.watch(self.views())
        self.ways.changed()

    def _places(self) -> Iterable[tuple[str, Place]]:
        return [(name, stage.standing()) for name, stage in self.stages.items()]

    def _state(self) -> tuple[Any, ...]:
        try:
            return (self.desk.memory.version, self.desk.pulse(), tuple(self.desk.jobs_now().items()))
        except AkikaError as error:
            return (self.desk.memory.version, error.what)


def create_app(shared: Shared, user: User) -> Any:
    """The app of one session as a Panel template. Called once a session, in its document."""
    import panel as pn  # noqa: PLC0415 -- loaded by whoever serves

    # Its debug lines hold what forms hold, and text from the books; no setting from outside brings them back.
    logging.getLogger("panel").setLevel(logging.INFO)
    bench = Workbench(shared, user)
    panes: OrderedDict[int, tuple[Any, Any]] = OrderedDict()

    def pane_of(view: Any) -> Any:
        """The pane of a view, made once; the view is held, so that its place in memory stays its own."""
        known = panes.get(id(view))
        if known is None:
            known = panes[id(view)] = (view, view.__panel__())
        panes.move_to_end(id(view))
        return known[1]

    main = pn.Column(*(pane_of(view) for view in bench.views()), sizing_mode="stretch_width", name="main")

    def show(views: tuple[Any, ...]) -> None:
        wanted = [pane_of(view) for view in views]
        if list(main.objects) != wanted:
            main.objects = wanted
        # Whatever is worked out anew is another view: those that were seen longest ago are let go, and made again if they come back.
        pane_of(bench.ways)
        while len(panes) > max(MOST_PANES, len(wanted) + 1):
            let_go(panes.popitem(last=False)[1][1])

    bench.watch = show
    company, local = _company(bench.desk)
    page = pn.Template(frame.template())
    page.add_variable("page_title", str(frame.title(company)))
    page.add_variable("page_head", str(frame.head()))
    page.add_variable(
        "page_header",
        str(frame.header(company, local=local, user=user, several=len(shared.case.companies.names()) > 1)),
    )
    page.add_panel("ways", pane_of(bench.ways))
    page.add_panel("main", main)
    return page


def _company(desk: Desk) -> tuple[Company | None, bool]:
    """The company, or None where there is none to be named; the stages then say why."""
    try:
        return desk.company, desk.local
    except AkikaError:
        return None, False
