"""An export that custody knows of before it is there."""

from __future__ import annotations

from pathlib import Path

from akika_forensics.case.export import Exported, Progress, Source, export_snapshot
from akika_forensics.custody import CustodyLog
from akika_forensics.custody.leaving import leaves


def export_recorded(
    log: CustodyLog, snapshot: Source, to: Path, form: str, *, progress: Progress | None = None
) -> Exported:
    """`export_snapshot`, with its files listed in custody when they are whole and not yet at their place."""

    def write_down(made: Exported) -> None:
        leaves(
            log,
            "exported",
            f"Snapshot {snapshot.info.id} was exported as {form}, {len(made.written)} files.",
            to=made.folder.absolute(),
            files=[{"name": one.name, "length": one.length, "sha256": one.sha256} for one in made.written],
            details={
                "snapshot": snapshot.info.id,
                "digest": snapshot.info.digest,
                "form": form,
                "rows": made.rows,
                "notes": list(made.notes),
            },
        )

    return export_snapshot(snapshot, to, form, before=write_down, progress=progress)
