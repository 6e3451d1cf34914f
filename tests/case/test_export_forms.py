"""Each form of an export, read by programs of others: csv, pandas, DuckDB, pyarrow, openpyxl, LibreOffice."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.case.export import export_snapshot, shape, survey, text_files, workbook
from akika_forensics.case.export.frames import frames_of
from akika_forensics.case.export.survey import Kind
from akika_forensics.errors import WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import SnapshotInfo

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOSTILE = [
    "=1+1", "+1 555 0100", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "'=1", "'", "''x", 'plain, with "quotes"',
    "two\r\nlines", "007", "12345678901234567890", "https://example.invalid", "mailto:x@example.invalid", "TRUE", "1e5", "<b>&amp;",
    "_x0041_", "\x00\x01\x1f", "\x7f\x85", "\ufffe\uffff", "\ufeffmark", "𝔘𝔫𝔦", " leading", "trailing ", "", "#N/A", "{=1}", "1,5",
]  # fmt: skip


def note(number: int, said: str) -> Record:
    return Record(RecordKey("Note", str(number)), json.dumps({"Id": str(number), "Said": said}).encode())


class Books:
    """Records without a vault."""

    def __init__(self, records: list[Record]) -> None:
        company = Company("9341453000000017", "=cmd|'/c calc'!A1 Söhne", "http://127.0.0.1:8080")
        self.info = SnapshotInfo("s3", company, AT, AT, 7, 3, True, {}, {}, 1, [], (), "ab" * 32)
        self._records = records

    def attachments(self) -> pl.DataFrame:
        return pl.DataFrame(schema={"entity": pl.String, "id": pl.String})

    def attachment(self, key: RecordKey) -> Iterator[bytes]:
        raise KeyError(key)

    def records(self, entities: Iterable[str] | None = None) -> Iterator[Record]:
        return iter(self._records)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("hostile")
    books = Books([note(number, said) for number, said in enumerate(HOSTILE)])
    return {form: export_snapshot(books, folder / form, form).files[0] for form in ("csv", "parquet", "xlsx")}


def rich(number: int = 1, **more: Any) -> Record:
    text = json.dumps(
        {
            "Id": str(number), "SyncToken": "0", "DocNumber": "00123", "TxnDate": "2026-02-28", "Active": True, "Count": 12,
            "MetaData": {"CreateTime": "2026-02-28T23:30:00-08:00"},
            "CustomerRef": {"value": "3", "name": "Amy"},
            "Line": [
                {"Id": "1", "Qty": 2, "SalesItemLineDetail": {"ItemRef": {"value": "9"}}, "LinkedTxn": [{"TxnId": "77"}, {"TxnId": "78"}]},
                {"Id": "2", "Description": "second"},
            ],
            "Tags": ["a", "b"],
            **more,
        }
    )  # fmt: skip
    text = text[:-1] + ', "TotalAmt": 100.00, "UnitPrice": 0.12345, "ExchangeRate": 1.1000}'
    return Record(RecordKey("Invoice", str(number)), text.encode())


def test_a_record_becomes_rows() -> None:
    tables = survey.tables_of([rich()])
    assert [(one.name, one.keys, one.rows) for one in tables] == [
        ("Invoice", ("Id",), 1),
        ("Invoice.Line", ("Invoice.Id", "#1"), 2),
        ("Invoice.Line.LinkedTxn", ("Invoice.Id", "#1", "#2"), 2),
        ("Invoice.Tags", ("Invoice.Id", "#1"), 2),
    ]
    kinds = {column.heading: (column.kind, column.places) for column in tables[0].columns}
    assert kinds == {
        "SyncToken": (Kind.TEXT, 0), "DocNumber": (Kind.TEXT, 0), "TxnDate": (Kind.DATE, 0), "Active": (Kind.FLAG, 0),
        "Count": (Kind.WHOLE, 0), "MetaData.CreateTime": (Kind.TIME, 0), "CustomerRef.value": (Kind.TEXT, 0),
        "CustomerRef.name": (Kind.TEXT, 0), "TotalAmt": (Kind.AMOUNT, 2), "UnitPrice": (Kind.AMOUNT, 5), "ExchangeRate": (Kind.NUMBER, 4),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["2026-01-01", "soon"], Kind.TEXT),
        (["2026-02-30"], Kind.TEXT),
        ([1, "1"], Kind.TEXT),
        ([True, 1], Kind.TEXT),
        ([2**63], Kind.NUMBER),
        ([10**40], Kind.TEXT),
        ([None], None),
    ],
)
def test_a_column_is_only_of_a_kind_that_all_its_values_are(values: list[Any], kind: Kind | None) -> None:
    records = [
        Record(RecordKey("X", str(n)), json.dumps({"Id": str(n), "DueDate": one}).encode())
        for n, one in enumerate(values)
    ]
    (table,) = survey.tables_of(records)
    assert [column.kind for column in table.columns] == ([kind] if kind else [])


def test_numbers_beyond_all_measure_stay_text_in_every_form(tmp_path: Path) -> None:
    payload = b'{"Id":"1","TotalAmt":1e999999999,"Qty":1e-999999999,"Deposit":' + b"9" * 60 + b"}"
    books = Books([Record(RecordKey("X", "1"), payload)])
    for form in ("csv", "parquet", "xlsx"):
        export_snapshot(books, tmp_path / form, form)
    read = pq.read_table(tmp_path / "parquet" / "X.parquet").to_pylist()[0]
    assert read == {"Id": "1", "TotalAmt": "1E+999999999", "Qty": "1E-999999999", "Deposit": "9" * 60}
    assert {form: (tmp_path / form).is_dir() for form in ("csv", "parquet", "xlsx")} == {
        "csv": True,
        "parquet": True,
        "xlsx": True,
    }


def test_an_own_id_that_differs_from_the_captured_one_is_shown(tmp_path: Path) -> None:
    books = Books([Record(RecordKey("X", "7"), b'{"Id":7}'), Record(RecordKey("X", "8"), b'{"Id":"8"}')])
    made = export_snapshot(books, tmp_path / "out", "csv")
    assert made.files[0].read_bytes() == b'"Id","Id (as sent)"\r\n"7",7\r\n"8",\r\n'


def test_names_that_would_fall_together_are_kept_apart() -> None:
    body = {"a.b": 1, "a": {"b": 2}, "A": {"B": 3}, "Invoice": {"Id": 4}, "L": [{"Invoice": {"Id": 5}, "#1": 6}]}
    tables = survey.tables_of([Record(RecordKey("Invoice", "1"), json.dumps(body).encode())])
    for table in tables:
        assert len({one.casefold() for one in table.headings}) == len(table.headings)
    assert set(tables[0].headings) == {"Id", "a\\.b", "a.b", "A.B (2)", "Invoice.Id"}


def test_what_lies_too_deep_is_one_cell_of_json() -> None:
    body: Any = {"end": 1}
    for _ in range(200):
        body = {"d": body}
    (table,) = survey.tables_of([Record(RecordKey("X", "1"), json.dumps(body).encode())])
    (column,) = table.columns
    assert len(column.path) == shape.DEEPEST + 1


def test_more_fields_than_a_table_can_carry_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "MOST_COLUMNS", 5)
    monkeypatch.setattr(survey, "MOST_TABLES", 3)
    with pytest.raises(WrongUse, match="more than 5 different fields"):
        survey.tables_of([Record(RecordKey("X", "1"), json.dumps({f"f{n}": n for n in range(6)}).encode())])
    with pytest.raises(WrongUse, match="more than 3 different lists"):
        survey.tables_of([Record(RecordKey("X", "1"), json.dumps({f"f{n}": [n] for n in range(4)}).encode())])


# -- CSV -------------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(codec="utf-8")) | st.sampled_from(HOSTILE))
def test_harmless_text_is_harmless_and_can_be_taken_back(said: str) -> None:
    made = text_files.harmless(said)
    assert made.lstrip(" \t\r\n\v\f\u00a0\ufeff")[:1] not in set("=+-@＝＋－＠")
    assert made[:1] not in {"\t", "\r", "\n"}
    assert made.removeprefix("'") == said


def taken_off(said: str) -> str:
    return said.removeprefix("'")


def test_csv_as_others_read_it(hostile: dict[str, Path]) -> None:
    with hostile["csv"].open(encoding="utf-8", newline="") as stream:
        heading, *rows = csv.reader(stream, strict=True)
    assert heading == ["Id", "Said"]
    assert [taken_off(row[1]) for row in rows] == HOSTILE
    shown = pd.read_csv(hostile["csv"], dtype=str, keep_default_na=False, encoding="utf-8")
    clean = [said for said in HOSTILE if "\x00" not in said]
    assert [taken_off(one) for one in shown["Said"] if "\x00" not in one] == clean
    read = duckdb.read_csv(
        str(hostile["csv"]), all_varchar=True, header=True, quotechar='"', escapechar='"', delimiter=","
    ).fetchall()
    assert [taken_off(said or "") for _, said in read] == HOSTILE


def test_csv_has_no_mark_ends_lines_as_the_standard_says_and_tells_text_from_numbers(tmp_path: Path) -> None:
    made = export_snapshot(Books([rich(Nothing=None, Empty="", When="-1")]), tmp_path / "out", "csv")
    told = {path.name: path.read_bytes() for path in made.files}
    heading, row, rest = told["Invoice.csv"].split(b"\r\n")
    assert not rest
    assert heading.startswith(b'"Id","SyncToken"')
    cells = dict(zip(heading.decode().replace('"', "").split(","), row.decode().split(","), strict=True))
    assert cells == {
        "Id": '"1"', "SyncToken": '"0"', "DocNumber": '"00123"', "TxnDate": '"2026-02-28"', "Active": "true", "Count": "12",
        "MetaData.CreateTime": '"2026-02-28T23:30:00-08:00"', "CustomerRef.value": '"3"', "CustomerRef.name": '"Amy"', "Empty": '""',
        "When": "\"'-1\"", "TotalAmt": "100.00", "UnitPrice": "0.12345", "ExchangeRate": "1.1000",
    }  # fmt: skip
    assert told["Invoice.Line.LinkedTxn.csv"] == b'"Invoice.Id","#1","#2","TxnId"\r\n"1",1,1,"77"\r\n"1",1,2,"78"\r\n'


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.decimals(-(10**6), 10**6, places=3) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "TotalAmt", "TxnDate", "value", "x.y"]), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
BODIES = st.lists(
    st.dictionaries(st.sampled_from(["Name", "Line", "Amount", "Ref"]), JSON, max_size=4), min_size=1, max_size=4
)


def leaves(value: Any) -> Iterator[Any]:
    """Every value of a record, found in another way than the export finds them."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    elif value is not None:
        yield value


@given(bodies=BODIES)
def test_every_value_of_every_record_is_in_the_tables(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[dict[str, Any]]
) -> None:
    payloads = [json.dumps(body, default=str).encode() for body in bodies]
    books = Books([Record(RecordKey("X", str(n)), one) for n, one in enumerate(payloads)])
    folder = tmp_path_factory.mktemp("every")
    found: list[str] = []
    for file in export_snapshot(books, folder / "csv", "csv").files:
        with file.open(encoding="utf-8", newline="") as stream:
            heading, *rows = csv.reader(stream, strict=True)
            keys = sum(one.startswith("#") for one in heading) + 1
            found += [taken_off(cell) for row in rows for cell in row[keys:] if cell]
    sent = [survey.text(one) for payload in payloads for one in leaves(json.loads(payload)) if one != ""]
    amounts = [Decimal(one) if _is_number(one) else one for one in found]
    assert sorted(map(str, map(_normal, amounts))) == sorted(
        str(_normal(Decimal(one) if _is_number(one) else one)) for one in sent
    )
    kept: list[Any] = []
    for file in export_snapshot(books, folder / "parquet", "parquet").files:
        table = pq.read_table(file)
        keys = sum(one.startswith("#") for one in table.column_names) + 1
        kept += [one for column in table.columns[keys:] for one in column.to_pylist() if one is not None and one != ""]
    assert len(kept) == len(sent)


def _is_number(said: str) -> bool:
    try:
        return Decimal(said).is_finite()
    except ArithmeticError:
        return False


def _normal(value: Any) -> Any:
    return value.normalize() + 0 if isinstance(value, Decimal) else value


# -- Parquet ---------------------------------------------------------------------------------------------------------


def test_parquet_as_others_read_it(hostile: dict[str, Path], tmp_path: Path) -> None:
    assert pq.read_table(hostile["parquet"])["Said"].to_pylist() == HOSTILE
    assert pl.read_parquet(hostile["parquet"])["Said"].to_list() == HOSTILE
    assert pd.read_parquet(hostile["parquet"])["Said"].to_list() == HOSTILE
    assert [said for _, said in duckdb.read_parquet(str(hostile["parquet"])).fetchall()] == HOSTILE
    made = export_snapshot(Books([rich(), rich(2, TxnDate=None, Active=None)]), tmp_path / "out", "parquet")
    first, second = pq.read_table(made.files[0]).to_pylist()
    assert first == {
        "Id": "1", "SyncToken": "0", "DocNumber": "00123", "TxnDate": date(2026, 2, 28), "Active": True, "Count": 12,
        "MetaData.CreateTime": datetime(2026, 3, 1, 7, 30, tzinfo=UTC), "CustomerRef.value": "3", "CustomerRef.name": "Amy",
        "TotalAmt": Decimal("100.00"), "UnitPrice": Decimal("0.12345"), "ExchangeRate": Decimal("1.1000"),
    }  # fmt: skip
    assert (second["TxnDate"], second["Active"]) == (None, None)
    joined = duckdb.sql(
        f"select i.DocNumber, l.\"#1\", l.Qty from '{made.files[0]}' i join '{made.files[1]}' l on l.\"Invoice.Id\" = i.Id order by all"
    ).fetchall()
    assert joined == [("00123", 1, 2), ("00123", 1, 2), ("00123", 2, None), ("00123", 2, None)]


def test_frames_are_the_parquet_tables(tmp_path: Path) -> None:
    records = [rich(), rich(2, TxnDate=None, Active=None, Tags=[])]
    made = export_snapshot(Books(records), tmp_path / "out", "parquet")
    frames = frames_of(lambda: records)
    assert [f"{name}.parquet" for name in frames] == [file.name for file in made.files]
    for file, frame in zip(made.files, frames.values(), strict=True):
        assert pl.read_parquet(file).equals(frame)
        assert dict(pl.read_parquet(file).schema) == dict(frame.schema)


def test_a_long_parquet_table_is_written_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from akika_forensics.case.export import parquet_files

    monkeypatch.setattr(parquet_files, "_ROWS", 10)
    made = export_snapshot(Books([note(number, "x") for number in range(95)]), tmp_path / "rows", "parquet")
    assert pq.ParquetFile(made.files[0]).num_row_groups == 10
    assert pq.read_table(made.files[0])["Id"].to_pylist() == [str(number) for number in range(95)]
    monkeypatch.setattr(parquet_files, "_CHARACTERS", 20)
    made = export_snapshot(Books([note(number, "x" * 11) for number in range(8)]), tmp_path / "text", "parquet")
    assert pq.ParquetFile(made.files[0]).num_row_groups >= 4


# -- workbooks -------------------------------------------------------------------------------------------------------


def _at(*parts: int) -> datetime:
    """A time as a workbook has it: without a zone."""
    return datetime(*parts)  # type: ignore[arg-type] # noqa: DTZ001 - workbooks know no zones


def rows_of(file: Path, sheet: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(file, read_only=False)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_text_stays_text_in_a_workbook(hostile: dict[str, Path]) -> None:
    sheet = openpyxl.load_workbook(hostile["xlsx"])["Note"]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert [cell.data_type for cell in cells if cell.data_type == "n"] in ([], ["n"])  # the empty text alone
    assert all(cell.hyperlink is None for cell in cells)
    shown = [_unescaped(cell.value or "") for cell in cells]
    assert shown == [
        said.replace("\ufffe", "\N{REPLACEMENT CHARACTER}").replace("\uffff", "\N{REPLACEMENT CHARACTER}")
        for said in HOSTILE
    ]
    noted = rows_of(hostile["xlsx"], "Not as received")[1:]
    assert [row[:3] for row in noted] == [["Note", HOSTILE.index("\ufffe\uffff") + 2, "Said"]]


def _unescaped(said: str) -> str:
    from openpyxl.utils.escape import unescape

    return str(unescape(said))


def test_every_part_of_a_workbook_is_well_formed(hostile: dict[str, Path]) -> None:
    with zipfile.ZipFile(hostile["xlsx"]) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            tree = ET.fromstring(archive.read(name))  # noqa: S314 - made a line before
            assert not [one for one in tree.iter() if one.tag.endswith(("}f", "}hyperlink"))], name


def test_amounts_days_and_times_are_what_they_are(tmp_path: Path) -> None:
    made = export_snapshot(Books([rich()]), tmp_path / "out", "xlsx")
    sheet = openpyxl.load_workbook(made.files[0])["Invoice"]
    heading, row = [list(one) for one in sheet.iter_rows()]
    cells = dict(zip((one.value for one in heading), row, strict=True))
    assert {name: cell.value for name, cell in cells.items()} == {
        "Id": "1", "SyncToken": "0", "DocNumber": "00123", "TxnDate": _at(2026, 2, 28), "Active": True, "Count": 12,
        "MetaData.CreateTime": _at(2026, 3, 1, 7, 30), "CustomerRef.value": "3", "CustomerRef.name": "Amy",
        "TotalAmt": 100, "UnitPrice": 0.12345, "ExchangeRate": 1.1,
    }  # fmt: skip
    assert cells["TotalAmt"].number_format == "#,##0.00"
    assert cells["UnitPrice"].number_format == "#,##0.00000"
    assert cells["TxnDate"].is_date
    assert sheet.freeze_panes == "A2"


def test_what_no_cell_holds_is_kept_as_text_or_cut_and_said(tmp_path: Path) -> None:
    long = "𝔘" + "x" * 40_000
    records = [
        Record(
            RecordKey("X", "1"), json.dumps({"Id": "1", "Said": long, "TotalAmt": 1, "TxnDate": "1899-12-31"}).encode()
        ),
        Record(RecordKey("X", "2"), b'{"Id":"2","TotalAmt":1234567890123456.78,"TxnDate":"2026-01-01"}'),
        Record(RecordKey("X", "3"), json.dumps({"Id": "3", "Said": "x" * 32_766 + "𝔘"}).encode()),
    ]
    made = export_snapshot(Books(records), tmp_path / "out", "xlsx")
    heading, one, two, three = rows_of(made.files[0], "X")
    assert heading == ["Id", "Said", "TotalAmt", "TxnDate"]
    assert one[1:] == [long[:32_766], 1, "1899-12-31"]
    assert two[2:] == ["1234567890123456.78", _at(2026, 1, 1)]
    assert three[1] == "x" * 32_766
    noted = rows_of(made.files[0], "Not as received")[1:]
    assert [(row[0], row[1], row[2]) for row in noted] == [
        ("X", 2, "Said"),
        ("X", 2, "TxnDate"),
        ("X", 3, "TotalAmt"),
        ("X", 4, "Said"),
    ]
    assert noted[0][3] == "cut: 32,767 of 40,002 characters are here"
    assert made.notes == ("4 cells do not hold what was received; the sheet 'Not as received' says which.",)


def test_a_long_table_goes_on_on_a_further_sheet(tmp_path: Path) -> None:
    records = [note(number, "x") for number in range(7)] + [Record(RecordKey("Note 2", "1"), b'{"Id":"1"}')]
    tables = survey.tables_of(records)
    book = workbook.Workbook(tmp_path / "x.xlsx", tables, rows=4)
    for number in range(7):
        book.add(tables[0], [str(number)], ["x"])
    assert [book.sheets(table) for table in tables] == [["Note", "Note 2", "Note 3"], ["Note 2 (2)"]]
    book.close([])
    assert [row[0] for row in rows_of(tmp_path / "x.xlsx", "Note 2")] == ["Id", "3", "4", "5"]
    assert [row[0] for row in rows_of(tmp_path / "x.xlsx", "Note 3")] == ["Id", "6"]


def test_names_of_sheets_are_such_as_excel_takes(tmp_path: Path) -> None:
    names = ["About", "history", "a/b:c*?[]\\", "'quoted'", "x" * 40, "x" * 39 + "y", "x" * 31]
    records = [Record(RecordKey(name, "1"), b'{"Id":"1"}') for name in names]
    book = openpyxl.load_workbook(export_snapshot(Books(records), tmp_path / "out", "xlsx").files[0])
    assert len(book.sheetnames) == len({name.casefold() for name in book.sheetnames}) == len(names) + 2
    for name in book.sheetnames:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\'")
        assert name.casefold() != "history"


def test_the_first_sheet_says_what_this_is(tmp_path: Path) -> None:
    made = export_snapshot(Books([rich()]), tmp_path / "out", "xlsx")
    book = openpyxl.load_workbook(made.files[0])
    assert book.sheetnames == [
        "About",
        "Not as received",
        "Invoice",
        "Invoice.Line",
        "Invoice.Line.LinkedTxn",
        "Invoice.Tags",
    ]
    said = {row[0]: row[1] for row in rows_of(made.files[0], "About")}
    assert said["Company"] == "=cmd|'/c calc'!A1 Söhne"
    assert said["Digest of the commit"] == "ab" * 32
    assert said["Sheet Invoice.Line"] == "Invoice.Line: 2 rows, 6 columns"
    assert "Not carried" in " ".join(row[1] for row in rows_of(made.files[0], "About"))


def test_libreoffice_opens_the_workbook(hostile: dict[str, Path], tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("needs LibreOffice: none on PATH")
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
         "--outdir", str(tmp_path), str(hostile["xlsx"])],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (made,) = tmp_path.glob("*-Note.csv")
    with made.open(encoding="utf-8", newline="") as stream:
        said = [row[1] for row in csv.reader(stream)][1:]
    for wanted in ("=1+1", "@SUM(A1)", "007", "12345678901234567890"):
        assert wanted in said
