"""Text from the books stays text in every view and every position."""
# ruff: noqa: S314 - true minus signs are what is tested; the XML is our own; the samples lie beside the tests

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from view_samples import every_view, live_samples, with_a_script

import akika_widgets.views
from akika_widgets.views.live import LiveView
from akika_widgets.views.markup import Markup, escape, readable, shortened, style_block, tag
from akika_widgets.views.view import View

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "single quote": "' onload='alert(1)",
    "end of svg": "</svg></title></style></details><b>x</b>",
    "comment": "<!--",
    "cdata": "]]><![CDATA[<script>",
    "entity": "&lt;script&gt; &amp; &#x3c;b&#x3e;",
    "direction override": "Amy\u202egnp.exe\u2066",
    "control": "a\x00b\x07c\x1bd\x7fe\x85f\rg",
    "surrogate": "half \ud800 pair",
    "non-character": "x\ufffe\uffffy",
    "formula": "=cmd|' /C calc'!A0",
    "long": "n" * 10_000,
    "long words": "word " * 2_000,
    "blank": "",
    "template": "{{ 7*7 }} {% raw %} ${7*7} `x`",
    "link": "javascript:alert(1) https://example.com/x.js",
    "css": "x; } body { background: url(https://example.com) } </style>",
}


class Tags(HTMLParser):
    """What a browser would make of a text: elements and attributes, and the text between."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((name, tuple(sorted(key for key, _ in attrs))))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data!r}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data!r}")


def drawn(view: View) -> str:
    return "".join(str(form) for form in (view.html(), view.svg()) if form is not None)


def parsed(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    tags.close()
    return tags


BENIGN = {kind for view in every_view("a plain name") for kind in parsed(drawn(view)).seen}
NAMES = {name for name, _ in BENIGN}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_becomes_markup(text: str) -> None:
    for view in every_view(text):
        markup = drawn(view)
        tags = parsed(markup)
        # No element and no attribute that a harmless name would not have had.
        assert {name for name, _ in tags.seen} <= NAMES, type(view).__name__
        assert set(tags.seen) <= BENIGN, (type(view).__name__, set(tags.seen) - BENIGN)
        # It is well-formed XML too, and both ways of reading see the same elements.
        root = ET.fromstring(f"<root>{markup}</root>")
        found = [element.tag.rpartition("}")[2].lower() for element in root.iter() if element is not root]
        assert found == [name.lower() for name, _ in tags.seen]
        markup.encode("utf-8")


@pytest.mark.parametrize(
    "text",
    [text for name, text in HOSTILE.items() if text and len(text) < 90],
    ids=[n for n, t in HOSTILE.items() if t and len(t) < 90],
)
def test_the_text_is_still_there_to_read(text: str) -> None:
    wanted = " ".join(readable(text).split())
    for view in every_view(text):
        # In a picture a long label is cut, but its whole text is in the title beside it.
        words = " ".join("".join(parsed(drawn(view)).words).split())
        assert wanted in words, type(view).__name__
        assert not set("\x00\x07\x1b\x7f\x85\u202e\u2066\ufffe\uffff") & set(words)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_plain_text_carries_no_control_and_stays_short(text: str) -> None:
    for view in every_view(text):
        plain = view.text()
        assert not [
            sign for sign in plain if (ord(sign) < 32 and sign not in "\n\t") or ord(sign) in (0x7F, 0x202E, 0x2066)
        ]
        plain.encode("utf-8")


LIVE_NAMES = NAMES | {name for view in live_samples("a plain name") for name, _ in parsed(str(view.render())).seen}
LIVE_ATTRIBUTES = {
    key for view in live_samples("a plain name") for _, keys in parsed(str(view.render())).seen for key in keys
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_becomes_markup_in_a_live_view(text: str) -> None:
    for view in live_samples(text):
        markup = str(view.render())
        tags = parsed(markup)
        assert {name for name, _ in tags.seen} <= LIVE_NAMES, type(view).__name__
        assert {key for _, keys in tags.seen for key in keys} <= LIVE_ATTRIBUTES, type(view).__name__
        root = ET.fromstring(f"<root>{markup}</root>")
        found = [element.tag.rpartition("}")[2].lower() for element in root.iter() if element is not root]
        assert found == [name.lower() for name, _ in tags.seen]
        assert len(markup) < 600_000, type(view).__name__
        markup.encode("utf-8")


def _shown(base: type) -> set[type]:
    """Every view of the package that can be made, however deep below its base; those with an underscore are parts of others."""
    for module in pkgutil.walk_packages(akika_widgets.views.__path__, "akika_widgets.views."):
        importlib.import_module(module.name)
    found: set[type] = set()
    left = [base]
    while left:
        below = left.pop().__subclasses__()
        left += below
        found.update(below)
    return {
        one
        for one in found
        if one.__module__.startswith("akika_widgets.views.")
        and not one.__name__.startswith("_")
        and not inspect.isabstract(one)
    }


def test_every_view_has_a_sample_with_hostile_text() -> None:
    """A new view takes a line in ``every_view`` (or ``with_a_script``), a new live view one in ``live_samples`` (view_samples.py)."""
    assert _shown(View) - {type(view) for view in (*every_view(), *with_a_script())} == set()
    assert _shown(LiveView) - {type(view) for view in live_samples("a name")} == set()


def test_nothing_is_fetched_and_nothing_runs() -> None:
    for view in every_view():
        page = view.page()
        tags = parsed(page)
        names = {name for name, _ in tags.seen}
        assert not names & {"script", "link", "img", "iframe", "object", "embed", "foreignobject", "a", "image", "use"}
        assert not [
            key for _, keys in tags.seen for key in keys if key.startswith("on") or key in {"href", "src", "xlink:href"}
        ]
        assert "http" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "@import" not in page
        assert page.replace("url(#ak", "").count("url(") == 0


def test_a_huge_name_does_not_fill_the_document() -> None:
    for view in every_view("n" * 10_000):
        assert len(drawn(view)) < 400_000, type(view).__name__


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_survives_the_way_into_an_element_and_an_attribute(text: str) -> None:
    element = ET.fromstring(tag("p", text, title=text))
    seen = readable(text).replace("\r\n", "\n")
    assert (element.text or "") == seen
    assert len(element) == 0
    # Line ends and tabs in an attribute are normalised by every parser; nothing else may change.
    assert element.attrib["title"].split() == seen.split()


def test_markup_is_not_escaped_twice_and_text_is() -> None:
    assert tag("p", tag("b", "a & b")) == "<p><b>a &amp; b</b></p>"
    assert escape(escape("<")) == "&lt;"
    assert isinstance(escape("x"), Markup)


def test_invisible_signs_are_named() -> None:
    assert (
        readable("a\u200db")
        == "a\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}U+200D\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}b"
    )
    family = "\N{MAN}\u200d\N{WOMAN}"
    assert readable(family) == family
    assert readable("tab\tand\nline") == "tab\tand\nline"
    assert readable("\x00\x7f") == "\N{SYMBOL FOR NULL}\N{SYMBOL FOR DELETE}"


def test_shortening_counts_what_it_leaves_out() -> None:
    short = shortened("x" * 1_000, 100)
    assert "900 characters more" in short
    assert shortened("x" * 100, 100) == "x" * 100


def test_a_style_sheet_with_markup_is_refused() -> None:
    with pytest.raises(ValueError, match="no markup"):
        style_block("</style>")
