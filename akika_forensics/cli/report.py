"""``report run`` and ``report list``: parameterised notebooks to self-contained HTML."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from akika_forensics.cli.session import Options, passphrase, vault_path
from akika_forensics.cli.speech import note, say, say_json
from akika_forensics.errors import WrongUse

group = typer.Typer(help="Report notebooks.", no_args_is_help=True)


@group.command("list")
def list_reports(context: typer.Context) -> None:
    """The reports there are."""
    from akika_forensics import reports

    options: Options = context.obj
    found = reports.catalogue()
    if options.json:
        say_json(
            {"reports": [{"name": report.name, "parameters": [p.name for p in report.parameters]} for report in found]}
        )
        return
    for report in found:
        say(f"{report.name}  ({', '.join(p.name for p in report.parameters)})")


@group.command("run")
def run(
    context: typer.Context,
    name: str = typer.Argument(help="The report, from `akika report list`."),
    parameter: list[str] = typer.Option([], "-p", "--parameter", help="A parameter, key=value; repeat it."),
    out: Path = typer.Option(..., help="Folder for the notebook, the HTML and the manifest."),
) -> None:
    """Run a report; the passphrase reaches the notebook through its environment only."""
    from akika_forensics import reports

    options: Options = context.obj
    parameters: dict[str, str] = {}
    for text in parameter:
        key, separator, value = text.partition("=")
        if not separator:
            raise WrongUse(f"{text!r} is no parameter.", do="Write -p key=value.")
        parameters[key] = value
    if options.vault or os.environ.get("AKIKA_VAULT"):
        parameters.setdefault("vault", str(vault_path(options).resolve()))
    result = reports.run(
        name,
        parameters,
        out,
        passphrase=passphrase(options),
        progress=lambda what, done, total: None if options.json else note(f"{what} ({done}/{total})"),
    )
    if options.json:
        say_json(
            {"notebook": str(result.notebook), "html": str(result.html), "pdf": None, "manifest": str(result.manifest)}
        )
        return
    say(f"The report is at {result.html}.")
