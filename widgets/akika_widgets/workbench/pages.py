"""The pages around the app: sign-in, signed out, refused. No script, and nothing from anywhere else."""

from __future__ import annotations

from typing import Final

from akika_widgets.views.markup import Markup, join, style_block, tag
from akika_widgets.views.sentences import sentence
from akika_widgets.views.view import live_stylesheet, styled

APP_NAME: Final = "Akika Forensics"
_LAYOUT: Final = """
body.akika-page { display: grid; place-items: center; min-height: 100vh; padding: 16px; box-sizing: border-box; }
.akika .ak-door { width: min(26rem, 100vw - 32px); }
.akika .ak-door h1 { font-size: 1.45em; margin: 0 0 0.2em; }
.akika .ak-door form { display: flex; flex-direction: column; gap: 0.9em; margin: 1.2em 0 0; }
.akika .ak-door .ak-button { justify-content: center; }
.akika .ak-door .ak-wrong { color: var(--ak-removed); font-weight: 500; }
.akika .ak-door input { width: 100%; }
"""


def page(heading: str, *children: object, go_on: bool = False) -> str:
    """A whole document. ``go_on``: the browser opens the app from here by itself."""
    head = join(
        [
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("meta", http_equiv="refresh", content="0; url=/") if go_on else None,
            tag("title", f"{heading} · {APP_NAME}"),
        ]
    )
    door = tag("main", tag("h1", heading), tag("p", APP_NAME, class_="ak-quiet"), *children, class_="ak-door")
    body = tag("body", styled(style_block(live_stylesheet()), style_block(_LAYOUT), door), class_="akika-page")
    return f"<!DOCTYPE html>\n{tag('html', tag('head', head), body, lang='en')}\n"


def sign_in(*, name: str = "", wrong: str = "") -> str:
    """The form for name and password; ``wrong`` says why the last try did not do."""
    return page(
        "Sign in",
        tag("p", wrong, role="alert", class_="ak-wrong") if wrong else None,
        tag(
            "form",
            # The first field that waits for something has the focus.
            _input("Name", "name", "text", "username", name, focus=not name),
            _input("Password", "password", "password", "current-password", "", focus=bool(name)),
            tag("button", "Sign in", type="submit", class_="ak-button ak-main"),
            method="post",
            action="/sign-in",
        ),
    )


def _input(label: str, name: str, kind: str, autocomplete: str, value: str, *, focus: bool) -> Markup:
    return tag(
        "span",
        tag("label", label, for_=name),
        tag(
            "input",
            id=name,
            name=name,
            type=kind,
            autocomplete=autocomplete,
            required=True,
            value=value or None,
            spellcheck="false",
            autocapitalize="none",
            autofocus=focus,
        ),
        class_="ak-field ak-wide",
    )


def opening() -> str:
    """Shown for a moment after a sign-in: the app is opened from here, by this very site."""
    return page("Signed in", tag("p", tag("a", "Open the app", href="/")), go_on=True)


def need_address() -> str:
    return page(
        "Not signed in",
        tag("p", "Open the whole address that was printed where the app was started. It holds the key to it."),
    )


def sign_out() -> str:
    """Asks once more: a link alone, from wherever, must not sign anybody out."""
    button = tag("button", "Sign out", type="submit", class_="ak-button ak-main")
    return page("Sign out", tag("form", button, method="post", action="/sign-out"))


def signed_out(how: str) -> str:
    again = how == "token"
    return page(
        "Signed out",
        tag("p", "Open the printed address to sign in again.")
        if again
        else tag("p", tag("a", "Sign in again", href="/sign-in")),
    )


def refused(what: str, *advice: str) -> str:
    return page("Refused", tag("p", sentence(what)), *(tag("p", sentence(line)) for line in advice))
