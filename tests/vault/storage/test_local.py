"""What only a folder of this machine has: its disk, its permissions, its links."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from vault.storage.failing import TROUBLE, Failing

from akika_forensics.vault import storage
from akika_forensics.vault.storage import LocalBackend, StorageFailed

ACTS: dict[str, Callable[[LocalBackend], None]] = {
    "create": lambda backend: backend.create("a/new", b"new" * 1000),
    "create below a new folder": lambda backend: backend.create("b/c/new", b"new" * 1000),
    "create_stream": lambda backend: backend.create_stream("a/new", iter((b"new" * 500, b"new" * 500))),
    "replace": lambda backend: backend.replace("VAULT.json", b"new" * 1000),
    "delete": lambda backend: backend.delete("a/old"),
}


def shown(root: Path) -> dict[str, bytes]:
    backend = LocalBackend(root)
    return {path: backend.read(path) for path in backend.list() if storage.TEMPORARY not in path}


@pytest.mark.parametrize("for_good", [True, False], ids=["for good", "once"])
@pytest.mark.parametrize("act", ACTS)
def test_trouble_at_every_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, for_good: bool) -> None:
    """Said as a failure of the medium; the whole of it is there, or none. What was created without success is not there."""

    def fresh(root: Path) -> Path:
        LocalBackend(root).create("a/old", b"old")
        LocalBackend(root).create("VAULT.json", b"marker")
        return root

    before = shown(fresh(tmp_path / "before"))
    ACTS[act](LocalBackend(fresh(tmp_path / "after")))
    after = shown(tmp_path / "after")
    said = []
    for at in range(100):
        root, error = fresh(tmp_path / str(at)), TROUBLE[at % len(TROUBLE)]
        backend = LocalBackend(root)
        failing = Failing(tmp_path, at, error, for_good=for_good)
        with monkeypatch.context() as patched:
            failing.install(patched)
            try:
                ACTS[act](backend)
            except StorageFailed as failed:
                said.append(failed.what)
                allowed = (before, after) if act in {"replace", "delete"} else (before,)
            else:
                allowed = (after,)
        assert shown(root) in allowed, (at, said)
        if failing.done <= at:
            break
        if shown(root) == before:
            ACTS[act](backend)
        assert shown(root) == after, at
    assert len(said) >= (2 if act == "delete" else 5)
    assert any("disk is full" in one for one in said)
    assert any("Input/output error" in one or "Read-only" in one for one in said)


def test_the_kernel_itself_cuts_a_write_short(tmp_path: Path) -> None:
    """No simulation: a limit on the length of files makes the kernel write less than it was given, then nothing."""
    program = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from akika_forensics.vault.storage import LocalBackend, StorageFailed\n"
        "backend = LocalBackend(Path(sys.argv[1]))\nbackend.create('first', b'x' * 10_000)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "for write in (lambda: backend.create('second', b'y' * 10_001),\n"
        "              lambda: backend.create_stream('second', iter((b'y' * 9_000, b'y' * 9_000))),\n"
        "              lambda: backend.replace('first', b'y' * 10_001)):\n"
        "    try:\n        write()\n"
        "    except StorageFailed as failed:\n        print(failed.what)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "second could not be written: File too large.",
        "second could not be written: File too large.",
        "first could not be written: File too large.",
    ]
    assert LocalBackend(tmp_path).list() == ("first",)
    assert LocalBackend(tmp_path).read("first") == b"x" * 10_000


def test_what_is_no_folder_is_said(tmp_path: Path) -> None:
    backend = LocalBackend(tmp_path)
    backend.create("a", b"")
    with pytest.raises(StorageFailed, match="a/b could not be written"):
        backend.create("a/b", b"")
    assert backend.list("a") == ()


def test_a_folder_that_cannot_be_listed_is_not_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = LocalBackend(tmp_path)
    backend.create("commits/0", b"0")
    scan = os.scandir

    def refused(path: Any) -> Any:
        if Path(path).name == "commits":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(StorageFailed, match="Permission denied"):
        backend.list()


@pytest.mark.parametrize("error", [errno.EROFS, errno.EINVAL], ids=os.strerror)
def test_nothing_has_to_be_made_durable_where_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """Some file systems that are read-only, such as those of a disc, do not know what a sync is."""
    backend = LocalBackend(tmp_path)
    backend.create("commits/0", b"0")

    def unknown(descriptor: int) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fsync", unknown)
    backend.make_durable("commits")
    error = errno.EIO
    with pytest.raises(StorageFailed, match="Input/output error"):
        backend.make_durable("commits")


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


def test_only_old_temporaries_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = LocalBackend(tmp_path)
    for name in ("old.tmp-1", "new.tmp-2", "kept"):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (1, 1))
    storage.sweep(backend)
    assert len(backend.list()) == 3, "anybody can put the time of a file back"
    later = time.time() + 1e6
    monkeypatch.setattr(time, "time", lambda: later)
    os.utime(tmp_path / "new.tmp-2", (later, later))
    storage.sweep(backend)
    assert backend.list() == ("kept", "new.tmp-2")
