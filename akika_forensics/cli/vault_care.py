"""``vault upgrade``, ``vault repair``: work on the vault itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli.pace import Pace
from akika_forensics.cli.session import Options, opening, passphrase, vault_location
from akika_forensics.cli.speech import progress, say, say_json

if TYPE_CHECKING:
    from akika_forensics.case.care import Repair


def join(group: typer.Typer) -> None:
    """Give the verbs of this room to ``akika vault``."""
    group.command("upgrade")(upgrade)
    group.command("repair")(repair)


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


def repair(
    context: typer.Context,
    copy: str = typer.Option("", "--from", help="Another copy of the same vault, to take whole files from."),
    yes: bool = typer.Option(False, "--yes", help="Do it; without this it only says what it would do."),
    without_key: bool = typer.Option(False, "--without-key", help="Mend only; say nothing of what was in lost files."),
) -> None:
    """Say what of a damaged vault can be mended and what is lost; with --yes mend it and sign an account of the rest."""
    from akika_forensics.case.care import repair_vault

    options: Options = context.obj
    root = vault_location(options)
    secret = None if without_key else opening(options)
    with progress("Looking", quiet=options.json, pace=Pace(frozenset({"files"}))) as shown:
        found = repair_vault(root, secret, copy=copy or None, do=yes, progress=shown)
    if options.json:
        say_json(_fields(found))
    else:
        _tell(found)
    seen = found.survey
    if seen.lost or seen.strangers or (seen.steps and not found.done):
        raise typer.Exit(1)


def _fields(found: Repair) -> dict[str, Any]:
    seen = found.survey
    return {
        "done": found.done,
        "steps": [{"action": one.action, "path": one.path, "why": one.why} for one in seen.steps],
        "lost": [{"path": one.path, "what": one.what} for one in seen.lost],
        "young": [{"path": one.path, "what": one.what} for one in seen.young],
        "strangers": [{"path": one.path, "what": one.what} for one in seen.strangers],
        "snapshots": found.losses.get("snapshots", []),
        "closed": found.losses.get("closed", []),
        "documents": found.losses.get("documents", []),
        "untold": found.untold,
    }


_DONE = {"restore": "restored from the copy", "make": "made again from the chain", "remove": "removed"}
_TO_DO = {"restore": "would be restored from the copy", "make": "would be made again", "remove": "would be removed"}


def _tell(found: Repair) -> None:
    seen, words = found.survey, _DONE if found.done else _TO_DO
    for step in seen.steps:
        say(f"{step.path}: {words[step.action]}. {step.why}")
    for one in seen.lost:
        say(f"{one.path}: LOST. {one.what}")
    for one in seen.strangers:
        say(f"{one.path}: left as it is, look at it yourself. {one.what}")
    for one in seen.young:
        say(f"{one.path}: younger than an hour, left as it is. {one.what}")
    for snapshot in found.losses.get("snapshots", []):
        say(f"Snapshot {snapshot['snapshot']}: {_state(snapshot)}")
    if not all(one["lost"] == [] for one in found.losses.get("snapshots", [])[-1:]):
        say("The next capture reads every record, and stands on its own where this one cannot be followed.")
    for number in found.losses.get("closed", []):
        say(f"Commit {number}: its key is lost, and with it everything that it tells of.")
    if found.untold:
        say(f"What was in the lost files cannot be told: {found.untold}")
    if not (seen.steps or seen.lost or seen.strangers or seen.young):
        say("There is nothing to mend.")
    elif seen.steps and not found.done:
        say("Nothing was done. With --yes it is.")


def _state(snapshot: dict[str, Any]) -> str:
    if snapshot["whole"]:
        return "whole."
    parts = []
    if snapshot["lost"] is None:
        parts.append("the list of its records is lost")
    elif snapshot["lost"]:
        parts.append(f"{len(snapshot['lost']):,} of {snapshot['records']:,} records are lost")
    if snapshot["controls"]:
        parts.append(f"lost controls: {', '.join(snapshot['controls'])}")
    if snapshot["attached"]:
        parts.append(f"{len(snapshot['attached']):,} attached files are lost")
    return "; ".join(parts) + "."
