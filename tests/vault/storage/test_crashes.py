"""The folder of this machine on a disk that loses what was not synced and reorders what was not ordered."""

from __future__ import annotations

import contextlib
import os
import random
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from vault.adversary import SYNC_FILE, SYNC_FOLDER, Crash, Recorder

from akika_forensics.vault.storage import TEMPORARY, LocalBackend

SEEDS = range(5)
Promises = dict[str, bytes | None]


def pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 700):
        yield data[start : start + 700]


def act(backend: LocalBackend, disk: Recorder, chance: random.Random, turns: int) -> None:
    """Anything a vault does with its backend, acknowledging the state after each act and what is under way."""
    held: dict[str, bytes] = {}
    for turn in range(turns):
        path = f"{chance.choice(('data', 'slots/a', 'slots/b', 'keys'))}/{turn}"
        data = bytes([turn % 251]) * chance.choice((0, 1, 1500, 4000))
        disk.acknowledge(("doing", {}))
        match chance.choice(("create", "stream", "delete", "replace")):
            case "delete" if held:
                path = chance.choice(sorted(held))
                disk.acknowledge(("doing", {path: (held.pop(path), None)}))
                backend.delete(path)
            case "replace":
                disk.acknowledge(("doing", {"VAULT.json": (held.get("VAULT.json"), data)}))
                backend.replace("VAULT.json", data)
                held["VAULT.json"] = data
            case "stream":
                disk.acknowledge(("doing", {path: (None, data)}))
                backend.create_stream(path, pieces(data))
                held[path] = data
            case _:
                disk.acknowledge(("doing", {path: (None, data)}))
                backend.create(path, data)
                held[path] = data
        disk.acknowledge(("held", dict(held)))


def broken(crash: Crash) -> list[str]:
    """The promises that the disk does not keep after a crash."""
    held: dict[str, bytes] = {}
    doing: dict[str, tuple[bytes | None, bytes | None]] = {}
    for kind, value in crash.acknowledged:
        if kind == "held":
            held, doing = value, {}
        else:
            doing = value
    found = {path: data for path, data in crash.below("store").items() if TEMPORARY not in path}
    wrong = [f"{path} is not as promised" for path in held if path not in doing and found.get(path) != held[path]]
    wrong += [f"{path} is neither old nor new" for path in doing if found.get(path) not in doing[path]]
    wrong += [f"{path} came from nowhere" for path in found if path not in held and path not in doing]
    return wrong


def campaign(disk: Recorder, *, without: Collection[str] = ()) -> dict[str, list[str]]:
    crashes = (disk.crash(at, seed, without=without) for at in range(disk.length + 1) for seed in SEEDS)
    return {str(crash): wrong for crash in crashes if (wrong := broken(crash))}


@pytest.fixture(params=range(3))
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Recorder:
    (tmp_path / "store").mkdir()
    disk = Recorder(tmp_path)
    with disk.recording():
        act(LocalBackend(tmp_path / "store"), disk, random.Random(request.param), 12)
    return disk


def test_every_promise_is_kept_at_every_crash(played: Recorder) -> None:
    assert played.length > 50
    assert campaign(played) == {}


@pytest.mark.parametrize("call", [SYNC_FILE, SYNC_FOLDER])
def test_without_a_sync_promises_are_broken(played: Recorder, call: str) -> None:
    """The campaign above has teeth: the same acts with one kind of call left out are found out."""
    assert campaign(played, without={call})


def test_a_missing_sync_in_the_code_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, with the call taken out of the code instead of the notes."""
    from akika_forensics.vault.storage import durable, local

    def unsynced(path: Path, data: Iterator[bytes]) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        for piece in data:
            os.write(descriptor, piece)
        os.close(descriptor)

    for name, instead in (("write_pieces_durably", unsynced), ("sync_folder", lambda folder: None)):
        (tmp_path / name / "store").mkdir(parents=True)
        disk = Recorder(tmp_path / name)
        with monkeypatch.context() as patched, disk.recording():
            assert getattr(local, name) is getattr(durable, name)
            patched.setattr(local, name, instead)
            act(LocalBackend(tmp_path / name / "store"), disk, random.Random(1), 6)
        assert campaign(disk), name


def test_a_folder_that_another_process_has_just_made_is_synced_too(tmp_path: Path) -> None:
    """It is there, so nothing has to be made; but the other one may not have come to syncing it."""
    (tmp_path / "store").mkdir()
    disk = Recorder(tmp_path)
    with disk.recording():
        (tmp_path / "store" / "slots").mkdir()
        (tmp_path / "store" / "slots" / "a").mkdir()
        LocalBackend(tmp_path / "store").create("slots/a/0", b"value")
    for seed in range(40):
        assert disk.crash(disk.length, seed).below("store")["slots/a/0"] == b"value"


def test_what_another_process_wrote_can_be_made_durable(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    disk = Recorder(tmp_path)
    backend = LocalBackend(tmp_path / "store")
    with disk.recording():
        backend.create("journals/p1/0", b"zero")
        backend.create("journals/p1/1", b"one")
    linked = max(number for number, call in enumerate(disk.calls) if call.name == "link") + 1
    assert {"journals/p1/1" in disk.crash(linked, seed).below("store") for seed in range(40)} == {True, False}
    assert "journals/p1/1" in disk.visible(linked).below("store")
    disk.visible(linked).write(tmp_path / "seen")
    again = Recorder(tmp_path / "seen")
    with again.recording():
        LocalBackend(tmp_path / "seen" / "store").make_durable("journals/p1")
    assert [(call.name, call.path) for call in again.calls] == [
        (SYNC_FOLDER, "store/journals/p1"),
        (SYNC_FOLDER, "store/journals"),
        (SYNC_FOLDER, "store"),
    ]


def test_threads_that_write_side_by_side_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    disk = Recorder(tmp_path)
    backend = LocalBackend(tmp_path / "store")

    def write(name: str) -> None:
        for number in range(4):
            with contextlib.suppress(FileExistsError):
                backend.create(f"chain/{number}", name.encode())
                disk.acknowledge((f"chain/{number}", name.encode()))

    with disk.recording():
        threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(disk.crash(disk.length, 0).acknowledged) == 4
    for at in range(0, disk.length + 1, 2):
        for seed in SEEDS:
            crash = disk.crash(at, seed)
            found = crash.below("store")
            assert all(found.get(path) == data for path, data in crash.acknowledged), crash
            assert all(data in {b"a", b"b", b"c"} for path, data in found.items() if TEMPORARY not in path), crash


def test_the_recorder_notices_what_it_cannot_note(tmp_path: Path) -> None:
    disk = Recorder(tmp_path)
    with pytest.raises(AssertionError, match="past the recorder"):
        with disk.recording():
            (tmp_path / "x").write_bytes(b"unnoted")


def test_a_crash_is_the_same_again(played: Recorder, tmp_path: Path) -> None:
    at = next(number for number, call in enumerate(played.calls, 1) if call.name == "link")
    crash = played.crash(at, 3)
    assert crash == played.crash(at, 3)
    assert len({tuple(played.crash(at, seed).files.items()) for seed in range(40)}) > 1
    crash.write(tmp_path / "written")
    found = {
        path.relative_to(tmp_path / "written").as_posix(): path.read_bytes()
        for path in (tmp_path / "written").rglob("*")
        if path.is_file()
    }
    assert found == crash.files
