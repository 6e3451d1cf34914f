"""A vault with everything that a change of members touches, and with Ben in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import pytest
from vault.members.scene import BEN, NAMESPACE, Place, cheap

from akika_forensics.vault import HeadStore
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.keys.recovery import RecoveryKey
from akika_forensics.vault.keys.ways import Recovery


@pytest.fixture(scope="module")
def furnished(kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], Path]:
    """The files of a vault with everything that a rotation touches, and what is remembered of it."""
    folder = tmp_path_factory.mktemp("furnished")
    backend = kit.MemoryBackend()
    vault = kit.MemoryVault(folder).create(backend)
    kit.take(vault, kit.books())
    kit.take(vault, kit.books(2), kit.OTHER)
    stored = vault.put_document("plan", b"the plan")
    vault.chain("custody", NAMESPACE).append({"act": "begun"}, [stored])
    vault.chain("journals/p1", "akika-journal", kit.COMPANY).append({"act": "step"})
    vault.slot("company/amy").write(b"connection")
    vault.slot("tokens/amy").write(b"refresh token")
    vault.slot("signer/Dana").write(b"sealed key")
    vault.slot("gone").write(b"x")
    vault.slot("gone").delete()
    return dict(backend.content), folder / "heads"


@pytest.fixture
def place(kit: ModuleType, furnished: tuple[dict[str, bytes], Path], tmp_path: Path) -> Place:
    content, remembered = furnished
    shutil.copytree(remembered, tmp_path / "heads")
    heads, backend = HeadStore(tmp_path / "heads"), kit.MemoryBackend(content)
    vault = vaults.open_in(tmp_path, backend, kit.NoLock(), kit.PASSPHRASE, heads=heads)
    return Place(kit, backend, vault, heads, tmp_path)


@pytest.fixture
def with_ben(place: Place) -> Place:
    place.vault.membership.add("Ben", "full", [cheap(BEN), Recovery(RecoveryKey(bytes(32)))])
    return place
