"""Names from the books on the pages that say how whole a snapshot is, how connections stand and what snapshots there are, and in the
lines of a watch: whatever they are, they stay text, and no page asks for anything.
"""

from __future__ import annotations

import contextlib
import io
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from akika_forensics.books import Finding, TieOutLine
from akika_forensics.capture.coverage import Covered, Reach
from akika_forensics.case.companies import Standing
from akika_forensics.case.connections.state import CONNECTED, ENDED, ConnectionState
from akika_forensics.case.coverage import Coverage
from akika_forensics.case.results import CheckResult
from akika_forensics.case.values import SnapshotTable
from akika_forensics.changes import CheckReport
from akika_forensics.cli.watch import _speaker
from akika_forensics.model.company import Company
from akika_forensics.model.money import money
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import SnapshotInfo
from akika_widgets.views.markup import join
from akika_widgets.workbench.connections import connections
from tests.browsing import Heard

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NASTY = (
    "<script>fetch('https://example.com/')</script>",
    '"><img src="https://example.com/x.png" onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</td></tr></table></div></style></title><b>x</b>",
    "<!--",
    "]]><![CDATA[<script>",
    "&lt;b&gt; &#x3c;script&#x3e; &amp;",
    "[x](javascript:alert(1)) ![](https://example.com/x.png) **bold** `code` # head",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egnp.exe\u2066\u200f",
    "a\x00b\rc\nd\x85e\u2028f\u2029g\x0b\x0c",
    "half \ud800 pair",
    "n" * 5_000,
    "${7*7} {{ 7*7 }} {% raw %}",
    "javascript:alert(1)",
    "url(https://example.com/) } body { background: red }",
)
NAMES = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.lists(st.sampled_from(NASTY) | st.text(max_size=8), min_size=1, max_size=4).map("".join),
)
ASKING = {
    "script",
    "img",
    "image",
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "form",
    "use",
    "video",
    "audio",
    "a",
    "meta",
}
_TURNING = {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


class Elements(HTMLParser):
    """What a browser would make of a page: elements with the names of their attributes, and the text between."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((name, tuple(sorted(key for key, _ in attrs))))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def snapshot(name: str) -> SnapshotInfo:
    company = Company("4620816365291234500", name, "https://sandbox-quickbooks.api.intuit.com")
    findings = [{"code": "unknown_field", "what": name, "severity": "note", "records": [], "times": 1}]
    return SnapshotInfo("s1", company, NOON, NOON, 3, 1, True, {}, {"kind": "full"}, 9, findings, (), "ab" * 32)


def standing(name: str) -> Standing:
    info = snapshot(name)
    words = (f"{name} was given up.",)
    ended = ConnectionState(ENDED, NOON, None, words)
    return Standing(name, info.company, name, "client", ConnectionState(CONNECTED, NOON, NOON), ended, info)


def checked(name: str) -> CheckResult:
    line = TieOutLine(name, "35", name, name, "Accrual", money("1.00"), money("2.00"), money("-1.00"), reason=name)
    unknown = f"Invoice has the undocumented field {name}."
    found = (
        Finding("residual", name, RecordKey("Invoice", "130"), "problem"),
        Finding("residual", name, RecordKey("Invoice", "130"), "note"),
        Finding("unknown_field", unknown, RecordKey("Invoice", "130"), "note"),
    )
    covered = [
        Covered("Invoice", Reach.PARTLY, 3, 3, None, name, (name,)),
        Covered("Bill", Reach.NOT, 0, None, None, name),
    ]
    return CheckResult.of(CheckReport(False, (line,), found), coverage=Coverage(covered))


def page(name: str) -> str:
    """The table of connections, how whole a snapshot is, and the list of snapshots, with the name in every place."""
    parts = [connections([standing(name)]), checked(name).view().html(), SnapshotTable([snapshot(name)]).view().html()]
    return str(join([part for part in parts if part is not None]))


KNOWN = Elements(page("Rock Fountain"))


@settings(max_examples=150)
@given(NAMES)
@example("a\x00b\rc\nd\x85e\u2028f\u2029g\x0b\x0c")
@example("Invoice:130 is called so")
def test_whatever_a_name_is_the_page_has_the_elements_of_a_plain_one(name: str) -> None:
    shown = page(name)
    elements = Elements(shown)
    # A text may be cut or left out; it never adds an element or an attribute that no plain name has.
    assert set(elements.found) <= set(KNOWN.found) | {("code", ())}
    assert not {tag for tag, _ in elements.found} & ASKING
    assert not [
        key for _, keys in elements.found for key in keys if key.startswith("on") or key in {"href", "src", "action"}
    ]
    assert not set(shown) & ({*map(chr, range(32))} - set("\t\n"))
    assert not set(shown) & _TURNING
    shown.encode("utf-8")


@settings(max_examples=150)
@given(NAMES)
def test_a_line_of_the_watch_is_one_line_of_text(name: str) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        _speaker(json=False)(name, f"failed. {name}")
    line = said.getvalue()
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert not set(line) & _TURNING


def test_no_page_asks_for_anything_and_nothing_runs(browser: Any) -> None:
    shown = browser.new_page()
    heard = Heard()
    heard.listen(shown)
    shown.on("dialog", lambda dialog: (heard.errors.append(dialog.message), dialog.dismiss()))
    for name in NASTY:
        shown.set_content(f"<!doctype html><meta charset=utf-8><title>t</title>{page(name)}")
        assert shown.locator("script, img, iframe, b").count() == 0, name
    shown.set_content(page("<i>Amy's</i> & Sons"))
    assert "<i>Amy's</i> & Sons" in shown.locator("body").inner_text()
    assert (heard.outside, heard.errors) == ([], [])
