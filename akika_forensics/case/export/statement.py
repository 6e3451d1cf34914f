"""One statement as a file: CSV, a workbook of one sheet, or its picture. Text stays text."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter

from akika_forensics.case.export.plain_table import csv_of
from akika_forensics.case.export.staging import ExportFailed, opened
from akika_forensics.custody import CustodyLog
from akika_forensics.custody.leaving import leaves, listed
from akika_forensics.errors import WrongUse
from akika_forensics.vault.storage import sync_folder

FORMS: Final = (".csv", ".xlsx")
PICTURE: Final = ".svg"
_CONTROL: Final = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\N{REPLACEMENT CHARACTER}"
)
_MOST: Final = 32_767
_WIDEST: Final = 60


def write(log: CustodyLog, frame: pl.DataFrame, file: Path, *, title: str, about: Sequence[str], snapshot: str) -> Path:
    """Write a frame to a new file, readable by its owner only, after custody lists it.

    ``about``: what stands above the table in a workbook. Raises WrongUse for a file that is there or of another kind, ExportFailed.
    """
    form = file.suffix.lower()
    if form not in FORMS:
        raise WrongUse(f"{file.name} is neither a .csv nor a .xlsx file.", do="Give the file one of these endings.")
    _new(file)
    return _leave(log, _FORMS[form](frame, title, about), file, title=title, snapshot=snapshot)


def write_picture(log: CustodyLog, picture: str, file: Path, *, title: str, snapshot: str) -> Path:
    """Write a picture as SVG to a new file, readable by its owner only, after custody lists it. Raises as `write` does."""
    if file.suffix.lower() != PICTURE:
        raise WrongUse(f"{file.name} is not a {PICTURE} file.", do="Give the file this ending.")
    _new(file)
    return _leave(log, picture.encode(), file, title=title, snapshot=snapshot)


def _new(file: Path) -> None:
    if file.exists() or file.is_symlink():
        raise WrongUse(f"{file} is there already.", do="Choose another name: nothing is written over.")


def _leave(log: CustodyLog, content: bytes, file: Path, *, title: str, snapshot: str) -> Path:
    form = file.suffix.lower()
    leaves(
        log,
        "exported",
        f"A statement of snapshot {snapshot} was exported: {title}.",
        to=file.absolute().parent,
        files=[listed(file.name, content)],
        details={"snapshot": snapshot, "form": form[1:], "statement": title},
    )
    try:
        with opened(file) as stream:
            stream.write(content)
        sync_folder(file.absolute().parent)
    except OSError as error:
        raise ExportFailed(
            f"{file} could not be written: {error.strerror or type(error).__name__}.",
            do="Look at the folder, its space and its permissions.",
        ) from error
    return file


def _csv(frame: pl.DataFrame, title: str, about: Sequence[str]) -> bytes:
    del title, about
    return csv_of(frame)


def _workbook(frame: pl.DataFrame, title: str, about: Sequence[str]) -> bytes:
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    bold = book.add_format({"bold": True})
    money, day = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Statement")
    for at, said in enumerate((title, *about)):
        sheet.write_string(at, 0, _plain(said), bold if not at else None)
    first = len(about) + 2
    for column, name in enumerate(frame.columns):
        sheet.write_string(first, column, _plain(name), bold)
        longest = max((len(_shown(value)) for value in frame[name]), default=0)
        sheet.set_column(column, column, min(max(longest, len(name)) + 2, _WIDEST))
    for row, cells in enumerate(frame.iter_rows(), start=first + 1):
        for column, value in enumerate(cells):
            if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) <= 15:
                sheet.write_number(row, column, value, money)
            elif isinstance(value, int) and not isinstance(value, bool):
                sheet.write_number(row, column, value)
            # A workbook's times have no zone: those that have one are text.
            elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1901:
                sheet.write_datetime(row, column, value, day)
            elif value is not None:
                sheet.write_string(row, column, _plain(_shown(value)))
    sheet.freeze_panes(first + 1, 0)
    book.close()
    return stream.getvalue()


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:,.2f}" if isinstance(value, Decimal) else str(value)


def _plain(said: str) -> str:
    return said.translate(_CONTROL)[:_MOST]


_FORMS: Final[dict[str, Callable[[pl.DataFrame, str, Sequence[str]], bytes]]] = {".csv": _csv, ".xlsx": _workbook}
