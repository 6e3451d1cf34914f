"""A vault that began as version 1 is merged, thinned out and erased like any other."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault, verify
from akika_forensics.vault.lifecycle import compaction, erasing, retiring
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.upgrade import upgrade

SAMPLE = Path(__file__).parents[1] / "samples" / "format-1"
TOLD: dict[str, Any] = json.loads((SAMPLE / "contents.json").read_bytes())
SECRET = Secret(TOLD["passphrase"])


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    shutil.copytree(SAMPLE / "vault", tmp_path / "vault")
    return upgrade(tmp_path / "vault", SECRET, heads=HeadStore(tmp_path / "heads"), cost=KdfCost.CHEAP)


def records(vault: Vault, ident: str) -> dict[str, str]:
    return {f"{one.key.entity}/{one.key.id}": one.payload.decode() for one in vault.snapshot(ident).records()}


def test_everything_of_before_stays_and_goes_by_the_same_rules(kit: ModuleType, vault: Vault, tmp_path: Path) -> None:
    company = vault.snapshots()[0].company
    owner = vault.pseudonym(company)
    mine = [info.id for info in vault.snapshots() if vault.pseudonym(info.company) == owner]
    heads = HeadStore(tmp_path / "heads")

    def findings() -> object:
        return verify(tmp_path / "vault", SECRET, heads=heads).findings

    payload = b'{"Id":"77","SyncToken":"4","TxnDate":"2026-01-02","MetaData":{"CreateTime":"2026-01-02T10:00:00Z"}}'
    later = kit.take(vault, kit.books(2) | {RecordKey("Invoice", "77"): payload}, company, day=400).id
    before = records(vault, later)
    done = compaction.compact(vault.workshop(), owner, extent="everything")
    assert done.parts[0] > done.parts[1] == 1
    for ident, told in TOLD["snapshots"].items():
        assert records(vault, ident) == told["records"]
    assert records(vault, later) == before
    assert vault.snapshot(later).frame()["sync_token"].to_list().count(4) == 1
    assert findings() == ()
    now = datetime(2030, 1, 1, tzinfo=UTC)
    gone = retiring.retire(vault.workshop(), owner, Policy(last=2), now=now)
    assert [info.id for info in gone.dropped] == [ident for ident in [*mine, later] if ident not in {mine[-1], later}]
    assert records(vault, mine[-1]) == TOLD["snapshots"][mine[-1]]["records"]
    assert findings() == ()
    compaction.compact(vault.workshop(), owner, extent="anew")
    assert records(vault, mine[-1]) == TOLD["snapshots"][mine[-1]]["records"]
    assert findings() == ()
    erasing.erase(vault.workshop(), owner, "over", named="it")
    assert later not in [info.id for info in vault.snapshots()]
    assert findings() == ()
