"""``history``: every version of one record, and what of it is lost. It writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from akika_forensics.cli.session import Options, open_case
from akika_forensics.cli.speech import Told, note, say, say_json
from akika_forensics.model.instants import format_instant

if TYPE_CHECKING:
    from akika_forensics.case.versions import Versions
    from akika_forensics.vault import Version


def history(
    context: typer.Context,
    entity: str = typer.Argument(help="The entity, such as Invoice."),
    record_id: str = typer.Argument(help="Its Id."),
) -> None:
    from akika_forensics.model.record import RecordKey

    options: Options = context.obj
    case = open_case(options)
    versions = case.history(RecordKey.parse(f"{entity}:{record_id}"))
    dropped = case.lifecycle.dropped() if case.vault.snapshots() else ()
    if options.json:
        say_json(
            {
                "versions": [
                    {
                        "snapshot": version.snapshot,
                        "taken_at": format_instant(version.taken_at),
                        "present": version.present,
                        "sync_token": version.record.body.get("SyncToken") if version.record else None,
                        "digest": version.record.digest.hex() if version.record else None,
                        "by": None,
                        "payload": version.record.body if version.record else None,
                        "missing": list(version.missing),
                    }
                    for version in versions
                ],
                "missing": list(versions.missing),
                "not_kept": [
                    {"snapshots": list(one.snapshots), "dropped_at": format_instant(one.at), "rule": one.rule}
                    for one in dropped
                ],
            }
        )
        _end(versions)
        return
    for one in dropped:
        note(f"akika: {_those(one.snapshots)} dropped on {one.at:%Y-%m-%d} by the retention rule {one.rule};")
        note(
            "       versions that only they held are not kept, and a change may be older than the snapshot it is shown at."
        )
    for version in versions:
        say(f"{version.snapshot}  {format_instant(version.taken_at)}  {_held(version)}")
    if not versions:
        say("The record is in no snapshot.")
    _end(versions)


def _held(version: Version) -> str:
    if version.record:
        return f"{version.record.label}, SyncToken {version.record.body.get('SyncToken')}"
    if version.missing:
        return "there, but its version is lost" if version.present else "not known: what tells of it is lost"
    return "not there"


def _end(versions: Versions) -> None:
    """Raises Told where something is missing, after saying what."""
    if not versions.missing:
        return
    note("akika: This history is not whole. Of the vault these files are lost or damaged:")
    for one in versions.missing:
        note(f"       {one}")
    note("       Bring them back from another copy: akika vault repair --from")
    raise Told(1)


def _those(snapshots: Sequence[str]) -> str:
    if len(snapshots) == 1:
        return f"Snapshot {snapshots[0]} was"
    return f"{len(snapshots)} snapshots from {snapshots[0]} to {snapshots[-1]} were"
