"""``report``: parameterised notebooks made into documents, and the documents that the vault keeps."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli.session import Options, how_to_open, open_case, vault_location
from akika_forensics.cli.speech import note, say, say_json, table
from akika_forensics.errors import WrongUse
from akika_forensics.jobs.signals import stop_on_signal
from akika_forensics.model.instants import format_instant

if TYPE_CHECKING:
    from akika_forensics.reports import KeptReport, Parameter, ReportResult

group = typer.Typer(help="Report notebooks.", no_args_is_help=True)


@group.command("list")
def list_reports(context: typer.Context) -> None:
    """The reports there are: what each is for and what it takes."""
    from akika_forensics import reports

    options: Options = context.obj
    found = reports.catalogue()
    if options.json:
        say_json(
            {
                "reports": [
                    {
                        "name": report.name,
                        "title": report.title,
                        "purpose": report.purpose,
                        "parameters": [p.name for p in report.parameters],
                        "meanings": {p.name: p.meaning for p in report.parameters},
                        "required": [p.name for p in report.parameters if p.required],
                    }
                    for report in found
                ]
            }
        )
        return
    for position, report in enumerate(found):
        if position:
            say()
        say(report.name)
        say(textwrap.fill(report.purpose, 100, initial_indent="   ", subsequent_indent="   "))
        width = max((len(p.name) for p in report.parameters), default=0)
        for p in report.parameters:
            lead = f"     {p.name:<{width}}  "
            words = f"{p.meaning}{_in_place_of_none(p)}"
            say(textwrap.fill(words, 100, initial_indent=lead, subsequent_indent=" " * len(lead)) if words else lead)


def _in_place_of_none(parameter: Parameter) -> str:
    """What holds when the parameter is not given."""
    default = parameter.default
    if parameter.required or default is None or default == "":
        return ""
    return f" (else {'yes' if default is True else 'no' if default is False else default})"


@group.command("run")
def run(
    context: typer.Context,
    name: str = typer.Argument(help="The report, from `akika report list`."),
    parameter: list[str] = typer.Option([], "-p", "--parameter", help="A parameter, key=value; repeat it."),
    out: Path | None = typer.Option(
        None, help="Folder for notebook, HTML, PDF and manifest; without it the report is sealed in the vault only."
    ),
) -> None:
    """Run a report and seal it in its vault; what opens the vault reaches the notebook through its environment only."""
    from akika_forensics import reports

    options: Options = context.obj
    parameters = _parameters(options, parameter)
    how: dict[str, Any] = {
        "passphrase": how_to_open(options),
        "progress": lambda what, done, total: None if options.json else note(f"{what} ({done}/{total})"),
    }
    with stop_on_signal() as should_stop:
        if out is None:
            _say_kept(reports.keep(name, parameters, should_stop=should_stop, **how), options)
        else:
            _say_files(reports.run(name, parameters, out, should_stop=should_stop, **how), options)


def _parameters(options: Options, given: list[str]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for text in given:
        key, separator, value = text.partition("=")
        if not separator:
            raise WrongUse(f"{text!r} is no parameter.", do="Write -p key=value.")
        parameters[key] = value
    if options.vault or os.environ.get("AKIKA_VAULT"):
        parameters.setdefault("vault", str(vault_location(options).absolute))
    return parameters


@group.command("kept")
def list_kept(context: typer.Context) -> None:
    """The reports that the vault keeps; the chain that vouches for them is checked while it is read."""
    from akika_forensics.reports import sealing

    options: Options = context.obj
    found = sealing.kept(open_case(options).vault)
    if options.json:
        say_json({"reports": [_kept_json(report) for report in found]})
        return
    table(
        ("id", "made at", "report", "title", "by", "files"),
        [
            (report.id, format_instant(report.at)[:19], report.report, report.title, report.by, len(report.files))
            for report in found
        ],
        right=(5,),
    )


@group.command("export")
def export(
    context: typer.Context,
    ident: str = typer.Argument(metavar="ID", help="A kept report, from `akika report kept`."),
    out: Path = typer.Option(..., help="Folder for its files."),
) -> None:
    """Write a kept report out, byte for byte as it was made. It leaves the vault's protection, and custody says so."""
    from akika_forensics.reports import sealing

    options: Options = context.obj
    _say_files(sealing.export(open_case(options).vault, ident, out), options)


def _say_files(result: ReportResult, options: Options) -> None:
    if options.json:
        say_json(
            {
                "notebook": str(result.notebook),
                "html": str(result.html),
                "pdf": None if result.pdf is None else str(result.pdf),
                "manifest": str(result.manifest),
                "tables": [str(path) for path in result.tables],
                "sealed": result.sealed or None,
                "notes": list(result.notes),
            }
        )
        return
    say(f"The report is at {result.html}.")
    if result.pdf is not None:
        say(f"For paper and archive: {result.pdf}.")
    if result.sealed:
        say(f"The vault keeps it as {result.sealed}.")
    for line in result.notes:
        say(line)


def _say_kept(report: KeptReport, options: Options) -> None:
    if options.json:
        say_json({"sealed": report.id, "notes": list(report.notes), "files": _kept_json(report)["files"]})
        return
    say(f"The report is sealed in the vault as {report.id}; `akika report export {report.id} --out DIR` writes it out.")
    for line in report.notes:
        say(line)


def _kept_json(report: KeptReport) -> dict[str, Any]:
    return {
        "id": report.id,
        "report": report.report,
        "title": report.title,
        "at": format_instant(report.at),
        "by": report.by,
        "snapshots": list(report.snapshots),
        "parameters_sha256": report.parameters_sha256,
        "files": [{"name": file.name, "length": file.length, "sha256": file.sha256} for file in report.files],
        "notes": list(report.notes),
    }
