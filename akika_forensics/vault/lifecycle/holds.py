"""Legal holds: what may not be dropped or erased, by which name and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """In force until it is released by its name. ``company`` is a pseudonym, None for all companies, also later ones;
    ``snapshots`` are ids (``s3``), None for all, also those taken later.
    """

    name: str
    company: str | None
    snapshots: frozenset[str] | None
    reason: str
    since: datetime

    def covers(self, company: str, snapshot: str) -> bool:
        """Whether it keeps this snapshot."""
        return self.company in (None, company) and (self.snapshots is None or snapshot in self.snapshots)

    def concerns(self, company: str, snapshots: Iterable[str]) -> bool:
        """Whether it keeps a company that has these snapshots from being erased."""
        if self.company not in (None, company):
            return False
        return self.snapshots is None or not self.snapshots.isdisjoint(snapshots)
