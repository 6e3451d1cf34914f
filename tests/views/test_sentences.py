"""Commands in sentences stand as code; everything else is text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import SignInFailed
from akika_widgets.views import controls
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, escape
from akika_widgets.views.sentences import sentence, unmarked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Connect it again with `akika connect`.", "Connect it again with <code>akika connect</code>."),
        ("`akika plan resume FILE` goes on.", "<code>akika plan resume FILE</code> goes on."),
        (
            "`akika budget --cap N`, or `akika check`.",
            "<code>akika budget --cap N</code>, or <code>akika check</code>.",
        ),
        ("`akika verify --sample 5%`", "<code>akika verify --sample 5%</code>"),
        ("a name with `ticks` of its own", "a name with `ticks` of its own"),
        ("`akika <b>connect</b>`", "`akika &lt;b&gt;connect&lt;/b&gt;`"),
        ("`akika connect` <script>", "<code>akika connect</code> &lt;script&gt;"),
        ("`akikaconnect` and an open `akika", "`akikaconnect` and an open `akika"),
        ("", ""),
    ],
)
def test_commands_become_code(text: str, shown: str) -> None:
    assert sentence(text) == shown


@given(st.text(alphabet="`akik <>&\"' -x\u202e"))
def test_no_text_becomes_another_element(text: str) -> None:
    shown = sentence(text)
    assert shown.count("<") == 2 * shown.count("<code>") == 2 * shown.count("</code>")
    assert shown.replace("<code>", "`").replace("</code>", "`") == escape(text)


class Refusing(LiveView):
    def body(self) -> Markup:
        return controls.button(self, "Press", "press", explain=True)

    def why_not(self, event: Event) -> str:
        return "Run `akika connect`." if event.act == "press" else ""

    def act_fail(self, event: Event) -> None:
        raise SignInFailed("It ended.", do="Run `akika companies`.")


def test_a_reason_and_a_notice_are_sentences() -> None:
    view = Refusing()
    view.dispatch(Event("fail"))
    shown = view.render()
    assert "<code>akika connect</code>" in shown
    assert "<code>akika companies</code>" in shown
    assert 'title="Run “akika connect”."' in shown
    assert "`" not in shown.partition("</style>")[2]


def test_a_tooltip_quotes_the_command() -> None:
    assert unmarked("Run `akika connect`, not `x`.") == "Run “akika connect”, not `x`."
