from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.vault import storage
from akika_forensics.vault.storage import Backend, LocalBackend, StorageFailed


@pytest.fixture(params=["local", "memory", "memory behind a wrapper"])
def backend(request: pytest.FixtureRequest, kit: ModuleType, tmp_path: Path) -> Backend:
    made: dict[str, Callable[[], Any]] = {
        "local": lambda: LocalBackend(tmp_path / "store"),
        "memory": kit.MemoryBackend,
        "memory behind a wrapper": lambda: kit.FaultyBackend(kit.MemoryBackend(), kit.Trouble(-1, "none")),
    }
    store: Backend = made[request.param]()
    return store


def test_what_is_created_is_read(backend: Backend) -> None:
    data = bytes(range(256)) * 20_000
    backend.create("a/b/c.bin", data)
    assert backend.read("a/b/c.bin") == data
    assert b"".join(backend.chunks("a/b/c.bin")) == data


def test_a_taken_path_keeps_its_first_bytes(backend: Backend) -> None:
    backend.create("a/x", b"first")
    with pytest.raises(FileExistsError):
        backend.create("a/x", b"second")
    assert backend.read("a/x") == b"first"
    assert backend.list() == ("a/x",)


def test_listing_is_sorted_and_by_folder(backend: Backend) -> None:
    for path in ("b/2", "a/1", "ab/3", "a/c/4"):
        backend.create(path, b"x")
    assert backend.list() == ("a/1", "a/c/4", "ab/3", "b/2")
    assert backend.list("a") == ("a/1", "a/c/4")
    assert backend.list("nowhere") == ()


def test_absent_files(backend: Backend) -> None:
    for action in (backend.read, lambda path: list(backend.chunks(path)), backend.age):
        with pytest.raises(FileNotFoundError):
            action("none")
    backend.delete("none")
    backend.create("x", b"")
    backend.delete("x")
    assert backend.list() == ()


def test_one_of_many_writers_wins(backend: Backend) -> None:
    won: list[int] = []
    start = threading.Barrier(6)

    def race(number: int) -> None:
        start.wait()
        try:
            backend.create("entry", f"writer {number}".encode())
        except FileExistsError:
            return
        won.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [backend.read("entry")] == [f"writer {number}".encode() for number in won]


@pytest.mark.parametrize("call", ["open", "write", "fsync", "link"])
def test_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    backend = LocalBackend(tmp_path)
    backend.create("a/first", b"first")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        with pytest.raises(StorageFailed, match="the disk is full") as raised:
            backend.create("a/second", b"second")
    assert "Free some space" in raised.value.do
    assert backend.list() == ("a/first",)
    backend.create("a/second", b"second")


def test_a_short_write_is_carried_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:3])))
    LocalBackend(tmp_path).create("x", b"0123456789")
    assert (tmp_path / "x").read_bytes() == b"0123456789"


def test_file_and_folder_are_synced_before_create_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, link = os.fsync, os.link

    def noted_fsync(descriptor: int) -> None:
        order.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name.split('.tmp')[0]}")
        fsync(descriptor)

    def noted_link(source: Any, target: Any) -> None:
        order.append(f"link {Path(target).name}")
        link(source, target)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc to name what was synced")
    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "link", noted_link)
    LocalBackend(tmp_path).create("folder/x", b"x")
    assert order == [f"sync {tmp_path.name}", "sync x", "link x", "sync folder"]


def test_files_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    LocalBackend(tmp_path).create("folder/x", b"x")
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "folder" / "x").stat().st_mode & 0o777 == 0o600


def test_symbolic_links_are_odd(tmp_path: Path) -> None:
    backend = LocalBackend(tmp_path)
    backend.create("x", b"x")
    (tmp_path / "y").symlink_to(tmp_path / "x")
    (tmp_path / "z").symlink_to(tmp_path)
    assert backend.list() == ("x", "y", "z")
    assert [bool(backend.odd(path)) for path in "xyz"] == [False, True, True]


def test_only_old_temporaries_are_swept(tmp_path: Path) -> None:
    backend = LocalBackend(tmp_path)
    for name in ("old.tmp-1", "new.tmp-2", "kept"):
        (tmp_path / name).write_bytes(b"x")
    os.utime(tmp_path / "old.tmp-1", (1, 1))
    os.utime(tmp_path / "kept", (1, 1))
    storage.sweep(backend)
    assert backend.list() == ("kept", "new.tmp-2")
