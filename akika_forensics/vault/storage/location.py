"""Where a vault is: a folder of this machine, or a prefix in a bucket (``s3://bucket/prefix``)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

from akika_forensics.errors import WrongUse
from akika_forensics.vault import layout
from akika_forensics.vault.storage.backend import Backend
from akika_forensics.vault.storage.local import LocalBackend
from akika_forensics.vault.storage.locking import FileLock, Lock

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_BUCKET: Final = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[A-Za-z0-9!_.'()/-]*))?")


class Place(NamedTuple):
    """What a vault is written through."""

    backend: Backend
    lock: Lock


@dataclass(frozen=True)
class Location:
    """``text``: as it may be given again. A ``folder``, or a ``bucket`` with a ``prefix`` that may be empty."""

    text: str
    folder: Path | None = None
    bucket: str = ""
    prefix: str = ""

    @classmethod
    def of(cls, given: str | Path | Location) -> Location:
        """Raises WrongUse for an address that is no bucket's, without repeating it: it may hold a password."""
        if isinstance(given, Location):
            return given
        text = str(given)
        if isinstance(given, Path) or not _SCHEME.match(text):
            return cls(text, folder=Path(text))
        match = _BUCKET.fullmatch(text.rstrip("/"))
        prefix = (match["prefix"] or "") if match else ""
        if match is None or any(part in {"", ".", ".."} for part in prefix.split("/") if prefix):
            raise WrongUse(
                "This is not the address of a vault.",
                means="A vault is in a folder or in a bucket; credentials are no part of an address.",
                do="Give a folder, or s3://BUCKET/PREFIX with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY set.",
            )
        return cls(text.rstrip("/"), bucket=match["bucket"], prefix=prefix)

    def require_folder(self) -> Path:
        """The folder. Raises WrongUse for a bucket."""
        if self.folder is None:
            raise WrongUse(f"The vault at {self} is in no folder.", do="Use a vault in a folder for this.")
        return self.folder

    @property
    def key(self) -> str:
        """What makes it the same place as another: two stores may have a bucket of one name."""
        if self.folder is not None:
            return str(self.folder.resolve())
        address = _s3().endpoint()
        return f"{self.text} at {address}" if address else self.text

    @property
    def name(self) -> str:
        """The last part of it."""
        return self.folder.name if self.folder is not None else self.prefix.rpartition("/")[2] or self.bucket

    @property
    def beside(self) -> Path:
        """Where files go that belong to the vault and not into it: the folder it is in, or the current one."""
        return self.folder.parent if self.folder is not None else Path()

    @property
    def absolute(self) -> Location:
        """The same place for a process in another folder."""
        return Location.of(self.folder.resolve()) if self.folder is not None else self

    def open(self) -> Place:
        """Raises WrongUse without credentials. Nothing is asked of a store yet."""
        if self.folder is not None:
            return Place(LocalBackend(self.folder), FileLock(self.folder / layout.LOCK))
        store = _s3().store(self.bucket, self.prefix)
        from akika_forensics.vault.storage.lease import Lease  # noqa: PLC0415 -- with obstore, on first use only
        from akika_forensics.vault.storage.object_store import ObjectStoreBackend  # noqa: PLC0415 -- the same

        alone = os.environ.get("AKIKA_SINGLE_WRITER") == "1"
        backend = ObjectStoreBackend(store, self.text, single_writer=alone)
        return Place(backend, Lease(backend, layout.LOCK))

    def require_empty(self) -> None:
        """Raises WrongUse where no new vault can be made, StorageFailed."""
        if self.folder is None:
            if self.open().backend.list():
                raise WrongUse(f"{self} is not empty.", do="Choose a prefix that is new or empty.")
        elif self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            if self.folder.is_dir() and (self.folder / layout.MARKER).exists():
                raise WrongUse(
                    f"{self} is not an empty folder: a vault is there already.",
                    do="Use it as it is, or choose a folder that is new or empty.",
                )
            raise WrongUse(f"{self} is not an empty folder.", do="Choose a folder that is new or empty.")

    def __str__(self) -> str:
        return self.text


def _s3() -> ModuleType:
    try:
        from akika_forensics.vault.storage import s3  # noqa: PLC0415 -- obstore is an extra
    except ImportError as error:
        raise WrongUse(
            "Vaults in buckets need a package that is not installed.",
            do="Install it with: pip install 'akika-forensics[cloud]'",
        ) from error
    return s3
