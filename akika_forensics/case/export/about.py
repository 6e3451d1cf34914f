"""What an export says of itself: of which snapshot it is, what is in it, and what its form cannot carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from akika_forensics.model.instants import format_instant, now
from akika_forensics.settings import VERSION
from akika_forensics.vault import SnapshotInfo

FILE: Final = "ABOUT.txt"

_TABLES: Final = (
    "Each kind of record is a table, a row a record. Lists within records, such as the lines of an invoice, are tables of their own, whose rows name the record "
    "and the place in the list (#1, from 1)."
)
_NOT_CARRIED: Final = "a field that is absent, null or an empty list is an empty cell; the order of fields and the bytes as received are lost"
_FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "jsonl": ("One file an entity, one record a line, byte for byte as QuickBooks sent it.",),
    "csv": (
        _TABLES,
        "UTF-8 without a mark, a heading, CRLF, comma (RFC 4180). Text is in quotes, numbers are not; amounts have two decimals, or more where they have more.",
        (
            "Text that a spreadsheet could take for a formula (first character = + - @, tab, line break, or such a sign after blanks) and text that begins with an apostrophe "
            "has one apostrophe put before it. Take one off wherever there is one, and the text is as it was."
        ),
        f"Not carried: {_NOT_CARRIED}; a program that guesses types may take text of digits, such as 007, for a number: read all columns as text, or use parquet.",
    ),
    "parquet": (
        _TABLES,
        "Amounts and other fractions are decimal, days are dates, times are UTC, text is text.",
        f"Not carried: {_NOT_CARRIED}, and so are the time zone in which a time was written and the zeros at the end of a number.",
    ),
    "xlsx": (
        _TABLES,
        "Text is text, also where it looks like a formula, a number or an address. Amounts are numbers with two decimals or more, days are dates, times are UTC.",
        (
            "The sheet 'Not as received' lists each cell that a workbook could not take as it was: text beyond 32,767 characters, characters that no workbook can hold, numbers of "
            "more than 15 digits and days before March 1900, which are kept as text. A table of more than 1,048,575 rows goes on on a further sheet."
        ),
        f"Not carried: {_NOT_CARRIED}, and so are the time zone in which a time was written and the zeros at the end of a number.",
    ),
}


def statements(
    info: SnapshotInfo, form: str, parts: list[tuple[str, str]], notes: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Titles and what is said of each. ``parts``: where something is, and what."""
    yield (
        "What this is",
        f"A readable copy of snapshot {info.id}. It is not encrypted, and nothing in it vouches for itself: the vault does.",
    )
    yield "Company", info.company.name
    yield "Realm", f"{info.company.realm_id} at {info.company.host}"
    yield "Taken", f"{format_instant(info.taken_at)} to {format_instant(info.finished_at)}"
    yield "Whole", "yes" if info.complete else "no: akika check says what is missing"
    yield "Records", f"{info.records:,}"
    yield "Digest of the commit", info.digest
    yield "Made", f"{format_instant(now())} by akika-forensics {VERSION}"
    for one in _FORMS[form]:
        yield "Form", one
    yield (
        "Not in it",
        "QuickBooks' own reports that were kept with the snapshot, earlier versions, and everything signed.",
    )
    for one in notes:
        yield "Note", one
    yield from parts
