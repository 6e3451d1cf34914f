"""The companies of the vault on the first page: how their connections stand, and the way to make, renew and end one."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from akika_forensics.case.companies import Standing
from akika_forensics.case.connections.consent import Consent, Wish
from akika_forensics.case.connections.state import NOT_CONNECTED
from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.jobs import Work
from akika_forensics.settings import Secret
from akika_widgets.views import controls
from akika_widgets.views.live import Event, LiveView, words_of
from akika_widgets.views.markup import Markup, join, style_block, tag
from akika_widgets.workbench.connection_panels import anew_panel, connect_panel, disconnect_panel, sign_in_panel
from akika_widgets.workbench.connections import connections
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.stages.stage import workbench_stylesheet

CONNECT: Final = "connect"
DISCONNECT: Final = "disconnect"
LOOK_EVERY: Final = 500
_PENDING: Final = ("consent",)


class ConnectingView(LiveView):
    """One for a session. What is typed goes from the event to the sign-in, and stays in no view."""

    title = "Connections"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.again = ""
        """The company that is to be connected anew."""
        self.ending = ""
        """The company that is to be disconnected, if it is said once more."""
        self.filled: dict[str, str] = {}
        """What was typed apart from the secret: a mistake in one field does not cost the others."""
        self.came = 0
        """How often one panel came in place of another."""
        self._had = bool(desk.standings())

    # -- what is shown -------------------------------------------------------------------------------------------------

    def body(self) -> Markup:
        found = self.desk.standings()
        waiting = self._consent()
        shown = [connections(found, self._acts) if found else None]
        if waiting is not None:
            shown.append(sign_in_panel(self, waiting))
        elif self.ending:
            shown.append(disconnect_panel(self))
        elif self.again:
            shown.append(anew_panel(self, self._former_id()))
        else:
            shown.append(connect_panel(self, first=not found))
        if found and not self._had:
            shown.append(tag("p", "Open this page anew to see the company at its head.", class_="ak-quiet"))
        if self._running():
            shown.append(controls.ticking(LOOK_EVERY))
        made = tag("section", *shown, class_="wb-connecting", aria_label="Connections")
        return join([style_block(workbench_stylesheet()), made])

    def _acts(self, one: Standing) -> Markup:
        name = one.name
        renew = controls.button(self, "Connect anew", "again", name, kind="plain", name=f"Connect {name} anew")
        end = controls.button(self, "Disconnect", "end", name, kind="plain", name=f"Disconnect {name}")
        return join([renew, " ", None if one.capture.state == NOT_CONNECTED else end])

    def _former_id(self) -> str:
        with self.desk.shared.lock:
            return self.desk.case.companies.connection(self.again).client_id

    def _consent(self) -> Consent | None:
        """The sign-in that is waited for, in whichever session it was begun."""
        job = self.desk.job(CONNECT)
        if job is None or job.snapshot().ended:
            return None
        held: Consent | None = self.desk.memory.known(_PENDING)
        return held

    def _running(self) -> bool:
        found = (self.desk.job(kind) for kind in (CONNECT, DISCONNECT))
        return any(job is not None and not job.snapshot().ended for job in found)

    # -- what can be done ----------------------------------------------------------------------------------------------

    def why_not(self, event: Event) -> str:
        try:
            if event.act == "paste":
                return "" if self._consent() else "No sign-in is being waited for."
            if event.act in {"again", "end", "disconnect"} and event.value not in self.desk.case.companies.names():
                return "There is no such company."
            return self.desk.why_wait() if event.act in {"begin", "again", "end", "disconnect"} else ""
        except AkikaError as error:
            return words_of(error)

    def act_tick(self, event: Event) -> None:
        """What was said when the work began is over with it; how it ended stands in the stage."""
        del event
        if not self._running():
            self.notice = ""

    def act_again(self, event: Event) -> None:
        self.again, self.ending, self.filled = event.value, "", {}
        self.came += 1

    def act_end(self, event: Event) -> None:
        self.ending, self.again = event.value, ""
        self.came += 1

    def act_leave(self, event: Event) -> None:
        del event
        self.again = self.ending = ""
        self.filled = {}

    def act_begin(self, event: Event) -> None:
        prefix = "anew_" if self.again else ""
        fields, secret = event.fields, Secret(event.fields.get(f"{prefix}client_secret", ""))
        self.filled = {key: value for key, value in fields.items() if not key.endswith("client_secret")}
        wish = Wish(
            environment=fields.get("environment", ""),
            client_id=fields.get(f"{prefix}client_id", ""),
            client_secret=secret,
            address=fields.get("address", ""),
            name=fields.get("name", ""),
            redirect_uri=fields.get(f"{prefix}redirect_uri", ""),
            again=self.again,
        )
        desk, case = self.desk, self.desk.case
        consent = case.connecting.begin(wish)

        def work(work: Work) -> str:
            try:
                name, company = consent.finish(case.connecting, work.progress, work.should_stop)
            finally:
                desk.memory.put(_PENDING, None)  # it holds the app's secret
            with desk.shared.lock:
                _stay(desk, name)
            return f"{company.name} is connected."

        # Before the work begins, which may end at once; another's sign-in is not put away for one that cannot begin.
        former = desk.memory.known(_PENDING)
        desk.memory.put(_PENDING, consent)
        try:
            desk.start(CONNECT, "Connecting a company", work)
        except AkikaError:
            desk.memory.put(_PENDING, former)
            consent.close()
            raise
        self.again, self.filled = "", {}
        self.came += 1
        self.notice = "Sign in with QuickBooks now."

    def act_paste(self, event: Event) -> None:
        consent = self._consent()
        if consent is None:
            raise WrongUse("No sign-in is being waited for.", do="Begin it again.")
        consent.paste(event.fields.get("line", ""))
        self.notice = "The answer is being looked at."

    def act_disconnect(self, event: Event) -> None:
        name, case = event.value, self.desk.case

        def work(work: Work) -> bool:
            work.progress("asking QuickBooks to end the access")
            return case.connecting.disconnect(name)

        self.desk.start(DISCONNECT, f"Disconnecting {name}", work)
        self.ending = ""
        self.notice = f"The connection of {name} is being ended."


def _stay(desk: Desk, connected: str) -> None:
    """A second company in the vault does not take the first one's place on the page."""
    others = [name for name in desk.case.companies.names() if name != connected]
    if len(others) < 2:
        with suppress(WrongUse):
            desk.case.choose(desk.case.company_name)
            return
        desk.case.choose(others[0] if others else connected)
