"""A vault of version 1 becomes one of version 2: nothing is lost, nothing signed changes, and a crash costs nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.cli.app import main
from akika_forensics.errors import VaultDamaged, WrongKey, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, open_vault, opening, verify
from akika_forensics.vault import upgrade as upgrading
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.storage.location import Location
from akika_forensics.vault.upgrade import upgrade, upgrade_in

from .test_old_formats import told

SAMPLE = Path(__file__).parent / "samples" / "format-1"


class Old:
    """The sample of version 1, a copy of it, and what is known of it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "vault"
        shutil.copytree(SAMPLE / "vault", self.root)
        self.contents: dict[str, Any] = json.loads((SAMPLE / "contents.json").read_bytes())
        self.secret = Secret(self.contents["passphrase"])
        self.heads = HeadStore(folder / "heads")

    def upgrade(self, **more: Any) -> Any:
        return upgrade(self.root, self.secret, heads=self.heads, cost=KdfCost.CHEAP, **more)

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file() and path.name != "lock")
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def old(tmp_path: Path) -> Old:
    return Old(tmp_path)


def same(vault: Any, contents: dict[str, Any]) -> None:
    found, expected = told(vault, contents), {key: contents[key] for key in ("chains", "slots", "snapshots")}
    assert {key: found[key] for key in expected} == expected


def test_everything_reads_the_same_afterwards(old: Old, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="format 1"):
        open_vault(old.root, old.secret, heads=old.heads)
    same(old.upgrade(), old.contents)
    same(open_vault(old.root, old.secret, heads=old.heads), old.contents)
    for secret in (old.secret, None):
        report = verify(old.root, secret, heads=old.heads, anchor=old.contents["head"])
        assert (report.ok, report.findings) == (True, ())


def test_nothing_that_was_signed_changes_but_keyring_tables_and_marker(old: Old) -> None:
    before = old.files()
    old.upgrade()
    after = old.files()
    gone = {path for path in before if path not in after}
    changed = {path for path in before if path in after and after[path] != before[path]}
    assert changed == {"VAULT.json"}
    assert {path.split("/")[0] for path in gone} == {"keys", "keytables"}
    fields = [json.loads(one["VAULT.json"]) for one in (before, after)]
    assert [one["version"] for one in fields] == [1, 2]
    for name in ("created", "signer", "vault"):
        assert fields[0][name] == fields[1][name]


def test_signatures_of_before_and_after_are_ssh_signatures_of_the_same_key(old: Old, tmp_path: Path) -> None:
    old.upgrade()
    signer = json.loads((old.root / "VAULT.json").read_bytes())["signer"]
    (tmp_path / "signers").write_text(f"akika {signer}\n")
    for entry in sorted((old.root / "commits").glob("*.json")):
        (signature,) = (old.root / "commits").glob(f"{entry.stem}-*.sig")
        command = ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "signers"), "-I", "akika", "-n", "akika-commit"]
        with entry.open("rb") as stream:
            subprocess.run([*command, "-s", str(signature)], stdin=stream, check=True, capture_output=True)


def test_it_goes_on_being_used(kit: ModuleType, old: Old) -> None:
    vault = old.upgrade()
    company = vault.snapshot("latest").info.company
    before = {record.key: record.payload for record in vault.snapshot("latest").records()}
    info = kit.take(vault, before, company, day=5)
    assert (info.records, info.new_versions) == (len(before), 0)
    plan = vault.put_document("plan", b"a plan", company)
    vault.chain("custody", "akika-custody").append({"act": "after"}, [plan])
    vault.membership.rotate()
    again = open_vault(old.root, old.secret, heads=old.heads)
    assert again.get_document(plan.path) == b"a plan"
    assert {record.key: record.payload for record in again.snapshot(info.id).records()} == before
    found = told(again, old.contents)["snapshots"]
    assert {name: found[name] for name in old.contents["snapshots"]} == old.contents["snapshots"]
    report = verify(old.root, old.secret, heads=old.heads)
    assert (report.ok, report.findings) == (True, ())


def test_a_new_recovery_sheet_opens_it(old: Old, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    old.upgrade(recovery_sheet=sheet)
    rows = re.findall(r"^\s*[1-9]((?:\s+[A-Z2-7]{4})+)\s*$", sheet.read_text(), re.MULTILINE)
    same(open_vault(old.root, Secret("akika " + " ".join(rows)), heads=old.heads), old.contents)
    with pytest.raises(WrongUse, match="inside the vault"):
        Old(tmp_path / "another").upgrade(recovery_sheet=tmp_path / "another" / "vault" / "sheet.txt")


def test_only_the_right_passphrase_upgrades_and_only_once(old: Old) -> None:
    before = old.files()
    with pytest.raises(WrongKey):
        upgrade(old.root, Secret("not this one"), heads=old.heads, cost=KdfCost.CHEAP)
    assert old.files() == before
    old.upgrade()
    with pytest.raises(WrongUse, match="nothing to upgrade"):
        old.upgrade()


def test_a_damaged_vault_is_not_upgraded(old: Old) -> None:
    table = next((old.root / "keytables").iterdir())
    table.write_bytes(b"x")
    before = old.files()
    with pytest.raises(VaultDamaged):
        old.upgrade()
    assert old.files() == before


def test_one_that_was_rolled_back_is_not_upgraded(old: Old) -> None:
    contents = old.contents["head"]
    old.heads.begin(contents["vault"], json.loads((old.root / "VAULT.json").read_bytes())["signer"])
    for name, head in contents["chains"].items():
        old.heads.remember_chain(contents["vault"], name, head["seq"] + 1, "0" * 64)
    with pytest.raises(VaultDamaged, match="older copy"):
        old.upgrade()


@pytest.mark.parametrize("kind", ["killed before", "killed after", "failed after", "full"])
def test_wherever_it_stops_it_is_whole_and_goes_on(kit: ModuleType, tmp_path: Path, kind: str) -> None:
    old = Old(tmp_path)
    files, place = old.files(), Location.of(tmp_path)
    at = 0
    while True:
        backend = kit.MemoryBackend(files)
        heads = HeadStore(tmp_path / f"heads-{at}")
        trouble = kit.Trouble(at, kind)
        failed = False
        try:
            upgrade_in(
                place, kit.FaultyBackend(backend, trouble), kit.NoLock(), old.secret, heads=heads, cost=KdfCost.CHEAP
            )
        except (kit.Killed, kit.StorageFailed):
            failed = True
        report = kit.verify_in(backend, None, heads=heads)
        assert report.ok, (kind, at, trouble.seen[-1], report.findings)
        version = json.loads(backend.read("VAULT.json"))["version"]
        if version == 1:
            vault = upgrade_in(place, backend, kit.NoLock(), old.secret, heads=heads, cost=KdfCost.CHEAP)
        else:
            vault = opening.open_in(place, backend, kit.NoLock(), old.secret, heads=heads)
        same(vault, old.contents)
        assert kit.verify_in(backend, old.secret, heads=heads).ok
        if not failed:
            break
        at += 1
    assert at > 4


def test_the_command_upgrades_says_what_changed_and_is_kept_in_custody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = Path(__file__).parents[1] / "formats" / "samples" / "vault-1"
    shutil.copytree(sample / "vault", tmp_path / "vault")
    monkeypatch.setenv("AKIKA_PASSPHRASE", json.loads((sample / "told.json").read_bytes())["passphrase"])
    # A page to print takes long to draw, and is not what this is about.
    monkeypatch.setattr(upgrading.recovery, "write_sheet", lambda sheet, *_, **__: sheet.write_text("a key"))
    sheet = tmp_path / "new.txt"
    command = ["vault", "upgrade", "--vault", str(tmp_path / "vault"), "--recovery-sheet", str(sheet), "--json"]
    assert main(command) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["version"], shown["recovery_sheet"], shown["recovery_files"]) == (2, str(sheet), [str(sheet)])
    assert main(["verify", "--vault", str(tmp_path / "vault"), "--json"]) == 0
    capsys.readouterr()
    assert main(["custody", "list", "--vault", str(tmp_path / "vault"), "--json"]) == 0
    assert "upgraded to format 2" in capsys.readouterr().out
    assert main(command) == 2


def test_who_only_captures_is_not_let_into_a_vault_that_began_as_version_1(old: Old) -> None:
    """Its commits of that time were sealed under the key of custody and documents: the member could open nothing."""
    vault, recipient = old.upgrade(), Identity.fresh().recipient
    with pytest.raises(WrongUse, match="began as version 1"):
        vault.membership.add("nightly", "capture", recipient)
    vault.membership.add("nightly", "full", recipient)
    same(open_vault(old.root, old.secret, heads=old.heads), old.contents)
