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
    exit_code = 4  # never 1: that a check could not be made is not that it found something


class Backend(Protocol):
    """Paths are relative, with ``/``. All methods raise StorageFailed when the medium fails.

    What a method says about a crash holds whenever the process, or the machine, stops: during the call or after it.
    """

    def create(self, path: str, data: bytes) -> None:
        """Write a new file, durable on return. Raises FileExistsError when the path is taken; then nothing changed.

        After a crash the whole file is there, or none. Of many that create one path at the same time, one succeeds.
        """

    def create_stream(self, path: str, pieces: Iterator[bytes]) -> None:
        """`create` of what does not fit into memory. What ``pieces`` raises is passed on; then there is no file."""

    def replace(self, path: str, data: bytes) -> None:
        """Put new content in the place of the old, durable on return; a reader or a crash finds one of the two, whole.

        For the marker during an upgrade; nothing else in a vault is ever replaced.
        """

    def read(self, path: str) -> bytes:
        """Raises FileNotFoundError."""

    def chunks(self, path: str) -> Iterator[bytes]:
        """The content in pieces of bounded size. Raises FileNotFoundError."""

    def list(self, folder: str = "") -> tuple[str, ...]:
        """Every path below ``folder`` (all when empty), sorted; an absent folder is empty."""

    def delete(self, path: str) -> None:
        """Remove a file, durably; an absent one is no error."""

    def make_durable(self, folder: str) -> None:
        """What is visible in a folder, by whomever it was written, outlasts a crash from here on.

        To be called before anything outside the vault is told of what another process may just be writing.
        """

    def odd(self, path: str) -> str | None:
        """Why this is no ordinary file, such as a symbolic link; None when it is one, or gone since it was listed."""

    def age(self, path: str) -> float:
        """Seconds since the file was written, or since its name or times were changed where the medium tells that; by the
        clock of the medium. Raises FileNotFoundError.
        """


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
