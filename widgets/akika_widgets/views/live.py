"""A view that answers: it draws itself as markup, and an event changes what it draws.

All state and every decision is here, in Python. The browser draws what it is given and says what was done, so a live view
is tested without one: dispatch an event, read the markup. What a control may do is asked twice, when it is drawn and when its
event arrives, because anybody can send an event for a control that is drawn as disabled.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from akika_widgets.views.markup import Markup, shortened, style_block, tag
from akika_widgets.views.sentences import sentence
from akika_widgets.views.view import live_stylesheet, styled

_METHOD: Final = "act_"


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person did: the control's act, its value, and what its form held. All of it comes from outside."""

    act: str
    value: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Event:
        """An event as the browser sent it; whatever is no text is left out, and halves of surrogate pairs become “?”."""
        fields = given.get("fields")
        named = fields.items() if isinstance(fields, Mapping) else ()
        held = {_text(key): _text(value) for key, value in named if isinstance(value, str)}
        return cls(_text(given.get("act")), _text(given.get("value")), held)


def _text(given: object) -> str:
    return given.encode("utf-8", "replace").decode("utf-8") if isinstance(given, str) else ""


class LiveView(ABC):
    """Base of all live views.

    A subclass draws itself in `body` and has a method ``act_<name>(event)`` for each thing that can be done. `why_not` says
    in a sentence why an event cannot be answered now, or "".
    """

    title: str = ""

    def __init__(self) -> None:
        self.notice = ""
        self._lock = threading.RLock()
        self._watchers: list[Callable[[], None]] = []

    # -- for subclasses ----------------------------------------------------------------------------------------------

    @abstractmethod
    def body(self) -> Markup:
        """The view as it stands."""

    def why_not(self, event: Event) -> str:  # noqa: ARG002 - for subclasses
        """Why this event cannot be answered now, as a sentence; "" when it can."""
        return ""

    # -- for whoever shows it ----------------------------------------------------------------------------------------

    def render(self) -> Markup:
        """The whole view with its style sheet and the line that screen readers speak."""
        with self._lock:
            status = tag(
                "p", sentence(shortened(self.notice, 600)), class_="ak-notice", role="status", aria_live="polite"
            )
            return styled(style_block(live_stylesheet()), self.body(), status)

    def dispatch(self, event: Event) -> bool:
        """Answer an event; True when something was done. One that is unknown or cannot be answered now changes nothing."""
        method = getattr(self, _METHOD + event.act, None) if event.act.isidentifier() else None
        if method is None:
            return False
        unexpected: Exception | None = None
        with self._lock:
            refused = self.why_not(event)
            if not refused:
                try:
                    method(event)
                except Exception as error:  # noqa: BLE001 - said to the person first; what is not ours is raised below
                    refused = words_of(error)
                    unexpected = None if _is_ours(error) else error
            if refused:
                self.notice = refused
        self.changed()
        if unexpected is not None:
            raise unexpected
        return not refused

    def subscribe(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Have ``watcher`` called after every change; returns the way to stop that."""
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def changed(self) -> None:
        """Tell those who show the view that it wants to be drawn anew."""
        for watcher in tuple(self._watchers):
            watcher()

    def act_tick(self, event: Event) -> None:
        """Somebody is looking: being asked is enough to be drawn anew. Views that follow something take it up here."""
        del event

    def __panel__(self) -> Any:
        from akika_widgets.views import bindings  # noqa: PLC0415 - panel is loaded by whoever shows something in it

        return bindings.panel_sheet(self)

    def widget(self) -> Any:
        """The view as a Jupyter widget."""
        from akika_widgets.views import bindings  # noqa: PLC0415 - anywidget is loaded in a notebook only

        return bindings.jupyter_sheet(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        return self.widget()._repr_mimebundle_(include=include, exclude=exclude)


def words_of(error: Exception) -> str:
    """An error in words for the person in front of the view: what happened, what it means, what to do."""
    if _is_ours(error):
        said = (getattr(error, name, "") for name in ("what", "means", "do"))
        return " ".join(str(part) for part in said if part)
    return (
        f"Something unexpected happened ({type(error).__name__}). This is a fault of this software; nothing was hidden "
        "by it. Try again, and report it if it stays."
    )


def _is_ours(error: Exception) -> bool:
    """Errors of this software say what happened, what it means and what to do."""
    return all(hasattr(error, name) for name in ("what", "means", "do"))


class Still(LiveView):
    """A static view shown where live ones are expected."""

    def __init__(self, view: Any) -> None:
        super().__init__()
        self.view = view
        self.title = view.title

    def body(self) -> Markup:
        html = self.view.html()
        drawn = html if html is not None else self.view.svg()
        return drawn if drawn is not None else tag("pre", self.view.text())
