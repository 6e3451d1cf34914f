"""``vault upgrade``: work on the vault itself."""

from __future__ import annotations

from pathlib import Path

import typer

from akika_forensics.cli.session import Options, passphrase, vault_location
from akika_forensics.cli.speech import say, say_json


def join(group: typer.Typer) -> None:
    """Give the verbs of this room to ``akika vault``."""
    group.command("upgrade")(upgrade)


def upgrade(
    context: typer.Context,
    recovery_sheet: str = typer.Option("", help="Where the new recovery sheet goes, outside the vault [beside it]."),
) -> None:
    """Bring a vault of an earlier format to that of today; what was captured and signed stays byte for byte."""
    from akika_forensics.case.care import upgrade_vault
    from akika_forensics.vault.keys.sheet import files_of
    from akika_forensics.vault.layout import FORMAT_VERSION

    options: Options = context.obj
    root = vault_location(options)
    sheet = Path(recovery_sheet) if recovery_sheet else root.beside / f"{root.name}.recovery-{FORMAT_VERSION}.txt"
    case = upgrade_vault(root, passphrase(options), recovery_sheet=sheet)
    sheets = [str(file) for file in files_of(sheet) if file.exists()]
    if options.json:
        say_json(
            {
                "vault": str(root),
                "version": FORMAT_VERSION,
                "head": case.vault.head,
                "recovery_sheet": sheets[0] if sheets else None,
                "recovery_files": sheets,
            }
        )
        return
    say(f"The vault at {root} has format {FORMAT_VERSION} now.")
    if sheets:
        say(f"The recovery sheet of before does not open it any more. The new one is at {' and '.join(sheets)}:")
        say("print it, keep it away from the vault, and delete it here.")
