"""``vault init``, ``snapshots``: the vault, and what is in it."""

from __future__ import annotations

from pathlib import Path

import typer

from akika_forensics.cli import lifecycle
from akika_forensics.cli.session import Command, Options, open_case, passphrase, vault_location
from akika_forensics.cli.speech import counted, say, say_json, table
from akika_forensics.model.instants import format_instant

group = typer.Typer(help="Make a vault, and look after it.", no_args_is_help=True)
lifecycle.add_to(group)


@group.command("init")
def init(
    context: typer.Context,
    recovery_sheet: str = typer.Option("", help="Where the recovery sheet goes, outside the vault [beside it]."),
) -> None:
    """Make a new vault with its keys, the preparer's signing key and a recovery sheet."""
    from akika_forensics.case.opening import init_vault
    from akika_forensics.case.people import files_of_sheet

    options: Options = context.obj
    root = vault_location(options)
    sheet = Path(recovery_sheet) if recovery_sheet else root.beside / f"{root.name}.recovery.txt"
    case = init_vault(root, passphrase(options, new=True), recovery_sheet=sheet)
    sheets = [str(file) for file in files_of_sheet(sheet)]
    if options.json:
        say_json(
            {
                "vault": str(root),
                "id": case.vault.id,
                "head": case.vault.head,
                "recovery_sheet": sheets[0],
                "recovery_files": sheets,
            }
        )
        return
    say(f"The vault is at {root}.")
    files = "the file" if len(sheets) == 1 else "both files"
    say(f"The recovery sheet is at {' and '.join(sheets)}: print it, keep it away from the vault, and delete {files}.")


def snapshots(context: typer.Context) -> None:
    options: Options = context.obj
    case = open_case(options)
    found, erased, waiting = case.snapshots(), case.lifecycle.erased(), case.interrupted()
    if options.json:
        say_json(
            {
                "snapshots": [
                    {
                        "id": info.id,
                        "taken_at": format_instant(info.taken_at),
                        "records": info.records,
                        "complete": info.complete,
                        "kind": info.fence.get("kind", "full"),
                        "company": info.company.name,
                        "digest": info.digest,
                    }
                    for info in found
                ],
                "erased": [{"at": format_instant(one.at), "reason": one.reason} for one in erased],
                "interrupted": [
                    {"company": name, "saved": format_instant(one.saved), "records": one.records, "mine": one.mine}
                    for name, one in waiting.items()
                ],
            }
        )
        return
    rows = [
        (
            info.id,
            format_instant(info.taken_at),
            f"{info.records:,}",
            "yes" if info.complete else "NO",
            "some records" if info.scoped else "whole company",
            info.company.name,
        )
        for info in found
    ]
    table(("snapshot", "taken at", "records", "complete", "of", "company"), rows, right=(2,))
    for one in erased:
        say(f"A company was erased on {one.at:%Y-%m-%d}: {one.reason}")
    for name, draft in waiting.items():
        whose = "akika capture goes on with it" if draft.mine else "who made it can go on with it"
        say(
            f"A capture of {name} was interrupted on {draft.saved:%Y-%m-%d} after {counted(draft.records, 'record')}; {whose}."
        )


COMMANDS = (Command("snapshots", "List the snapshots.", snapshots),)
