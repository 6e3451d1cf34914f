"""The two ways live views reach a browser: as a Panel component and as a Jupyter widget, both with the same ES modules.

Panel and anywidget are imported here and nowhere else in the views, and only when something is shown live.

The modules speak through three traits: ``markup`` (what to draw), ``events`` (what was done: a list of ``{"n", "act", "value",
"fields"}``, of which those after ``seen`` are new) and ``seen``. Traits are state, not messages: a list with numbers loses
nothing when two things are done between two exchanges.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any, Final

from akika_widgets.views.live import Event, LiveView

logger = logging.getLogger(__name__)
_STATIC: Final = "akika_widgets.static"


@cache
def module(name: str) -> str:
    """The text of a bundled ES module."""
    return resources.files(_STATIC).joinpath(f"{name}.js").read_text(encoding="utf-8")


class Inbox:
    """Takes each event of the browser once, in order."""

    def __init__(self, answer: Callable[[Event], object]) -> None:
        self._answer = answer
        self.seen = 0

    def take(self, events: Any) -> int:
        """Answer the events that are new; returns the number of the last one."""
        for given in events if isinstance(events, list) else ():
            number = given.get("n") if isinstance(given, dict) else None
            if isinstance(number, int) and number > self.seen:
                self.seen = number
                try:
                    self._answer(Event.read(given))
                except Exception as error:  # noqa: BLE001 - the view has said so to the person; the others' events go on
                    # Where it happened, not what it said: an error's text may hold text from the books.
                    frames = traceback.extract_tb(error.__traceback__)
                    where = "; ".join(f"{frame.filename}:{frame.lineno}" for frame in frames[-4:])
                    logger.error("a live view failed with %s at %s", type(error).__name__, where)  # noqa: TRY400
        return self.seen


@cache
def _panel_class() -> Any:
    import param  # noqa: PLC0415
    from panel.custom import AnyWidgetComponent  # noqa: PLC0415

    class SheetPane(AnyWidgetComponent):
        """A live view in Panel."""

        _esm = module("sheet")
        markup = param.String()
        events = param.List()
        seen = param.Integer()

    return SheetPane


def panel_sheet(view: LiveView) -> Any:
    """The view as a Panel component, for one session."""
    pane = _panel_class()(markup=str(view.render()), sizing_mode="stretch_width")
    inbox = Inbox(view.dispatch)

    def answer(change: Any) -> None:
        pane.param.update(seen=inbox.take(change.new), markup=str(view.render()))

    pane.param.watch(answer, "events")
    _follow(view, pane)
    return pane


def _follow(view: LiveView, pane: Any) -> None:
    """Draw the pane anew when the view changes from elsewhere, as long as its session lives."""
    import panel as pn  # noqa: PLC0415

    document = pn.state.curdoc

    def redraw() -> None:
        fresh = str(view.render())
        if pane.markup != fresh:
            pane.markup = fresh

    def changed() -> None:
        if document is None or document is pn.state.curdoc:
            redraw()
        elif document.session_context is not None:
            document.add_next_tick_callback(redraw)

    stop = view.subscribe(changed)
    if document is not None and document.session_context is not None:
        document.on_session_destroyed(lambda _context: stop())


@cache
def _jupyter_class() -> Any:
    import anywidget  # noqa: PLC0415
    import traitlets  # noqa: PLC0415

    class SheetWidget(anywidget.AnyWidget):
        """A live view in a notebook."""

        _esm = module("sheet")
        markup = traitlets.Unicode().tag(sync=True)
        events: Any = traitlets.List().tag(sync=True)
        seen = traitlets.Int().tag(sync=True)

    return SheetWidget


def jupyter_sheet(view: LiveView) -> Any:
    """The view as a widget in a notebook."""
    made = _jupyter_class()(markup=str(view.render()))
    inbox = Inbox(view.dispatch)

    def answer(change: Any) -> None:
        seen = inbox.take(change["new"])
        with made.hold_sync():
            made.seen = seen
            made.markup = str(view.render())

    def redraw() -> None:
        made.markup = str(view.render())

    made.observe(answer, "events")
    view.subscribe(redraw)
    return made
