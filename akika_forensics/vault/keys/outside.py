"""Files that must not lie in the vault: what opens it, on paper or on a medium of its own."""

from __future__ import annotations

import contextlib
from pathlib import Path

from akika_forensics.errors import WrongUse
from akika_forensics.vault import storage


def refuse(file: Path, what: str, root: Path | None = None) -> None:
    """Raises WrongUse when ``file`` would lie in the vault at ``root``, or over something that is there.

    ``what`` names it at the beginning of a sentence, such as ``The recovery sheet``.
    """
    if root is not None and file.resolve().is_relative_to(root.resolve()):
        raise WrongUse(f"{what} may not lie inside the vault it opens.", do="Choose a folder outside the vault.")
    if file.exists() or file.is_symlink():
        raise WrongUse(f"{file} is already there.", do=f"Choose another name; {_lower(what)} overwrites nothing.")


def write(file: Path, data: bytes, what: str, root: Path | None = None) -> None:
    """A new file that only its owner reads, durable on return. Raises WrongUse as `refuse` does, StorageFailed."""
    refuse(file, what, root)
    try:
        _make_folder(file.parent)
        storage.write_durably(file, data)
        storage.sync_folder(file.parent)
    except FileExistsError as error:
        raise WrongUse(f"{file} is already there.", do="Choose another name.") from error
    except OSError as error:
        # Half a key on paper is worse than none.
        with contextlib.suppress(OSError):
            file.unlink()
        raise storage.failed("written", str(file), error) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(*error.args) from error


def _lower(what: str) -> str:
    return what[:1].lower() + what[1:]
