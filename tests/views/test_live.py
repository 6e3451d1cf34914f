"""Live views without a browser: events in, markup out; what may not be done is not done, however it is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_widgets.views import controls
from akika_widgets.views.bindings import Inbox
from akika_widgets.views.live import Event, LiveView, Still
from akika_widgets.views.markup import Markup, join, tag
from akika_widgets.views.tables import FigureTable


class Till(LiveView):
    """Takes coins up to three."""

    def __init__(self) -> None:
        super().__init__()
        self.coins = 0
        self.said = ""

    def why_not(self, event: Event) -> str:
        return "The till is full." if event.act == "put" and self.coins >= 3 else ""

    def body(self) -> Markup:
        return join(
            [
                tag("h2", f"{self.coins} coins"),
                controls.button(self, "Put one in", "put", keys="p", explain=True),
                controls.field(self, "Words", "words", self.said, act="say"),
                controls.select(self, "Kind", "kind", [("a", "one"), ("b", "two")], "b", act="say"),
                controls.checkbox(self, "Lid", "say", "lid", checked=True),
                controls.form(self, "put", controls.field(self, "Secret", "secret", kind="password"), submit="Put"),
            ]
        )

    def act_put(self, event: Event) -> None:
        self.coins += 1
        self.notice = "Taken."

    def act_say(self, event: Event) -> None:
        self.said = event.value


def test_an_event_does_what_its_control_says() -> None:
    till = Till()
    assert till.dispatch(Event("put"))
    assert till.coins == 1
    assert "1 coins" in till.render()
    assert "Taken." in till.render()


def test_a_control_that_cannot_be_used_is_drawn_so_and_refused_all_the_same() -> None:
    till = Till()
    for _ in range(3):
        till.dispatch(Event("put"))
    drawn = till.render()
    assert 'disabled="disabled"' in drawn
    assert "The till is full." in drawn
    assert not till.dispatch(Event("put"))
    assert till.coins == 3
    assert till.notice == "The till is full."


def test_nothing_but_acts_can_be_called() -> None:
    till = Till()
    for name in ("", "render", "dispatch", "_lock", "put()", "__class__", "act_put", "sub scribe", "no_such"):
        assert not till.dispatch(Event(name))
    assert till.coins == 0


def test_watchers_are_told_until_they_stop() -> None:
    till, told = Till(), []
    stop = till.subscribe(lambda: told.append(till.coins))
    till.dispatch(Event("put"))
    stop()
    stop()
    till.dispatch(Event("put"))
    assert told == [1]


def test_an_error_is_said_in_words() -> None:
    class Broken(Till):
        error: Exception

        def act_break(self, event: Event) -> None:
            raise self.error

    till = Broken()
    till.error = WrongUse("The drawer is stuck.", means="Nothing was taken.", do="Pull.")
    told: list[str] = []
    till.subscribe(lambda: told.append(till.notice))
    assert not till.dispatch(Event("break"))
    assert "The drawer is stuck. Nothing was taken. Pull." in till.render()
    till.error = ValueError("Invoice of <Secret & Sons>")
    with pytest.raises(ValueError, match="Secret"):
        till.dispatch(Event("break"))
    assert "ValueError" in till.notice
    assert "Secret" not in till.notice
    assert len(told) == 2


def test_one_failing_event_does_not_hold_up_the_others(caplog: pytest.LogCaptureFixture) -> None:
    taken: list[str] = []

    def answer(event: Event) -> None:
        if event.value == "bad":
            raise ValueError("text from the books")
        taken.append(event.value)

    inbox = Inbox(answer)
    assert inbox.take([{"n": n, "act": "x", "value": v} for n, v in enumerate(["a", "bad", "b"], 1)]) == 3
    assert taken == ["a", "b"]
    assert "ValueError" in caplog.text
    assert "text from the books" not in caplog.text


def test_text_is_text_in_every_control() -> None:
    till = Till()
    till.dispatch(Event("say", '"><img src=x onerror=alert(1)>'))
    till.notice = "<b>bold</b>"
    drawn = till.render()
    assert "<img" not in drawn
    assert "<b>" not in drawn


def test_a_passphrase_is_never_drawn() -> None:
    till = Till()
    assert "hunter2" not in controls.field(till, "Secret", "s", "hunter2", kind="password")


def test_a_static_view_stands_where_live_ones_are_expected() -> None:
    figures = FigureTable([("Records", 3, "")], title="Figures")
    live = figures.live()
    assert isinstance(live, Still)
    assert "Records" in live.render()
    assert not live.dispatch(Event("put"))


@given(st.lists(st.integers(min_value=-2, max_value=12), max_size=30), st.data())
def test_each_event_is_taken_once_and_in_order(numbers: list[int], data: st.DataObject) -> None:
    """However the browser repeats or cuts its list: what was taken rises strictly and nothing new is left out."""
    taken: list[int] = []
    inbox = Inbox(lambda event: taken.append(int(event.value)))
    sent = [{"n": n, "act": "x", "value": str(n)} for n in numbers]
    cut = data.draw(st.integers(0, len(sent)))
    for part in (sent[:cut], sent[:cut], sent):
        inbox.take(part)
    assert taken == sorted(set(taken))
    assert all(number > 0 for number in taken)
    assert inbox.seen == max([0, *numbers])


def test_half_a_surrogate_pair_becomes_a_sign_that_can_be_written() -> None:
    read = Event.read({"act": "say", "value": "a\ud800b", "fields": {"f": "\udfff"}})
    assert read == Event("say", "a?b", {"f": "?"})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_the_browser_sends_nothing_breaks(junk: object) -> None:
    till = Till()
    inbox = Inbox(till.dispatch)
    inbox.take(junk)
    inbox.take([junk, {"n": 1, "act": junk, "value": junk, "fields": junk}])
    assert till.coins == 0
