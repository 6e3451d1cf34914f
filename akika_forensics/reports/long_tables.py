"""Tables too long for paper: a file of their own beside the document, and the first rows of it on paper."""

from __future__ import annotations

import base64
import binascii
import copy
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from akika_forensics.errors import Found
from akika_widgets.views.markup import Markup, join, shortened, tag

TABLE_MIME: Final = "application/vnd.akika.table+json"
ON_PAPER: Final = 300
"""Rows of one table that are printed; the whole of it is attached."""
_CELL: Final = 400
_NUMBER: Final = re.compile(r"[-+\u2212]?[\d,\u202f ]*\d(\.\d+)?%?")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class LongTable:
    """``name``: lower-case letters, digits and hyphens, once in a report; ``rows``: without the headings; ``data``: CSV in UTF-8."""

    name: str
    rows: int
    data: bytes

    def paper(self, file: str) -> Markup:
        """The first rows as a plain table, with the words where all of them are."""
        read = csv.reader(io.StringIO(self.data.decode("utf-8-sig"), newline=""))
        heads = next(read, [])
        rows = [(row + [""] * len(heads))[: len(heads)] for row in islice(read, ON_PAPER)]
        numeric = [
            any(row[at] for row in rows) and all(_NUMBER.fullmatch(row[at]) or not row[at] for row in rows)
            for at in range(len(heads))
        ]
        classes = ["ak-number" if right else None for right in numeric]
        head = tag(
            "tr", *(tag("th", name, scope="col", class_=look) for name, look in zip(heads, classes, strict=True))
        )
        body = join(
            tag(
                "tr",
                *(
                    tag("td", tag("bdi", shortened(cell, _CELL)), class_=look)
                    for cell, look in zip(row, classes, strict=True)
                ),
            )
            for row in rows
        )
        table = tag("table", tag("thead", head), tag("tbody", body), class_="ak-evidence")
        return tag("div", table, tag("p", said_of(len(rows), self.rows, file), class_="ak-attached"), class_="akika")


def said_of(shown: int, rows: int, file: str) -> str:
    """What stands below a table of which ``shown`` rows are printed."""
    if shown < rows:
        return f"The first {shown:,} rows; the full list of {rows:,} rows is attached as {file}."
    return f"The full list of {rows:,} {'row' if rows == 1 else 'rows'} is attached as {file}."


def named(wanted: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Names for files out of any texts: harmless, none twice, none of ``taken``."""
    used = set(taken)
    found = []
    for text in wanted:
        base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-") or "table"
        name, number = base, 1
        while name in used:
            number += 1
            name = f"{base}-{number}"
        used.add(name)
        found.append(name)
    return found


def tables_of(notebook: Any) -> tuple[LongTable, ...]:
    """The long tables of an executed notebook, in their order. Raises Found for one whose data cannot be read."""
    bundles = [data[TABLE_MIME] for data in _outputs(notebook)]
    names = named(str(bundle.get("name", "")) for bundle in bundles)
    return tuple(_read(bundle, name) for bundle, name in zip(bundles, names, strict=True))


def on_paper(notebook: Any, stem: str) -> Any:
    """The notebook with the printed form of each long table; the files are ``<stem>-<name>.csv``."""
    copied = copy.deepcopy(notebook)
    for data, table in zip(list(_outputs(copied)), tables_of(notebook), strict=True):
        data.clear()
        data["text/html"] = str(table.paper(file_name(stem, table.name)))
    return copied


def file_name(stem: str, name: str) -> str:
    return f"{stem}-{name}.csv"


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV in UTF-8 with its mark; what a spreadsheet would run as a formula is kept as text."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _outputs(notebook: Any) -> Iterator[Any]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if TABLE_MIME in output.get("data", {}):
                yield output["data"]


def _read(bundle: Any, name: str) -> LongTable:
    try:
        data = gzip.decompress(base64.b64decode(bundle["csv_gz"], validate=True))
        data.decode("utf-8-sig")
        return LongTable(name, int(bundle["rows"]), data)
    except (KeyError, TypeError, ValueError, binascii.Error, EOFError, OSError, zlib.error) as error:
        raise Found(
            f"The table {name} of the notebook cannot be read.",
            means="Its rows would be missing from the report; nothing was written.",
            do="Run the report again.",
        ) from error
