"""JupyterLab in a browser: the start page, a session from top to bottom, Panel inline, and nothing asked of anybody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import violations
from lab_process import PASSPHRASE, LabProcess, Stage

pytestmark = pytest.mark.browser

OURS = """import akika_forensics as ak
case = ak.notebook()
case.diff("s1", "s2")"""
PANEL = """import panel as pn
pressed = pn.widgets.Button(name="Press me")
said = pn.pane.JSON({"pressed": 0})
pressed.on_click(lambda _: setattr(said, "object", {"pressed": pressed.clicks}))
pn.Column(pressed, said)"""


@pytest.fixture
def started(stage: Stage, tmp_path: Path, page: Any) -> Iterator[LabProcess]:
    """A lab with a folder of its own; the page and the server are heard."""
    with LabProcess(stage, tmp_path) as lab:
        page.set_default_timeout(60_000)
        yield lab
        assert lab.outside() == [], "the server asked beyond this machine"


def run_all(page: Any) -> None:
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.locator("#jp-main-statusbar").get_by_text("Idle").first.wait_for()
    page.wait_for_timeout(500)
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()


def write(lab: LabProcess, name: str, *cells: str) -> str:
    """A notebook in the folder; the address it opens at."""
    held = [{"cell_type": "code", "id": f"c{at}", "source": cell, "metadata": {}, "outputs": [], "execution_count": None}
            for at, cell in enumerate(cells)]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}}
    content = {"cells": held, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (lab.folder / name).write_text(json.dumps(content), encoding="utf-8")
    return lab.url.replace(quote("Start here.md"), quote(name))


def done(page: Any, cells: int) -> None:
    """Every code cell has run: each prompt holds a number."""
    page.wait_for_function(
        """wanted => { const all = [...document.querySelectorAll(".jp-CodeCell .jp-InputArea-prompt")].map(e => e.textContent);
            return all.length === wanted && all.every(text => /\\[\\d+\\]/.test(text)) }""",
        arg=cells,
        timeout=120_000,
    )


def test_it_opens_on_the_start_page_and_a_session_runs(started: LabProcess, page: Any) -> None:
    page.goto(started.url)
    page.wait_for_selector(".jp-RenderedMarkdown h1")
    shown = page.locator(".jp-RenderedMarkdown").inner_text()
    for word in ("The vault", "s1", "s2", "Sessions", "Reports", "Investigate an incident"):
        assert word in shown
    page.wait_for_timeout(2000)
    assert page.locator(".jp-Dialog").count() == 0
    assert page.locator(".Toastify__toast").count() == 0
    page.locator(".jp-RenderedMarkdown a", has_text="Investigate an incident").click()
    saved = started.folder / "sessions" / "investigate_an_incident.ipynb"
    cells = [cell for cell in json.loads(saved.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    run_all(page)
    done(page, len(cells))
    page.wait_for_selector(".jp-OutputArea .akika")
    assert page.locator(".jp-OutputArea .akika").count() >= 5
    assert page.locator(".jp-OutputArea .ak-sheet").count() >= 1, "views answer"
    errors = page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']")
    assert errors.all_inner_texts() == []
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
    held = json.loads(saved.read_text(encoding="utf-8"))
    assert all(cell.get("outputs", []) == [] for cell in held["cells"])
    assert "widgets" not in held["metadata"]
    assert PASSPHRASE not in saved.read_text(encoding="utf-8")


def test_a_view_answers_and_panel_stands_beside_it(started: LabProcess, page: Any) -> None:
    page.goto(write(started, "mine.ipynb", OURS, PANEL))
    run_all(page)
    done(page, 2)
    sheet = page.locator(".ak-sheet").first
    sheet.locator(".ak-choices button", has_text="Moved as a consequence").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.ak-sheet .ak-choices button')].some(e => e.textContent.includes('consequence') && e.ariaPressed === 'true')"
    )
    page.get_by_role("button", name="Press me").click()
    page.get_by_text("pressed").first.wait_for()
    assert violations(page, ".ak-sheet") == []


@pytest.mark.parametrize(("scheme", "light"), [("light", "true"), ("dark", "false")])
def test_the_theme_follows_the_system_and_reaches_into_shadow_trees(
    started: LabProcess, page: Any, scheme: str, light: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    shadow = "import akika_forensics as ak\ncase = ak.notebook()\nimport panel as pn\npn.panel(case.snapshots().view())"
    page.goto(write(started, "theme.ipynb", shadow))
    run_all(page)
    page.locator(".akika").first.wait_for()
    assert page.evaluate("() => document.body.dataset.jpThemeLight") == light
    ink = page.locator(".akika").first.evaluate("e => getComputedStyle(e).color")
    red = int(ink.split("(")[1].split(",")[0])
    assert (red > 128) == (scheme == "dark"), ink
