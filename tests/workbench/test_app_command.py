"""``akika app`` and ``akika app user``: what is printed, what is refused, how it ends."""

from __future__ import annotations

import json
import os
import queue
import signal
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from akika_forensics import jobs
from akika_forensics.case.opening import init_vault
from akika_forensics.cli import app_server, main
from akika_forensics.jobs import Work
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost
from akika_widgets.workbench import serving

from .serving_scene import Visits

PASSPHRASE = "the vault's own words"


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
    return tmp_path / "vault"


class Watching:
    """Waits for the printed address, looks at the app, and presses Ctrl-C."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.printed: queue.Queue[Any] = queue.Queue()
        self.answers: list[httpx.Response] = []
        self.visits = Visits()
        monkeypatch.setattr(app_server, "say_json", self.printed.put)
        monkeypatch.setattr(serving, "_default_build", lambda: self.visits)
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        try:
            self.url = self.printed.get(timeout=60)["url"]
            with httpx.Client(trust_env=False, timeout=30) as person:
                self.answers.append(person.get(self.url, follow_redirects=True))
                self.answers.append(person.get(httpx.URL(self.url).copy_with(path="/", query=None)))
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    def done(self) -> None:
        self._thread.join()


def test_the_printed_address_opens_it_and_ctrl_c_ends_it(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started = threading.Event()

    def work(work: Work) -> str:
        started.set()
        while not work.should_stop():
            threading.Event().wait(0.01)
        return "as far as it got"

    job = jobs.start("Capturing", work, kind="test")
    started.wait(60)
    watching = Watching(monkeypatch)
    assert main(["app", "--vault", str(vault), "--json"]) == 0
    watching.done()
    assert [answer.status_code for answer in watching.answers] == [200, 200]
    assert watching.url.startswith("http://127.0.0.1:")
    assert watching.visits.users[0].how == "token"
    assert (job.snapshot().state, job.result()) == ("stopped", "as far as it got")
    with pytest.raises(httpx.ConnectError), httpx.Client(trust_env=False) as person:
        person.get(watching.url)
    out, err = capsys.readouterr()
    assert "token" not in out + err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--address", "0.0.0.0"],
        ["--address", "0.0.0.0", "--users", "{folder}/users"],
        ["--address", "0.0.0.0", "--tls-cert", "{folder}/c", "--tls-key", "{folder}/k"],
        ["--users", "{folder}/none"],
        ["--users", "{folder}/users", "--oauth", "{folder}/oauth"],
        ["--oauth", "{folder}/none"],
        ["--tls-cert", "{folder}/c"],
        ["--tls-cert", "{folder}/c", "--tls-key", "{folder}/k"],
    ],
)
def test_what_would_not_be_safe_is_refused(
    arguments: list[str], vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "_default_build", lambda: pytest.fail("it started"))
    given = [argument.format(folder=vault.parent) for argument in arguments]
    assert main(["app", *given, "--vault", str(vault), "--json", "--no-browser"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["do"]


def test_users_come_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "users")
    monkeypatch.setenv("AKIKA_USER_PASSWORD", "correct horse battery")

    def akika(*arguments: str) -> tuple[int, Any]:
        code = main(["app", "user", *arguments, "--users", file, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert akika("list")[0] == 2
    assert akika("add", "anna") == (0, {"user": "anna"})
    assert akika("add", "berta")[0] == 0
    assert akika("list") == (0, {"users": ["anna", "berta"]})
    assert akika("remove", "anna") == (0, {"user": "anna"})
    assert akika("remove", "anna")[0] == 2
    assert akika("list") == (0, {"users": ["berta"]})
    monkeypatch.setenv("AKIKA_USER_PASSWORD", "short")
    assert akika("add", "clara")[0] == 2
    monkeypatch.delenv("AKIKA_USER_PASSWORD")
    assert akika("add", "clara")[0] == 2
