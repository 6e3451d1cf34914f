"""Acts of this software, in the order in which they happened, each vouching for the files it made."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from akika_forensics.model.formats import Format, unchanged
from akika_forensics.settings import VERSION
from akika_forensics.vault import Entry, StoredFile, Vault

CHAIN: Final = "custody"
NAMESPACE: Final = "akika-custody"
_FORMAT: Final = Format("akika-custody-", 1, "entry of custody", {0: unchanged})
_FIELDS: Final = ("act", "what", "by", "tool", "details", "objects")


def operator() -> str:
    """Who runs this process, as the operating system says: ``user@host``."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


@dataclass(frozen=True, slots=True)
class Act:
    """One entry: what was done, when (aware), by whom, with which details; ``objects`` are the documents it vouches for."""

    number: int
    at: datetime
    by: str
    act: str
    what: str
    details: dict[str, Any]
    objects: tuple[str, ...]
    digest: str


class CustodyLog:
    """The custody chain of a vault. ``by`` names the operator and can be replaced in tests."""

    def __init__(self, vault: Vault, *, by: Callable[[], str] = operator) -> None:
        self._chain = vault.chain(CHAIN, NAMESPACE)
        self._by = by

    def record(
        self, act: str, what: str, details: dict[str, Any] | None = None, files: Sequence[StoredFile] = ()
    ) -> Act:
        """Append an act; durable when it returns. ``act`` is a short code, ``what`` one plain sentence."""
        entry = self._chain.append(
            _FORMAT.named(
                {
                    "act": act,
                    "what": what,
                    "by": self._by(),
                    "tool": f"akika-forensics {VERSION}",
                    "details": details or {},
                    "objects": [stored.path for stored in files],
                }
            ),
            files,
        )
        return _act(entry)

    def acts(self, *codes: str) -> tuple[Act, ...]:
        """All acts, or those with one of the codes.

        Raises VaultDamaged when the chain does not hold, NewerFormat when a newer version of the software wrote to it.
        """
        found = (_act(entry) for entry in self._chain.entries())
        return tuple(act for act in found if not codes or act.act in codes)


def read_body(stored: Any) -> dict[str, Any]:
    """What an entry of custody says, in today's version. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.stored(stored, _FIELDS)


def _act(entry: Entry) -> Act:
    body = read_body(entry.body)
    return Act(
        number=entry.seq,
        at=entry.at,
        by=str(body["by"]),
        act=str(body["act"]),
        what=str(body["what"]),
        details=dict(body["details"]),
        objects=tuple(body["objects"]),
        digest=entry.digest,
    )
