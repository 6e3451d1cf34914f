"""How the areas of a picture are told apart: a colour of the sheet, and a pattern that says the same without the colour."""

from __future__ import annotations

from typing import Final, NamedTuple

from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.svg import number

PATTERNS: Final = ("slant", "back", "dots", "lines")
TONES: Final = ("removed", "changed", "added", "edge", "focus")


class Fill(NamedTuple):
    """``tone``: one of `TONES`. ``pattern``: ``solid``, ``hollow`` or one of `PATTERNS`."""

    tone: str
    pattern: str = "solid"


def patterns(ident: str) -> Markup:
    """What the patterns look like; once in each picture, whose own ``ident`` keeps it from those of others on the page."""
    return tag("defs", *(_pattern(ident, name) for name in PATTERNS))


def _pattern(ident: str, name: str) -> Markup:
    inner = {
        "slant": tag("path", d="M0 6L6 0", class_="gap"),
        "back": tag("path", d="M0 0L6 6", class_="gap"),
        "dots": tag("circle", cx=3, cy=3, r=1.2, class_="dot"),
        "lines": tag("path", d="M0 3H6", class_="gap"),
    }[name]
    # SVG writes these names in two words, which only attributes of elements are.
    return tag("pattern", inner, id=f"{ident}-{name}", width=6, height=6, patternUnits="userSpaceOnUse")


def filled(fill: Fill, x: float, y: float, width: float, height: float, ident: str) -> list[Markup]:
    """One box in its colour, with its pattern over it."""
    place = {"x": number(x), "y": number(y), "width": number(width), "height": number(height)}
    if fill.pattern == "hollow":
        inset = min(0.75, width / 2, height / 2)
        inner = {
            "x": number(x + inset),
            "y": number(y + inset),
            "width": number(max(width - 2 * inset, 0.1)),
            "height": number(max(height - 2 * inset, 0.1)),
        }
        return [tag("rect", **inner, class_=f"hollow {fill.tone}")]
    boxes = [tag("rect", **place, class_=f"full {fill.tone}")]
    if fill.pattern != "solid" and height >= 3:
        boxes.append(tag("rect", **place, fill=f"url(#{ident}-{fill.pattern})"))
    return boxes


def sheet(kind: str) -> str:
    """The style of areas, rules and words in the pictures of a kind: the class of their ``<svg>``."""
    scope = f"svg.{kind}"
    areas = " ".join(
        f"{scope} .full.{tone} {{ fill: var(--ak-{tone}); }} "
        f"{scope} .hollow.{tone} {{ fill: var(--ak-paper); stroke: var(--ak-{tone}); stroke-width: 1.5; }}"
        for tone in TONES
    )
    return (
        f"{scope} .title {{ font-weight: 600; font-size: 13px; }} {scope} .small {{ font-size: 11px; }} "
        f"{scope} text {{ font-variant-numeric: tabular-nums; }} "
        f"{scope} .rule {{ stroke: var(--ak-rule); stroke-width: 0.8; }} {scope} .axis {{ stroke: var(--ak-edge); stroke-width: 1; }} "
        f"{areas} {scope} .gap {{ stroke: var(--ak-paper); stroke-width: 1.6; fill: none; }} {scope} .dot {{ fill: var(--ak-paper); }}"
    )
