"""A snapshot of a vault that began as version 1, whose files lack the columns for filtering, is the same table."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault
from akika_forensics.vault.reading import question
from akika_forensics.vault.upgrade import upgrade

SAMPLE = Path(__file__).parents[1] / "samples" / "format-1"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    shutil.copytree(SAMPLE / "vault", tmp_path / "vault")
    secret = Secret(json.loads((SAMPLE / "contents.json").read_bytes())["passphrase"])
    return upgrade(tmp_path / "vault", secret, heads=HeadStore(tmp_path / "heads"), cost=KdfCost.CHEAP)


def test_the_table_of_an_old_snapshot(vault: Vault) -> None:
    told = json.loads((SAMPLE / "contents.json").read_bytes())["snapshots"]
    assert len(told) > 1
    for ident, snapshot in told.items():
        frame = vault.snapshot(ident).frame()
        assert dict(frame.schema) == question.SCHEMA
        held = {
            f"{entity}/{one}": payload.decode()
            for entity, one, payload in frame.select("entity", "id", "payload").rows()
        }
        assert held == snapshot["records"]
        assert frame["updated_at"].null_count() == len(frame)
        asked = (
            vault.snapshot(ident).lazy().filter(pl.col("sync_token").is_null() & (pl.col("segment") >= 0)).select("id")
        )
        assert len(asked.collect()) == len(frame)
        assert vault.snapshot(ident).lazy().filter(pl.col("sync_token") >= 0).select("payload").collect().is_empty()
