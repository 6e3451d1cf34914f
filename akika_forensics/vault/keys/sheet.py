"""The recovery sheet: what is printed and put away, so that somebody who finds it in ten years can open the vault.

It is written twice, as a text and, where WeasyPrint is at hand, as a page to print. Both hold the key in the clear.
"""

from __future__ import annotations

import contextlib
import io
import logging
import textwrap
import warnings
from datetime import datetime
from html import escape
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple

from akika_forensics.settings import VERSION, Secret
from akika_forensics.vault.keys import outside

WHAT: Final = "The recovery sheet"
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_GROUP: Final = 4
_ROW: Final = 16
_WIDTH: Final = 96

_SLIPS: Final = "Only the letters A to Z and the digits 2 to 7 occur: there is no 0, 1, 8 or 9. Capitals, hyphens and blanks do not count."
_CHECK: Final = (
    "The check row is not typed. It brings back a letter that cannot be read any more: A counts 0, B 1 and so on to Z 25, "
    "then 2 counts 26 to 7, which counts 31. In each column the letters of the rows add up to the letter of the check row; "
    "from 32 on, counting begins again at 0."
)

_OPENS: Final = (
    "All that its member may open in the vault with this id: books, plans, journals and custody of every company in it. "
    "The id stands in the vault's file VAULT.json. It opens nothing once that member was removed from the vault, or once "
    "this sheet was replaced by a newer one."
)
_HOW: Final = (
    "On any computer with Python 3.12 or newer: install the package akika-forensics, this version or a later one. Run "
    "“akika verify --vault FOLDER” and type the key where the passphrase is asked for; then “akika export latest "
    "--to BOOKS --format csv --vault FOLDER” writes the books as files that any program reads. Work on a copy. Type the key only on a computer that you "
    "trust: it is of no use to change it afterwards if somebody has copied the vault."
)
_WITHOUT: Final = (
    "The format is public and needs nothing secret but this key: “The vault's format” (docs/design/vault-format.md in the "
    "software's source). Base32-decode the letters: 32 bytes, and 3 that check them. HKDF-SHA256 of the 32 bytes (no salt, "
    'info ["akika/1","recovery"]) opens, by AES-256-GCM, the way “recovery” in the newest file of the folder keys; behind '
    "it are the private keys that everything else is sealed to."
)
_ADVICE: Final = (
    ("What it opens", _OPENS),
    ("How to open the vault", _HOW),
    ("Without that software", _WITHOUT),
)


class Sheet(NamedTuple):
    """What stands on a sheet. ``key``: ``AKIKA-ABCD-…``; ``member``: whose way into the vault it is, empty if unnamed."""

    vault: str
    key: Secret
    made_at: datetime
    member: str = ""


def files_of(sheet: Path) -> tuple[Path, Path]:
    """Where the text and the page to print go when ``sheet`` is asked for: side by side, ``.pdf`` being the page."""
    text = sheet.with_suffix(".txt") if sheet.suffix.lower() == ".pdf" else sheet
    return text, text.with_suffix(".pdf")


def refuse(sheet: Path, root: Path | None) -> None:
    """Raises WrongUse when a file of the sheet would lie in the vault it opens, or over one that is there."""
    for file in files_of(sheet):
        outside.refuse(file, WHAT, root)


def write(sheet: Path, what: Sheet, root: Path | None = None) -> tuple[Path, ...]:
    """Write the sheet's files, readable by their owner only; which ones, the text first.

    Raises WrongUse as `refuse` does, StorageFailed.
    """
    refuse(sheet, root)
    text, page = files_of(sheet)
    outside.write(text, as_text(what).encode(), WHAT, root)
    printed = as_pdf(what)
    if printed is None:
        return (text,)
    outside.write(page, printed, WHAT, root)
    return text, page


def rows_of(key: Secret) -> tuple[list[str], str]:
    """The letters after ``AKIKA`` in rows of at most 16, and the check row: for each column the sum of its letters."""
    letters = key.reveal().replace("-", "").removeprefix("AKIKA")
    rows = [letters[start : start + _ROW] for start in range(0, len(letters), _ROW)]
    sums = (sum(map(_ALPHABET.index, column)) % len(_ALPHABET) for column in zip_longest(*rows, fillvalue="A"))
    return rows, "".join(_ALPHABET[value] for value in sums)


def as_text(what: Sheet) -> str:
    rows, check = rows_of(what.key)
    shown = [f"    {number}      {'  '.join(_groups(row))}" for number, row in enumerate(rows, start=1)]
    lines = [
        "RECOVERY SHEET OF AN AKIKA FORENSICS VAULT",
        "",
        *(f"{name:<14}{value}" for name, value in _facts(what)),
        f"{'Recovery key':<14}{what.key.reveal()}",
        "",
        "The same key in rows, to be typed in order after AKIKA:",
        "",
        *shown,
        f"    check  {'  '.join(_groups(check))}",
        "",
        _SLIPS,
        _CHECK,
    ]
    for title, text in _ADVICE:
        lines += ["", title.upper(), text]
    lines += ["", "PRINT THIS, KEEP IT WHERE THE VAULT IS NOT, AND DELETE THE FILE.", ""]
    return "\n".join(textwrap.fill(line, _WIDTH) if len(line) > _WIDTH else line for line in lines)


def as_pdf(what: Sheet) -> bytes | None:
    """One page, A4 with room for US Letter; None where the engine is missing or fails, for the text says the same."""
    engine = _engine()
    if engine is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            document = engine.HTML(string=as_html(what), base_url="about:blank", url_fetcher=_nothing)
            printed: bytes = document.write_pdf()
    except Exception:  # noqa: BLE001 -- whatever it stumbles over quotes the page, and the key stands on the page
        return None
    return printed


def as_html(what: Sheet) -> str:
    rows, check = rows_of(what.key)
    facts = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in _facts(what))
    grid = "".join(_html_row(str(number), row, "key") for number, row in enumerate(rows, start=1))
    grid += _html_row("check", check, "check")
    advice = "".join(f"<h2>{escape(title)}</h2><p>{escape(text)}</p>" for title, text in _ADVICE)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Recovery sheet</title><style>{_STYLE}</style>'
        f"<h1>Recovery sheet</h1><p class=lead>of an Akika Forensics vault. Whoever has this page and the vault's files "
        f"can read everything in it.</p><table class=facts>{facts}"
        "<tr><th>Where the vault lies</th><td class=fill></td></tr>"
        "<tr><th>Put away by, on</th><td class=fill></td></tr></table>"
        f"<div class=frame><p class=start>AKIKA, then row by row</p><table class=key>{grid}</table></div>"
        f"<p class=small>{escape(_SLIPS)}</p><p class=small>{escape(_CHECK)}</p>{advice}"
        "<p class=last>Keep this page where the vault is not. Delete the files it was printed from.</p></html>"
    )


def _facts(what: Sheet) -> list[tuple[str, str]]:
    made = what.made_at.strftime("%Y-%m-%d %H:%M %Z")
    whose = [("Opens it as", what.member)] if what.member else []
    return [("Vault", what.vault), ("Made", f"{made}, by Akika Forensics {VERSION}"), *whose]


def _groups(row: str) -> list[str]:
    return [row[start : start + _GROUP] for start in range(0, len(row), _GROUP)]


def _html_row(name: str, row: str, kind: str) -> str:
    cells = "".join(f"<td>{group}</td>" for group in _groups(row))
    return f"<tr class={kind}><th>{name}</th>{cells}</tr>"


def _engine() -> Any | None:
    try:
        # Without Pango it prints many lines on stdout, where the one JSON document of the command line belongs.
        with contextlib.redirect_stdout(io.StringIO()):
            engine = import_module("weasyprint")
    except (ImportError, OSError):
        return None
    # What it complains of may quote the page.
    logging.getLogger("weasyprint").propagate = False
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    return engine


def _nothing(url: str) -> Any:
    raise ValueError(f"a recovery sheet fetches nothing, such as {url}")


_STYLE: Final = """
@page { size: A4; margin: 16mm 19mm 18mm; @bottom-center { content: "Recovery sheet · keep apart from the vault";
  font: 8pt "DejaVu Sans", "Liberation Sans", sans-serif; color: #555 } }
body { font: 9.5pt/1.38 "DejaVu Sans", "Liberation Sans", sans-serif; color: #111; margin: 0 }
h1 { font-size: 21pt; margin: 0; line-height: 1.1 }
h2 { font-size: 10.5pt; margin: 4mm 0 .8mm }
p { margin: 0 0 1.4mm }
.lead { font-size: 10.5pt; margin: 1mm 0 4mm }
.facts { border-collapse: collapse; width: 100%; margin-bottom: 4mm }
.facts th { text-align: left; font-weight: normal; color: #444; width: 42mm; padding: 1mm 0; vertical-align: bottom }
.facts td { font-family: "DejaVu Sans Mono", "Liberation Mono", monospace; padding: 1mm 0 }
.facts td.fill { border-bottom: .3mm solid #888; height: 6mm }
.frame { border: .5mm solid #111; padding: 3mm 5mm; margin-bottom: 3mm }
.start { font-size: 9pt; color: #444; margin: 0 0 1mm 14mm }
.key { border-spacing: 0; font-family: "DejaVu Sans Mono", "Liberation Mono", monospace }
.key th { font: 9pt "DejaVu Sans", "Liberation Sans", sans-serif; color: #444; text-align: left; width: 14mm }
.key td { font-size: 21pt; line-height: 1.32; letter-spacing: .07em; padding-right: 7mm }
.key tr.check td, .key tr.check th { border-top: .2mm solid #888; color: #444; padding-top: 1mm }
.key tr.check td { font-size: 13pt; letter-spacing: .754em }
.small { font-size: 8pt; color: #333 }
.last { font-weight: bold; margin-top: 5mm }
"""
