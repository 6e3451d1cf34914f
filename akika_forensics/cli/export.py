"""``export``: a readable copy of a snapshot. It leaves the vault's protection, and custody says so."""

from __future__ import annotations

from pathlib import Path

import typer

from akika_forensics.cli.session import Command, Options, open_case
from akika_forensics.cli.speech import counted, progress, say, say_json


def export(
    context: typer.Context,
    snapshot: str = typer.Argument(help="A snapshot."),
    to: Path = typer.Option(..., help="A new or empty folder."),
    format: str = typer.Option("jsonl", "--format", help="jsonl (payloads as captured), csv, xlsx or parquet."),
) -> None:
    options: Options = context.obj
    with progress("export", quiet=options.json) as advance:
        made = open_case(options).export(snapshot, to, format, progress=advance)
    if options.json:
        say_json(
            {
                "files": [str(file) for file in made.files],
                "about": str(made.about),
                "sums": str(made.sums),
                "rows": made.rows,
                "notes": list(made.notes),
            }
        )
        return
    # As many as custody lists: what describes the data has left the vault too.
    say(
        f"{counted(len({*made.files, made.about, made.sums}), 'file is', 'files are')} in {to}, not encrypted: "
        f"{made.about.name} says what the others are, {made.sums.name} holds their sums."
    )
    for one in made.notes:
        say(one)


COMMANDS = (Command("export", "A readable copy of a snapshot for audit.", export),)
