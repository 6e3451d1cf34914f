"""The configuration in effect, by a server that was started for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from lab_process import PASSPHRASE, LabProcess, Stage, processes_of

LEFT = {
    "cells": [
        {
            "cell_type": "code", "execution_count": 3, "id": "a", "source": "1 + 1",
            "metadata": {"tags": ["parameters"], "execution": {"iopub.status.busy": "2026-11-23T10:00:00Z"}},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "Amy's Birds owes 175.00"}],
        },
        {"cell_type": "markdown", "id": "b", "metadata": {"papermill": {"duration": 1}}, "source": "# Words"},
    ],
    "metadata": {"widgets": {"state": {"x": "175.00"}}, "papermill": {"duration": 2}, "kernelspec": {"name": "python3", "display_name": "Python"}},
    "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


@pytest.fixture
def kernel(lab: LabProcess) -> Any:
    """The id of a kernel of the lab, gone afterwards."""
    started = lab.ask("POST", "api/kernels", json={"name": "python3"})
    yield started["id"]
    lab.ask("DELETE", f"api/kernels/{started['id']}")


def test_it_listens_on_this_machine_alone_and_wants_its_key(lab: LabProcess) -> None:
    import httpx

    assert lab.url.startswith("http://127.0.0.1:")
    assert len(lab.token) >= 32
    bare = lab.url.split("/lab/")[0]
    assert httpx.get(f"{bare}/api/kernels").status_code == 403
    assert lab.ask("GET", "api/kernels") is not None


@pytest.mark.parametrize(
    ("plugin", "setting", "value"),
    [
        ("@jupyterlab/apputils-extension:notification", "fetchNews", "false"),
        ("@jupyterlab/apputils-extension:notification", "checkForUpdates", False),
        ("@jupyterlab/apputils-extension:themes", "adaptive-theme", True),
        ("@jupyterlab/extensionmanager-extension:plugin", "enabled", False),
        ("@jupyterlab/docmanager-extension:plugin", "defaultViewers", {"markdown": "Markdown Preview"}),
        ("@jupyter-widgets/jupyterlab-manager:plugin", "saveState", False),
    ],
)
def test_settings_are_ours(lab: LabProcess, plugin: str, setting: str, value: object) -> None:
    schema = lab.ask("GET", f"lab/api/settings/{plugin}")["schema"]
    assert schema["properties"][setting]["default"] == value


def test_there_is_one_kernel_and_it_keeps_no_history(lab: LabProcess) -> None:
    specs = lab.ask("GET", "api/kernelspecs")
    assert list(specs["kernelspecs"]) == ["python3"]
    assert "--HistoryManager.enabled=False" in specs["kernelspecs"]["python3"]["spec"]["argv"]


def test_panel_serves_its_own_files(lab: LabProcess) -> None:
    import httpx

    bare = lab.url.split("/lab/")[0]
    answer = httpx.get(f"{bare}/panel-preview/static/js/bokeh.min.js", params={"token": lab.token}, timeout=30)
    assert answer.status_code == 200
    assert len(answer.content) > 100_000


def test_what_is_saved_holds_no_output_and_no_copy_is_kept(lab: LabProcess) -> None:
    saved = lab.ask("PUT", "api/contents/saved.ipynb", json={"type": "notebook", "format": "json", "content": LEFT})
    lab.ask("POST", "api/contents/saved.ipynb/checkpoints")
    assert lab.ask("GET", "api/contents/saved.ipynb/checkpoints") == []
    text = (lab.folder / "saved.ipynb").read_text(encoding="utf-8")
    assert "175.00" not in text
    held = json.loads(text)
    assert (held["cells"][0]["outputs"], held["cells"][0]["execution_count"]) == ([], None)
    assert held["cells"][0]["metadata"] == {"tags": ["parameters"]}
    assert held["cells"][1]["metadata"] == {}
    assert list(held["metadata"]) == ["kernelspec"]
    assert "".join(held["cells"][0]["source"]) == "1 + 1"
    assert saved["name"] == "saved.ipynb"
    assert list(lab.folder.rglob(".ipynb_checkpoints")) == []


def test_a_kernel_speaks_over_private_socket_files(lab: LabProcess, kernel: str) -> None:
    connection = lab.connection_file(kernel)
    assert connection["transport"] == "ipc"
    folder = Path(connection["ip"]).parent
    assert folder.is_relative_to(lab.temporary)
    assert folder.parent.stat().st_mode & 0o077 == 0


def test_a_kernel_opens_the_vault_without_being_told_a_passphrase(lab: LabProcess, stage: Stage, kernel: str) -> None:
    client = lab.kernel_client(kernel)
    try:
        shown: list[str] = []
        program = "import akika_forensics as ak\ncase = ak.notebook()\nprint(len(case.snapshots()), 'seen')"
        reply = client.execute_interactive(
            program, timeout=90, output_hook=lambda message: shown.append(json.dumps(message["content"]))
        )
        assert reply["content"]["status"] == "ok", shown
        said = "".join(shown)
        for word in ("Akika Forensics", str(stage.vault), "2 snapshots (s1 to s2)", "2 seen"):
            assert word in said
        refused: list[str] = []
        client.execute_interactive(
            "case.snapshot('s9')",
            timeout=60,
            output_hook=lambda message: refused.append(json.dumps(message["content"])),
        )
        assert "The vault has no snapshot 's9'." in "".join(refused)
        assert "Traceback" not in "".join(refused)
        own = client.execute_interactive(
            "import os; assert not os.path.exists(get_ipython().history_manager.hist_file or '')", timeout=60
        )
        assert own["content"]["status"] == "ok"
    finally:
        client.stop_channels()


def test_the_passphrase_is_in_no_argument_list_and_no_file(lab: LabProcess, kernel: str) -> None:
    pids = [lab.process.pid, *processes_of(lab.process.pid)]
    assert len(pids) >= 2
    for pid in pids:
        arguments = Path(f"/proc/{pid}/cmdline")
        if arguments.exists():
            assert PASSPHRASE.encode() not in arguments.read_bytes()
            assert lab.token.encode() not in arguments.read_bytes()
    files = [path for place in (lab.folder, lab.temporary) for path in place.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if PASSPHRASE.encode() in path.read_bytes()] == []
    assert lab.token not in lab.errors()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_takes_the_kernels_along_and_leaves_nothing(stage: Stage, tmp_path: Path, number: int) -> None:
    with LabProcess(stage, tmp_path) as lab:
        started = lab.ask("POST", "api/kernels", json={"name": "python3"})
        lab.kernel_client(started["id"]).stop_channels()
        children = processes_of(lab.process.pid)
        assert children
        assert lab.stop(number) == 0
        deadline = time.monotonic() + 120
        while any(Path(f"/proc/{pid}").exists() for pid in children) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
        assert [path.name for path in lab.temporary.iterdir() if path.name.startswith(("akika-", "jupyter"))] == []
        assert lab.outside() == []


def test_the_users_own_configuration_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    """A home full of settings that would break it: another address, a password, other kernels, code at start."""
    home = tmp_path / "home"
    for place, name in (
        (".jupyter", "jupyter_server_config.py"),
        (".jupyter", "jupyter_lab_config.py"),
        (".ipython/profile_default", "ipython_config.py"),
    ):
        (home / place).mkdir(parents=True, exist_ok=True)
        (home / place / name).write_text("raise SystemExit('the configuration of the user was read')", encoding="utf-8")
    startup = home / ".ipython" / "profile_default" / "startup"
    startup.mkdir()
    (startup / "00.py").write_text("print('code of the user')", encoding="utf-8")
    kernels = home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(
        json.dumps({"argv": ["/bin/false"], "display_name": "Theirs", "language": "r"}), encoding="utf-8"
    )
    (home / "start.py").write_text("raise SystemExit", encoding="utf-8")
    more = {
        "JUPYTER_TOKEN": "theirs", "JUPYTER_CONFIG_DIR": str(home / ".jupyter"), "JUPYTER_CONFIG_PATH": str(home / ".jupyter"),
        "PYTHONSTARTUP": str(home / "start.py"), "JUPYTER_PORT": "1", "JUPYTERLAB_DIR": str(home),
    }  # fmt: skip
    with LabProcess(stage, tmp_path, more=more, home=home) as lab:
        assert lab.token != "theirs"
        assert lab.ask("GET", "api/kernelspecs")["kernelspecs"]["python3"]["spec"]["display_name"] == "Python"
        started = lab.ask("POST", "api/kernels", json={"name": "python3"})
        client = lab.kernel_client(started["id"])
        shown: list[str] = []
        reply = client.execute_interactive(
            "print('alive')", timeout=60, output_hook=lambda message: shown.append(json.dumps(message["content"]))
        )
        client.stop_channels()
        assert reply["content"]["status"] == "ok"
        assert "alive" in "".join(shown)
        assert "code of the user" not in "".join(shown)


def test_without_a_vault_it_starts_and_says_so(tmp_path: Path) -> None:
    with LabProcess(None, tmp_path) as lab:
        assert "No vault was named." in (lab.folder / "Start here.md").read_text(encoding="utf-8")
        environment = Path(f"/proc/{lab.process.pid}/environ")
        assert not environment.exists() or b"AKIKA_PASSPHRASE" not in environment.read_bytes()
        assert Path(lab.said["folder"]).samefile(lab.folder)


def test_on_an_embedded_company_it_opens_just_after_an_incident(tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    with LabProcess(None, tmp_path, "--demo", str(demo)) as lab:
        page = (lab.folder / "Start here.md").read_text(encoding="utf-8")
        assert f"`{demo / 'vault'}`" in page
        assert "| s2 |" in page
        started = lab.ask("POST", "api/kernels", json={"name": "python3"})
        client = lab.kernel_client(started["id"])
        program = (
            "import akika_forensics as ak\ncase = ak.open_vault('"
            + str(demo / "vault")
            + "')\nassert case.capture().id == 's3'"
        )
        reply = client.execute_interactive(program, timeout=90, output_hook=lambda _message: None)
        client.stop_channels()
        assert reply["content"]["status"] == "ok", "the company answers while JupyterLab runs"


TOLD = """
import os, signal, socket, sys
from pathlib import Path
from urllib.parse import urlsplit
from akika_forensics.lab.serving import serve

def told(url):
    where = urlsplit(url)
    try:
        socket.create_connection((where.hostname, where.port), timeout=60).close()
        print("answered")
    except OSError as error:
        print(type(error).__name__)
    os.kill(os.getpid(), signal.SIGTERM)

serve(Path(sys.argv[1]), "Start here.md", browser=False, on_ready=told)
"""


def test_the_address_is_told_when_somebody_answers_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD, str(tmp_path)],
        env={**os.environ, "AKIKA_STATE_DIR": str(tmp_path / "state"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.split() == ["answered"], done.stderr[-2000:]
