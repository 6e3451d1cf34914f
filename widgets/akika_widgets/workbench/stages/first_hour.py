"""The first hour: capture first, then look; what expires when; what only a person can keep. A list to work down and to print."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from akika_forensics.case.first_hour import NOT_TO_DO, PHASES, STEPS, Deadline, FirstHour, Row, Standing
from akika_forensics.errors import WrongUse
from akika_forensics.model import instants
from akika_forensics.model.instants import parse_instant
from akika_widgets.views import controls
from akika_widgets.views.live import Event
from akika_widgets.views.markup import Markup, join, tag
from akika_widgets.views.sentences import sentence
from akika_widgets.views.table import marked
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.stages.stage import Place, Stage, bar

_NAMES: Final = frozenset(step.name for step in STEPS)
_MARKS: Final = {
    "open": marked("○", "open", "changed"),
    "done": marked("✓", "done", "good"),
    "not_needed": marked("·", "not needed", "quiet"),
}


class FirstHourStage(Stage):
    name = "first_hour"
    heading = "First hour"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.writing = ""
        """The step of which the note is open."""
        self.restating = False

    # -- how it stands -----------------------------------------------------------------------------------------------

    def _hour(self) -> FirstHour:
        return self.desk.case.first_hour(by=lambda: self.desk.user.name)

    def _standing(self) -> Standing:
        with self.desk.shared.lock:
            case = self.desk.case
            state = case.companies.standing(case.company_name).capture
            return self._hour().standing(ends=state.ends, last_day=state.last_day)

    def place(self) -> Place:
        found = self._standing()
        if found.incident is None:
            return Place("later", "nothing has happened yet")
        return Place("done", "every step is settled") if not found.open else Place("now", f"{found.open} steps open")

    def lead(self) -> str:
        found = self._standing()
        if found.incident is None:
            return "When something has happened, say when it began; then work down the list: capture first, then look."
        if any(row.step.name == "capture" and row.state == "open" for row in found.rows):
            return "Capture the company before anybody looks around; then work down the list."
        return (
            "Work down the list; what is ticked and kept is written in custody."
            if found.open
            else "Every step is settled."
        )

    def draw(self) -> Iterable[Markup | None]:
        found, now = self._standing(), instants.now()
        yield bar(self.onward("company"))
        yield self._incident(found)
        if found.deadlines:
            yield _deadlines(found.deadlines, now)
        for number, (phase, heading) in enumerate(PHASES, 1):
            rows = [self._row(row) for row in found.rows if row.step.phase == phase]
            yield tag("div", tag("h2", f"{number}. {heading}"), tag("ul", *rows, class_="wb-signed"))
        yield tag(
            "div",
            tag("h2", "What not to do"),
            tag("ul", *(tag("li", tag("strong", what), f": {why}.") for what, why in NOT_TO_DO), class_="wb-signed"),
        )

    def _incident(self, found: Standing) -> Markup:
        if found.incident is not None and not self.restating:
            words = f"Began {found.incident:%Y-%m-%d %H:%M} UTC"
            said = [tag("strong", words), ": " if found.what else None, tag("bdi", found.what) if found.what else None]
            return tag(
                "div", tag("p", *said), controls.button(self, "Say it anew", "restate", kind="plain"), class_="ak-panel"
            )
        value = f"{found.incident:%Y-%m-%dT%H:%M:%SZ}" if found.incident else ""
        inner = controls.form(
            self,
            "begin",
            controls.field(
                self,
                "When it began",
                "at",
                value,
                hint="With its zone: 2026-11-23T10:00:00Z. The earlier one when in doubt.",
            ),
            controls.field(self, "What it is, in a few words", "what", found.what),
            submit="Begin the list",
            label="When it began",
        )
        return tag("div", tag("h2", "When it began"), inner, class_="ak-panel")

    def _row(self, row: Row) -> Markup:
        step = row.step
        head = tag("p", _MARKS[row.state], " ", tag("strong", step.title), _said(row))
        how = tag("p", sentence(step.how), class_="ak-quiet") if row.state == "open" else None
        kept = [
            tag("li", tag("bdi", one.name), f", {one.length:,} bytes, SHA-256 ", tag("code", one.sha256))
            for one in row.files
        ]
        files = tag("ul", *kept) if kept else None
        note = tag("blockquote", tag("bdi", row.note)) if row.note else None
        keep = (
            tag("p", sentence(f"`akika first-hour keep {step.name} FILE` seals a file with it."), class_="ak-hint")
            if step.files and row.state == "open"
            else None
        )
        return tag("li", head, how, note, files, keep, None if row.by_itself else self._controls(row))

    def _controls(self, row: Row) -> Markup:
        step = row.step
        if row.state != "open":
            return bar(
                controls.button(self, "Open again", "open", step.name, kind="plain", name=f"Open again: {step.title}")
            )
        if self.writing != step.name:
            return bar(
                controls.button(self, "Done", "done", step.name, name=f"Done: {step.title}"),
                controls.button(
                    self, "Not needed …", "write", step.name, kind="plain", name=f"Not needed: {step.title}"
                ),
            )
        return controls.form(
            self,
            "skip",
            controls.area(self, "Why it is not needed here", "note"),
            submit="Not needed",
            value=step.name,
            label=f"Not needed: {step.title}",
        )

    # -- what can be done --------------------------------------------------------------------------------------------

    def refuse(self, event: Event) -> str:
        if event.act in {"done", "open", "write", "skip"} and event.value not in _NAMES:
            return "There is no such step."
        return ""

    def act_restate(self, event: Event) -> None:
        del event
        self.restating = True

    def act_begin(self, event: Event) -> None:
        text = event.fields.get("at", "").strip()
        try:
            moment = parse_instant(text)
        except ValueError as error:
            raise WrongUse(
                f"{text or 'Nothing'!r} is no time.", do="Write 2026-11-23T10:00:00Z, with its zone."
            ) from error
        with self.desk.shared.lock:
            self._hour().begin(moment, event.fields.get("what", ""))
        self.restating = False
        self._told("The list begins.")

    def act_write(self, event: Event) -> None:
        self.writing = event.value

    def act_done(self, event: Event) -> None:
        self._mark(event, "done")

    def act_open(self, event: Event) -> None:
        self._mark(event, "open")

    def act_skip(self, event: Event) -> None:
        self._mark(event, "not_needed", event.fields.get("note", ""))
        self.writing = ""

    def _mark(self, event: Event, state: Any, note: str = "") -> None:
        with self.desk.shared.lock:
            self._hour().mark(event.value, state, note)
        title = next(step.title for step in STEPS if step.name == event.value)
        self._told(f"{title}: {state.replace('_', ' ')}.")

    def _told(self, words: str) -> None:
        self.notice = words
        self.desk.memory.touch()


def _said(row: Row) -> Markup | None:
    return tag("span", f" {row.by}, {row.at:%Y-%m-%d %H:%M} UTC", class_="ak-quiet") if row.at is not None else None


def _deadlines(found: Iterable[Deadline], now: datetime) -> Markup:
    heads = ("What expires", "Until (UTC)", "Left", "Why", "What to do")
    head = tag("tr", *(tag("th", word, scope="col") for word in heads))
    rows = [
        tag(
            "tr",
            tag("th", one.name, scope="row"),
            tag("td", f"{one.until:%Y-%m-%d %H:%M}" if one.until else "not known"),
            tag("td", _left(one, now)),
            tag("td", one.what),
            tag("td", sentence(one.do)),
        )
        for one in found
    ]
    table = tag("table", tag("caption", "What expires when"), tag("thead", head), tag("tbody", *rows))
    return tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label="What expires when")


def _left(one: Deadline, now: datetime) -> Markup:
    left = one.left(now)
    if one.safe:
        return marked("✓", one.safe, "good")
    if left is None:
        return join([""])
    if left < timedelta(0):
        return marked("≠", "over", "removed")
    words = f"{left.days} days" if left >= timedelta(days=2) else f"{int(left.total_seconds() // 3600)} hours"
    return marked("!", words, "changed") if left < timedelta(days=7) else join([words])
