"""Reports in the vault: sealed, listed, exported byte for byte, refused when a byte differs."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from small_notebooks import TINY

from akika_forensics import reports
from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault
from akika_forensics.cli import main
from akika_forensics.errors import VaultDamaged, WrongKey, WrongUse
from akika_forensics.reports import sealing
from akika_forensics.reports.files import MadeFile
from akika_forensics.reports.making import MadeReport
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, verify

PASSPHRASE = "the vault's own words"
MADE_AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)


def made(name: str = "tiny", *, notes: tuple[str, ...] = (), table: str = "tiny-all.csv") -> MadeReport:
    files = (
        MadeFile("notebook", "tiny.ipynb", b'{"cells": []}\n'),
        MadeFile("html", "tiny.html", b"<!DOCTYPE html>\n" * 20_000),
        MadeFile("pdf", "tiny.pdf", b"%PDF-1.7\n\x00\xff"),
        MadeFile("table", table, "Name\r\nRock Fountain é\r\n".encode()),
        MadeFile("manifest", "tiny.json", b"{}\n"),
    )
    return MadeReport(name, "Books of <b>", MADE_AT, "ab" * 32, ({"id": "s1", "digest": "01" * 32},), files, notes)


def folder_of(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_what_was_sealed_is_exported_byte_for_byte(case: Case, tmp_path: Path) -> None:
    report = made(notes=("The PDF was odd.",))
    kept = sealing.seal(case.vault, report)
    assert (kept.id, kept.report, kept.snapshots, kept.notes) == ("r1", "tiny", ("s1",), ("The PDF was odd.",))
    result = sealing.export(case.vault, "R1", tmp_path / "out")
    assert folder_of(tmp_path / "out") == {file.name: file.data for file in report.files}
    assert result == reports.ReportResult(
        notebook=tmp_path / "out" / "tiny.ipynb",
        html=tmp_path / "out" / "tiny.html",
        pdf=tmp_path / "out" / "tiny.pdf",
        manifest=tmp_path / "out" / "tiny.json",
        tables=(tmp_path / "out" / "tiny-all.csv",),
        notes=("The PDF was odd.",),
        sealed="r1",
    )
    for file in (tmp_path / "out").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_custody_names_report_parameters_snapshots_and_every_file(case: Case, tmp_path: Path) -> None:
    report = made()
    sealing.seal(case.vault, report)
    sealing.export(case.vault, "r1", tmp_path / "out")
    act, left = case.custody.acts(sealing.MADE, sealing.EXPORTED)
    assert (act.act, left.act) == ("report_made", "report_exported")
    assert act.details["parameters_sha256"] == "ab" * 32
    assert act.details["snapshots"] == [{"id": "s1", "digest": "01" * 32}]
    assert {row["name"]: row["sha256"] for row in act.details["files"]} == {
        file.name: hashlib.sha256(file.data).hexdigest() for file in report.files
    }
    assert list(act.objects) == [row["path"] for row in act.details["files"]]
    assert (left.details["kept"], left.details["to"]) == ("r1", str(tmp_path / "out"))


def test_nothing_of_a_kept_report_lies_open_in_the_vault(case: Case) -> None:
    sealing.seal(case.vault, made())
    for path in case.vault.root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for word in (b"Rock Fountain", b"DOCTYPE", b"tiny", b"Books of"):
                assert word not in data, path
    assert verify(case.vault.root, Secret(PASSPHRASE), heads=HeadStore()).ok


def test_reports_are_numbered_in_the_order_they_were_made(case: Case) -> None:
    for name in ("first", "second", "third"):
        sealing.seal(case.vault, made(name))
        case.custody.record("other", "Something else.")
    assert [(report.id, report.report) for report in sealing.kept(case.vault)] == [
        ("r1", "first"),
        ("r2", "second"),
        ("r3", "third"),
    ]
    assert sealing.find_kept(case.vault, "r2").report == "second"
    with pytest.raises(WrongUse, match="It keeps r1 to r3"):
        sealing.find_kept(case.vault, "r4")


def test_an_empty_vault_keeps_none(case: Case, tmp_path: Path) -> None:
    assert sealing.kept(case.vault) == ()
    with pytest.raises(WrongUse, match="It keeps none yet"):
        sealing.export(case.vault, "r1", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_second_process_reads_what_the_first_sealed(case: Case) -> None:
    first = sealing.seal(case.vault, made())
    from akika_forensics.case import open_vault

    again = open_vault(case.vault.root, passphrase=Secret(PASSPHRASE))
    assert sealing.kept(again.vault) == (first,)


@pytest.mark.parametrize("at", [0, 1, 40, -1, -40])
@pytest.mark.parametrize("which", range(5))
def test_a_flipped_byte_is_refused_and_nothing_is_written(case: Case, tmp_path: Path, which: int, at: int) -> None:
    kept = sealing.seal(case.vault, made())
    path = case.vault.root / kept.files[which].path
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    with pytest.raises(VaultDamaged):
        sealing.export(case.vault, "r1", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert case.custody.acts(sealing.EXPORTED) == ()


def test_a_missing_file_is_damage(case: Case, tmp_path: Path) -> None:
    kept = sealing.seal(case.vault, made())
    (case.vault.root / kept.files[2].path).unlink()
    with pytest.raises(VaultDamaged, match=r"tiny\.pdf of a kept report is missing"):
        sealing.export(case.vault, "r1", tmp_path / "out")


def test_a_document_of_another_report_in_its_place_is_damage(case: Case) -> None:
    """Somebody with the keys puts an entry that names the wrong document."""
    kept = sealing.seal(case.vault, made())
    act = case.custody.acts(sealing.MADE)[0]
    rows = [dict(row) for row in act.details["files"]]
    rows[0]["path"], rows[2]["path"] = rows[2]["path"], rows[0]["path"]
    case.custody.record(sealing.MADE, act.what, {**act.details, "files": rows})
    with pytest.raises(VaultDamaged, match="not what was sealed"):
        sealing.opened(case.vault, sealing.find_kept(case.vault, "r2"))
    assert sealing.opened(case.vault, kept) == made().files


@pytest.mark.parametrize("name", ["../out.csv", "/etc/x.csv", "a/b.csv", "..", ""])
def test_a_name_never_leads_out_of_the_folder(case: Case, name: str) -> None:
    sealing.seal(case.vault, made())
    act = case.custody.acts(sealing.MADE)[0]
    rows = [dict(row) for row in act.details["files"]]
    rows[3]["name"] = name
    case.custody.record(sealing.MADE, act.what, {**act.details, "files": rows})
    with pytest.raises(VaultDamaged, match="is no name"):
        sealing.kept(case.vault)


def test_an_earlier_export_is_kept(case: Case, tmp_path: Path) -> None:
    sealing.seal(case.vault, made())
    out = tmp_path / "out"
    out.mkdir()
    (out / "tiny.json").write_text("an earlier one")
    with pytest.raises(WrongUse, match=r"holds a file tiny\.json already"):
        sealing.export(case.vault, "r1", out)
    assert folder_of(out) == {"tiny.json": b"an earlier one"}


def test_nothing_leaves_without_an_entry_that_says_so(case: Case, tmp_path: Path) -> None:
    sealing.seal(case.vault, made())

    class Refusing:
        def record(self, *rest: Any) -> Any:
            raise VaultDamaged("The chain does not hold.")

    with pytest.raises(VaultDamaged):
        sealing.export(case.vault, "r1", tmp_path / "out", custody=Refusing())  # type: ignore[arg-type]
    assert list((tmp_path / "out").iterdir()) == []


# -- from the notebook to the vault ------------------------------------------------------------------------------------


@pytest.fixture
def with_vault(tmp_path: Path) -> Path:
    """A folder with a report that takes a vault and opens it."""
    place = tmp_path / "notebooks"
    place.mkdir()
    source = TINY.replace('who = ""', 'vault = ""  # required: the vault\nwho = ""').replace(
        "import warnings\n", "import akika_forensics as ak\nprint('opened', ak.open_vault(vault).vault.id)\n"
    )
    (place / "tiny.py").write_text(source, encoding="utf-8")
    return place


@pytest.mark.usefixtures("pango")
def test_a_run_is_sealed_and_written_out_alike(case: Case, with_vault: Path, tmp_path: Path) -> None:
    given = {"vault": str(case.vault.root), "who": "a"}
    result = reports.run("tiny", given, tmp_path / "out", passphrase=Secret(PASSPHRASE), places=[with_vault])
    assert result.sealed == "r1"
    report = sealing.find_kept(case.vault, "r1")
    sealed = {file.name: file.data for file in sealing.opened(case.vault, report)}
    assert sealed == folder_of(tmp_path / "out")
    assert [act.act for act in case.custody.acts(sealing.MADE, sealing.EXPORTED)] == ["report_made", "report_exported"]
    manifest = json.loads(sealed["tiny.json"])
    assert {row["path"] for row in manifest["files"]} == {"tiny.ipynb", "tiny.html", "tiny.pdf"}
    assert report.snapshots == tuple(row["id"] for row in manifest["snapshots"]) == ("s2",)
    assert case.vault.id in result.html.read_text(encoding="utf-8")


def test_a_wrong_passphrase_is_said_before_anything_runs(case: Case, with_vault: Path, tmp_path: Path) -> None:
    heard: list[Any] = []
    with pytest.raises(WrongKey):
        reports.run(
            "tiny",
            {"vault": str(case.vault.root), "who": "a"},
            tmp_path / "out",
            passphrase=Secret("wrong words"),
            places=[with_vault],
            progress=lambda *said: heard.append(said),
        )
    assert heard == []
    assert not (tmp_path / "out").exists()


def test_keeping_needs_a_vault(folder: Path) -> None:
    with pytest.raises(WrongUse, match="no vault to be sealed in"):
        reports.keep("tiny", {"who": "a"}, places=[folder])


# -- the command line --------------------------------------------------------------------------------------------------


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main(["--json", *arguments])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("pango")
def test_run_kept_and_export_on_the_command_line(
    case: Case,
    with_vault: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    notebook = str(with_vault / "tiny.py")
    common = ("--vault", str(case.vault.root), "report")
    code, kept = answer(capsys, *common, "run", notebook, "-p", "who=a")
    assert (code, kept["sealed"]) == (0, "r1")
    assert {row["name"] for row in kept["files"]} == {"tiny.ipynb", "tiny.html", "tiny.pdf", "tiny.json"}
    code, listed = answer(capsys, *common, "kept")
    assert (code, [row["id"] for row in listed["reports"]]) == (0, ["r1"])
    code, out = answer(capsys, *common, "export", "r1", "--out", str(tmp_path / "out"))
    assert code == 0
    assert out["sealed"] == "r1"
    for row in kept["files"]:
        assert hashlib.sha256((tmp_path / "out" / row["name"]).read_bytes()).hexdigest() == row["sha256"]
    code, again = answer(capsys, *common, "export", "r1", "--out", str(tmp_path / "out"))
    assert (code, again["error"]["code"]) == (2, "wrong_use")
    code, run = answer(capsys, *common, "run", notebook, "-p", "who=a", "--out", str(tmp_path / "second"))
    assert (code, run["sealed"], run["notes"], run["tables"]) == (0, "r2", [], [])
    assert all(os.path.isfile(run[kind]) for kind in ("notebook", "html", "pdf", "manifest"))  # noqa: PTH113


def test_an_unknown_parameter_is_refused_before_anything_runs(
    case: Case, with_vault: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    notebook = str(with_vault / "tiny.py")
    code, said = answer(capsys, "--vault", str(case.vault.root), "report", "run", notebook, "-p", "whom=a")
    assert (code, said["error"]["code"]) == (2, "wrong_use")
    assert "no parameter 'whom'" in said["error"]["what"]
    assert sealing.kept(case.vault) == ()


def test_the_list_says_what_each_report_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = answer(capsys, "report", "list")
    assert code == 0
    by_name = {row["name"]: row for row in found["reports"]}
    row = by_name["restore_verification"]
    assert row["title"] == "Restore verification"
    assert row["meanings"]["before"] == "the snapshot from before the incident"
    assert "vault" in row["required"]
    assert main(["report", "list"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for row in by_name.values():
        assert row["purpose"] in said
        for name, meaning in row["meanings"].items():
            assert name in said
            assert meaning in said
