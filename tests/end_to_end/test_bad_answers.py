"""A service that answers badly while a plan runs: throttled, failing, dropping answers. No duplicate, nothing missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sample_twin import sample_twin

from .conftest import PASSPHRASE, staged
from .test_kill import by_number, damaged


@pytest.mark.parametrize("faults", ["drop@write:1", "drop@write:3", "drop@write:4", "error@write:3", "refuse@write:3"])
def test_an_unknown_outcome_is_looked_for_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str], faults: str
) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    twin = sample_twin()
    with staged(tmp_path, twin, out, faults) as scene:
        whole = by_number(scene)
        file = damaged(scene)
        assert scene.good("plan", "execute", str(file))["state"] == "complete"
        assert by_number(scene) == whole
        assert scene.good("plan", "verify", str(file))["wrong"] == 0
