"""What a member who only captures can read of a snapshot: everything but what the records say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault, canonical, layout, opening
from akika_forensics.vault.chains import marker
from akika_forensics.vault.chains.authority import CAPTURE, FULL, Signer
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.roles import NotAllowed, RoleKeys
from akika_forensics.vault.keys.ways import Holder, Passphrase, seal_way

VAULT = "0123456789abcdef" * 2
SECRETS = {FULL: Secret("the accountant's passphrase"), CAPTURE: Secret("the machine's passphrase")}


@pytest.fixture
def opened(kit: ModuleType, tmp_path: Path) -> Iterator[dict[str, Vault]]:
    """A vault with one snapshot, opened by a full member and by one who only captures."""
    backend, heads, path = kit.MemoryBackend(), HeadStore(tmp_path / "heads"), layout.keyring(1)
    identities = {role: Identity.fresh() for role in SECRETS}
    members = [
        keyring.fresh_member(
            one.recipient,
            role,  # type: ignore[arg-type]
            [
                seal_way(
                    Passphrase(SECRETS[role], KdfCost.CHEAP), one, Holder(VAULT, f"{role}-member", one.recipient, path)
                )
            ],
            f"{role}-member",
        )
        for role, one in identities.items()
    ]
    names = {f"{role}-member": role for role in SECRETS}
    ring = keyring.to_bytes(keyring.build(VAULT, 1, members, names, RoleKeys.fresh()))
    founder = identities[FULL].recipient.signer_line
    mark = canonical.encode(marker.Marker.fresh(VAULT, founder))
    backend.create(path, ring)
    backend.create(layout.MARKER, mark)
    heads.begin(VAULT, founder)
    keys = keyring.reopen(ring, path, identities[FULL])
    assert keys is not None
    vault = Vault(tmp_path, backend, VAULT, founder, unlock=lambda *_: keys, heads=heads, lock=kit.NoLock())
    signers = [Signer(one.recipient.signer_line, role) for role, one in identities.items()]  # type: ignore[arg-type]
    vault.found(keys, [StoredFile.of(path, ring), StoredFile.of(layout.MARKER, mark)], signers)
    kit.take(vault, kit.books(5))
    yield {role: opening.open_in(tmp_path, backend, kit.NoLock(), SECRETS[role], heads=heads) for role in SECRETS}


def test_the_index_is_read_in_both_roles(opened: dict[str, Any]) -> None:
    asked = [
        vault.snapshot("s1").lazy().filter(pl.col("entity") == "Invoice").drop("payload").collect().sort("id")
        for vault in opened.values()
    ]
    assert asked[0].equals(asked[1])
    assert len(asked[0]) == 5
    machine = opened[CAPTURE].snapshot("s1")
    assert machine.arrow(["id", "sync_token"]).read_all().num_rows == 6
    assert machine.lazy().filter(pl.col("txn_date") > date(2020, 1, 1)).select("id").collect().is_empty()


def test_payloads_are_for_full_members(opened: dict[str, Any]) -> None:
    assert len(opened[FULL].snapshot("s1").frame()) == 6
    machine = opened[CAPTURE].snapshot("s1")
    for ask in (machine.frame, lambda: machine.lazy().select("payload").collect(), lambda: list(machine.records())):
        with pytest.raises(NotAllowed):
            ask()
    with pytest.raises(NotAllowed):
        machine.lazy().filter(pl.col("payload").bin.size() > 1).select("id").collect()
