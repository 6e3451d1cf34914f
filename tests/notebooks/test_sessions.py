"""The sessions from top to bottom; one of them restores a company for good."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from notebook_scene import PASSPHRASE, SIGNER, SIGNER_PASSPHRASE, Books, Scene

from akika_forensics.errors import WrongUse


def test_an_investigation_runs_and_writes_nothing(scene: Scene) -> None:
    files = {path for path in scene.vault.rglob("*") if path.is_file()}
    run = scene.run("investigate_an_incident", before="s1", after="s2")
    for entity, record_id in scene.named:
        assert f"{entity}:{record_id}" in run.said
    assert "figures agree to the cent" in run.said
    assert "Profit and loss by month" in run.said
    assert {path for path in scene.vault.rglob("*") if path.is_file()} == files
    assert Books.of(scene.twin).bodies == scene.restored.bodies


def test_a_restore_writes_nothing_when_nobody_can_sign(scene: Scene) -> None:
    plan = scene.folder / "unsigned.plan"
    run = scene.run(
        "restore_session", before="s1", after="s2", now="s2", plan=str(plan), signer=SIGNER, write_to_quickbooks=True,
        can_sign=False,
    )  # fmt: skip
    found = run.result
    assert (found["state"], found["rehearsed"], found["approved"], found["written"]) == ("rehearsed", True, False, 0)
    assert found["chosen"] == len(scene.named) + 1, "the payment that lost its invoice is changed too"
    assert found["steps"] >= len(scene.named)
    for said in (
        f"nobody could be asked for the passphrase of {SIGNER}",
        "Nothing was written to QuickBooks: the plan is not approved.",
        "There is nothing to verify",
    ):
        assert said in run.said
    assert plan.exists()


def test_a_restore_from_the_choice_to_the_proof(scene: Scene) -> None:
    """On the other company, live: what was deleted is there again, and the trial balance is as before."""
    plan = scene.folder / "other.plan"
    removed = {*scene.untouched.bodies} - {*Books.of(scene.other).bodies}
    assert removed == gone(scene)
    run = scene.run(
        "restore_session", company="other", before="s4", after="s5", plan=str(plan), signer=SIGNER,
        write_to_quickbooks=True,
    )  # fmt: skip
    found = run.result
    assert (found["state"], found["approved"], found["verified"], found["wrong"]) == ("verified", True, True, 0)
    assert found["residual"] == "0.00"
    assert found["written"] == found["steps"]
    now = Books.of(scene.other)
    assert scene.untouched.moved_to(now) == {}
    assert now.counts == scene.untouched.counts
    for one in removed:
        number = scene.untouched.bodies[one]["DocNumber"]
        assert [body for body in now.bodies.values() if body.get("DocNumber") == number]
    text = json.dumps(run.notebook)
    assert PASSPHRASE not in text
    assert SIGNER_PASSPHRASE not in text


def test_a_restore_of_nothing_stops_with_one_sentence(scene: Scene) -> None:
    with pytest.raises(WrongUse, match="There is no record to look at"):
        scene.run("restore_session", before="s1", after="s1", plan=str(scene.folder / "nothing.plan"))
    assert not (scene.folder / "nothing.plan").exists()


def gone(scene: Scene) -> set[tuple[str, str]]:
    return {(one["entity"], one["id"]) for one in scene.gone["records"] if one["after"] is None}
