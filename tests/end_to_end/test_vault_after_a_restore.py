"""The vault of a whole story (snapshots, plan, approval, journal, custody): every flipped byte found, nothing readable in it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.settings import Secret, state_dir
from akika_forensics.vault import HeadStore
from akika_forensics.vault.checks.verify import verify

from .conftest import PASSPHRASE, Scene
from .test_restore import INVOICE, delete_invoice

POSITIONS = 200


@pytest.fixture
def story(scene: Scene) -> Path:
    scene.good("capture")
    delete_invoice(scene)
    file = scene.planned("--record", f"Invoice:{INVOICE}")
    scene.good("plan", "execute", str(file))
    scene.good("plan", "verify", str(file))
    return scene.vault


def files_of(vault: Path) -> list[Path]:
    return sorted(
        file for file in vault.rglob("*") if file.is_file() and file.stat().st_size and "lock" not in file.name
    )


def test_every_flipped_byte_is_found_and_its_file_named(story: Path) -> None:
    heads = HeadStore(state_dir() / "heads")
    secret = Secret(PASSPHRASE)
    assert verify(story, secret, heads=heads).ok
    chance = random.Random(20261123)
    files = files_of(story)
    chosen = [
        *files,
        *chance.choices(files, weights=[file.stat().st_size for file in files], k=POSITIONS - len(files) % POSITIONS),
    ]
    for file in chosen[:POSITIONS]:
        content = file.read_bytes()
        position = chance.randrange(len(content))
        file.write_bytes(
            content[:position] + bytes([content[position] ^ (1 << chance.randrange(8))]) + content[position + 1 :]
        )
        report = verify(story, secret, heads=heads)
        file.write_bytes(content)
        name = file.relative_to(story).as_posix()
        assert not report.ok, (name, position)
        assert name in {finding.path for finding in report.findings}, (name, position, report.findings)
    assert verify(story, secret, heads=heads).ok


def test_yesterdays_vault_is_told_from_todays(scene: Scene, tmp_path: Path) -> None:
    scene.good("capture")
    shutil.copytree(scene.vault, tmp_path / "yesterday")
    scene.good("capture")
    shutil.rmtree(scene.vault)
    shutil.copytree(tmp_path / "yesterday", scene.vault)
    code, said = scene.akika("verify")
    assert code == 1
    assert said["ok"] is False
    assert said["findings"]


def test_nothing_readable_rests_in_it(story: Path, scene: Scene) -> None:
    given = scene.server.credentials
    words = {name for name in CATALOGUE if len(name) > 5} | {
        "SyncToken",
        "DisplayName",
        "CustomerRef",
        "TotalAmt",
        "DocNumber",
        "PrivateNote",
    }
    words |= {str(body["DisplayName"]) for key, body in scene.content().items() if key.startswith("Customer:")}
    words |= {given.client_secret, given.refresh_token, given.access_token, PASSPHRASE, scene.server.realm_id, "Craig"}
    for file in story.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        for word in words:
            assert word.encode() not in content, (file.name, word)
            assert word not in file.name
