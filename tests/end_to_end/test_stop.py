"""Ctrl-C in the terminal: the work in flight comes to its end, what was done is kept, and it goes on from there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

from akika_forensics import jobs

from .conftest import PASSPHRASE, Scene
from .test_kill import by_number, damaged, finish


def begun(scene: Scene, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "akika_forensics", *arguments, "--vault", str(scene.vault), "--json"]
    environment = {**os.environ, "AKIKA_PASSPHRASE": PASSPHRASE}
    with (scene.folder / "said").open("wb") as said:
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said)


class Press:
    """Ctrl-C when the server is about to answer its n-th request of a kind."""

    def __init__(self, scene: Scene, number: int, kind: str, *, twice: bool = False) -> None:
        self._number, self._kind, self._twice = number, kind, twice
        self._seen = 0
        self._scene = scene
        self.process: subprocess.Popen[bytes] | None = None
        self.ended_unanswered = threading.Event()
        scene.server.before_apply = self._watch

    def _watch(self, _number: int, kind: str) -> None:
        if kind != self._kind or self.process is None:
            return
        self._seen += 1
        if self._seen != self._number:
            return
        self.process.send_signal(signal.SIGINT)
        if self._twice:
            pause = threading.Event()
            while b"Stopping" not in (self._scene.folder / "said").read_bytes():
                pause.wait(0.02)  # until it has heard the first
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
            self.ended_unanswered.set()

    def run(self, *arguments: str) -> tuple[int, Any]:
        self.process = begun(self._scene, *arguments)
        output, _nothing = self.process.communicate(timeout=60)
        self._scene.server.before_apply = None
        return self.process.returncode, json.loads(output)


def last_job(name: str) -> jobs.JobSnapshot:
    return next(job.snapshot() for job in jobs.recent() if job.name == name)


def test_a_capture_that_is_stopped_leaves_no_snapshot(scene: Scene) -> None:
    code, said = Press(scene, 8, "read").run("capture")
    assert (code, said["error"]["code"]) == (130, "interrupted")
    assert scene.good("snapshots")["snapshots"] == []
    assert last_job("Capturing").state == "stopped"
    assert scene.good("capture")["complete"]


def test_an_execution_that_is_stopped_goes_on_where_it_was(scene: Scene) -> None:
    whole = by_number(scene)
    file = damaged(scene)
    code, said = Press(scene, 2, "write").run("plan", "execute", str(file))
    assert (code, said["state"]) == (130, "interrupted")
    shown = last_job("Writing")
    assert (shown.state, shown.about) == ("stopped", scene.case.plan(file).plan.id)
    assert 0 < shown.done < shown.total
    finish(scene, file)
    assert by_number(scene) == whole


def test_a_second_ctrl_c_does_not_wait_for_the_answer(scene: Scene) -> None:
    whole = by_number(scene)
    file = damaged(scene)
    press = Press(scene, 2, "write", twice=True)
    code, said = press.run("plan", "execute", str(file))
    assert press.ended_unanswered.wait(30)
    assert (code, said["error"]["code"]) == (130, "interrupted")
    assert last_job("Writing").state == "interrupted"
    finish(scene, file)
    assert by_number(scene) == whole
