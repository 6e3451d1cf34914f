"""``export``: a readable copy of a snapshot. It leaves the vault's protection, and custody says so."""

from __future__ import annotations

from pathlib import Path

import typer

from akika_forensics.cli.session import Command, Options, open_case
from akika_forensics.cli.speech import say, say_json


def export(
    context: typer.Context,
    snapshot: str = typer.Argument(help="A snapshot."),
    to: Path = typer.Option(..., help="A new or empty folder."),
    format: str = typer.Option("jsonl", "--format", help="jsonl (payloads as captured), csv or parquet."),
) -> None:
    options: Options = context.obj
    files = open_case(options).export(snapshot, to, format)
    if options.json:
        say_json({"files": [str(file) for file in files]})
        return
    say(f"{len(files)} files are in {to}. They are not encrypted.")


COMMANDS = (Command("export", "A readable copy of a snapshot for audit.", export),)
