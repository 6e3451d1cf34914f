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
    """Seconds: to know what is new (what is stored read, what arrived digested and compared), and to write it."""

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
