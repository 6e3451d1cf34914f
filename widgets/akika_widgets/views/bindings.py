"""The two ways live views reach a browser: as a Panel component and as a Jupyter widget, both with the same ES modules.

Panel and anywidget are imported here and nowhere else in the views, and only when something is shown live.

The modules speak through three traits: ``markup`` (what to draw), ``events`` (what was done: a list of ``{"n", "act", "value",
"fields"}``, of which those after ``seen`` are new) and ``seen``. Traits are state, not messages: a list with numbers loses
nothing when two things are done between two exchanges. What has been answered is taken out of the list again: a form may have
held a passphrase.
"""

from __future__ import annotations

import logging
import traceback
import weakref
from collections.abc import Callable, Mapping
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
                    _note(error)
        return self.seen


def _note(error: Exception) -> None:
    """Where it happened, not what it said: an error's text may hold text from the books."""
    frames = traceback.extract_tb(error.__traceback__)
    where = "; ".join(f"{frame.filename}:{frame.lineno}" for frame in frames[-4:])
    logger.error("a live view failed with %s at %s", type(error).__name__, where)


def _fresh(shown: Any, drawn: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """The traits that are not as they are shown. Nothing when the view cannot be drawn: what it showed last stays."""
    try:
        made = drawn()
    except Exception as error:  # noqa: BLE001 - one that fails once is looked at again, by its next tick
        _note(error)
        return {}
    held = {name: getattr(shown, name) for name in made}
    return {name: value for name, value in made.items() if held[name] is not value and held[name] != value}


def let_go(shown: Any) -> None:
    """End the tie between a view and a component that was made of it: the view goes on without telling it anything."""
    shown.tied()


def tie_pane(view: LiveView, pane: Any, drawn: Callable[[], Mapping[str, Any]]) -> Any:
    """Have a Panel component draw a view and send its events, as long as its session lives. ``drawn`` gives its traits."""
    import panel as pn  # noqa: PLC0415

    inbox = Inbox(view.dispatch)
    document = pn.state.curdoc

    def redraw(**more: Any) -> None:
        pane.param.update(**_fresh(pane, drawn), **more)

    def answer(change: Any) -> None:
        if change.new:
            redraw(seen=inbox.take(change.new), events=[])

    def changed() -> None:
        if document is None or document is pn.state.curdoc:
            redraw()
        elif document.session_context is not None:
            document.add_next_tick_callback(redraw)

    pane.param.watch(answer, "events")
    pane.tied = view.subscribe(changed)
    if document is not None and document.session_context is not None:
        # A document keeps what it is to call until its end; a component that was let go is not kept with it.
        known = weakref.ref(pane)

        def ended(_context: Any) -> None:
            if (left := known()) is not None:
                let_go(left)

        document.on_session_destroyed(ended)
    return pane


def tie_widget(view: LiveView, made: Any, drawn: Callable[[], Mapping[str, Any]]) -> Any:
    """Have a Jupyter widget draw a view and send its events until it is closed. ``drawn`` gives its traits."""
    inbox = Inbox(view.dispatch)

    def redraw(**more: Any) -> None:
        with made.hold_sync():
            for name, value in {**_fresh(made, drawn), **more}.items():
                setattr(made, name, value)

    def answer(change: Any) -> None:
        if change["new"]:
            redraw(seen=inbox.take(change["new"]), events=[])

    made.observe(answer, "events")
    stop = view.subscribe(redraw)
    made.observe(lambda change: stop() if change["new"] is None else None, "comm")
    made.tied = made.close
    return made


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


def _sheet(view: LiveView) -> Mapping[str, Any]:
    return {"markup": str(view.render())}


def panel_sheet(view: LiveView) -> Any:
    """The view as a Panel component, for one session."""
    return tie_pane(view, _panel_class()(**_sheet(view), sizing_mode="stretch_width"), lambda: _sheet(view))


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
    return tie_widget(view, _jupyter_class()(**_sheet(view)), lambda: _sheet(view))
