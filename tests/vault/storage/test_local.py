"""What only a folder of this machine has: its disk, its permissions, its links."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.vault import storage
from akika_forensics.vault.storage import LocalBackend, StorageFailed


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
