"""Write docs/tie-out-coverage.md anew: what of real reports the recorded records cover, and whether the books agree with it.

``python tools/tie_out_coverage.py`` prints it; ``--write`` writes it. It reads recorded answers of the real service from the folder
``shared/data`` beside the checkout. The page has names of reports and counts, nothing of what they say. A test holds it against the folder.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from akika_forensics.books import Ledger, tie
from akika_forensics.books.documents import fields
from akika_forensics.books.reported import ledger_rows, sheet
from akika_forensics.errors import AkikaError
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.record import Record, RecordKey

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tie-out-coverage.md"
DATA = ROOT.parent / "shared" / "data"

_COMPANY = "recorded/qbo_api"
"""Whose general ledger was recorded, with documents of the same company and day beside it."""
_STOCK = ("recorded/exquickbooks/query.json", "real_records")
"""Items and accounts of the stock sandbox company: every such company has the same ones under the same Ids."""

_NAMED_IN_XML = r'<ColData value="(Bill|Check|Deposit|Expense|Invoice|Journal Entry|Payment)" +id="([0-9]+)"'
"""A document in a row of a report: what it is called there, and its Id."""
_ENTITY = {"Check": "Purchase", "Expense": "Purchase", "Journal Entry": "JournalEntry"}

_HEAD = """\
# What the tie-out was tried against

Made by `python tools/tie_out_coverage.py --write` from recorded answers of the real service, which are no part of this repository; a test compares
them where they are.

The books are held against the twin's reports in every run. Against reports of the real service they can be held as far as the documents
behind these were recorded too. A balance or a total is of every document since the company's first day, so that no balance is covered; a general
ledger names its documents one by one, and is compared posting by posting for those that were recorded. Reports in XML are not compared: their
totals are of every document like any other, and of the documents that two of them name by Id none was recorded.
"""


class Row(NamedTuple):
    """One recorded report: its name, basis and form, how many figures it has, how many documents it names, how many of them were
    recorded, how many postings of those were compared and how many agree.
    """

    report: str
    basis: str
    form: str
    figures: int
    documents: int
    recorded: int
    compared: int
    agreeing: int


def page(data: Path = DATA) -> str:
    """The whole page."""
    rows = list(covered(data))
    heads = (
        "Report",
        "Basis",
        "Form",
        "Figures",
        "Documents it names",
        "Recorded of them",
        "Postings compared",
        "That agree",
    )
    body = [
        (
            one.report,
            one.basis,
            one.form,
            str(one.figures),
            *(str(number) if one.documents else "" for number in one[4:]),
        )
        for one in rows
    ]
    postings = sum(one.compared for one in rows)
    documents = sum(one.recorded for one in rows)
    said = (
        f"{len(rows)} reports. {documents} documents of theirs were recorded; of their {postings} postings "
        f"{sum(one.agreeing for one in rows)} agree with ours in account, day and amount.\n"
    )
    return "\n".join([_HEAD, _table(heads, body), said])


def covered(data: Path) -> Iterator[Row]:
    """A row a recorded report, in order of report, basis and form."""
    found = [_of_json(one, data) for one in _reports(data)] + [
        _of_xml(path) for path in sorted(data.glob("**/*.xml")) if _is_xml(path)
    ]
    yield from sorted(found)


def _is_xml(path: Path) -> bool:
    return "<ReportName>" in path.read_text("utf-8-sig")


def _of_xml(path: Path) -> Row:
    """Reports in a form that is not captured: counted, and the documents that they name looked for beside them."""
    text = path.read_text("utf-8-sig")
    named = {(_ENTITY.get(kind, kind), key) for kind, key in re.findall(_NAMED_IN_XML, text)}
    beside = [one.read_text("utf-8-sig") for one in sorted(path.parent.glob("*.xml"))]
    recorded = sum(any(re.search(rf"<{kind}\b[^>]*>\s*<Id>{key}</Id>", one) for one in beside) for kind, key in named)
    figures = re.findall(r'(?:value="|<value>)-?[0-9][0-9,]*\.[0-9]+(?:"|<)', text)
    return Row(_tag(text, "ReportName"), _tag(text, "ReportBasis"), "XML", len(figures), len(named), recorded, 0, 0)


def _tag(text: str, name: str) -> str:
    found = re.search(f"<{name}>([A-Za-z]+)</{name}>", text)
    return found.group(1) if found else ""


def _reports(data: Path) -> Iterator[tuple[bytes, bool]]:
    """The answers that are reports, and whether they are of the company whose documents were recorded; each once."""
    seen: set[bytes] = set()
    for path in sorted((data / "recorded").glob("**/*.json")):
        ours = path.is_relative_to(data / _COMPANY)
        for answer in _answers(json.loads(path.read_text("utf-8-sig"))):
            if not isinstance(answer.get("Header"), dict) or "ReportName" not in answer["Header"]:
                continue
            report = json.dumps(answer).encode()
            if report not in seen:
                seen.add(report)
                yield report, ours


def _answers(read: Any) -> Iterator[dict[str, Any]]:
    """The bodies of exchanges, or the file itself where it is one body."""
    for one in read if isinstance(read, list) else [read]:
        body = one.get("body") if isinstance(one, dict) else None
        if isinstance(body, str):
            try:
                inner = json.loads(body)
            except ValueError:
                continue
            if isinstance(inner, dict):
                yield inner
        elif isinstance(one, dict):
            yield one


def _of_json(found: tuple[bytes, bool], data: Path) -> Row:
    report, ours = found
    page = sheet.read(report, "recorded")
    figures = sum(_is_figure(cell.text) for row in page.rows for cell in row.cells[1:])
    row = Row(page.report, page.basis or "", "JSON", figures, 0, 0, 0, 0)
    if page.report != "GeneralLedger" or not ours:
        return row
    ledger = Ledger.of(_records(data, page))
    try:
        rows = ledger_rows.rows("recorded", page, ledger.chart)
    except AkikaError:
        return row
    named = {RecordKey(*key) for key in rows.select("entity", "id").unique().iter_rows() if None not in key}
    posted = {RecordKey(*key) for key in ledger.frame.select("entity", "id").unique().iter_rows()}
    tied = tie(ledger, {"GeneralLedger/Accrual/recorded": report})
    recorded = named & posted
    apart = [RecordKey(*key) for key in tied.documents.select("entity", "id").iter_rows()]
    compared = sum(RecordKey(*key) in recorded for key in rows.select("entity", "id").iter_rows())
    return row._replace(
        documents=len(named),
        recorded=len(recorded),
        compared=compared,
        agreeing=compared - sum(key in recorded for key in apart),
    )


def _is_figure(text: str) -> bool:
    return re.fullmatch(r"-?[0-9,]*\.[0-9]+", text.strip()) is not None


def _records(data: Path, page: sheet.Sheet) -> list[Record]:
    """The documents of the company as they were when the report was made, with the lists that they cite."""
    bodies = dict(_lists(data))
    for path in sorted((data / _COMPANY).glob("**/*.json")):
        for answer in _answers(json.loads(path.read_text("utf-8-sig"))):
            for entity, body in _objects(answer):
                key = RecordKey(entity, str(body["Id"]))
                if entity in fields.POSTING and _updated(body) < (page.time or _updated(body)):
                    known = bodies.get(key)
                    if known is None or _updated(known) <= _updated(body):
                        bodies[key] = body
    # What was deleted before the report was made is in no later answer, and in no report.
    gone = {key for key in bodies if key.entity in fields.POSTING and key.id in _deleted(data)}
    return [Record(key, json.dumps(body).encode()) for key, body in sorted(bodies.items()) if key not in gone]


def _lists(data: Path) -> Iterator[tuple[RecordKey, dict[str, Any]]]:
    incomes: dict[str, str] = {}
    for name in _STOCK:
        path = data / name
        for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
            lines = file.read_text("utf-8-sig").splitlines() if file.suffix == ".jsonl" else []
            answers = (
                [{file.stem: [json.loads(line) for line in lines]}]
                if lines
                else list(_answers(json.loads(file.read_text("utf-8-sig"))))
            )
            for entity, body in (pair for answer in answers for pair in _objects(answer)):
                if entity in ("Account", "Item"):
                    yield RecordKey(entity, str(body["Id"])), body
                if isinstance(cited := body.get("IncomeAccountRef"), dict):
                    incomes[str(cited["value"])] = str(cited.get("name", ""))
    # An account that no recording has is known by what cites it: QuickBooks takes no other than one of income there.
    have = {
        json.loads(line)["Id"] for line in (data / "real_records/Account.jsonl").read_text("utf-8-sig").splitlines()
    }
    for account, name in incomes.items():
        if account not in have:
            yield RecordKey("Account", account), {"Id": account, "Name": name, "AccountType": "Income"}


def _objects(value: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record in an answer, with the name that it stands under."""
    if isinstance(value, dict):
        if name[:1].isupper() and "Id" in value and "SyncToken" in value:
            yield name, value
        for key, inner in value.items():
            yield from _objects(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, name)


def _deleted(data: Path) -> set[str]:
    found: set[str] = set()
    for path in sorted((data / _COMPANY / "vcr" / "delete").glob("*.json")):
        for answer in _answers(json.loads(path.read_text("utf-8-sig"))):
            found |= {str(body["Id"]) for _, body in _objects(answer)}
    return found


def _updated(body: dict[str, Any]) -> datetime:
    return parse_instant(body["MetaData"]["LastUpdatedTime"])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(), "utf-8")
    else:
        print(page())
