"""What is printed: one JSON document on stdout, or text for people; everything else goes to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from akika_forensics.cli.pace import Pace
from akika_forensics.errors import AkikaError
from akika_forensics.model.payload import encode

_ACTING = (
    *range(32), *range(127, 160),  # controls, the beginnings of escape sequences among them
    0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A),  # directions
    0x2028, 0x2029,  # ends of lines and paragraphs
    *range(0xD800, 0xE000),  # halves of characters, which no terminal is sent
)  # fmt: skip
_CONTROL = dict.fromkeys(_ACTING, "�")
del _CONTROL[0x0A], _CONTROL[0x09]


def plain(text: object) -> str:
    """Text from the books for a terminal: control characters and direction overrides cannot act."""
    return str(text).translate(_CONTROL)


def say_json(value: Any) -> None:
    sys.stdout.write(encode(value).decode() + "\n")
    sys.stdout.flush()


def say(text: str = "") -> None:
    sys.stdout.write(plain(text) + "\n")


def note(text: str) -> None:
    """For a person who watches; never part of the result."""
    sys.stderr.write(plain(text) + "\n")
    sys.stderr.flush()


def say_error(error: AkikaError, *, json: bool) -> None:
    if json:
        say_json({"error": {"code": error.code, "what": error.what, "means": error.means, "do": error.do}})
        return
    note(f"akika: {error.what}")
    for line in (error.means, error.do):
        if line:
            note(f"       {line}")


class Told(Exception):
    """The command has told how it ended, and nothing is to be said after it; ``code`` is its exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def counted(number: int, one: str, many: str = "") -> str:
    """``1 file``, ``2 files``, ``1,200 files``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """A plain aligned table; columns in ``right`` are set flush right. A long cell is cut, but never in the last column."""
    cells = [[plain(cell).replace("\n", " ") for cell in row] for row in rows]
    widths = [
        max(len(heading), *(len(row[at]) for row in cells), 0) if cells else len(heading)
        for at, heading in enumerate(headings)
    ]
    widths = [*(min(width, 60) for width in widths[:-1]), *widths[-1:]]
    for row in [list(headings), *cells]:
        parts = [
            _fit(cell, widths[at]).rjust(widths[at]) if at in right else _fit(cell, widths[at]).ljust(widths[at])
            for at, cell in enumerate(row)
        ]
        say("  ".join(parts).rstrip())


def _fit(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


@contextmanager
def progress(title: str, *, quiet: bool, pace: Pace | None = None) -> Iterator[Any]:
    """A progress line on stderr when it is a terminal; the yielded callable takes (what, done, total).

    With ``pace`` it also tells speed and time left.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *(() if pace else (MofNCompleteColumn(),)),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(title, total=None)

        def advance(what: str, done: int, total: int) -> None:
            line = pace.line(what, done, total) if pace else what
            shown.update(task, description=f"{title}: {plain(line)}", completed=done, total=total or None)

        yield advance
