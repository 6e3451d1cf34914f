"""Title and line below it, as every picture of the books begins."""

from __future__ import annotations

from akika_widgets.views.markup import Markup, readable, tag
from akika_widgets.views.svg import fitted


def heading(title: str, sub: str, width: int, *, beside: int | None = None) -> list[Markup]:
    """``width``: what the title may take, in units of the picture, and the line below too where ``beside`` does not say otherwise."""
    return [
        tag("text", fitted(readable(title), width, 13), tag("title", title), x=20, y=28, class_="title"),
        tag("text", fitted(readable(sub), beside or width, 11), tag("title", sub), x=20, y=46, class_="quiet small"),
    ]
