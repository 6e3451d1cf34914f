"""A process that is killed while it renews the sign-in: before the new tokens are durable or after, the next start goes on."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from akika_forensics.case.opening import init_vault, open_vault
from akika_forensics.quickbooks import Connection
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, serve
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.vault import KdfCost

PASSPHRASE = "cut the power now"
CHILD = """
import os, sys
from akika_forensics.case.opening import open_vault
from akika_forensics.case.connections.sealed import SlotTokenStore
when, vault = sys.argv[1:]
save = SlotTokenStore.save
def killed(store, tokens):
    if when == "after":
        save(store, tokens)
    os.kill(os.getpid(), 9)
SlotTokenStore.save = killed
with open_vault(vault).companies.reader("craig") as reader:
    reader.company()
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_next_start_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    beliefs = Beliefs({"refresh_token_value": "every_use"})
    with serve(Twin(company_name="Garden & Sons", beliefs=beliefs)) as server:
        case = init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
        known = server.credentials
        secret = Secret(known.client_secret)
        connection = Connection("craig", server.realm_id, server.base_url, server.token_url, known.client_id, secret)
        case.connect(connection, Secret(known.refresh_token), name="craig")
        store = case.companies.tokens("craig")
        held = dataclasses.replace(store.load(), access_expires_at=datetime(2026, 1, 1, tzinfo=UTC))
        store.save(held)
        died = subprocess.run(
            [sys.executable, "-c", CHILD, when, str(tmp_path / "vault")], check=False, capture_output=True, text=True
        )
        assert died.returncode == -9, died.stderr
        kept = store.load()
        assert (kept == held) is (when == "before")
        with open_vault(tmp_path / "vault").companies.reader("craig") as reader:
            assert reader.company()[0].name == "Garden & Sons"
        assert store.load().refresh_token != held.refresh_token
