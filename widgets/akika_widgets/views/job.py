"""A piece of long work: what it is doing, how far it is, and the ways to stop it and to go on with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Protocol

from akika_widgets.views.controls import button, ticking
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, readable, shortened, tag
from akika_widgets.views.sentences import sentence
from akika_widgets.views.table import LONG, marked
from akika_widgets.views.view import View, anchor, styled
from akika_widgets.views.wholeness import when

LOOK_EVERY: Final = 250
_LATEST: Final = 8
_STATES: Final = {
    "waiting": ("…", "waiting for its turn", "quiet"),
    "running": ("▶", "running", "added"),
    "stopping": ("▪", "stopping after what is in flight", "changed"),
    "done": ("✓", "done", "good"),
    "stopped": ("▪", "stopped, what was done is kept", "changed"),
    "failed": ("✕", "failed", "removed"),
    "interrupted": ("✕", "cut off, what was done is kept", "removed"),
}


class ErrorLike(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def means(self) -> str: ...
    @property
    def do(self) -> str: ...


class SnapshotLike(Protocol):
    """How work stands at one moment; see ``akika_forensics.jobs.JobSnapshot``."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def finished_at(self) -> datetime | None: ...
    @property
    def seconds(self) -> float: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def error(self) -> ErrorLike | None: ...
    @property
    def attempts(self) -> int: ...
    @property
    def question(self) -> str: ...
    @property
    def may_stop(self) -> bool: ...
    @property
    def may_resume(self) -> bool: ...
    @property
    def ended(self) -> bool: ...


class JobLike(Protocol):
    """``snapshot`` never blocks."""

    def snapshot(self) -> SnapshotLike: ...
    def cancel(self) -> bool: ...
    def resume(self) -> None: ...
    def answer(self, *, yes: bool) -> bool: ...


class JobPicture(View):
    """Work as it stood when it was looked at: for reports, files and terminals."""

    def __init__(self, shown: SnapshotLike) -> None:
        self.shown = shown
        self.title = shown.name

    def plain(self) -> str:
        symbol, word, _tone = _STATES[self.shown.state]
        lines = [f"{self.shown.name}: {symbol} {word}", *_facts(self.shown)]
        if self.shown.what and not self.shown.ended:
            lines.append(self.shown.what)
        return "\n".join([*lines, *_error_lines(self.shown.error)])

    def html(self) -> Markup:
        return styled(tag("section", *_drawn(self.shown), class_="ak-panel", aria_label=self.shown.name))


class JobView(LiveView):
    """Work as it goes on. It asks as long as somebody looks; the work itself does not depend on that."""

    def __init__(self, job: JobLike) -> None:
        super().__init__()
        self.job = job
        self.title = job.snapshot().name
        self._told = job.snapshot().state

    def still(self) -> JobPicture:
        """As it stands now, for where nothing is live."""
        return JobPicture(self.job.snapshot())

    def text(self) -> str:
        return self.still().text()

    def __repr__(self) -> str:
        return self.text()

    def why_not(self, event: Event) -> str:
        shown = self.job.snapshot()
        match event.act:
            case "stop":
                if shown.may_stop:
                    return ""
                if shown.state == "stopping":
                    return "It has been asked to stop already."
                return "It has ended." if shown.ended else "It runs in another process and is stopped there."
            case "resume":
                if shown.may_resume:
                    return ""
                return "Start it again; it goes on from what is kept." if shown.ended else "It has not ended."
            case "answer":
                return "" if shown.question else "There is no question any more."
        return ""

    def act_stop(self, event: Event) -> None:
        del event
        self.job.cancel()
        self.notice = "Asked to stop. It finishes what is in flight first."

    def act_resume(self, event: Event) -> None:
        del event
        self.job.resume()
        self.notice = "Going on."

    def act_answer(self, event: Event) -> None:
        self.job.answer(yes=event.value == "yes")
        self.notice = "It goes on." if event.value == "yes" else "It goes no further."

    def act_tick(self, event: Event) -> None:
        """Say a change of state once; a screen reader would otherwise read every count aloud."""
        del event
        shown = self.job.snapshot()
        if shown.state != self._told:
            self._told = shown.state
            self.notice = f"{shown.name}: {_STATES[shown.state][1]}."

    def body(self) -> Markup:
        shown = self.job.snapshot()
        return tag(
            "section",
            *_drawn(shown),
            self._question(shown) if shown.question else None,
            self._bar(shown),
            None if shown.ended else ticking(LOOK_EVERY),
            class_="ak-panel",
            aria_label=shown.name,
        )

    def _question(self, shown: SnapshotLike) -> Markup:
        return tag(
            "div",
            tag("p", tag("bdi", sentence(shortened(shown.question, LONG)))),
            tag(
                "div",
                button(self, "Go on", "answer", "yes", kind="main"),
                button(self, "Go no further", "answer", "no"),
                class_="ak-bar ak-middle",
            ),
            role="group",
            aria_label="A question before it goes on",
        )

    def _bar(self, shown: SnapshotLike) -> Markup | None:
        made = []
        if not shown.ended and not shown.question:
            made.append(button(self, "Stop", "stop", explain=True))
        if shown.may_resume:
            made.append(button(self, "Go on", "resume", kind="main"))
        return tag("div", *made, class_="ak-bar ak-middle") if made else None

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        """The live widget for a notebook, with the still picture for whatever shows no widgets."""
        still = self.still()
        try:
            bundle = super()._repr_mimebundle_(include=include, exclude=exclude)
        except ImportError:
            return still._repr_mimebundle_(include, exclude)
        data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
        data = {**data, "text/html": str(still.html()), "text/plain": still.text()}
        return (data, *rest) if rest else data


def _drawn(shown: SnapshotLike) -> Iterable[Markup | None]:
    symbol, word, tone = _STATES[shown.state]
    yield tag("h3", shortened(shown.name, LONG), " ", marked(symbol, word, tone))
    if not shown.ended:
        yield _progress(shown)
    yield tag("p", " · ".join(_facts(shown)), class_="ak-quiet") if _facts(shown) else None
    if shown.what and not shown.ended:
        yield tag("p", tag("bdi", sentence(shortened(shown.what, LONG))))
    if shown.error is not None:
        first, *others = _error_lines(shown.error)
        yield tag("div", tag("p", sentence(first), class_="ak-removed"), *(tag("p", sentence(line)) for line in others))
    if shown.notes:
        latest = [tag("li", tag("bdi", sentence(shortened(note, LONG)))) for note in shown.notes[-_LATEST:]]
        more = len(shown.notes) - len(latest)
        said = f"Notes, the latest {len(latest)} of {len(shown.notes)}" if more else "Notes"
        yield tag("details", tag("summary", said), tag("ul", *latest))


def _progress(shown: SnapshotLike) -> Markup:
    label = anchor("progress", shown.id)
    counted = bool(shown.total)
    return tag(
        "div",
        tag("label", "Progress", for_=label, class_="ak-unseen"),
        tag(
            "progress",
            f"{shown.done:,} of {shown.total:,}" if counted else "running",
            id=label,
            value=min(shown.done, shown.total) if counted else None,
            max=shown.total if counted else None,
        ),
    )


def _facts(shown: SnapshotLike) -> list[str]:
    facts = []
    if shown.total:
        facts.append(f"{shown.done:,} of {shown.total:,}")
    if shown.started_at is not None:
        facts.append(elapsed(shown.seconds))
    if shown.ended and shown.finished_at is not None:
        facts.append(f"ended {when(shown.finished_at)} UTC")
    if shown.attempts > 1:
        facts.append(f"attempt {shown.attempts}")
    return facts


def _error_lines(error: ErrorLike | None) -> list[str]:
    if error is None:
        return []
    what = error.what or "It failed."
    return [shortened(readable(part), 600) for part in (what, error.means, error.do) if part]


def elapsed(seconds: float) -> str:
    """``42 s``, ``3 min 5 s``, ``1 h 2 min``."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
