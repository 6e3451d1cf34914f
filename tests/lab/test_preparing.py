"""What a notebook calls first, where there is no Jupyter and where there is no Panel, and that importing stays cheap."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from lab_process import PASSPHRASE, Stage

import akika_forensics as ak
from akika_forensics import errors
from akika_forensics.lab import plain_errors, preparing, serving
from akika_widgets.views.view import View

_HEAVY = ["IPython", "anywidget", "ipywidgets", "jupyterlab", "panel"]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    held = View.enlivened
    yield
    View.enlivened = held
    plain_errors.remove()


def test_importing_and_asking_for_it_loads_nothing_of_jupyter() -> None:
    program = (
        f"import sys, akika_forensics as ak; ak.notebook; print(*[name for name in {_HEAVY!r} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert shown.stdout.split() == []


def test_outside_jupyter_the_case_is_opened_and_nothing_else_happens(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AKIKA_STATE_DIR", str(stage.state))
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    case = ak.notebook(stage.vault)
    assert case is not None
    assert [info.id for info in case.snapshots()] == ["s1", "s2"]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Not in Jupyter: nothing to prepare."
    assert said[1].startswith(f"Akika Forensics {ak.__version__} · {stage.vault} · ")
    assert said[1].endswith(" · 2 snapshots (s1 to s2)")
    assert len(said) == 2
    assert View.enlivened is None
    monkeypatch.setenv("AKIKA_VAULT", str(stage.vault))
    monkeypatch.setenv("AKIKA_COMPANY", "nobody")
    with pytest.raises(errors.WrongUse, match="nobody"):
        ak.notebook()


def test_without_a_vault_it_says_how_to_name_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert ak.notebook() is None
    assert "no vault: ak.notebook('FOLDER') opens one" in capsys.readouterr().out


def test_without_panel_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "jupyter_shell", lambda: SimpleNamespace(kernel=None))
    monkeypatch.setitem(sys.modules, "panel", None)
    with pytest.raises(errors.WrongUse, match="not installed") as caught:
        ak.notebook()
    assert "workbench" in caught.value.do


def test_without_jupyterlab_the_command_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jupyterlab" else found(name))
    with pytest.raises(errors.WrongUse, match="jupyterlab is not installed") as caught:
        serving.require()
    assert "workbench" in caught.value.do


_RAISE = r"""if True:
    from IPython.core.interactiveshell import InteractiveShell
    from akika_forensics import errors
    from akika_forensics.lab import plain_errors

    def every(kind):
        yield kind
        for inner in kind.__subclasses__():
            yield from every(inner)

    shell = InteractiveShell()
    for kind in every(errors.AkikaError):
        shell.user_ns["error"] = kind("It\u202e happened.\x1b[2J", means="That means this.", do="Do that.")
        for change in (plain_errors.install, plain_errors.remove):
            change()
            print(f"== {change.__name__} {kind.__name__}")
            shell.run_cell("raise error")
"""


def test_ipython_shows_every_error_of_ours_in_sentences_until_told_otherwise(tmp_path: Path) -> None:
    environment = os.environ | {"IPYTHONDIR": str(tmp_path), "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", _RAISE]
    out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, encoding="utf-8").stdout
    shown = [part.split("\n", 1) for part in out.split("== ")[1:]]
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.AkikaError)]
    assert sorted(head for head, _ in shown) == sorted(
        f"{word} {kind.__name__}" for kind in kinds for word in ("install", "remove")
    )
    for head, said in shown:
        if head.startswith("install"):
            for words in ("happened.", "That means this.", "Do that."):
                assert words in said
            assert "Traceback" not in said
            assert "\x1b[2J" not in said
            assert "\u202e" not in said
        else:
            assert "Traceback" in said


def test_a_folder_inside_the_vault_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from akika_forensics.cli import main

    monkeypatch.setenv("AKIKA_STATE_DIR", str(stage.state))
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    assert main(["lab", "--vault", str(stage.vault), "--dir", str(stage.vault / "lab"), "--no-browser"]) == 2
    assert "inside the vault" in capsys.readouterr().err
    assert not (stage.vault / "lab").exists()


def test_a_wrong_passphrase_is_said_before_anything_starts(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from akika_forensics.cli import main

    monkeypatch.setenv("AKIKA_STATE_DIR", str(stage.state))
    monkeypatch.setenv("AKIKA_PASSPHRASE", "not the words")
    assert main(["lab", "--vault", str(stage.vault), "--dir", str(tmp_path / "work"), "--no-browser", "--json"]) == 5
    assert '"wrong_key"' in capsys.readouterr().out
    assert not (tmp_path / "work").exists()


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "akika_forensics",
            "lab",
            "--dir",
            str(tmp_path / "work"),
            "--port",
            str(port),
            "--no-browser",
        ]
        shown = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert f"Port {port} of this machine cannot be used." in shown.stderr
    assert "Traceback" not in shown.stderr
