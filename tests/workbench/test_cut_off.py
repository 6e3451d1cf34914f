"""The app's process killed in the middle of an execution: the next one finds the run, goes on with it, and writes nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.case.opening import open_vault
from akika_widgets.workbench.shared import Shared

from .journey_scene import PASSPHRASE, Scene, damaged

APP = """
import os, sys, time
from pathlib import Path
from akika_forensics.case.opening import open_vault
from akika_widgets.views.live import Event
from akika_widgets.workbench.app import Workbench
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.shared import Shared

vault, plans, name = sys.argv[1:]
bench = Workbench(Shared(open_vault(vault), Path(plans)), User("anna", "token"))
bench.ways.dispatch(Event("go", "plan"))
assert bench.stage.dispatch(Event("open", name)), bench.stage.notice
bench.ways.dispatch(Event("go", "execute"))
assert bench.stage.dispatch(Event("execute", bench.desk.plan().plan.digest)), bench.stage.notice
time.sleep(120)
"""


@pytest.mark.parametrize("answered", [False, True], ids=["before it is applied", "after it is applied"])
@pytest.mark.parametrize("number", [1, 3])
def test_killed_while_executing_it_is_found_and_gone_on_with(
    tmp_path: Path, state_dir: Path, number: int, answered: bool
) -> None:
    with damaged(tmp_path) as scene:
        bench = scene.bench()
        bench.plan()
        assert bench.approve(), bench.workbench.stage.notice
        name, plan = bench.desk.choices.plan, bench.desk.plan().plan
        before = scene.content()
        _kill_at(scene, name, number, state_dir, answered=answered)
        again = Scene(**{**vars(scene), "shared": _reopened(scene)}).bench()
        again.at("plan")
        assert "begun, not finished" in again.text(), "the run is found where plans are listed"
        assert again.do("open", name)
        stage = again.at("execute")
        assert "begun and not finished" in stage.lead()
        assert not again.do("execute"), "it is not begun a second time"
        assert "cut off" in again.text()
        assert again.do("resume"), stage.notice
        again.ended("execute", plan.id)
        assert again.desk.plan().run.ended == "complete"
        assert scene.put_back() == []
        operations = Counter(step.operation for step in plan.steps)
        now = scene.content()
        assert len(now) == len(before) + operations["create"] - operations["delete"], "nothing was written twice"
        made = Counter(_name(key, now[key]) for key in now.keys() - before.keys())
        assert max(made.values()) == 1, made


def _name(key: str, body: dict[str, Any]) -> tuple[str, ...]:
    return (
        key.split(":", maxsplit=1)[0],
        *(str(body.get(name)) for name in ("DocNumber", "DisplayName", "TxnDate", "TotalAmt")),
    )


def _reopened(scene: Scene) -> Shared:
    return Shared(open_vault(scene.case.vault.root, passphrase=PASSPHRASE), scene.shared.plans_folder)


def _kill_at(scene: Scene, name: str, number: int, state: Path, *, answered: bool) -> None:
    """Run the app's part in a process of its own and kill it at the n-th write, before or after the server has applied it."""
    reached, killed = threading.Event(), threading.Event()

    def hold(count: int, kind: str) -> None:
        if kind == "write" and count >= number and not killed.is_set():
            reached.set()
            killed.wait(60)

    if answered:
        scene.server.after_apply = hold
    else:
        scene.server.before_apply = hold
    process = subprocess.Popen(
        [sys.executable, "-c", APP, str(scene.case.vault.root), str(scene.shared.plans_folder), name],
        env={**os.environ, "AKIKA_STATE_DIR": str(state), "AKIKA_PASSPHRASE": PASSPHRASE},
    )
    try:
        assert reached.wait(60)
        process.kill()
        process.wait(30)
    finally:
        killed.set()
        scene.server.before_apply = scene.server.after_apply = None
        process.kill()
        process.wait(30)
