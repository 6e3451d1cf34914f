"""What a check has found so far, and what it needs to know of the vault to go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import marker
from akika_forensics.vault.chains.entries import Link
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.checks.findings import NOTICE, Finding
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.storage import Backend


@dataclass
class Inspection:
    """What was found so far. ``chains``: the readable entries of each chain by number; ``standing``: what the commits
    amount to; ``blind``: one of them is damaged, so that nothing can be held against those after it. ``unchecked``: ids of
    snapshots of which damage hides what they hold.
    """

    backend: Backend
    paths: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    marker: marker.Marker | None = None
    vault: str | None = None
    standing: Standing | None = None
    blind: bool = False
    chains: dict[str, dict[int, Link]] = field(default_factory=dict)
    digests: dict[tuple[str, int], str] = field(default_factory=dict)
    listed: dict[str, StoredFile] = field(default_factory=dict)
    retired: dict[str, StoredFile] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    file_count: int = 0
    byte_count: int = 0
    unchecked: list[str] = field(default_factory=list)

    def damage(self, path: str, what: str) -> None:
        self.findings.append(Finding(path, what))
        self.damaged.add(path)

    def notice(self, path: str, what: str) -> None:
        self.findings.append(Finding(path, what, NOTICE))

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Damage that is met inside becomes a finding, once a file."""
        try:
            yield
        except DamagedFile as error:
            if not self.is_damaged(error.path):
                self.damage(error.path, error.finding)

    def is_damaged(self, path: str) -> bool:
        return path in self.damaged

    def digest_at(self, chain: str, seq: int) -> str | None:
        return self.digests.get((chain, seq))

    def read(self, path: str) -> bytes | None:
        """The whole of a small file, counted; None when it is not there."""
        try:
            data = self.backend.read(path)
        except FileNotFoundError:
            return None
        self.file_count += 1
        self.byte_count += len(data)
        return data
