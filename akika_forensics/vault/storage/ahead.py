"""Small files that are read one after the other, fetched side by side where each is a way over the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, runtime_checkable

from akika_forensics.vault.storage.backend import Backend

WINDOW: Final = 256
"""Files fetched side by side at most."""


@runtime_checkable
class Distant(Protocol):
    """A backend on which many reads at a time cost little more than one."""

    def fetch_ahead(self, paths: Sequence[str]) -> None:
        """Each of these is read next, once. What cannot be fetched now is not missed: reading it says why."""


def ahead(backend: Backend, paths: Sequence[str]) -> None:
    """Say what is read next: at most `WINDOW` files that never change, such as entries and key tables."""
    if len(paths) > 1 and isinstance(backend, Distant):
        backend.fetch_ahead(paths[:WINDOW])
