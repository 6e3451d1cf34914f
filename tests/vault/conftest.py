"""A small vault with everything in it, backends that fail on demand, and books that must not be readable."""

from __future__ import annotations

import errno
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, SnapshotInfo, Vault, VerifyReport, create, open_vault, verify
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.storage import StorageFailed

PASSPHRASE = Secret("correct horse battery staple")
COMPANY = Company("9341453000000017", "Amys Landscaping and Sons", "http://127.0.0.1:8080")
OTHER = Company("9341453000000018", "Cool Cars of Bayshore", "http://127.0.0.1:8081")
START = datetime(2026, 11, 23, 10, tzinfo=UTC)

type Books = dict[RecordKey, bytes]


def invoice(number: int, amount: str = "100.00", token: int = 0) -> bytes:
    return (
        f'{{"Id":"{number}","SyncToken":"{token}","DocNumber":"{1000 + number}","TotalAmt":{amount},'
        f'"CustomerRef":{{"value":"3","name":"Geeta Kalapatapu"}},"PrivateNote":"weeding the rhododendron beds"}}'
    ).encode()


def customer(number: int, name: str) -> bytes:
    return f'{{"Id":"{number}","DisplayName":"{name}","Active":true}}'.encode()


def books(invoices: int = 3) -> Books:
    found = {RecordKey("Invoice", str(number)): invoice(number) for number in range(1, invoices + 1)}
    return found | {RecordKey("Customer", "3"): customer(3, "Geeta Kalapatapu")}


def take(
    vault: Vault,
    records: Books,
    company: Company = COMPANY,
    day: int = 0,
    *,
    attached: dict[RecordKey, bytes] | None = None,
) -> SnapshotInfo:
    with vault.begin_snapshot(company) as writer:
        for key, payload in records.items():
            writer.add(key, payload)
        for key, data in (attached or {}).items():
            writer.attach(key, [data])
        writer.control("TrialBalance/Accrual", b'{"Header":{"ReportName":"TrialBalance"},"Rows":{}}')
        return writer.commit(
            taken_at=START + timedelta(days=day),
            finished_at=START + timedelta(days=day, minutes=2),
            complete=True,
            counts={"Invoice": sum(key.entity == "Invoice" for key in records)},
            fence={"passes": 1, "from": "2026-11-23T10:00:00Z"},
            requests=7,
            findings=[{"what": "a rhododendron"}],
        )


@dataclass
class Stage:
    """A vault in a folder and what this machine remembers of it."""

    root: Path
    heads: HeadStore
    vault: Vault

    def open(self) -> Vault:
        return open_vault(self.root, PASSPHRASE, heads=self.heads)

    def verify(self, *, keys: bool = True, **more: object) -> VerifyReport:
        return verify(self.root, PASSPHRASE if keys else None, heads=self.heads, **more)  # type: ignore[arg-type]

    def files(self) -> list[str]:
        found = (path for path in self.root.rglob("*") if path.is_file() and "lock" not in path.name)
        return sorted(path.relative_to(self.root).as_posix() for path in found)


def damage(report: VerifyReport) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        if finding.severity == "damage":
            found.setdefault(finding.path, []).append(finding.what)
    return found


def fill(vault: Vault) -> None:
    """Three snapshots (new, changed and removed records), a chain with documents, a journal, slots."""
    records = books()
    take(vault, records)
    records[RecordKey("Invoice", "1")] = invoice(1, "250.75", 1)
    del records[RecordKey("Invoice", "2")]
    take(vault, records, day=1)
    custody = vault.chain("custody", "akika-custody")
    custody.append({"act": "captured", "of": "Amys Landscaping and Sons"})
    plan = vault.put_document("plan", b'{"steps":[{"entity":"Invoice","DisplayName":"Geeta Kalapatapu"}]}' * 20)
    custody.append({"act": "planned"}, [plan])
    journal = vault.chain("journals/p1", "akika-journal")
    for step in range(3):
        journal.append({"step": step, "state": "intended"})
    vault.slot("connections/Amys Landscaping and Sons").write(b"refresh-token-0123456789abcdef")
    vault.slot("gone").write(b"x")
    vault.slot("gone").delete()
    receipt = b"%PDF-1.7 two bags of mulch for Geeta Kalapatapu"
    more = {RecordKey("Invoice", "9"): invoice(9)}
    take(vault, records | more, day=2, attached={RecordKey("Attachable", "7"): receipt})


@pytest.fixture
def empty(tmp_path: Path) -> Stage:
    heads = HeadStore(tmp_path / "heads")
    return Stage(tmp_path / "vault", heads, create(tmp_path / "vault", PASSPHRASE, heads=heads, cost=KdfCost.CHEAP))


@pytest.fixture(scope="session")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    vault = create(folder / "vault", PASSPHRASE, heads=HeadStore(folder / "heads"), cost=KdfCost.CHEAP)
    fill(vault)
    return folder


@pytest.fixture
def filled(_filled: Path, tmp_path: Path) -> Stage:
    """A copy of its own of one vault that holds everything."""
    shutil.copytree(_filled, tmp_path, dirs_exist_ok=True)
    heads = HeadStore(tmp_path / "heads")
    return Stage(tmp_path / "vault", heads, open_vault(tmp_path / "vault", PASSPHRASE, heads=heads))


class MemoryBackend:
    """The contract of a backend, in a dictionary."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.content = dict(files or {})

    def create(self, path: str, data: bytes) -> None:
        if path in self.content:
            raise FileExistsError(path)
        self.content[path] = bytes(data)

    def create_stream(self, path: str, pieces: Iterator[bytes]) -> None:
        self.create(path, b"".join(pieces))

    def replace(self, path: str, data: bytes) -> None:
        self.content[path] = bytes(data)

    def make_durable(self, folder: str) -> None:
        pass

    def read(self, path: str) -> bytes:
        if path not in self.content:
            raise FileNotFoundError(path)
        return self.content[path]

    def chunks(self, path: str) -> Iterator[bytes]:
        data = self.read(path)
        for start in range(0, len(data), 1000):
            yield data[start : start + 1000]

    def list(self, folder: str = "") -> tuple[str, ...]:
        prefix = f"{folder.rstrip('/')}/" if folder else ""
        return tuple(sorted(path for path in self.content if path.startswith(prefix)))

    def delete(self, path: str) -> None:
        self.content.pop(path, None)

    def odd(self, path: str) -> str | None:
        return None

    def age(self, path: str) -> float:
        self.read(path)
        return 0.0


class Killed(BaseException):
    """The process is gone: nothing after this point runs, not even a clean-up that catches Exception."""


@dataclass
class Trouble:
    """Fails the operation with number ``at``, before it is done or after; a full disk stays full for writes."""

    at: int
    kind: str
    done: int = 0
    seen: list[str] = field(default_factory=list)

    def __call__(self, name: str, path: str, action: Callable[[], object]) -> object:
        number, self.done = self.done, self.done + 1
        self.seen.append(f"{name} {path}")
        if self.kind == "full":
            if number >= self.at and name == "create":
                raise StorageFailed(f"{path}: the disk is full.") from OSError(errno.ENOSPC, "full")
        elif number == self.at:
            if self.kind == "killed before":
                raise Killed
            action()
            if self.kind == "killed after":
                raise Killed
            raise StorageFailed(f"{path}: the medium failed after it was done.")
        elif number > self.at and self.kind.startswith("killed"):
            raise Killed
        return action()


class FaultyBackend:
    """Any backend, with trouble."""

    def __init__(self, inner: MemoryBackend, trouble: Trouble) -> None:
        self.inner = inner
        self.trouble = trouble

    def create(self, path: str, data: bytes) -> None:
        self.trouble("create", path, lambda: self.inner.create(path, data))

    def create_stream(self, path: str, pieces: Iterator[bytes]) -> None:
        self.trouble("create", path, lambda: self.inner.create_stream(path, pieces))

    def replace(self, path: str, data: bytes) -> None:
        self.trouble("replace", path, lambda: self.inner.replace(path, data))

    def make_durable(self, folder: str) -> None:
        self.inner.make_durable(folder)

    def delete(self, path: str) -> None:
        self.trouble("delete", path, lambda: self.inner.delete(path))

    def read(self, path: str) -> bytes:
        return self.inner.read(path)

    def chunks(self, path: str) -> Iterator[bytes]:
        return self.inner.chunks(path)

    def list(self, folder: str = "") -> tuple[str, ...]:
        return self.inner.list(folder)

    def odd(self, path: str) -> str | None:
        return self.inner.odd(path)

    def age(self, path: str) -> float:
        return self.inner.age(path)


class NoLock:
    """For vaults that no other process can see."""

    def acquire(self, purpose: str) -> None:
        pass

    def release(self) -> None:
        pass


class MemoryVault:
    """Vaults in memory: made, opened on any backend, checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heads = HeadStore(folder / "heads")

    def create(self, backend: MemoryBackend) -> Vault:
        return vaults.create_in(self.folder, backend, NoLock(), PASSPHRASE, heads=self.heads, cost=KdfCost.CHEAP)

    def open(self, backend: MemoryBackend | FaultyBackend) -> Vault:
        return vaults.open_in(self.folder, backend, NoLock(), PASSPHRASE, heads=self.heads)

    def verify(self, backend: MemoryBackend, *, keys: bool = True) -> VerifyReport:
        return verify_in(backend, PASSPHRASE if keys else None, heads=self.heads)


@pytest.fixture
def in_memory(tmp_path: Path) -> MemoryVault:
    return MemoryVault(tmp_path)


@pytest.fixture(scope="session")
def kit() -> ModuleType:
    """The names of this file, for the tests of this folder."""
    return sys.modules[__name__]
