"""What a capture is made with: QuickBooks to read, a snapshot to write, and how sparing it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from akika_forensics.capture.attachables import FilesBefore
from akika_forensics.capture.keeper import Keeper
from akika_forensics.capture.same_company import SameCompany
from akika_forensics.capture.sweep import Progress
from akika_forensics.model.payload import Digested
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader


class SnapshotWriter(Protocol):
    """What a capture needs of the vault's snapshot writer; ``Info`` is whatever its commit returns."""

    def add(self, key: RecordKey, payload: bytes, digested: Digested | None = None) -> None: ...
    def remove(self, key: RecordKey) -> None: ...
    def carry_over(self) -> None: ...
    def save_draft(self, state: bytes) -> None: ...
    def control(self, name: str, data: bytes) -> None: ...
    def drop_controls(self, names: Iterable[str] | None = None) -> None: ...
    def settle(self) -> None: ...
    def attach(self, key: RecordKey, chunks: Iterable[bytes]) -> None: ...
    def keep_attached(self, key: RecordKey) -> bool: ...
    def commit(
        self,
        *,
        taken_at: datetime,
        finished_at: datetime,
        complete: bool,
        counts: dict[str, int],
        fence: dict[str, Any],
        requests: int,
        findings: list[dict[str, Any]],
        brought: bytes,
        deletions: bytes = b"",
    ) -> Any: ...


@dataclass(frozen=True)
class Means:
    """What a capture is made with, whichever kind it turns out to be; ``company_info`` is the payload of CompanyInfo."""

    reader: Reader
    writer: SnapshotWriter
    company_info: bytes
    company: SameCompany
    files_before: FilesBefore | None
    sparing: bool
    progress: Progress | None
    keeper: Keeper
    grown: Callable[[], bool] | None
