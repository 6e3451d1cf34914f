"""A vault of the generated company, filled day by day."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vault_rows.days import Days

from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault, create, open_vault

COMPANY: Final = Company("9341453000000099", "A generated company", "http://127.0.0.1")
SECRET: Final = Secret("a benchmark's passphrase")


@dataclass(frozen=True)
class Took:
    """Seconds up to the last record, and from there to the commit.

    ``detecting``: reading the state of the day before, digests, and comparing what arrived with it, as far as there was
    enough of it for that. ``writing``: comparing what was left, which on a day of few records is all of it, and the rest.
    """

    detecting: float
    writing: float


class CompanyVault:
    def __init__(self, folder: Path) -> None:
        self.root = folder / "vault"
        self.heads = HeadStore(folder / "heads")

    def create(self) -> Vault:
        return create(self.root, SECRET, heads=self.heads, cost=KdfCost.CHEAP)

    def open(self) -> Vault:
        return open_vault(self.root, SECRET, heads=self.heads)

    @property
    def size(self) -> int:
        return sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file())


def take(vault: Vault, day: int, records: Iterable[tuple[RecordKey, bytes]], *, changes: bool = False) -> Took:
    """A snapshot of ``records``, or with ``changes`` of those of the day before and these in their place."""
    at = Days.at(day)
    begun = time.perf_counter()
    with vault.begin_snapshot(COMPANY) as writer:
        if changes:
            writer.carry_over()
        for key, payload in records:
            writer.add(key, payload)
        known = time.perf_counter()
        writer.commit(taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=0, findings=[])
    return Took(known - begun, time.perf_counter() - known)
