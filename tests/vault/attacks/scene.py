"""A vault in memory and somebody who knows its format and means harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, Vault, layout
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.chains import entries, seals
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.ways import Means
from akika_forensics.vault.storage.location import Location

MACHINE = Identity.from_bytes(bytes(range(64)))

STRANGER = Identity.from_bytes(bytes(range(64, 128)))

FIRST = RecordKey("Invoice", "1")


@dataclass
class Scene:
    """A vault in memory with a machine that captures, and the machine's own hold on it."""

    kit: ModuleType
    backend: Any
    vault: Vault
    machine: Vault
    heads: HeadStore
    folder: Path

    def open(self, means: Means | Secret | None = None) -> Vault:
        return vaults.open_in(
            Location.of(self.folder), self.backend, self.kit.NoLock(), means or self.kit.PASSPHRASE, heads=self.heads
        )

    def damage(self, *, keys: bool = True) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.kit.damage(
            verify_in(self.backend, self.kit.PASSPHRASE if keys else None, heads=self.heads)
        )
        return found

    def sound(self) -> None:
        report = verify_in(self.backend, self.kit.PASSPHRASE, heads=self.heads)
        assert (report.ok, report.findings) == (True, ())

    def forge(self, keys: Keyring, chain: str, namespace: str, body: dict[str, Any], **more: Any) -> str:
        """An entry by somebody who does not ask our software whether they may."""
        seq = sum(path.startswith(f"{chain}/") and path.endswith(".json") for path in self.backend.content)
        previous = entries.first_link(self.vault.id, chain)
        if seq:
            previous = entries.digest_of(self.backend.content[layout.entry(chain, seq - 1)])
        plain = entries.draft(self.vault.id, chain, namespace, seq=seq, previous=previous, **more)
        data, signature = entries.sign(seals.seal(keys, plain, body, None), keys.signer)
        self.backend.content[plain.path] = data
        self.backend.content[layout.signature(chain, seq, entries.digest_of(data))] = signature
        return plain.path

    def commit(self, body: dict[str, Any], **more: Any) -> str:
        return self.forge(self.vault.keyring(), "commits", "akika-commit", body, **more)


def lie(scene: Scene, change: Callable[[Any], None], content: bytes | None = None) -> str:
    """A snapshot by the machine whose writer was tampered with; the path of its entry."""
    writer = scene.machine.begin_snapshot(scene.kit.COMPANY)
    with writer:
        change(writer)
        writer.add(FIRST, content or scene.kit.invoice(1, "999.00", 9))
        writer.commit(
            taken_at=scene.kit.START, finished_at=scene.kit.START, complete=True,
            counts={}, fence={}, requests=1, findings=[],
        )  # fmt: skip
    last = max(path for path in scene.backend.content if path.startswith("commits/") and path.endswith(".json"))
    return str(last)


def kept(vault: Vault, ref: str) -> dict[RecordKey, bytes]:
    return {one.key: one.payload for one in vault.snapshot(ref).records()}


class Lying:
    """A chain to which something else is written than its writer says."""

    def __init__(self, chain: Any, **said: str) -> None:
        self._chain, self._said = chain, said

    def append(self, body: dict[str, Any], *more: Any, **named: Any) -> Any:
        return self._chain.append({**body, **self._said}, *more, **named)
