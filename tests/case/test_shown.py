"""What a case returns shows itself in Panel as its view does: Panel is never left to guess, for it would write names as HTML."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import akika_forensics


def classes() -> Iterator[type]:
    """Every class of this package that a notebook shows."""
    for module in pkgutil.walk_packages(akika_forensics.__path__, "akika_forensics."):
        if module.name.endswith("__main__"):
            continue
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if found.__module__.startswith("akika_forensics") and hasattr(found, "_repr_mimebundle_"):
                yield found


SHOWN = sorted(set(classes()), key=lambda found: found.__qualname__)


def test_there_is_something_to_look_at() -> None:
    names = {found.__name__ for found in SHOWN}
    assert {"Case", "CaseDiff", "CasePlan", "CheckResult", "SnapshotTable", "Review", "Citation", "Job"} <= names


@pytest.mark.parametrize("shown", SHOWN, ids=lambda found: found.__name__)
def test_whatever_a_notebook_shows_panel_shows_too(shown: type) -> None:
    assert callable(getattr(shown, "__panel__", None)), f"Panel would show repr() of {shown.__name__} as HTML"


def test_a_name_from_the_books_is_no_markup_in_panel() -> None:
    import panel as pn

    from akika_forensics.reports import Citation

    name = "<img src=x onerror='window.__hacked=1'>"
    row: dict[str, Any] = {
        "id": "s1",
        "taken_at": "2026-01-01T00:00:00Z",
        "company": name,
        "records": 1,
        "complete": True,
    }
    shown = pn.panel(Citation(({**row, "digest": "ab" * 32},)))
    assert not isinstance(shown, pn.pane.Str | pn.pane.HTML | pn.pane.Markdown)
    held = " ".join(str(value) for value in shown.param.values().values())
    assert "<img" not in held
    assert "&lt;img" in held
