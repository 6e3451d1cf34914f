"""What the pictures share: the frame with its colours, and how wide a text is."""

from __future__ import annotations

import unicodedata
from typing import Final

from akika_widgets.views.markup import Markup, style_block, tag

_LIGHT: Final = {
    "paper": "#ffffff",
    "raised": "#f5f6f8",
    "ink": "#1c2127",
    "quiet": "#59626d",
    "rule": "#d9dde2",
    "edge": "#8f98a3",
    "removed": "#9c2f24",
    "removed-wash": "#fbefed",
    "added": "#0b5f78",
    "added-wash": "#eaf4f7",
    "changed": "#7a5300",
    "changed-wash": "#fbf4e4",
    "focus": "#2c4fa3",
}
_DARK: Final = {
    "paper": "#16191d",
    "raised": "#20242a",
    "ink": "#e4e7eb",
    "quiet": "#a3acb8",
    "rule": "#353b43",
    "edge": "#707a86",
    "removed": "#f2a094",
    "removed-wash": "#33201d",
    "added": "#83cbe0",
    "added-wash": "#14292f",
    "changed": "#e5bf6f",
    "changed-wash": "#2f2715",
    "focus": "#a9bff5",
}
FONT: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif'


def palette() -> tuple[dict[str, str], dict[str, str]]:
    """The colours of light and of dark, by name; the style sheet of the tables holds the same."""
    return dict(_LIGHT), dict(_DARK)


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--ak-{name}: {colour};" for name, colour in colours.items())


def _themed(colours: dict[str, str]) -> str:
    return " ".join(f"--ak-{name}: var(--akika-{name}, {colour});" for name, colour in colours.items())


def frame(
    kind: str, width: float, height: float, title: str, description: str, *children: object, css: str, ident: str
) -> Markup:
    """An ``<svg>`` that stands alone: own colours for light, dark and print, own paper, a title and a description.

    Where the page sets ``--akika-*`` properties, as the workbench does for its themes, they are taken, also in a shadow tree.

    It is as wide as its place allows, never wider than drawn.
    """
    scope = f"svg.{kind}"
    dark = f"{{ {_variables(_DARK)} }}"
    # A page that chose a theme says so in properties of its own, which reach into shadow trees where no selector of the page does.
    chosen = '[data-akika-theme="light"]'
    sheet = (
        f"{scope} {{ {_variables(_LIGHT)} font: 12px {FONT}; }} "
        f"@media screen {{ {scope} {{ {_themed(_LIGHT)} }} }} "
        f"@media (prefers-color-scheme: dark) {{ :root:not({chosen}):not(:has([data-jp-theme-light])) {scope}, {scope}:root {dark} }} "
        f'[data-jp-theme-light="false"] {scope} {dark} '
        f"@media print {{ {scope}{scope.removeprefix('svg') * 4} {{ {_variables(_LIGHT)} }} }} "
        f"{scope} .paper {{ fill: var(--ak-paper); }} {scope} text {{ fill: var(--ak-ink); }} {scope} text.quiet {{ fill: var(--ak-quiet); }} {css}"
    )
    return tag(
        "svg",
        tag("title", title, id=f"{ident}-t"),
        tag("desc", description, id=f"{ident}-d"),
        style_block(sheet),
        tag("rect", class_="paper", width=number(width), height=number(height), rx=6),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        view_box=f"0 0 {number(width)} {number(height)}",
        width=number(width),
        height=number(height),
        style="max-width:100%;height:auto",
        class_=kind,
        role="img",
        aria_labelledby=f"{ident}-t {ident}-d",
    )


def number(value: float) -> str:
    """A coordinate with at most one decimal: the same picture has the same bytes everywhere."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a sans-serif face of ``size``, erring to the wide side."""
    return sum(_advance(character) for character in text) * size


def _advance(character: str) -> float:
    if character in "iljtfI.,:;'|!()[] ":
        return 0.34
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in "mwMW@%":
        return 0.9
    return 0.66 if character.isupper() or character.isdigit() else 0.57


def fitted(text: str, width: float, size: float) -> str:
    """The text, cut with an ellipsis where it would not fit ``width``."""
    text = " ".join(text[:400].split())
    if text_width(text, size) <= width:
        return text
    kept = text
    while kept and text_width(kept + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The text on one line or two, broken between words where that is possible and cut where two do not hold it."""
    words = text[:400].split()
    if not words or text_width(" ".join(words), size) <= width:
        return [" ".join(words)]
    kept = 0
    while kept < len(words) and text_width(" ".join(words[: kept + 1]), size) <= width:
        kept += 1
    if kept == 0:
        return [fitted(" ".join(words), width, size)]
    return [" ".join(words[:kept]), fitted(" ".join(words[kept:]), width, size)]
