"""HTML and SVG built from elements, so that text from the books can only ever be text.

`tag` is the one way to make markup here. Whatever it is given is escaped, unless it is `Markup`, which only `tag` and
`join` make. The output is well-formed XML and valid HTML at once, so that one set of tests can parse both.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final

_UNSEEN: Final = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u061c\\u115f\\u1160\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e"
    "\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\ufffe\\uffff\\ud800-\\udfff\\U000e0000-\\U000e0fff]"
    # A joiner next to plain Latin text joins nothing: it only makes two equal-looking names differ.
    "|(?<=[\\x00-\\x7f])[\\u200c\\u200d]|[\\u200c\\u200d](?=[\\x00-\\x7f])"
)
_CONTROL_PICTURES: Final = 0x2400
_EMPTY_ELEMENTS: Final = frozenset({"br", "col", "hr", "meta", "path", "rect", "circle", "line", "use"})


class Markup(str):
    """Text that is markup already. Nothing outside this module makes one from a value."""

    __slots__ = ()


type Child = object | None


def readable(value: object) -> str:
    """``str(value)`` in which every character that would act without being seen stands there by name.

    Control characters become their pictures (``␀``), direction overrides, invisible characters and halves of
    surrogate pairs become their code, such as U+202E, between angle quotes. Line ends and tabs stay. Nothing else is touched.
    """
    return _UNSEEN.sub(lambda match: _picture(ord(match.group())), str(value))


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    return (
        "␡"
        if code == 0x7F
        else f"\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}U+{code:04X}\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
    )


def shortened(text: str, limit: int) -> str:
    """At most about ``limit`` characters; what is left out is counted, never dropped without a word."""
    if len(text) <= limit:
        return text
    tail = limit // 4
    return f"{text[: limit - tail]} … ({len(text) - limit:,} characters more) … {text[-tail:]}"


def escape(value: object) -> Markup:
    """The value as text of an element or an attribute: the only escaping there is in the views."""
    return value if isinstance(value, Markup) else Markup(html.escape(readable(value), quote=True))


def join(children: Iterable[Child]) -> Markup:
    """Children in a row, each escaped unless it is markup; None is left out."""
    return Markup("".join(escape(child) for child in children if child is not None))


def tag(name: str, /, *children: Child, **attributes: object) -> Markup:
    """``<name …>children</name>``.

    ``class_`` and ``for_`` lose their underscore, ``aria_label`` becomes ``aria-label``; an attribute that is None or
    False is left out, True is written as its own name. Names of tags and attributes come from code, never from data.
    """
    written = [
        f'{_attribute_name(key)}="{escape(key if value is True else value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    ]
    opening = " ".join([name, *written])
    if name in _EMPTY_ELEMENTS and not children:
        return Markup(f"<{opening}/>")
    return Markup(f"<{opening}>{join(children)}</{name}>")


def _attribute_name(key: str) -> str:
    if key in _CAMEL:
        return _CAMEL[key]
    return key.rstrip("_").replace("_", "-")


_CAMEL: Final = {
    "view_box": "viewBox",
    "preserve_aspect_ratio": "preserveAspectRatio",
    "marker_width": "markerWidth",
    "marker_height": "markerHeight",
    "ref_x": "refX",
    "ref_y": "refY",
}
"""SVG is XML: these names keep their capitals."""


def style_block(css: str) -> Markup:
    """A ``<style>`` element. ``css`` is this package's own sheet; a ``<`` in it is refused."""
    if "<" in css or "&" in css:
        raise ValueError("a style sheet of this package holds no markup")
    return Markup(f"<style>{css}</style>")
