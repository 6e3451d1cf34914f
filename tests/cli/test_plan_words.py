"""What is said of a plan that was made."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from akika_forensics.cli.plan_speech import tell_plan


def told(capsys: pytest.CaptureFixture[str], **changed: Any) -> str:
    nothing: dict[str, Any] = dict.fromkeys(("steps", "conflicts", "findings", "by_hand", "left_alone"), ())
    options: Any = SimpleNamespace(json=False)
    plan: Any = SimpleNamespace(id="p1", **(nothing | changed))
    tell_plan(options, plan, Path("x.plan"))
    return capsys.readouterr().out


def test_a_plan_with_nothing_in_it_says_so_and_sends_nobody_on(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys)
    assert "0 steps" in said
    assert "puts nothing back" in said
    assert "Next" not in said


def test_one_step_is_no_plural(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, steps=(object(),))
    assert "1 step, written to x.plan" in said
    assert "Next: akika plan rehearse x.plan" in said
