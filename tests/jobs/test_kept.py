"""What is left of jobs when their process is gone, and what never gets to the disk."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from akika_forensics import jobs
from akika_forensics.errors import Fault, Interrupted, WrongUse
from akika_forensics.jobs import Work, kept

PROGRAM = """if True:
    import threading
    from akika_forensics import jobs

    reported = threading.Event()

    def work(work):
        work.progress("Reading", 4, 9)
        reported.set()
        threading.Event().wait()

    jobs.start("Quick", lambda _work: 1, kind="test").wait()
    job = jobs.start("Capturing", work, kind="capture", about="craig", resumable=True)
    reported.wait()
    job._keep(durable=True)
    print(job.id, flush=True)
    job.wait()
"""


def held(state_dir: Path) -> dict[str, dict[str, object]]:
    return {path.stem: json.loads(path.read_bytes()) for path in (state_dir / "jobs").glob("*.json")}


def test_the_jobs_of_a_killed_process_were_interrupted(state_dir: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True, env={**os.environ})
    assert process.stdout is not None
    try:
        job_id = process.stdout.readline().strip()
        job = jobs.find(job_id)
        quick = next(job for job in jobs.recent() if job.name == "Quick")
        assert job.snapshot().state == "running"
        assert not job.snapshot().may_stop
        assert not job.wait(0.01)
        ended = threading.Event()
        job.on_end(lambda _job: ended.set())
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert job.wait(60)
    assert ended.wait(60)
    shown = jobs.find(job_id).snapshot()
    assert (shown.state, shown.name, shown.about, shown.total) == ("interrupted", "Capturing", "craig", 9)
    assert (quick.wait(60), quick.snapshot().state) == (True, "done")
    with pytest.raises(Interrupted):
        job.result()
    with pytest.raises(WrongUse):
        quick.result()
    with pytest.raises(WrongUse):
        job.resume()
    assert not job.cancel()
    assert not job.answer(yes=True)


def test_what_is_kept_is_private_and_quotes_nothing(state_dir: Path) -> None:
    def work(work: Work) -> None:
        work.progress("Invoice 1037 of Amy's Bird Sanctuary", 1, 2)
        work.note("Amy's note")
        raise Fault("Duplicate name Amy's Bird Sanctuary.", means="Amy", do="Amy")

    job = jobs.start("Executing a plan", work, kind="execute", about="p1")
    job.wait()
    content = held(state_dir)[job.id]
    assert "Amy" not in json.dumps(content)
    assert (content["state"], content["error_code"], content["done"], content["total"]) == ("failed", "fault", 1, 2)
    assert str(content["error"]).endswith(".")
    assert str(content["finished_at"]).endswith("Z")
    for path in (state_dir / "jobs").iterdir():
        assert path.stat().st_mode & 0o077 == 0
    assert (state_dir / "jobs").stat().st_mode & 0o077 == 0


def test_another_process_reads_the_code_and_the_kept_words(state_dir: Path) -> None:
    def work(_work: Work) -> None:
        raise Fault("Duplicate name Amy's Bird Sanctuary.")

    job = jobs.start("Executing a plan", work, kind="execute")
    job.wait()
    read = kept.read(job.id)
    assert read is not None
    error = read.snapshot(alive=False).error
    assert error is not None
    assert (error.code, error.what) == ("fault", "QuickBooks refused a request.")


@pytest.mark.parametrize("failing", ["open", "fsync", "mkdir"])
def test_a_full_disk_does_not_touch_the_work(failing: str, state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object, **_named: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path if failing == "mkdir" else os, failing, full)
    job = jobs.start("Work", lambda work: work.progress("on", 1, 2) or 42, kind="test")
    assert job.result() == 42
    assert job.snapshot().state == "done"
    assert job in jobs.recent()
    monkeypatch.undo()
    assert failing == "fsync" or held(state_dir) == {}
    assert [path.name for path in state_dir.glob("jobs/.j*")] == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id":"j00000000000000000000-00000000"}', b"\xff" * 99])
def test_a_damaged_file_is_as_none(content: bytes, state_dir: Path) -> None:
    (state_dir / "jobs").mkdir()
    (state_dir / "jobs" / "j00000000000000000000-00000000.json").write_bytes(content)
    assert "j00000000000000000000-00000000" not in {job.id for job in jobs.recent()}
    with pytest.raises(WrongUse):
        jobs.find("j00000000000000000000-00000000")


def test_old_jobs_are_forgotten_and_so_are_the_locks_of_dead_processes(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 3)
    (state_dir / "jobs").mkdir()
    (state_dir / "jobs" / "process-1-dead").touch()
    for _ in range(6):
        jobs.start("Work", lambda _work: None, kind="test").wait()
    kept.prune()
    assert len(held(state_dir)) == 3
    locks = [path.name for path in (state_dir / "jobs").glob("process-*")]
    assert len(locks) == 1
    assert all(job["process"] == locks[0] for job in held(state_dir).values())


def test_a_lock_that_is_held_is_a_process_that_lives(state_dir: Path) -> None:
    job = jobs.start("Work", lambda _work: None, kind="test")
    job.wait()
    read = kept.read(job.id)
    assert read is not None
    assert kept.is_alive(read)
    (state_dir / "jobs" / read.process).unlink()
    assert not kept.is_alive(read)
