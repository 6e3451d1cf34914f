"""A vault in memory with a machine that captures."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from vault.attacks.scene import MACHINE, Scene

from akika_forensics.vault import opening as vaults
from akika_forensics.vault.keys.ways import OwnIdentity
from akika_forensics.vault.storage.location import Location


@pytest.fixture
def scene(kit: ModuleType, tmp_path: Path) -> Scene:
    memory, backend = kit.MemoryVault(tmp_path), kit.MemoryBackend()
    vault = memory.create(backend)
    kit.take(vault, kit.books())
    kit.take(vault, kit.books(2), kit.OTHER)
    vault.membership.add("nightly", "capture", MACHINE.recipient)
    machine = vaults.open_in(Location.of(tmp_path), backend, kit.NoLock(), OwnIdentity(MACHINE), heads=memory.heads)
    return Scene(kit, backend, vault, machine, memory.heads, tmp_path)
