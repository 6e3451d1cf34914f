"""A statement that somebody asks for as a file: beside the plans, through the case, so that custody lists it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from akika_forensics.case.export.statement import write, write_picture
from akika_forensics.case.statements.asked import Asked, frame_of
from akika_forensics.case.statements.pictures import pictures_of
from akika_forensics.case.statements.reading import ReadBooks
from akika_forensics.case.statements.remarks import about, report_only
from akika_forensics.vault import SnapshotInfo
from akika_widgets.workbench.desk import Desk

FORMS: Final = {"csv": "CSV", "xlsx": "Excel workbook", "svg": "picture"}


def why_no_picture(asked: Asked) -> str:
    """Why a statement cannot be written as a picture, as a sentence; "" when it can."""
    return "Rows alone have no picture." if asked.kind in ("trial-balance", "register") else ""


def write_statement(desk: Desk, read: ReadBooks, info: SnapshotInfo, asked: Asked, form: str) -> Path:
    """Write it as one of `FORMS` under a name that is free; returns the file. Raises ExportFailed."""
    folder = desk.shared.statements_folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = _free(folder, f"{asked.kind}-{info.id}-{asked.end}-{asked.basis}", form)
    custody = desk.case.custody
    if form == "svg":
        picture = str(pictures_of(read.books, asked)[0].svg())
        return write_picture(custody, picture, file, title=f"{asked.title}, picture", snapshot=info.id)
    books = read.books
    first, *rest = about(books, info.company.name, report_only(books, asked))
    lines = [first, read.ties.of(asked).sentence(), *rest]
    return write(custody, frame_of(books, asked), file, title=asked.title, about=lines, snapshot=info.id)


def _free(folder: Path, name: str, form: str) -> Path:
    """A file that is not there yet."""
    number, file = 1, folder / f"{name}.{form}"
    while file.exists():
        number += 1
        file = folder / f"{name}-{number}.{form}"
    return file
