"""Whatever words come out of the books, no control character, escape sequence or turned direction reaches a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from akika_forensics.cli.speech import note, plain, say, say_error, table
from akika_forensics.errors import WrongUse

ACTING = {
    "\u200e",
    "\u200f",
    "\u061c",
    "\u2028",
    "\u2029",
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
}
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07", "\x9b31m", "a\rb\x08c", "\u202egnp.exe\u2066", "=cmd|' /C calc'!A0", "[x](javascript:1)",
    "<script>alert(1)</script>", "half \ud800 pair", "\u2028new line", "nul\x00",
)  # fmt: skip


def assert_harmless(said: str) -> None:
    said.encode()
    for sign in said:
        assert sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs", "Zl", "Zp"}, repr(sign)
        assert sign not in ACTING, repr(sign)


words = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(), max_size=40), st.sampled_from(HOSTILE).map("Amy".__add__)
)
WAYS: tuple[Callable[[str], None], ...] = (
    say,
    note,
    lambda text: table(("company", text), [(text, "s1"), ("craig", text)]),
    lambda text: say_error(WrongUse(text, means=text, do=text), json=False),
)


@given(words)
@example("\x1b]8;;https://example.invalid\x1b\\click\x1b]8;;\x1b\\")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_acts_reaches_a_terminal(capsys: pytest.CaptureFixture[str], text: str) -> None:
    for way in WAYS:
        way(text)
    out, err = capsys.readouterr()
    assert_harmless(out + err)


@given(words)
def test_what_acts_is_shown_as_a_sign_in_its_place_and_all_else_stays(text: str) -> None:
    shown = plain(text)
    assert len(shown) == len(text)
    assert all(one == other for one, other in zip(text, shown, strict=True) if other != "�")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_row_stays_one_line(capsys: pytest.CaptureFixture[str], text: str) -> None:
    table(("a", "b"), [(f"{text}\nfalse row", text)])
    assert len(capsys.readouterr().out.splitlines()) == 2
