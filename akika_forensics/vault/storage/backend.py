"""Where the bytes of a vault lie: a few operations that every backend answers alike.

A file is created whole or not at all, and never changed afterwards. That is all the commit protocol needs.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from typing import Final, Protocol

from akika_forensics.errors import AkikaError

TEMPORARY: Final = ".tmp-"
"""Part of the name of a file that is still being written; a left-over after a crash."""

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


def sweep(backend: Backend) -> None:
    """Remove temporary files that no living writer can still be writing."""
    for path in backend.list():
        with contextlib.suppress(FileNotFoundError):
            if TEMPORARY in path.rpartition("/")[2] and backend.age(path) > _STALE_SECONDS:
                backend.delete(path)
