"""How the connections of a vault stand, on the first page of the workbench."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.case.companies import Standing
from akika_forensics.case.connections.state import ConnectionState, judged
from akika_forensics.model.company import Company
from akika_forensics.quickbooks import Tokens
from akika_forensics.settings import Secret
from akika_widgets.workbench.connections import connections

from .journey_scene import damaged

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def standing(state: ConnectionState, name: str = "garden", restore: ConnectionState | None = None) -> Standing:
    return Standing(name, Company("1", "Garden", "https://a.example"), "sandbox", "client", state, restore, None)


def after(days: float) -> ConnectionState:
    long = NOW + timedelta(days=900)
    return judged(Tokens(Secret("CANARY-a"), Secret("CANARY-r"), NOW, NOW + timedelta(days=days), long), NOW)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (after(60), ["connected", "2027-01-26", "the same", "none"]),
        (after(5), ["ending soon", "unless it is used before"]),
        (after(-1), ["ended", "not used in time"]),
        (judged(None, NOW), ["not connected", "not known", "akika connect"]),
    ],
)
def test_each_state_is_said_in_words(state: ConnectionState, words: list[str]) -> None:
    shown = str(connections([standing(state)]))
    for word in words:
        assert word in shown
    assert "CANARY" not in shown


def test_each_company_has_a_row_and_its_name_stays_text() -> None:
    shown = str(connections([standing(after(60), "<b>garden"), standing(after(60), "wood", after(60))]))
    assert "&lt;b&gt;garden" in shown
    assert shown.count("<tr>") == 3


def test_it_stands_on_the_first_page(tmp_path: Path, state_dir: Any) -> None:
    del state_dir
    with damaged(tmp_path) as scene:
        text = scene.bench().text()
        assert "Connections of this vault" in text
        assert "connected" in text
