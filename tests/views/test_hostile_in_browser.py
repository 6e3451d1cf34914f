"""Hostile text in every view, in a browser: nothing runs, nothing is asked for, nothing breaks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from browsing import served

sys.path.insert(0, str(Path(__file__).parent))
from view_samples import every_view, live_samples, with_a_script

pytestmark = pytest.mark.browser

RUN = "window.__hacked=1"
HOSTILE = {
    "elements": f"<script>{RUN}</script><img src=x onerror={RUN}><svg onload={RUN}><iframe srcdoc='<script>parent.{RUN}</script>'>",
    "attributes": f"\"' autofocus onfocus={RUN} onmouseover={RUN} style=animation-name:x onanimationstart={RUN} x=\"",
    "ends": f"</style></textarea></title></select></svg>--><script>{RUN}</script><link rel=stylesheet href=https://example.com/x.css>",
    "addresses": f"javascript:{RUN} <a href='javascript:{RUN}'>x</a> <base href=https://example.com/> @import url(https://example.com/)",
    "templates": "{{constructor.constructor('" + RUN + "')()}} ${" + RUN + "} <%= 1 %> <math><mtext><style><img src=x onerror=" + RUN + ">",
}  # fmt: skip


def _touched(page: Any) -> None:
    """Move over and focus what there is, so that whatever waits for that would run."""
    page.evaluate(
        """() => {
          const roots = [document];
          for (const root of roots) for (const one of root.querySelectorAll("*")) {
            if (one.shadowRoot) roots.push(one.shadowRoot);
            if (one.tagName === "DETAILS") one.open = true;
            one.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
            one.focus?.();
          }
        }"""
    )
    page.wait_for_timeout(300)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_static_views_run_nothing(page: Any, text: str) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    views = [*every_view(text), *with_a_script(text)]
    for view in views:
        page.set_content(view.page())
        assert page.evaluate("window.__hacked") is None, type(view).__name__
    forms = [str(form) for view in views for form in (view.html(), view.svg()) if form is not None]
    page.set_content(f"<!DOCTYPE html><title>All</title>{''.join(forms)}")
    _touched(page)
    assert page.locator(".akika").count() >= len(views) / 2
    assert page.evaluate("window.__hacked") is None
    assert not dialogs


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_live_views_run_nothing(page: Any, text: str) -> None:
    def all_of_them() -> Any:
        import panel as pn

        return pn.Column(*(view.__panel__() for view in live_samples(text)))

    number = sum(1 for _ in live_samples(text))
    with served(all_of_them) as address:
        page.goto(address)
        page.wait_for_function("() => window.Bokeh?.documents?.length > 0")
        page.locator(".akika").nth(number - 1).wait_for(state="attached")
        _touched(page)
        assert page.locator(".akika").count() >= number
        assert page.evaluate("window.__hacked") is None
        assert page.locator("script[src*='example']").count() == 0
