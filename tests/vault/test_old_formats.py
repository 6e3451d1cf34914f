"""A vault that an earlier version wrote opens, verifies, and gives back to the byte what was put into it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import NewerFormat, VaultDamaged, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, Vault, open_vault, verify

SAMPLES = sorted(path for path in (Path(__file__).parent / "samples").iterdir() if path.is_dir())
NAMESPACES = {"custody": "akika-custody", "journals/p1": "akika-journal"}


@pytest.fixture(params=SAMPLES, ids=lambda path: path.name)
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    shutil.copytree(request.param / "vault", tmp_path / "vault")
    return tmp_path / "vault", json.loads((request.param / "contents.json").read_bytes())


def told(vault: Vault, like: dict[str, Any]) -> dict[str, Any]:
    """What the vault holds, in the form of ``contents.json``."""
    chains = {
        name: [
            {
                "body": entry.body,
                "digest": entry.digest,
                "documents": [vault.get_document(file.path).decode() for file in entry.files],
            }
            for entry in vault.chain(name, NAMESPACES[name]).entries()
        ]
        for name in like["chains"]
    }
    snapshots = {}
    for info in vault.snapshots():
        held = vault.snapshot(info.id)
        snapshots[info.id] = {
            "company": info.company.realm_id,
            "controls": {name: held.control(name).decode() for name in info.controls},
            "digest": info.digest,
            "records": {f"{record.key.entity}/{record.key.id}": record.payload.decode() for record in held.records()},
        }
    return {
        "chains": chains,
        "head": {name: vault.head[name] for name in ("vault", "chains")},
        "slots": {name: (vault.slot(name).read() or b"").decode() for name in vault.slots()},
        "snapshots": snapshots,
    }


def test_it_is_checked_without_keys_as_it_is(sample: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    root, contents = sample
    report = verify(root, None, heads=HeadStore(tmp_path / "heads"), anchor=contents["head"])
    assert (report.ok, report.findings) == (True, ())


def test_its_marker_of_a_newer_version_is_newer_and_not_damage(
    sample: tuple[Path, dict[str, Any]], kit: ModuleType, tmp_path: Path
) -> None:
    from akika_forensics.vault.chains import marker
    from akika_forensics.vault.layout import FORMAT_VERSION

    root, contents = sample
    fields = json.loads((root / "VAULT.json").read_bytes())
    fields |= {"version": FORMAT_VERSION + 1, "a field of then": "x"}
    raised = json.dumps({**fields, "checksum": marker.checksum(fields)}, sort_keys=True, separators=(",", ":"))
    (root / "VAULT.json").write_text(raised)
    with pytest.raises(WrongUse) as newer:
        open_vault(root, Secret(contents["passphrase"]), heads=HeadStore(tmp_path / "heads"))
    assert isinstance(newer.value, NewerFormat)
    assert newer.value.means == "A newer version of the software made it."
    (root / "VAULT.json").write_text(raised.replace("a field of then", "a field of them"))
    with pytest.raises(VaultDamaged):
        open_vault(root, Secret(contents["passphrase"]), heads=HeadStore(tmp_path / "heads"))
