"""What leaves a vault is listed in its custody: name, length and SHA-256 of every file, and how many there are."""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from vault_keys import PASSPHRASE

from akika_forensics.case.case import Case
from akika_forensics.case.export import FORMATS
from akika_forensics.case.first_hour.steps import AUDIT_LOG, STEPS
from akika_forensics.cli import main
from akika_forensics.errors import AkikaError
from akika_forensics.model.instants import now
from akika_forensics.reports import sealing
from akika_forensics.reports.files import MadeFile
from akika_forensics.reports.making import MadeReport
from akika_forensics.restore.scope import scope_of

ROOT = Path(__file__).resolve().parents[2]


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def export(form: str) -> Callable[[Case, Path, Any], dict[str, bytes]]:
    def way(case: Case, folder: Path, _: Any) -> dict[str, bytes]:
        case.export("s1", folder / form, form)
        return files_in(folder / form)

    return way


def recovery_sheet(case: Case, folder: Path, _: Any) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in case.vault.root.parent.glob("sheet.*")}


def new_recovery_sheet(case: Case, folder: Path, _: Any) -> dict[str, bytes]:
    case.people.new_recovery_sheet(folder / "again.txt")
    return files_in(folder)


def plan_file(case: Case, folder: Path, _: Any) -> dict[str, bytes]:
    folder.mkdir()
    scope = scope_of([], everything=True, imports=[])
    case.plans.create(to="s1", after="s2", now_snapshot="s2", scope=scope, out=folder / "restore.plan")
    return files_in(folder)


def plain_plan(case: Case, folder: Path, out: Any) -> dict[str, bytes]:
    plan_file(case, folder, out)
    out.clear()
    code = main(["plan", "show", str(folder / "restore.plan"), "--plain", "--vault", str(case.vault.root)])
    assert code == 0
    printed = out.read().encode()
    return {f"{case.plans.load(folder / 'restore.plan').plan.id}.json": printed}


def disclosure(case: Case, folder: Path, _: Any) -> dict[str, bytes]:
    folder.mkdir()
    key = next(case.vault.snapshot("s1").records(["Invoice"])).key
    case.disclose("s1", key, folder / "proof.json")
    return files_in(folder)


def made_report() -> MadeReport:
    files = (
        MadeFile("notebook", "a.ipynb", b"{}"),
        MadeFile("html", "a.html", b"<p>"),
        MadeFile("manifest", "a.json", b"1"),
    )
    return MadeReport("change", "A report", now(), "00", (), files, ())


def report(case: Case, folder: Path, _: Any) -> dict[str, bytes]:
    kept = sealing.seal(case.vault, made_report())
    sealing.export(case.vault, kept.id, folder)
    return files_in(folder)


def later_sheet(case: Case, folder: Path, _: Any) -> dict[str, bytes]:
    folder.mkdir()
    case.people.new_recovery_sheet(folder / "later.txt")
    return files_in(folder)


def kept_by_hand(case: Case, folder: Path, _: Any) -> dict[str, bytes]:
    hour = case.first_hour()
    step = next(one.name for one in STEPS if one.files and one.name != AUDIT_LOG)
    hour.keep(step, [("mail.eml", b"From: Geeta Kalapatapu")])
    hour.hand_out(step, folder)
    return files_in(folder)


WAYS: Mapping[str, tuple[str, Callable[[Case, Path, Any], dict[str, bytes]]]] = {
    "recovery sheet": ("vault_created", recovery_sheet),
    "new recovery sheet": ("recovery_sheet_made", new_recovery_sheet),
    **{f"export as {form}": ("exported", export(form)) for form in FORMATS},
    "plan file (sealed)": ("plan_created", plan_file),
    "plan as plain text": ("plan_shown_plain", plain_plan),
    "report": ("report_exported", report),
    "later recovery sheet": ("recovery_sheet_made", later_sheet),
    "disclosed record": ("disclosed", disclosure),
    "evidence kept by hand": ("evidence_handed_out", kept_by_hand),
}


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Any:
    return SimpleNamespace(clear=capsys.readouterr, read=lambda: capsys.readouterr().out)


@pytest.mark.parametrize("way", WAYS)
def test_what_leaves_is_listed(case: Case, way: str, out: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("AKIKA_STATE_DIR", str(case.vault.root.parent))
    act, go = WAYS[way]
    before = len(case.custody.acts())
    left = go(case, tmp_path / "out", out)
    assert left
    found = [one for one in case.custody.acts(act) if act == "vault_created" or one.number >= before]
    (entry,) = found
    rows = {row["name"]: (row["length"], row["sha256"]) for row in entry.details["files"]}
    assert rows == {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in left.items()}
    assert len(entry.details["files"]) == len(left)
    assert entry.details["to"]


@pytest.mark.parametrize(
    "way", ["export as csv", "report", "plan as plain text", "disclosed record", "evidence kept by hand"]
)
def test_nothing_leaves_when_it_cannot_be_listed(
    case: Case, way: str, out: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from akika_forensics.custody import CustodyLog

    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("AKIKA_STATE_DIR", str(case.vault.root.parent))
    act, go = WAYS[way]
    record = CustodyLog.record

    def refusing(self: CustodyLog, code: str, *given: Any, **more: Any) -> Any:
        if code == act:
            raise AkikaError("The medium is full.")
        return record(self, code, *given, **more)

    monkeypatch.setattr(CustodyLog, "record", refusing)
    with pytest.raises((AkikaError, AssertionError)):
        go(case, tmp_path / "out", out)
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "restore.plan"]
    assert left == []
    assert "steps" not in out.read()


# -- every place in the source that can write a file ------------------------------------------------------------------

WRITES = {"write_bytes", "write_text", "write_parquet", "write_csv", "write_excel", "sink_parquet", "mkstemp", "mkdtemp"} | {
    "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory", "SpooledTemporaryFile", "ParquetWriter", "Workbook", "copyfile", "copytree", "copy2",
}  # fmt: skip

LEAVES = "a way out, and in the table above"
MEMORY = "names, counts, digests and times of this machine"
WRITERS: Mapping[str, str] = {
    "akika_forensics/case/plans/archive.py": LEAVES,
    "akika_forensics/case/proofs.py": LEAVES,
    "akika_forensics/case/care.py": "numbers and digests of a vault that is only looked at, gone at the end",
    "akika_forensics/case/export/__init__.py": LEAVES,
    "akika_forensics/case/export/staging.py": LEAVES,
    "akika_forensics/case/export/statement.py": LEAVES,
    "akika_forensics/case/export/parquet_files.py": LEAVES,
    "akika_forensics/case/export/workbook.py": LEAVES,
    "akika_forensics/case/first_hour/record.py": LEAVES,
    "akika_forensics/case/turns.py": "empty lock files of this machine",
    "akika_forensics/quickbooks/redirect_page.py": "the page of a redirect address, the same for everybody",
    "akika_forensics/reports/files.py": LEAVES,
    "akika_forensics/cli/embedded.py": "the made-up passphrases of the demo",
    "akika_forensics/jobs/kept.py": MEMORY,
    "akika_forensics/lab/working_folder.py": "the shipped notebooks, and their digests",
    "akika_forensics/lab/serving.py": "configuration of Jupyter, in a private folder, gone at the end",
    "akika_forensics/jobs/private_folder.py": "a folder for sockets and connection files, gone at the end",
    "akika_widgets/workbench/users.py": "names and hashes of passwords",
    "akika_forensics/cli/twin.py": "a made-up company",
}
SEALED = "into memory, sealed before it is a file"
OF_THE_VAULT: Mapping[str, str] = {
    "akika_forensics/vault/storage/durable.py": "what it is given: files of a vault, and the three of those below",
    "akika_forensics/vault/storage/locking.py": "who is at work, in a vault's lock",
    "akika_forensics/vault/chains/heads.py": MEMORY,
    "akika_forensics/vault/mending/repair.py": "a file of a copy, sealed as it is there, without a name, gone at the end",
    "akika_forensics/vault/snapshots/parquet.py": SEALED,
    "akika_forensics/vault/snapshots/bundle.py": SEALED,
    "akika_forensics/vault/snapshots/stacks.py": "a file of a vault in a bucket, sealed as it is there, without a name, gone at the end",
    "akika_forensics/vault/lifecycle/merging.py": SEALED,
    "akika_forensics/vault/lifecycle/rearranging.py": "a merged file, sealed, without a name, gone at the end",
}
ELSEWHERE = ("akika_forensics/twin/",)
"""The twin's room knows made-up companies only."""


def writing(tree: ast.AST) -> Iterator[str]:
    """What in a module can write a file: by its name, or by the mode or flags it opens with."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        said = ast.unparse(node)
        if name in WRITES or (name == "open" and any(flag in said for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))):
            yield said
        elif name in {"open", "fdopen"}:
            modes = [
                arg.value for arg in [*node.args, *(k.value for k in node.keywords)] if isinstance(arg, ast.Constant)
            ]
            if any(isinstance(mode, str) and len(mode) <= 3 and set(mode) & set("wxa+") for mode in modes):
                yield said


def writers() -> dict[str, list[str]]:
    found = {}
    for top in (ROOT / "akika_forensics", ROOT / "widgets" / "akika_widgets"):
        for path in top.rglob("*.py"):
            name = path.relative_to(top.parent).as_posix()
            if name.startswith(ELSEWHERE):
                continue
            said = list(writing(ast.parse(path.read_text(encoding="utf-8"))))
            if said:
                found[name] = said
    return found


def test_every_module_that_can_write_a_file_says_what_it_writes() -> None:
    """A new one takes its place in the table: what leaves the vault by it is listed in custody, and tested above."""
    assert writers().keys() == WRITERS.keys() | OF_THE_VAULT.keys()


def test_the_search_finds_a_writer() -> None:
    for text in (
        "p.write_text('x')",
        "open(p, 'w')",
        "p.open('xb')",
        "os.open(p, os.O_WRONLY | os.O_CREAT)",
        "f.write_parquet(p)",
    ):
        assert list(writing(ast.parse(text))), text
    for text in ("open(p)", "p.open('rb')", "os.open(p, os.O_RDONLY)"):
        assert not list(writing(ast.parse(text))), text


def test_what_is_written_for_its_owner_alone(case: Case, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        case.export("s1", tmp_path / "export", "jsonl")
        kept = sealing.seal(case.vault, made_report())
        sealing.export(case.vault, kept.id, tmp_path / "report")
        case.plans.create(
            to="s1",
            after="s2",
            now_snapshot="s2",
            scope=scope_of([], everything=True, imports=[]),
            out=tmp_path / "a.plan",
        )
    finally:
        os.umask(old)
    for path in tmp_path.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    for path in case.vault.root.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
