"""An export as a whole: there or not there, listed, readable by its owner only, and of bounded memory."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.case import export
from akika_forensics.case.case import Case
from akika_forensics.case.export import FORMATS, export_snapshot, staging
from akika_forensics.case.export.attached import safe_name
from akika_forensics.case.export.staging import ExportFailed
from akika_forensics.case.opening import init_vault
from akika_forensics.cli.app import main
from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost, SnapshotInfo

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
COMPANY = Company("9341453000000017", "=cmd|'/c calc'!A1 Söhne", "http://127.0.0.1:8080")


@dataclass
class Held:
    """A snapshot that makes its records as they are asked for, and knows how many of them are alive at a time."""

    make: Callable[[], Iterable[Record]]
    info: SnapshotInfo = field(
        default_factory=lambda: SnapshotInfo("s3", COMPANY, AT, AT, 7, 3, True, {}, {}, 1, [], (), "ab" * 32)
    )
    most: int = 0
    files: dict[RecordKey, list[bytes]] = field(default_factory=dict)

    def attachments(self) -> pl.DataFrame:
        return pl.DataFrame(list(self.files), schema={"entity": pl.String, "id": pl.String}, orient="row")

    def attachment(self, key: RecordKey) -> Iterator[bytes]:
        return iter(self.files[key])

    def records(self, entities: Iterable[str] | None = None) -> Iterator[Record]:
        alive: weakref.WeakSet[_Seen] = weakref.WeakSet()
        for one in self.make():
            seen = _Seen(one.key, one.payload)
            alive.add(seen)
            self.most = max(self.most, len(alive))
            yield seen


class _Seen(Record):
    __hash__ = object.__hash__


def record(entity: str, record_id: str, **body: Any) -> Record:
    return Record(RecordKey(entity, record_id), json.dumps({"Id": record_id, **body}).encode())


def sample() -> list[Record]:
    return [
        record("Customer", "3", DisplayName="Geeta"),
        *(record("Invoice", str(n), TotalAmt=n, Line=[{"Amount": n, "LineNum": 1}]) for n in range(1, 4)),
    ]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_is_complete_private_and_its_sums_are_right(form: str, tmp_path: Path) -> None:
    made = export_snapshot(Held(sample), tmp_path / "out", form)
    folder = tmp_path / "out"
    assert made.folder == folder
    assert (
        names(folder)
        == {one.name for one in made.written}
        == {*(one.name for one in made.files), "ABOUT.txt", "SHA256SUMS"}
    )
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {one.name: one.length for one in made.written} == {
        path.name: path.stat().st_size for path in folder.iterdir()
    }
    assert made.rows["Invoice"] == 3
    about = made.about.read_text(encoding="utf-8")
    for said in (COMPANY.name, COMPANY.realm_id, "s3", "2026-11-23T10:00:00Z", "ab" * 32):
        assert said in about
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
        assert subprocess.run(check, cwd=folder, check=False, capture_output=True).returncode == 0
        made.files[0].write_bytes(made.files[0].read_bytes() + b" ")
        assert subprocess.run(check, cwd=folder, check=False, capture_output=True).returncode != 0


def attached(record_id: str, name: Any) -> Record:
    return record("Attachable", record_id, FileName=name)


@pytest.mark.parametrize("form", FORMATS)
def test_attached_files_lie_in_a_folder_of_their_own_and_are_among_the_sums(form: str, tmp_path: Path) -> None:
    files = {"1": "receipt.pdf", "2": "../../etc/passwd", "3": "receipt.pdf", "4": None}
    held = Held(lambda: [attached(one, name) for one, name in files.items()])
    held.files = {RecordKey("Attachable", one): [b"a", one.encode()] for one in files}
    made = export_snapshot(held, tmp_path / "out", form)
    folder = tmp_path / "out"
    there = {path.name: path.read_bytes() for path in (folder / "attachments").iterdir()}
    assert there == {"1-receipt.pdf": b"a1", "2-etc_passwd": b"a2", "3-receipt.pdf": b"a3", "4": b"a4"}
    assert {path.stat().st_mode & 0o777 for path in (folder / "attachments").iterdir()} == {0o600}
    assert (folder / "attachments").stat().st_mode & 0o777 == 0o700
    assert {one.name for one in made.written} >= {f"attachments/{name}" for name in there}
    assert "4 attached files" in made.about.read_text(encoding="utf-8")
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
        shown = subprocess.run(check, cwd=folder, check=False, capture_output=True, text=True)
        assert (shown.returncode, shown.stdout.count("attachments/")) == (0, 4)


@given(st.lists(st.tuples(st.text(max_size=50), st.text(max_size=300)), max_size=20))
def test_no_name_in_the_books_leads_out_of_the_folder_or_is_more_than_a_name(said: list[tuple[str, str]]) -> None:
    for record_id, name in said:
        made = safe_name(record_id, name)
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}", made), made
        assert ".." not in Path(made).parts
        assert not made.endswith(".")
        assert (folder := Path("/x")) == (folder / made).parent


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("receipt 12.PDF", "7-receipt_12.PDF"),
        ("CON", "7-CON"),
        ("-rf.txt", "7-rf.txt"),
        (".bashrc", "7.bashrc"),
        ("a" * 500 + ".jpeg", "7-" + "a" * 113 + ".jpeg"),
        ("Müller & Söhne.csv", "7-M_ller_S_hne.csv"),
        ("\u202egpj.exe", "7-gpj.exe"),
        ("name.", "7-name"),
        ("", "7"),
    ],
)
def test_a_name_keeps_what_a_file_can_have(name: str, made: str) -> None:
    assert safe_name("7", name) == made


def test_one_file_an_entity_and_one_a_list(tmp_path: Path) -> None:
    made = export_snapshot(Held(sample), tmp_path / "out", "csv")
    assert [path.name for path in made.files] == ["Customer.csv", "Invoice.csv", "Invoice.Line.csv"]
    assert made.rows == {"Customer": 1, "Invoice": 3, "Invoice.Line": 3}


def test_an_export_of_nothing(tmp_path: Path) -> None:
    for form in FORMATS:
        made = export_snapshot(Held(list), tmp_path / form, form)
        assert made.rows == {}
        assert made.about.exists()


def test_jsonl_is_what_was_sent(tmp_path: Path) -> None:
    payloads = [
        b'{"Id":"1","TotalAmt":100.00,"b":1,"a":"\xc3\xa9"}',
        b'{ "Id" : "2" ,\r\n "x": 1e2 }',
        b'{"Id":"3","note":"a\\nb"}',
    ]
    records = [Record(RecordKey("Invoice", str(number)), payload) for number, payload in enumerate(payloads, 1)]
    made = export_snapshot(Held(lambda: records), tmp_path / "out", "jsonl")
    assert (
        made.files[0].read_bytes()
        == payloads[0] + b"\n" + b'{ "Id" : "2" ,  "x": 1e2 }\n'.replace(b",  ", b",  ") + payloads[2] + b"\n"
    )
    assert len(made.notes) == 1
    assert "1 payloads" in made.notes[0]
    plain = export_snapshot(Held(lambda: records[::2]), tmp_path / "plain", "jsonl")
    assert plain.notes == ()


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_there_is_never_written_over(form: str, tmp_path: Path) -> None:
    there = tmp_path / "out"
    there.mkdir()
    (there / "mine").write_text("x")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    file = tmp_path / "file"
    file.write_text("x")
    for place in (there, link, file):
        with pytest.raises(WrongUse, match="not an empty folder"):
            export_snapshot(Held(sample), place, form)
    assert {path.name for path in tmp_path.iterdir()} == {"out", "link", "file"}
    assert names(there) == {"mine"}


def test_an_empty_folder_is_taken_and_one_that_fills_meanwhile_is_not(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()

    def fill(_: export.Exported) -> None:
        (place / "theirs").write_text("x")

    with pytest.raises(ExportFailed, match="could not be written"):
        export_snapshot(Held(sample), place, "csv", before=fill)
    assert names(tmp_path) == {"out", "theirs"}
    (place / "theirs").unlink()
    export_snapshot(Held(sample), place, "csv")
    assert "Invoice.csv" in names(place)


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_that_fails_leaves_nothing(form: str, tmp_path: Path) -> None:
    class Stopped(BaseException):
        pass

    def stops() -> Iterator[Record]:
        yield from sample()
        raise Stopped

    with pytest.raises(Stopped):
        export_snapshot(Held(stops), tmp_path / "out", form)
    assert not names(tmp_path)

    def refuses(made: export.Exported) -> None:
        assert not made.folder.exists()
        raise WrongUse("no")

    with pytest.raises(WrongUse, match="no"):
        export_snapshot(Held(sample), tmp_path / "out", form, before=refuses)
    assert not names(tmp_path)


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_is_said_and_leaves_nothing(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, left = staging.opened, [1]

    def full(file: Path) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        return real(file)

    monkeypatch.setattr(staging, "opened", full)
    with pytest.raises(ExportFailed, match="No space left"):
        export_snapshot(Held(sample), tmp_path / "out", form)
    assert not names(tmp_path)


@pytest.mark.parametrize("form", FORMATS)
def test_no_company_is_held_whole(form: str, tmp_path: Path) -> None:
    def many() -> Iterator[Record]:
        for number in range(3_000):
            yield record("Invoice", str(number), Line=[{"Amount": 1}])

    held = Held(many)
    export_snapshot(held, tmp_path / "out", form)
    assert held.most <= 3


@pytest.mark.parametrize("entity", ["../up", "a/b", "", ".hidden", "Ünïcode", "a b"])
@pytest.mark.parametrize("form", FORMATS)
def test_text_of_the_books_is_no_path(form: str, entity: str, tmp_path: Path) -> None:
    made = export_snapshot(Held(lambda: [record(entity, "1", **{"a/b": [{"..": 1}]})]), tmp_path / "deep" / "out", form)
    assert {path.parent for path in made.files} == {tmp_path / "deep" / "out"}
    assert {path.name for path in tmp_path.iterdir()} == {"deep"}
    assert {path.name for path in (tmp_path / "deep").iterdir()} == {"out"}
    assert all(path.name.isascii() and not path.name.startswith(".") for path in made.files)


def test_names_that_differ_in_case_alone_are_two_files(tmp_path: Path) -> None:
    made = export_snapshot(Held(lambda: [record("bill", "1"), record("Bill", "1")]), tmp_path / "out", "csv")
    assert len({path.name.casefold() for path in made.files}) == 2


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="jsonl, csv, parquet, xlsx"):
        export_snapshot(Held(sample), tmp_path / "out", "pdf")


# -- the case and the command line -----------------------------------------------------------------------------------

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
    with made.vault.begin_snapshot(COMPANY) as writer:
        for one in sample():
            writer.add(one.key, one.payload)
        writer.commit(taken_at=AT, finished_at=AT, complete=True, counts={}, fence={}, requests=1, findings=[])
    return made


@pytest.mark.parametrize("form", FORMATS)
def test_custody_lists_what_leaves(case: Case, form: str, tmp_path: Path) -> None:
    made = case.export("s1", tmp_path / "out", form)
    act = case.custody.acts()[-1]
    assert act.act == "exported"
    assert act.details["snapshot"] == "s1"
    assert act.details["digest"] == case.snapshot("s1").info.digest
    assert act.details["form"] == form
    assert act.details["to"] == str(tmp_path / "out")
    assert act.details["rows"]["Invoice"] == 3
    listed = {one["name"]: (one["length"], one["sha256"]) for one in act.details["files"]}
    there = {path.name: (path.stat().st_size, staging.sha256(path)) for path in made.folder.iterdir()}
    assert listed == there


def test_what_custody_does_not_take_does_not_leave(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise AkikaError("The chain cannot be written.")

    monkeypatch.setattr(case.custody, "record", fails)
    with pytest.raises(AkikaError, match="chain"):
        case.export("s1", tmp_path / "out", "csv")
    assert not (tmp_path / "out").exists()


def test_the_command_says_where_everything_is(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    arguments = ["export", "s1", "--to", str(tmp_path / "out"), "--format", "xlsx", "--vault", str(case.vault.root)]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == [str(tmp_path / "out" / "s1.xlsx")]
    assert Path(told["about"]).is_file()
    assert Path(told["sums"]).is_file()
    assert told["rows"] == {"Customer": 1, "Invoice": 3, "Invoice.Line": 3}
    assert main(arguments) == 2
    arguments[3] = str(tmp_path / "again")
    assert main(arguments) == 0
    assert "not encrypted" in capsys.readouterr().out
    assert names(tmp_path / "again") == {"s1.xlsx", "ABOUT.txt", "SHA256SUMS"}
