"""What stands below the list of connections: the form that connects a company, the sign-in that is waited for, and the question before one is ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from akika_forensics.case.connections.consent import ELSEWHERE, ENVIRONMENTS, Consent
from akika_forensics.quickbooks.endpoints import SANDBOX
from akika_widgets.views import controls
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.sentences import sentence

if TYPE_CHECKING:
    from akika_widgets.workbench.connecting import ConnectingView

_WORDS: Final = {
    "sandbox": "sandbox (a company to try things on)",
    "production": "production (a real company)",
    ELSEWHERE: "another address, such as a twin's",
}


def anew_panel(view: ConnectingView, client_id: str) -> Markup:
    """The form that connects the company ``view.again`` anew; ``client_id`` is its app's as it stands."""
    leave = controls.button(view, "Leave it as it is", "leave")
    anew = _sent(view, _app_fields(view, "anew_", client_id), "Connect anew")
    return tag("div", _heading(view, f"Connect {view.again} anew"), anew, leave, class_="ak-panel")


def connect_panel(view: ConnectingView, *, first: bool) -> Markup:
    """The form that connects a company, folded unless it is the ``first`` of the vault."""
    filled = view.filled
    environment = controls.select(
        view,
        "Environment",
        "environment",
        [(one, _WORDS[one]) for one in reversed(ENVIRONMENTS)],
        filled.get("environment") or SANDBOX,
    )
    address = controls.field(
        view,
        "Address of the server, where it is another",
        "address",
        filled.get("address", ""),
        placeholder="http://127.0.0.1:8080",
    )
    name = controls.field(
        view, "Name in this vault", "name", filled.get("name", ""), hint="Left empty: the company's own name."
    )
    made = _sent(view, (environment, address, *_app_fields(view), name), "Connect a company")
    if first:
        return tag("div", _heading(view, "Connect a company"), made, class_="ak-panel")
    return tag("details", tag("summary", "Connect another company"), made, class_="ak-panel")


def sign_in_panel(view: ConnectingView, consent: Consent) -> Markup:
    """The way to the sign-in that is waited for, and a place for its answer where the browser does not bring it."""
    link = tag(
        "a",
        "Sign in with QuickBooks",
        " ",
        tag("span", "↗", aria_hidden="true"),
        tag("span", " (opens another tab)", class_="ak-unseen"),
        href=consent.address,
        target="_blank",
        rel="noopener noreferrer",
        class_="ak-button ak-main",
    )
    words = (
        "The browser comes back to this machine by itself. If it is a browser of another machine, copy the whole address it ends at."
        if consent.comes_back
        else "The browser comes to your page, which shows a line: copy it whole."
    )
    paste = controls.form(
        view,
        "paste",
        controls.field(
            view,
            "The line, or the address",
            "line",
            kind="password",
            hint="It stays hidden: its code is good for some minutes.",
        ),
        submit="Take the answer",
        kind="",
        label="Paste the answer",
    )
    return tag(
        "div",
        _heading(view, "Sign in"),
        tag("p", "Sign in, choose the company and agree; within ten minutes."),
        tag("p", link),
        tag("p", words, class_="ak-quiet"),
        paste,
        class_="ak-panel",
    )


def disconnect_panel(view: ConnectingView) -> Markup:
    """The question before the company ``view.ending`` is disconnected."""
    return tag(
        "div",
        _heading(view, f"Disconnect {view.ending}?"),
        tag(
            "p",
            "The access is withdrawn at QuickBooks and the tokens are forgotten. The company and its snapshots stay.",
        ),
        tag(
            "p",
            sentence("Where QuickBooks cannot be reached, `akika disconnect --forget-only` forgets the tokens alone."),
            class_="ak-quiet",
        ),
        tag(
            "div",
            controls.button(view, "Disconnect", "disconnect", view.ending, kind="danger", explain=True),
            controls.button(view, "Leave it as it is", "leave"),
            class_="ak-bar ak-middle",
        ),
        class_="ak-panel",
    )


def _heading(view: ConnectingView, words: str) -> Markup:
    """It takes the focus when it comes in place of what was pressed."""
    return tag("h2", words, tabindex="-1", data_focus=str(view.came), data_focus_first=view.came > 0)


def _app_fields(view: ConnectingView, prefix: str = "", client_id: str = "") -> tuple[Markup, ...]:
    """``prefix`` keeps what was typed for one company out of the fields of another."""
    filled = view.filled
    hint = (
        "Leave it empty while the app is the same as before." if prefix else "Sealed in the vault, and shown nowhere."
    )
    return (
        controls.field(
            view, "Client id of the app", f"{prefix}client_id", filled.get(f"{prefix}client_id") or client_id
        ),
        controls.field(view, "Client secret of the app", f"{prefix}client_secret", kind="password", hint=hint),
        controls.field(
            view,
            "Address of your page with the line to paste",
            f"{prefix}redirect_uri",
            filled.get(f"{prefix}redirect_uri", ""),
            hint="For production. Left empty, the browser comes back to this machine.",
        ),
    )


def _sent(view: ConnectingView, fields: tuple[Markup, ...], label: str) -> Markup:
    shown = tag("div", *fields, class_="wb-fields")
    return controls.form(view, "begin", shown, submit="Begin the sign-in", value=view.again, label=label)
