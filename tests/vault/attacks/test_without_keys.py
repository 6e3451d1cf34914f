"""Without keys, by somebody who knows the format: names, numbers, times and files that are laid there."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from vault.attacks.scene import STRANGER, Scene

from akika_forensics.errors import VaultDamaged
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries
from akika_forensics.vault.checks.effort import Effort
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.snapshots.checked import CheckedFiles
from akika_forensics.vault.storage import LocalBackend


def test_the_name_of_a_vault_leads_to_no_file_outside(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    """Where the marker is gone, the first entry tells the vault's id; results of a check lie under that name."""
    victim = tmp_path / "victim.json"
    victim.write_text("mine")
    first = filled.root / "commits" / "00000000.json"
    plain = json.loads(first.read_bytes()) | {"vault": "../victim"}
    data = json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()
    for old in first.parent.glob("00000000-*.sig"):
        old.unlink()
    _, signature = entries.sign(msgspec.json.decode(data, type=entries.Plain), STRANGER.signer)
    first.write_bytes(data)
    (filled.root / layout.signature("commits", 0, entries.digest_of(data))).write_bytes(signature)
    (filled.root / layout.MARKER).unlink()
    kept = tmp_path / "kept"
    kept.mkdir()
    report = verify_in(LocalBackend(filled.root), None, heads=filled.heads, effort=Effort(folder=kept))
    assert not report.ok
    assert victim.read_text() == "mine"


def test_a_marker_nested_beyond_all_measure_is_damage(filled: Any, kit: ModuleType) -> None:
    (filled.root / layout.MARKER).write_bytes(b'{"a":' + b"[" * 100_000)
    assert layout.MARKER in kit.damage(filled.verify(keys=False))
    with pytest.raises(VaultDamaged):
        filled.open()


def test_digits_of_another_script_number_no_entry(filled: Any, kit: ModuleType) -> None:
    name = "commits/0000000\N{FULLWIDTH DIGIT ONE}.json"
    assert layout.place_of(name).kind == "unknown"
    (filled.root / name).write_bytes((filled.root / "commits/00000001.json").read_bytes())
    assert set(kit.damage(filled.verify(keys=False))) == {name}
    assert filled.open().snapshots()


def test_a_chain_that_somebody_laid_there_is_vouched_for_by_nobody(filled: Any, kit: ModuleType) -> None:
    """Else it could not be taken away any more: the next commit would tell of it for ever, and so would the memory."""
    vault_id = filled.vault.id
    plain = entries.draft(vault_id, "theirs", "x", seq=0, previous=entries.first_link(vault_id, "theirs"))
    data, signature = entries.sign(plain, STRANGER.signer)
    (filled.root / "theirs").mkdir()
    laid = {plain.path: data, layout.signature("theirs", 0, entries.digest_of(data)): signature,
            "custody/00000077.json": data}  # fmt: skip
    for path, content in laid.items():
        (filled.root / path).write_bytes(content)
    assert "theirs" not in filled.vault.head["chains"]
    assert filled.vault.head["chains"]["custody"]["seq"] == 1
    kit.take(filled.open(), kit.books(5), day=5)
    assert not filled.verify().ok
    for path in laid:
        (filled.root / path).unlink()
    assert kit.damage(filled.verify()) == {}
    assert filled.open().snapshots()


def test_a_folder_exchanged_for_a_moment_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").write_bytes(b"true")
    checked = CheckedFiles(LocalBackend(tmp_path))
    checked.add("data/x", checked.mark("data/x"))
    before = checked.around("data/x")
    (tmp_path / "data").rename(tmp_path / "aside")
    (tmp_path / "aside").rename(tmp_path / "data")
    assert checked.place("data/x") is not None  # the file itself is untouched
    assert checked.around("data/x") != before


def test_an_entry_at_the_edge_of_time_is_damage(scene: Scene) -> None:
    plain = entries.draft(scene.vault.id, "custody", "x", seq=0, previous="")
    for at in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "now"):
        data = canonical.encode(msgspec.structs.replace(plain, at=at))
        with pytest.raises(DamagedFile, match="as its time"):
            entries.parse(data, scene.vault.id, "custody", 0)


def test_a_slot_put_back_is_not_read_where_the_newer_value_is_remembered(scene: Scene) -> None:
    slot = scene.vault.slot("tokens/amy")
    slot.write(b"older")
    before = {path: data for path, data in scene.backend.content.items() if path.startswith("slots/")}
    slot.write(b"newer")
    after = {path: data for path, data in scene.backend.content.items() if path.startswith("slots/")}
    for path in after:
        del scene.backend.content[path]
    with pytest.raises(DamagedFile, match="memory tells of it"):
        slot.read()
    scene.backend.content |= before
    for vault in (scene.vault, scene.open()):
        with pytest.raises(DamagedFile, match="memory tells of it"):
            vault.slot("tokens/amy").read()
    scene.backend.content |= after
    assert slot.read() == b"newer"
