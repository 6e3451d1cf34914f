"""A folder of this process's own among the temporary files, for what must not outlast it: sockets, connection files, settings.

It goes when it is left. What a process that was killed left behind goes when the next one asks for such a folder: each holds a
lock on a file in its folder, which the kernel lets go of however it dies.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PREFIX: Final = "akika-"
_LOCK: Final = "held"


@contextmanager
def private_folder(within: str | None = None) -> Iterator[Path]:
    """A new folder of 0700, in the usual place for temporary files or ``within``; removed with all that is in it."""
    base = Path(within or tempfile.gettempdir())
    sweep(base)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    try:
        # Locked before it has its name: nobody ever sees the lock of a living process free.
        unnamed = folder / f".{_LOCK}"
        descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            unnamed.rename(folder / _LOCK)
            yield folder
        finally:
            os.close(descriptor)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(base: Path) -> None:
    """Remove the folders of this user's processes that died; whatever cannot be removed stays."""
    for folder in base.glob(f"{PREFIX}*"):
        with suppress(OSError):
            state = folder.lstat()
            if stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid():
                _remove_if_left(folder)


def _remove_if_left(folder: Path) -> None:
    """Raises OSError when its lock is held, or is not there: then it is somebody else's, or just being made."""
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
