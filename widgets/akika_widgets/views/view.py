"""What every view is: a plain object that shows itself in a notebook, a report or a file."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from functools import cache
from importlib import resources
from typing import Any, Final

from akika_widgets.views.markup import Markup, join, readable, style_block, tag

_PACKAGE: Final = "akika_widgets.views"


@cache
def stylesheet() -> str:
    """The style sheet of all views: light, dark and print, without any outside resource."""
    return resources.files(_PACKAGE).joinpath("views.css").read_text(encoding="utf-8")


class View(ABC):
    """A value that is drawn as text, HTML or SVG.

    ``html`` and ``svg`` return None in a view that has no such form. Nothing in any form is a script or
    asks the network; equal values give equal bytes.
    """

    title: str = ""

    @abstractmethod
    def plain(self) -> str:
        """The lines of `text`, before signs that act unseen are named."""

    def text(self) -> str:
        """What stands in a terminal: no control character of the books reaches it."""
        return readable(self.plain())

    def html(self) -> Markup | None:
        return None

    def svg(self) -> Markup | None:
        return None

    def page(self) -> str:
        """A whole HTML document of this view alone, to be saved and opened anywhere."""
        body = self.html()
        if body is None:
            drawn = self.svg()
            body = styled(drawn if drawn is not None else tag("pre", self.text()))
        head = join(
            [
                tag("meta", charset="utf-8"),
                tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
                tag("meta", name="color-scheme", content="light dark"),
                tag("title", self.title or type(self).__name__),
            ]
        )
        inner = tag("html", tag("head", head), tag("body", body, class_="akika-page"), lang="en")
        return f"<!DOCTYPE html>\n{inner}\n"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - Jupyter's signature
        bundle: dict[str, Any] = {"text/plain": self.text()}
        html = self.html()
        if html is not None:
            bundle["text/html"] = str(html)
        svg = self.svg()
        if svg is not None:
            bundle["image/svg+xml"] = str(svg)
        return bundle

    def __repr__(self) -> str:
        return self.text()


def styled(*children: object) -> Markup:
    """The children in the box that the style sheet speaks of, with the sheet."""
    return tag("div", style_block(stylesheet()), *children, class_="akika")


def anchor(*parts: object) -> str:
    """An id for use inside one document: the same parts always give the same id."""
    return "ak" + hashlib.sha256("\x1f".join(str(part) for part in parts).encode("utf-8", "replace")).hexdigest()[:12]
