"""A company and a vault's name for it that are anything: what the commands of every day print is text and nothing else."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from sample_twin import sample_twin

from akika_forensics.case.opening import init_vault
from akika_forensics.cli import main
from akika_forensics.quickbooks import Connection
from akika_forensics.settings import Secret
from akika_forensics.twin import serve
from akika_forensics.vault import KdfCost

from .conftest import PASSPHRASE

HOSTILE = "\x1b[2J\x1b]0;owned\x07=cmd|' /C calc'!A0 \u202egnp.exe\u2066<script>alert(1)</script>[x](javascript:1)"
_TURNED = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200e", "\u200f", "\u061c"}


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    twin = sample_twin()
    info = twin.get("CompanyInfo", "1")
    assert info is not None
    twin.update("CompanyInfo", {**info, "CompanyName": HOSTILE, "LegalName": HOSTILE})
    customer = twin.get("Customer", "1")
    assert customer is not None
    twin.update("Customer", {**customer, "Notes": HOSTILE, "CompanyName": HOSTILE})
    with serve(twin) as server:
        case = init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
        given = server.credentials
        connection = Connection(
            HOSTILE, server.realm_id, server.base_url, server.token_url, given.client_id, Secret(given.client_secret)
        )
        case.connect(connection, Secret(given.refresh_token))
        yield tmp_path / "vault"


COMMANDS = (
    ("capture",),
    ("companies", "--check"),
    ("check",),
    ("snapshots",),
    ("history", "Customer", "1"),
    ("first-hour", "--at", "2026-01-05T10:00:00Z", "--what", HOSTILE),
    ("first-hour",),
    ("watch", "--once"),
    ("budget",),
    ("graph", "Customer", "1"),
    ("custody", "list"),
)


def test_what_is_printed_is_text_and_nothing_else(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for command in COMMANDS:
        code = main([*command, "--vault", str(vault)])
        said = capsys.readouterr()
        shown = said.out + said.err
        assert code in {0, 1}, (command, shown)
        for sign in shown:
            assert sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs", "Zl", "Zp"}, (command, repr(sign))
            assert sign not in _TURNED, (command, repr(sign))
        if command[0] == "companies":
            assert max(map(len, said.out.splitlines())) <= 100
    assert main(["companies", "--vault", str(vault), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["companies"][0]["name"] == HOSTILE
