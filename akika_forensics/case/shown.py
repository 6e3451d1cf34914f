"""What a person opens in a notebook or in Panel: it shows itself as its view does, and never as Panel would guess."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from akika_widgets.views.view import View


class Shown:
    """Shows itself by its ``view()``: static where Jupyter asks, live where Panel does.

    Without ``__panel__`` Panel would write the value's plain text into the page as HTML, and that text holds names from the books.
    """

    __slots__ = ()

    @abstractmethod
    def view(self) -> View:
        """What is shown."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.view()._repr_mimebundle_(include, exclude)

    def __panel__(self) -> Any:
        return self.view().__panel__()
