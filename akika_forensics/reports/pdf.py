"""The document of a report as PDF/A-3u, with the executed notebook and its long tables inside.

PDF/A-3 is the archive form that may carry files; level u keeps all text as text. Equal input gives equal bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from typing import Any, Final, Literal, Self

from akika_forensics.model.instants import parse_instant
from akika_forensics.reports.long_tables import LongTable, file_name
from akika_forensics.reports.paper import prepare

VARIANT: Final = "pdf/a-3u"
NO_ENGINE: Final = (
    "The PDF was not made: the system library Pango is missing. The HTML holds the whole report; "
    "with Pango installed (Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0) the report can be run again."
)
NOT_MADE: Final = "The PDF was not made: its engine could not lay the pages out. The HTML holds the whole report."
_TYPES: Final = {"ipynb": "application/x-ipynb+json", "csv": "text/csv"}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the PDF: ``relationship`` as PDF/A-3 names it."""

    name: str
    data: bytes
    description: str
    relationship: Literal["Source", "Data"]


@dataclass(frozen=True, slots=True)
class Pdf:
    """``data`` is None when there is no engine or it failed, and ``notes`` then says so.

    ``cut``: tables of the page of which only the first rows are printed, whole; they are attached already.
    ``refused``: addresses that something in the page asked for. Nothing was fetched.
    """

    data: bytes | None
    cut: tuple[LongTable, ...] = ()
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def engine() -> Any | None:
    """WeasyPrint, or None where it or one of its system libraries is missing."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    try:
        # Without Pango it prints many lines on stdout, where the one JSON document of the command line belongs.
        with contextlib.redirect_stdout(io.StringIO()):
            found = import_module("weasyprint")
    except (ImportError, OSError):
        return None
    # What it complains of quotes addresses and style sheets, that is to say text from the books.
    logging.getLogger("weasyprint").propagate = False
    logging.getLogger("weasyprint").setLevel(logging.WARNING)
    return found


def to_pdf(page: str, document: Mapping[str, Any], stem: str, attached: Sequence[Attached] = ()) -> Pdf:
    """Print a whole HTML page that was made for paper. ``document`` as in `export.to_html`; never raises for a want of the system.

    A character that no font of this machine can draw stands there by its code: PDF/A allows no empty boxes.
    """
    weasyprint = engine()
    if weasyprint is None:
        return Pdf(None, notes=(NO_ENGINE,))
    try:
        with _Undrawn() as undrawn:
            made = _print(weasyprint, page, document, stem, attached)
        if undrawn.codes:
            made = _print(weasyprint, _by_code(page, undrawn.codes), document, stem, attached)
    except Exception:  # whatever the engine stumbles over, the report is there without it
        logging.getLogger(__name__).debug("the engine of the PDF failed", exc_info=True)
        return Pdf(None, notes=(NOT_MADE,))
    return replace(made, notes=(*made.notes, *_said_of_undrawn(undrawn.codes)))


def _print(weasyprint: Any, page: str, document: Mapping[str, Any], stem: str, attached: Sequence[Attached]) -> Pdf:
    fetcher = _fetcher(weasyprint)
    html = weasyprint.HTML(string=page, base_url="about:blank", url_fetcher=fetcher)
    taken = tuple(file.name.removeprefix(f"{stem}-").removesuffix(".csv") for file in attached)
    cut = prepare(html.etree_element, stem, taken)
    every = [*attached, *(table_file(table, stem) for table in cut)]
    with warnings.catch_warnings():
        # The engine leaves the file of its colour profile to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        data: bytes = html.write_pdf(
            pdf_variant=VARIANT,
            pdf_tags=True,
            pdf_identifier=_identifier(document),
            attachments=_attachments(weasyprint, every, parse_instant(str(document["made_at"]))),
        )
    return Pdf(data, cut, tuple(fetcher.refused), _said_of_refused(fetcher.refused))


class _Undrawn(logging.Handler):
    """Hears from the engine which characters it has no font for."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.codes: set[int] = set()
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        given = record.args
        if record.thread == self._thread and str(record.msg).startswith(".notdef") and isinstance(given, tuple):
            self.codes.update(code for code in given if isinstance(code, int))

    def __enter__(self) -> Self:
        logging.getLogger("weasyprint").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)


def _by_code(page: str, codes: set[int]) -> str:
    names = {
        code: f"\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}U+{code:04X}\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
        for code in codes
    }
    for code, name in names.items():
        page = page.replace(f"\\{code:x} ", name)  # in the head of the pages, where the style sheet writes it
    return page.translate(names)


def _said_of_undrawn(codes: set[int]) -> tuple[str, ...]:
    if not codes:
        return ()
    many, them = ("1 character", "it") if len(codes) == 1 else (f"{len(codes)} characters", "them")
    return (f"No font of this machine draws {many} of the report; the PDF shows {them} by code, the HTML as written.",)


def table_file(table: LongTable, stem: str) -> Attached:
    return Attached(file_name(stem, table.name), table.data, f"Full list of {table.rows:,} rows", "Data")


def _said_of_refused(refused: Sequence[str]) -> tuple[str, ...]:
    if not refused:
        return ()
    many = len(set(refused))
    return (
        f"The notebook names {many} outside {'address' if many == 1 else 'addresses'} to be shown; nothing was fetched.",
    )


def _identifier(document: Mapping[str, Any]) -> bytes:
    named = f"{document['report']}\n{document['made_at']}\n{document['sha256']}"
    return hashlib.sha256(named.encode()).digest()[:16]


def _fetcher(weasyprint: Any) -> Any:
    base: Any = weasyprint.urls.URLFetcher

    class OnlyData(base):  # type: ignore[misc]  # WeasyPrint carries no types
        """Opens what stands in the page itself; every other address is refused and remembered."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)
            self.refused: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.lower().startswith("data:"):
                self.refused.append(url)
                raise ValueError("a report fetches nothing")
            return super().fetch(url, headers)

    return OnlyData()


def _attachments(weasyprint: Any, files: Sequence[Attached], made_at: datetime) -> list[Any]:
    # A tree of names is in the order of the names.
    return [
        weasyprint.Attachment(
            url=f"file:///{file.name}",
            url_fetcher=_HandOver(weasyprint, file),
            name=file.name,
            description=file.description,
            created=made_at,
            modified=made_at,
            relationship=file.relationship,
        )
        for file in sorted(files, key=lambda file: file.name)
    ]


class _HandOver:
    """Gives WeasyPrint the bytes of one attachment with their type; the address it asks for is only a name."""

    def __init__(self, weasyprint: Any, file: Attached) -> None:
        self._weasyprint = weasyprint
        self._file = file

    def __call__(self, url: str) -> Any:
        kind = _TYPES.get(self._file.name.rpartition(".")[2], "application/octet-stream")
        return self._weasyprint.urls.URLFetcherResponse(url, self._file.data, {"Content-Type": kind})
