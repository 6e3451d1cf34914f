"""What work on stored versions needs of an open vault, and how it tells how far it is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from akika_forensics.errors import AkikaError, Interrupted
from akika_forensics.vault.chains.authority import FULL
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.keys.keyring import Person
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.snapshots.shelf import Shelf
from akika_forensics.vault.storage import Backend
from akika_forensics.vault.storage.locking import Lock

type Progress = Callable[[str, int, int], None]


class Workshop(NamedTuple):
    """``commits`` is the chain of commits; ``witness`` tells the heads of the others; ``member`` opened the vault."""

    shelf: Shelf
    commits: Chain
    lock: Lock
    witness: Callable[[], dict[str, ChainHead]]
    member: Person

    def require_full(self) -> None:
        """Raises NotAllowed where the member may only add snapshots."""
        if self.member.role != FULL:
            raise NotAllowed(
                f"{self.member.name} may only add snapshots to this vault.",
                means="Nothing was changed.",
                do="Let somebody with the full role do it.",
            )


class Told:
    """Progress in rows, and the wish to stop, which is heard at each step."""

    def __init__(self, progress: Progress | None = None, should_stop: Callable[[], bool] | None = None) -> None:
        self._progress = progress or (lambda _what, _done, _total: None)
        self._should_stop = should_stop or (lambda: False)
        self._what = ""
        self._done = 0
        self._total = 0

    def begin(self, what: str, total: int = 0) -> None:
        """Something new begins, of so many rows."""
        self._what, self._done, self._total = what, 0, total
        self.rows(0)

    def rows(self, count: int) -> None:
        """So many rows more. Raises Interrupted when a stop was asked for."""
        if self._should_stop():
            raise Interrupted("Stopped.", means="What was finished is kept; the vault is whole.", do="Run it again.")
        self._done += count
        self._progress(self._what, self._done, self._total)


def remove(backend: Backend, paths: Iterable[str]) -> None:
    """Take away files that nobody vouches for any more. What the medium does not let go now, goes with the next act."""
    for path in paths:
        with contextlib.suppress(AkikaError):
            backend.delete(path)


def remove_left_over(backend: Backend, standing: Standing) -> None:
    """Take away retired files that an interrupted act left behind; not those that another entry lists again."""
    gone = standing.retired.keys() - standing.files.keys()
    remove(backend, (path for path in backend.list() if path in gone))
