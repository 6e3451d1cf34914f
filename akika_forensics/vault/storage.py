"""Where the bytes of a vault lie: a few operations that every backend answers alike.

A file is created whole or not at all, and never changed afterwards. That is all the commit protocol needs.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from akika_forensics.errors import AkikaError

TEMPORARY: Final = ".tmp-"
"""Part of the name of a file that is still being written; a left-over after a crash."""

_CHUNK: Final = 1 << 20
_STALE_SECONDS: Final = 3600.0


class StorageFailed(AkikaError):
    """The medium did not take or give the bytes: full, read-only, broken. Nothing half-written is visible."""

    code = "storage"
    exit_code = 1


class Backend(Protocol):
    """Paths are relative, with ``/``. All methods raise StorageFailed when the medium fails."""

    def create(self, path: str, data: bytes) -> None:
        """Write a new file, durable on return. Raises FileExistsError when the path is taken; then nothing changed."""

    def read(self, path: str) -> bytes:
        """Raises FileNotFoundError."""

    def chunks(self, path: str) -> Iterator[bytes]:
        """The content in pieces of bounded size. Raises FileNotFoundError."""

    def list(self, folder: str = "") -> tuple[str, ...]:
        """Every path below ``folder`` (all when empty), sorted; an absent folder is empty."""

    def delete(self, path: str) -> None:
        """Remove a file; an absent one is no error."""

    def odd(self, path: str) -> str | None:
        """Why this is no ordinary file, such as a symbolic link; None when it is one."""

    def age(self, path: str) -> float:
        """Seconds since the file was written, by the clock of the medium. Raises FileNotFoundError."""


def failed(action: str, path: str, error: OSError) -> StorageFailed:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return StorageFailed(
        f"{path} could not be {action}: {'the disk is full' if full else (error.strerror or type(error).__name__)}.",
        means="What was stored before is untouched; the file that failed is not there in part.",
        do="Free some space and run it again." if full else "Look at the disk and its permissions, then run it again.",
    )


class LocalBackend:
    """A folder of this machine: temporary file, fsync, link, fsync of the folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self, path: str, data: bytes) -> None:
        target = self.root / path
        temporary = target.with_name(f"{target.name}{TEMPORARY}{secrets.token_hex(8)}")
        try:
            self._make_folder(target.parent)
            try:
                write_durably(temporary, data)
                os.link(temporary, target)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    temporary.unlink()
            try:
                sync_folder(target.parent)
            except OSError:
                # Not known to be durable is not written: whoever is told of a failure must not find the file.
                target.unlink(missing_ok=True)
                raise
        except FileExistsError:
            raise
        except OSError as error:
            raise failed("written", path, error) from error

    def read(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise failed("read", path, error) from error

    def chunks(self, path: str) -> Iterator[bytes]:
        try:
            with (self.root / path).open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except FileNotFoundError:
            raise
        except OSError as error:
            raise failed("read", path, error) from error

    def list(self, folder: str = "") -> tuple[str, ...]:
        found: list[str] = []
        for place, folders, names in os.walk(self.root / folder):
            linked = [name for name in folders if (Path(place) / name).is_symlink()]
            found.extend((Path(place) / name).relative_to(self.root).as_posix() for name in [*names, *linked])
        return tuple(sorted(found))

    def delete(self, path: str) -> None:
        target = self.root / path
        try:
            target.unlink(missing_ok=True)
            if target.parent.is_dir():
                sync_folder(target.parent)
        except OSError as error:
            raise failed("removed", path, error) from error

    def odd(self, path: str) -> str | None:
        target = self.root / path
        if target.is_symlink():
            return "it is a symbolic link"
        return None if target.is_file() else "it is no ordinary file"

    def age(self, path: str) -> float:
        return time.time() - (self.root / path).stat().st_mtime

    def _make_folder(self, folder: Path) -> None:
        missing: list[Path] = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for one in reversed(missing):
            one.mkdir(mode=0o700, exist_ok=True)
            sync_folder(one.parent)


def sweep(backend: Backend) -> None:
    """Remove temporary files that no living writer can still be writing."""
    for path in backend.list():
        with contextlib.suppress(FileNotFoundError):
            if TEMPORARY in path.rpartition("/")[2] and backend.age(path) > _STALE_SECONDS:
                backend.delete(path)


def write_durably(path: Path, data: bytes) -> None:
    """A new file, readable by its owner only, on the medium when this returns. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
