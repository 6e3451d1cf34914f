"""What is lost for good is said by the vault itself; the rest goes on, and a capture stores again what it meets again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.case.care import repair_vault
from akika_forensics.cli.app import main
from akika_forensics.errors import VaultDamaged
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.canonical import RecordsLost
from akika_forensics.vault.documents import Erased
from akika_forensics.vault.lifecycle import erasing

FIRST, SECOND = RecordKey("Invoice", "1"), RecordKey("Invoice", "2")
RECEIPT = RecordKey("Attachable", "7")


def paths(stage: Any) -> dict[str, Any]:
    """Where what lies: of the commits of the fixture, by snapshot."""
    commits = {one.info.id: one for one in stage.vault._shelf.commits()}
    return {
        name: {
            "index": commit.text.parts[0].index if commit.text.parts else "",
            "payload": commit.text.parts[0].payload if commit.text.parts else "",
            "manifest": commit.text.manifest,
            "table": commit.text.key_table,
            "control": next(iter(commit.text.controls.values())),
            "list": commit.text.attachments,
            "blob": next((path for path in commit.files if path.startswith("blobs/")), ""),
        }
        for name, commit in commits.items()
    }


def lose(stage: Any, path: str) -> None:
    target = stage.root / path
    target.write_bytes(target.read_bytes()[:-7])


def mend(kit: ModuleType, stage: Any, **more: Any) -> Any:
    return repair_vault(stage.root, kit.PASSPHRASE, heads=stage.heads, do=True, **more)


def records(kit: ModuleType) -> dict[str, dict[RecordKey, bytes]]:
    """What the fixture's snapshots hold."""
    first = kit.books()
    second = {key: data for key, data in first.items() if key != SECOND} | {FIRST: kit.invoice(1, "250.75", 1)}
    return {"s1": first, "s2": second, "s3": second | {RecordKey("Invoice", "9"): kit.invoice(9)}}


def test_records_that_are_lost_are_refused_by_name_and_the_rest_is_read(kit: ModuleType, filled: Any) -> None:
    path = paths(filled)["s2"]["payload"]
    lose(filled, path)
    found = mend(kit, filled)
    assert [one.path for one in found.survey.lost] == [path]
    told = {one["snapshot"]: (one["whole"], one["lost"]) for one in found.losses["snapshots"]}
    assert told == {"s1": (True, []), "s2": (False, ["Invoice:1"]), "s3": (False, ["Invoice:1"])}
    vault = filled.open()
    for name, expected in records(kit).items():
        snapshot = vault.snapshot(name)
        lost = {RecordKey(entity, number) for entity, number, _ in snapshot.lost().iter_rows()}
        assert lost == (set() if name == "s1" else {FIRST})
        left = {key: data for key, data in expected.items() if key not in lost}
        assert {one.key: one.payload for one in snapshot.records(without_lost=True)} == left
        assert {one.key: one.payload for one in snapshot.get_many(left).values()} == left
        assert snapshot.index().height == len(expected), "which records there were is still known"
    with pytest.raises(RecordsLost, match="1 record is lost, such as Invoice:1") as raised:
        vault.snapshot("s2").record(FIRST)
    assert raised.value.records == ("Invoice:1",)
    with pytest.raises(RecordsLost):
        list(vault.snapshot("s3").records())
    assert set(kit.damage(filled.verify())) == {path}, "verify goes on calling it damaged, and nothing else"


EACH = ("payload", "index", "manifest", "table", "control")


@pytest.mark.parametrize(
    ("name", "kind"), [*(("s1", kind) for kind in EACH), *(("s3", kind) for kind in (*EACH, "list", "blob"))]
)
def test_after_any_loss_the_vault_goes_on(kit: ModuleType, filled: Any, kind: str, name: str) -> None:
    path = paths(filled)[name][kind]
    if not path:
        path, name = paths(filled)["s2"][kind], "s2"
    whole = records(kit)
    lose(filled, path)
    mend(kit, filled)
    vault = filled.open()
    info = kit.take(vault, whole["s3"], day=4, attached={RECEIPT: b"%PDF-1.7 two bags of mulch for Geeta Kalapatapu"})
    again = filled.open().snapshot(info.id)
    assert {one.key: one.payload for one in again.records()} == whole["s3"]
    assert again.lost().is_empty()
    assert b"".join(again.attachment(RECEIPT)).endswith(b"Kalapatapu")
    assert set(kit.damage(filled.verify())) == {path}
    assert set(kit.damage(filled.verify(keys=False))) == {path}
    for other in {"s1", "s2", "s3"} - {name}:
        if other not in {one.id for one in vault.snapshots()}:
            assert kind == "table"
            continue
        try:
            found = {one.key: one.payload for one in vault.snapshot(other).records()}
        except VaultDamaged:
            assert kind in {"payload", "manifest", "table"}
        else:
            assert found == whole[other]


def test_a_loss_is_accounted_for_once(kit: ModuleType, filled: Any) -> None:
    lose(filled, paths(filled)["s2"]["payload"])
    first, second = mend(kit, filled), mend(kit, filled)
    assert first.losses == second.losses
    entries = filled.open().chain("losses", "akika-losses").entries()
    assert len(entries) == 1
    (document,) = entries[0].files
    told = json.loads(filled.open().get_document(document.path))
    assert told["snapshots"][1]["lost"] == ["Invoice:1"]
    assert entries[0].body["snapshots"][1]["lost"] == 1
    lose(filled, paths(filled)["s3"]["control"])
    mend(kit, filled)
    assert len(filled.open().chain("losses", "akika-losses").entries()) == 2


def test_what_is_lost_of_a_company_is_closed_with_it(kit: ModuleType, empty: Any) -> None:
    for company, amount in ((kit.COMPANY, "1.00"), (kit.OTHER, "2.00")):
        kit.take(empty.vault, {FIRST: kit.invoice(1, amount)}, company)
    for commit in empty.vault._shelf.commits():
        lose(empty, commit.text.parts[0].payload)
    mend(kit, empty)
    vault = empty.open()
    (entry,) = vault.chain("losses", "akika-losses").entries()
    told = {file.path: json.loads(vault.get_document(file.path))["snapshots"] for file in entry.files}
    owners = {one["snapshot"]: path for path, rows in told.items() for one in rows}
    assert sorted(owners) == ["s1", "s2"]
    assert len(told) == 2
    assert all(one["lost"] == ["Invoice:1"] for rows in told.values() for one in rows)
    erasing.erase(vault.workshop(), vault.pseudonym(kit.COMPANY), "over", named="it")
    again = empty.open()
    with pytest.raises(Erased):
        again.get_document(owners["s1"])
    assert not (empty.root / owners["s1"]).exists()
    assert json.loads(again.get_document(owners["s2"]))["snapshots"] == told[owners["s2"]]
    # What stays lost of the other company is still called damaged, and nothing else is.
    assert len(kit.damage(empty.verify())) == 1


def test_what_comes_back_from_a_copy_is_lost_no_longer(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    shutil.copytree(filled.root, tmp_path / "copy")
    lose(filled, paths(filled)["s2"]["payload"])
    mend(kit, filled)
    found = mend(kit, filled, copy=tmp_path / "copy")
    assert found.survey.lost == ()
    snapshot = filled.open().snapshot("s2")
    assert snapshot.lost().is_empty()
    assert {one.key: one.payload for one in snapshot.records()} == records(kit)["s2"]
    assert filled.verify().findings == ()


def test_only_looking_signs_nothing_and_remembers_nothing(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    shutil.copytree(filled.root, tmp_path / "yesterday")
    kit.take(filled.vault, kit.books(5), day=3)
    shutil.move(filled.root, tmp_path / "today")
    shutil.copytree(tmp_path / "yesterday", filled.root)
    lose(filled, paths_of(filled.root))
    before = {path: (filled.root / path).read_bytes() for path in filled.files()}
    memory = {path.name: path.read_bytes() for path in filled.heads.folder.iterdir()}
    found = repair_vault(filled.root, kit.PASSPHRASE, copy=tmp_path / "today", heads=filled.heads)
    assert not found.done
    assert found.survey.steps
    assert {path: (filled.root / path).read_bytes() for path in filled.files()} == before
    assert {path.name: path.read_bytes() for path in filled.heads.folder.iterdir()} == memory


def paths_of(root: Path) -> str:
    return next(path.relative_to(root).as_posix() for path in sorted((root / "data").glob("*.sealed")))


def test_a_commit_that_is_gone_cannot_be_gone_around(kit: ModuleType, filled: Any) -> None:
    (filled.root / "commits" / "00000002.json").unlink()
    found = mend(kit, filled)
    assert "commits/00000002.json" in {one.path for one in found.survey.lost}
    assert "00000002.json" in found.untold
    assert not (filled.root / "losses").exists()


def test_without_a_key_it_mends_and_tells_no_contents(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    shutil.copytree(filled.root, tmp_path / "copy")
    lose(filled, paths(filled)["s2"]["payload"])
    found = repair_vault(filled.root, None, copy=tmp_path / "copy", do=True, heads=filled.heads)
    assert (found.losses, found.untold) == ({}, "")
    assert filled.verify().findings == ()


def test_the_command_says_what_it_would_do_and_does_it(
    kit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from akika_forensics.case.opening import init_vault

    monkeypatch.setenv("AKIKA_PASSPHRASE", kit.PASSPHRASE.reveal())
    root = tmp_path / "vault"
    case = init_vault(root, kit.PASSPHRASE, recovery_sheet=None, cost=kit.KdfCost.CHEAP)
    kit.take(case.vault, kit.books())
    shutil.copytree(root, tmp_path / "copy")
    payload = case.vault._shelf.commits()[0].text.parts[0].payload
    (root / payload).write_bytes(b"x")

    def run(*more: str) -> tuple[int, dict[str, Any]]:
        code = main(["vault", "repair", "--vault", str(root), "--json", *more])
        return code, json.loads(capsys.readouterr().out)

    code, found = run()
    assert (code, found["done"], [one["path"] for one in found["lost"]]) == (1, False, [payload])
    assert found["snapshots"][0]["lost"] == [str(key) for key in sorted(kit.books())]
    code, found = run("--yes")
    assert (code, found["done"]) == (1, True)
    code, found = run("--from", str(tmp_path / "copy"))
    assert (code, [one["action"] for one in found["steps"]], found["lost"]) == (1, ["restore"], [])
    assert main(["vault", "repair", "--vault", str(root), "--from", str(tmp_path / "copy"), "--yes"]) == 0
    assert "restored from the copy" in capsys.readouterr().out
    assert run()[0] == 0
    assert main(["verify", "--vault", str(root), "--json"]) == 0
    capsys.readouterr()
    assert main(["custody", "list", "--vault", str(root), "--json"]) == 0
    assert capsys.readouterr().out.count("vault_repaired") == 2
