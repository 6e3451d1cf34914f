"""A run that is stopped: the notebook's process is gone, and so is everything it wrote."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from small_notebooks import TINY, failing

from akika_forensics import reports
from akika_forensics.errors import AkikaError, Interrupted

LONG = "import os, pathlib, time\npathlib.Path(name).write_text(str(os.getpid()))\ntime.sleep(600)"


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that has ended but was not waited for yet is not alive either.
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def gone(pid: int) -> bool:
    """Within half a minute at most; usually at once."""
    for _ in range(300):
        if not alive(pid):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    (tmp_path / "endless.py").write_text(failing(LONG), encoding="utf-8")
    return tmp_path / "endless.py"


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import tempfile

    place = tmp_path / "t"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def test_a_stop_ends_a_running_cell(endless: Path, tmp_path: Path, scratch: Path) -> None:
    mark = tmp_path / "pid"
    with pytest.raises(Interrupted, match="was stopped"):
        reports.run(str(endless), {"name": str(mark)}, tmp_path / "out", should_stop=mark.exists)
    assert gone(int(mark.read_text()))
    assert list((tmp_path / "out").iterdir()) == []
    assert list(scratch.iterdir()) == []


def test_a_stop_before_the_start_runs_nothing(endless: Path, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    with pytest.raises(Interrupted):
        reports.run(str(endless), {"name": str(mark)}, tmp_path / "out", should_stop=lambda: True)
    assert not mark.exists()


def test_a_run_that_is_not_stopped_is_made_in_any_thread(folder: Path, tmp_path: Path) -> None:
    made: list[object] = []

    def work() -> None:
        try:
            made.append(reports.run("tiny", {"who": "a"}, tmp_path / "out", should_stop=lambda: False, places=[folder]))
        except AkikaError as error:
            made.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    (result,) = made
    assert isinstance(result, reports.ReportResult)
    assert result.html.is_file()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_on_the_command_line_leaves_no_process_and_no_file(
    endless: Path, tmp_path: Path, number: signal.Signals
) -> None:
    mark, out = tmp_path / "pid", tmp_path / "out"
    command = [sys.executable, "-m", "akika_forensics", "--json", "report", "run", str(endless)]
    process = subprocess.Popen(
        [*command, "-p", f"name={mark}", "--out", str(out)],
        env={**os.environ, "AKIKA_PASSPHRASE": "some words"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (mark.exists() and mark.read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    said, complaints = process.communicate()
    assert process.returncode == 130
    assert '"code":"interrupted"' in said
    assert "Traceback" not in complaints
    assert gone(int(mark.read_text()))
    assert list(out.iterdir()) == []


def test_a_keyboard_interrupt_in_a_program_leaves_no_process_and_no_file(endless: Path, tmp_path: Path) -> None:
    mark, out = tmp_path / "pid", tmp_path / "out"
    code = (
        "import sys; from pathlib import Path; from akika_forensics import reports\n"
        "try: reports.run(sys.argv[1], {'name': sys.argv[2]}, Path(sys.argv[3]))\n"
        "except KeyboardInterrupt: print('stopped by hand')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(endless), str(mark), str(out)], stdout=subprocess.PIPE, text=True
    )
    while not (mark.exists() and mark.read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate()
    assert said == "stopped by hand\n"
    assert gone(int(mark.read_text()))
    assert list(out.iterdir()) == []


def test_a_disk_that_is_full_leaves_no_half_of_a_report(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    limited = (
        "import resource, sys; from pathlib import Path; from akika_forensics import reports; from akika_forensics.errors import WrongUse\n"
        "from akika_forensics.reports.files import MadeFile, write_all\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "files = [MadeFile(kind, f't.{kind}', b'x' * size) for kind, size in (('notebook', 10), ('html', 4000), ('manifest', 9000))]\n"
        "try: write_all(Path(sys.argv[1]), files)\n"
        "except WrongUse as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", limited, str(out)], check=True, capture_output=True, text=True)
    assert "cannot be written" in done.stdout
    assert list(out.iterdir()) == []


def test_the_notebook_s_process_does_not_load_the_app(tmp_path: Path) -> None:
    asked = "import sys\nprint('LOADED', sorted(name for name in ('panel', 'bokeh', 'ipywidgets', 'anywidget', 'weasyprint', 'papermill') if name in sys.modules))"
    (tmp_path / "tiny.py").write_text(f"{TINY}\n\n# %%\n{asked}\n", encoding="utf-8")
    result = reports.run(str(tmp_path / "tiny.py"), {"who": "a"}, tmp_path / "out")
    assert "LOADED []" in result.html.read_text(encoding="utf-8")
