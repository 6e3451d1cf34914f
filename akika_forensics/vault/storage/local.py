"""A vault in a folder of this machine."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from akika_forensics.vault.storage.backend import TEMPORARY, failed
from akika_forensics.vault.storage.durable import sync_folder, write_durably

_CHUNK: Final = 1 << 20


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
