"""The controls of live views: plain form elements that say what they do in ``data-act``.

    data-act, data-value    the event a click, a change or a submitted form sends
    data-keys               the key that presses the control, when the focus is in the view and not in a text field
    data-row                a row that the arrow keys walk
    data-follow             a row whose event is sent as soon as the arrow keys reach it
    data-focus              takes the focus when its value changes
    data-across             rows in it stand side by side: the arrow keys to the left and right walk them
    data-brush              drawing over it sends this event with where that began and ended: "0.25,0.5", shares of its width
    data-menu               a <details> that is shut by Escape and by looking elsewhere
    data-tick               asks for the event ``tick`` every so many milliseconds while somebody looks

Each control asks the view's `why_not` about the very event it would send. One that cannot be used now is drawn disabled with
the reason beside it. That is drawing only: `LiveView.dispatch` asks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Child, Markup, tag
from akika_widgets.views.sentences import sentence, unmarked
from akika_widgets.views.view import anchor


def button(
    view: LiveView,
    label: Child,
    act: str,
    value: str = "",
    *,
    keys: str = "",
    kind: str = "",
    name: str | None = None,
    pressed: bool | None = None,
    explain: bool = False,
) -> Markup:
    """A button. ``kind``: "", "main", "danger" or "plain". ``name``: what a screen reader says when the label is a symbol.

    ``explain``: where the button cannot be used, the reason stands beside it as text, not only in its tooltip.
    """
    reason = view.why_not(Event(act, value))
    ident = _ident(view, act, value)
    made = tag(
        "button",
        label,
        tag("kbd", keys, aria_hidden="true") if keys else None,
        type="button",
        id=ident,
        class_=f"ak-button ak-{kind}" if kind else "ak-button",
        data_act=act,
        data_value=value or None,
        data_keys=keys or None,
        disabled=bool(reason),
        title=unmarked(reason) or None,
        aria_label=name,
        aria_pressed=None if pressed is None else str(pressed).lower(),
        aria_describedby=f"{ident}-why" if reason and explain else None,
        aria_keyshortcuts=keys or None,
    )
    if not (reason and explain):
        return made
    return tag(
        "span", made, " ", tag("span", sentence(reason), class_="ak-why-not", id=f"{ident}-why"), class_="ak-control"
    )


def field(
    view: LiveView,
    label: str,
    name: str,
    value: str = "",
    *,
    act: str = "",
    kind: str = "text",
    hint: str = "",
    placeholder: str = "",
    autocomplete: str = "off",
    required: bool = False,
    hidden_label: bool = False,
) -> Markup:
    """A labelled text field. With ``act`` it sends that event with its text as it is typed; in a form it is sent with the form.

    ``kind`` is HTML's: text, search, password, number, date.
    """
    ident = _ident(view, name)
    return tag(
        "span",
        tag("label", label, for_=ident, class_="ak-unseen" if hidden_label else None),
        tag(
            "input",
            type=kind,
            id=ident,
            name=name,
            value=value if kind != "password" else None,
            placeholder=placeholder or None,
            autocomplete=autocomplete,
            data_act=act or None,
            required=required,
            spellcheck="false",
            disabled=bool(act and view.why_not(Event(act, value))),
            aria_describedby=f"{ident}-hint" if hint else None,
        ),
        tag("span", sentence(hint), class_="ak-hint", id=f"{ident}-hint") if hint else None,
        class_="ak-field",
    )


def area(view: LiveView, label: str, name: str, value: str = "", *, rows: int = 3) -> Markup:
    """A labelled field of several lines, sent with its form."""
    ident = _ident(view, name)
    return tag(
        "span",
        tag("label", label, for_=ident),
        tag("textarea", value, id=ident, name=name, rows=rows),
        class_="ak-field ak-wide",
    )


def select(
    view: LiveView,
    label: str,
    name: str,
    options: Iterable[tuple[str, str]],
    value: str = "",
    *,
    act: str = "",
    hidden_label: bool = False,
) -> Markup:
    """A labelled choice; ``options`` are (value, words)."""
    ident = _ident(view, name, act)
    made = [tag("option", words, value=key, selected=key == value) for key, words in options]
    return tag(
        "span",
        tag("label", label, for_=ident, class_="ak-unseen" if hidden_label else None),
        tag(
            "select",
            *made,
            id=ident,
            name=name,
            data_act=act or None,
            disabled=bool(act and view.why_not(Event(act, value))),
        ),
        class_="ak-field",
    )


def checkbox(
    view: LiveView,
    label: Child,
    act: str,
    value: str,
    *,
    checked: bool,
    name: str = "",
    hidden_label: bool = False,
) -> Markup:
    """A box to tick. With ``act`` it sends that event with ``value``; in a form it is sent under ``name``."""
    ident = _ident(view, act or name, value)
    box = tag(
        "input",
        type="checkbox",
        id=ident,
        name=name or None,
        value=value,
        checked=checked,
        data_act=act or None,
        data_value=value if act else None,
        disabled=bool(act and view.why_not(Event(act, value))),
    )
    word = tag("label", label, for_=ident, class_="ak-unseen" if hidden_label else None)
    return tag("span", box, word, class_="ak-check")


def form(
    view: LiveView,
    act: str,
    *children: Child,
    submit: str,
    value: str = "",
    kind: str = "main",
    label: str = "",
) -> Markup:
    """Fields that are sent together by their button. What `why_not` has to say stands beside the button."""
    reason = view.why_not(Event(act, value))
    ident = _ident(view, act, value, "form")
    pressed = tag(
        "button",
        submit,
        type="submit",
        id=ident,
        class_=f"ak-button ak-{kind}",
        disabled=bool(reason),
        aria_describedby=f"{ident}-why" if reason else None,
    )
    why = tag("span", sentence(reason), class_="ak-why-not", id=f"{ident}-why") if reason else None
    last = tag("span", pressed, " ", why, class_="ak-control")
    return tag(
        "form",
        *children,
        last,
        data_act=act,
        data_value=value or None,
        class_="ak-form",
        aria_label=label or None,
        autocomplete="off",
    )


def choices(view: LiveView, label: str, act: str, options: Sequence[tuple[str, str]], value: str) -> Markup:
    """A few buttons of which one is pressed: the way something is looked at."""
    made = [button(view, words, act, key, pressed=key == value) for key, words in options]
    return tag("span", *made, role="group", aria_label=label, class_="ak-choices")


def ticking(milliseconds: int = 250) -> Markup:
    """Ask to be looked after this often while somebody looks."""
    return tag("span", data_tick=milliseconds, hidden=True)


def _ident(view: LiveView, *parts: object) -> str:
    """The id of a control: the same as long as the view lives, another in another view of the same page."""
    return anchor(type(view).__name__, id(view), *parts)
