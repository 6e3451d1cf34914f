"""A folder that appears whole or not at all: filled beside its place, made durable, then renamed."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.vault.storage import sync_folder

SUMS: Final = "SHA256SUMS"


class ExportFailed(AkikaError):
    """The medium did not take the export; nothing of it is at its place."""

    code = "export_failed"
    exit_code = 1


@contextmanager
def staged(to: Path, before: Callable[[Path], None]) -> Iterator[Path]:
    """A folder of 0700 to fill. When the block ends ``before`` is called with it, then it takes its place.

    Whatever is raised on the way removes it. A process that is killed leaves it beside its place, named
    ``.NAME.unfinished-…``. Raises WrongUse when there is something at the place, ExportFailed when the medium fails.
    """
    place = to.absolute()
    if place.is_symlink() or (place.exists() and (not place.is_dir() or any(place.iterdir()))):
        raise WrongUse(f"{to} is not an empty folder.", do="Choose a folder that is new or empty.")
    folder = place.with_name(f".{place.name}.unfinished-{secrets.token_hex(6)}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(mode=0o700)
        try:
            yield folder
            for file in sorted(folder.rglob("*")):
                _sync(file)
            sync_folder(folder)
            before(folder)
            # Over an empty folder too; a folder that was filled meanwhile refuses.
            folder.rename(place)
            sync_folder(place.parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise ExportFailed(
            f"The export could not be written to {to}: {error.strerror or type(error).__name__}.",
            means="Nothing of it is there.",
            do="Look at the disk, its space and its permissions, then run it again.",
        ) from error


def opened(file: Path) -> IO[bytes]:
    """A new file, readable by its owner only, for writing."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def sums(files: dict[str, str]) -> bytes:
    """Names and SHA-256 sums as ``sha256sum -c`` reads them."""
    return "".join(f"{digest}  {name}\n" for name, digest in files.items()).encode()


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        digest: Any = hashlib.file_digest(stream, "sha256")
    return str(digest.hexdigest())


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
