"""What every view is: a plain object that shows itself in a notebook, a report or a file."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any, ClassVar, Final

from akika_widgets.views.markup import Markup, join, readable, style_block, tag

_PACKAGE: Final = "akika_widgets.views"


@cache
def stylesheet() -> str:
    """The style sheet of all views: light, dark and print, without any outside resource."""
    return resources.files(_PACKAGE).joinpath("views.css").read_text(encoding="utf-8")


type Enlivener = Callable[[View], Mapping[str, Any]]


def enliven(how: Enlivener | None) -> None:
    """From now on views that this process displays also take the form that ``how`` gives: a mime bundle of a live widget.

    A notebook that a person works in asks for it; a report never does, so that what is handed on is static.
    """
    View.enlivened = how


def live_widget(view: View) -> Mapping[str, Any]:
    """The form of a view for a notebook that a person works in: its live view as a Jupyter widget."""
    shown: Any = view.widget()
    bundle = shown._repr_mimebundle_()
    found = bundle[0] if isinstance(bundle, tuple) else bundle
    return {key: value for key, value in found.items() if key.startswith("application/vnd.jupyter.widget")}


class View(ABC):
    """A value that is drawn as text, HTML or SVG.

    ``html`` and ``svg`` return None in a view that has no such form. Nothing in any form is a script or
    asks the network; equal values give equal bytes.
    """

    title: str = ""
    enlivened: ClassVar[Enlivener | None] = None

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

    def live(self) -> Any:
        """The view that answers, for Panel and notebooks. Views without anything to do show themselves as they are."""
        from akika_widgets.views.live import Still  # noqa: PLC0415 - live views stand on this module

        return Still(self)

    def widget(self) -> Any:
        """The live view as a Jupyter widget."""
        return self.live().widget()

    def __panel__(self) -> Any:
        return self.live().__panel__()

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
        how = View.enlivened
        return bundle if how is None else {**bundle, **how(self)}

    def __repr__(self) -> str:
        return self.text()


@cache
def live_stylesheet() -> str:
    """The style sheet of the controls of live views."""
    return resources.files(_PACKAGE).joinpath("live.css").read_text(encoding="utf-8")


def styled(*children: object) -> Markup:
    """The children in the box that the style sheet speaks of, with the sheet."""
    return tag("div", style_block(stylesheet()), *children, class_="akika")


def anchor(*parts: object) -> str:
    """An id for use inside one document: the same parts always give the same id."""
    return "ak" + hashlib.sha256("\x1f".join(str(part) for part in parts).encode("utf-8", "replace")).hexdigest()[:12]
