"""A vault in a folder of this machine.

The order of writes, on which it rests that a crash at any point leaves whole files only:

1. a folder that is missing is made and the folder above it synced, from the outside in;
2. the bytes go into a temporary file beside the target, which is synced;
3. `link` gives it the target's name, which fails when the name is taken (`replace` renames it over the target);
4. the temporary name is removed;
5. the folder is synced. Only now does the call return.

After a crash before 5 the name may be there or not. What it names is whole, because 2 came before 3.
A crash before 4 is durable leaves a temporary file, which `sweep` removes later.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from akika_forensics.vault.storage.backend import TEMPORARY, StorageFailed, failed
from akika_forensics.vault.storage.durable import sync_folder, write_pieces_durably

_CHUNK: Final = 1 << 20


class LocalBackend:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._durable_folders: set[Path] = set()

    def create(self, path: str, data: bytes) -> None:
        self.create_stream(path, iter((data,)))

    def create_stream(self, path: str, pieces: Iterator[bytes]) -> None:
        target = self._target(path)
        try:
            self._place(target, pieces, os.link)
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

    def replace(self, path: str, data: bytes) -> None:
        target = self._target(path)
        try:
            self._place(target, (data,), os.replace)
        except OSError as error:
            raise failed("written", path, error) from error
        try:
            sync_folder(target.parent)
        except OSError as error:
            raise StorageFailed(
                f"{path} was replaced, but the disk does not say that it keeps it: {error.strerror}.",
                means="After a crash of the machine the old content may be back; both are whole.",
                do="Look at the disk, then run it again.",
            ) from error

    def read(self, path: str) -> bytes:
        try:
            with self._opened(path) as stream:
                return stream.read()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise failed("read", path, error) from error

    def chunks(self, path: str) -> Iterator[bytes]:
        try:
            with self._opened(path) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except FileNotFoundError:
            raise
        except OSError as error:
            raise failed("read", path, error) from error

    def list(self, folder: str = "") -> tuple[str, ...]:
        # Strings and no Path: whoever verifies a vault lists thousands of names.
        found: list[str] = []
        waiting = [folder.rstrip("/")]
        while waiting:
            place = waiting.pop()
            prefix = f"{place}/" if place else ""
            try:
                with os.scandir(f"{self.root}/{place}") as entries:
                    for entry in entries:
                        # A link to a folder is listed, not followed.
                        into = waiting if entry.is_dir(follow_symlinks=False) else found
                        into.append(f"{prefix}{entry.name}")
            except OSError as error:
                _unless_absent(error)
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
        try:
            mode = os.lstat(f"{self.root}/{path}").st_mode
        except FileNotFoundError:
            return None
        except OSError as error:
            raise failed("read", path, error) from error
        if stat.S_ISLNK(mode):
            return "it is a symbolic link"
        return None if stat.S_ISREG(mode) else "it is no ordinary file"

    def age(self, path: str) -> float:
        try:
            told = (self.root / path).stat()
            # The time of the last write can be set to any; that of the last change of the file, also by setting it, cannot.
            return time.time() - max(told.st_mtime, told.st_ctime)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise failed("read", path, error) from error

    def make_durable(self, folder: str) -> None:
        place = self.root / folder
        try:
            while place.is_dir():
                sync_folder(place)
                if place == self.root:
                    break
                place = place.parent
        except OSError as error:
            # A read-only file system may not know what a sync is, and nobody is writing there.
            if error.errno not in {errno.EROFS, errno.EINVAL}:
                raise failed("kept", folder, error) from error

    def _opened(self, path: str) -> io.FileIO:
        # Neither a Path nor a buffer: whoever verifies a vault opens thousands of files, most of them small.
        return io.FileIO(f"{self.root}/{path}")

    def _place(self, target: Path, pieces: Iterable[bytes], name: Callable[[Path, Path], None]) -> None:
        """Steps 2 to 4."""
        temporary = target.with_name(f"{target.name}{TEMPORARY}{secrets.token_hex(8)}")
        try:
            write_pieces_durably(temporary, pieces)
            name(temporary, target)
        finally:
            # A temporary that cannot be removed harms nobody, and must not hide what happened before.
            with contextlib.suppress(OSError):
                temporary.unlink()

    def _target(self, path: str) -> Path:
        """Step 1. Raises StorageFailed."""
        target = self.root / path
        try:
            self._make_folder(target.parent)
        except OSError as error:
            raise failed("written", path, error) from error
        return target

    def _make_folder(self, folder: Path) -> None:
        """A folder that is there may have been made a moment ago by another process, which has not synced it yet."""
        inside = folder != self.root and folder.is_relative_to(self.root)
        if folder.is_dir() and (folder in self._durable_folders or not inside):
            return
        self._make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)
        if inside:
            self._durable_folders.add(folder)


def _unless_absent(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise failed("listed", str(error.filename), error) from error
