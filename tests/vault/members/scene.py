"""A vault in memory whose members change, and entries by somebody who does not ask our software."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault, layout
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.chains import entries, seals
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.ways import Means, Passphrase

BEN, NEW = Secret("ben's own"), Secret("another one")

NAMESPACE = "akika-custody"

MACHINE = Identity.from_bytes(bytes(range(64)))


def cheap(secret: Secret) -> Passphrase:
    return Passphrase(secret, KdfCost.CHEAP)


@dataclass
class Place:
    """A vault in memory, with everything that a rotation touches."""

    kit: ModuleType
    backend: Any
    vault: Vault
    heads: HeadStore
    folder: Path

    def open(self, means: Means | Secret | None = None, backend: Any = None) -> Vault:
        heads = self.heads if backend is None else HeadStore(self.folder / "elsewhere")
        at = backend or self.backend
        return vaults.open_in(self.folder, at, self.kit.NoLock(), means or self.kit.PASSPHRASE, heads=heads)

    def copy(self) -> Any:
        return self.kit.MemoryBackend(self.backend.content)

    def under(self, *folders: str) -> dict[str, bytes]:
        return {path: data for path, data in self.backend.content.items() if path.split("/")[0] in folders}

    def sound(self, means: Means | Secret | None = None) -> None:
        for secret in (None, means or self.kit.PASSPHRASE):
            report = verify_in(self.backend, secret, heads=self.heads)
            assert (report.ok, report.findings) == (True, ())


def records(vault: Vault, ref: str = "latest") -> int:
    return len(list(vault.snapshot(ref).records()))


def forge(
    place: Place,
    keys: keyring.Keyring,
    chain: str,
    body: dict[str, Any],
    *,
    namespace: str = "akika-commit",
    files: Sequence[StoredFile] = (),
    **more: Any,
) -> str:
    """An entry as somebody writes it who does not ask our software whether they may."""
    seq = sum(path.startswith(f"{chain}/") and path.endswith(".json") for path in place.backend.content)
    previous = entries.first_link(place.vault.id, chain)
    if seq:
        previous = entries.digest_of(place.backend.content[layout.entry(chain, seq - 1)])
    plain = entries.draft(place.vault.id, chain, namespace, seq=seq, previous=previous, files=files, **more)
    data, signature = entries.sign(seals.seal(keys, plain, body, None), keys.signer)
    place.backend.content[plain.path] = data
    place.backend.content[layout.signature(chain, seq, entries.digest_of(data))] = signature
    return plain.path


def commit(writer: Any, kit: ModuleType) -> None:
    """Commit a snapshot that was begun."""
    writer.commit(
        taken_at=kit.START, finished_at=kit.START, complete=True, counts={}, fence={}, requests=1, findings=[]
    )
