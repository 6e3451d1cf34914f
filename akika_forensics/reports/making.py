"""From an executed notebook to all files of its report, in memory: page, PDF, tables and the manifest that names them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from akika_forensics.model import payload
from akika_forensics.model.instants import format_instant
from akika_forensics.reports.catalogue import Report
from akika_forensics.reports.export import to_html, to_paper
from akika_forensics.reports.files import MadeFile
from akika_forensics.reports.long_tables import tables_of
from akika_forensics.reports.pdf import Attached, table_file, to_pdf
from akika_forensics.reports.provenance import cited_in, result_in, software

FORMAT: Final = "akika-report-1"
_TITLE_PARAMETER: Final = "title"


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report that lies nowhere yet: its files, the manifest last, and what a reader of the result should know."""

    report: str
    title: str
    made_at: datetime
    parameters_sha256: str
    snapshots: tuple[dict[str, Any], ...]
    files: tuple[MadeFile, ...]
    notes: tuple[str, ...]


def make(
    report: Report,
    values: Mapping[str, Any],
    notebook: Any,
    data: bytes,
    *,
    stem: str,
    started: datetime,
    made_at: datetime,
) -> MadeReport:
    """The files of one run. ``data``: the bytes of the executed ``notebook``; ``stem``: how its files begin. The same input gives the same bytes."""
    document = document_of(report, values, notebook, data, made_at)
    tables = [table_file(table, stem) for table in tables_of(notebook)]
    source = Attached(f"{stem}.ipynb", data, "The executed notebook that this document was made from", "Source")
    printed = to_pdf(to_paper(notebook, document, stem), document, stem, [source, *tables])
    tables += [table_file(table, stem) for table in printed.cut]
    files = [
        MadeFile("notebook", f"{stem}.ipynb", data),
        MadeFile("html", f"{stem}.html", to_html(notebook, document).encode("utf-8")),
        *([MadeFile("pdf", f"{stem}.pdf", printed.data)] if printed.data is not None else []),
        *(MadeFile("table", table.name, table.data) for table in tables),
    ]
    manifest = {
        "format": FORMAT,
        "report": report.name,
        "source": {"path": report.path.name, "sha256": hashlib.sha256(report.path.read_bytes()).hexdigest()},
        "title": document["title"],
        "started_at": format_instant(started),
        "finished_at": document["made_at"],
        "parameters": document["parameters"],
        "snapshots": document["snapshots"],
        "result": result_in(notebook),
        "software": document["software"],
        "notes": list(printed.notes),
        "files": [file.row() for file in files],
    }
    files.append(MadeFile("manifest", f"{stem}.json", payload.encode(manifest) + b"\n"))
    parameters = payload.canonical_value(document["parameters"])
    return MadeReport(
        report.name,
        str(document["title"]),
        made_at,
        hashlib.sha256(parameters).hexdigest(),
        tuple(document["snapshots"]),
        tuple(files),
        printed.notes,
    )


def document_of(
    report: Report, values: Mapping[str, Any], notebook: Any, data: bytes, made_at: datetime
) -> dict[str, Any]:
    """What the frame around a notebook says of it; see `export.to_html`."""
    defaults = {parameter.name: parameter.default for parameter in report.parameters}
    shown = {name: values.get(name, default) for name, default in defaults.items()}
    return {
        "report": report.name,
        "kind": report.title,
        "title": str(shown.get(_TITLE_PARAMETER) or report.title),
        "sha256": hashlib.sha256(data).hexdigest(),
        "made_at": format_instant(made_at),
        "parameters": {name: "" if value is None else str(value) for name, value in shown.items()},
        "software": software(),
        "snapshots": cited_in(notebook),
    }
