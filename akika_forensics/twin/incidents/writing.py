"""A scene written as files: three companies, the truth, and the papers that come from elsewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.twin import identity
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.incidents.scene import Scene
from akika_forensics.twin.life import papers

DAMAGED: Final = "damaged"


def check(folder: Path) -> None:
    """Raises WrongUse unless the folder is new or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUse(f"{folder} is not empty.", do="Give a new folder.")


def write(scene: Scene, folder: Path) -> None:
    """``before``, ``damaged``, ``clean`` (one Entity.jsonl an entity each), ``truth.json``, ``papers``. Raises as ``check``."""
    check(folder)
    for name, twin in (("before", scene.before), (DAMAGED, scene.damaged), ("clean", scene.clean)):
        _company(twin, folder / name)
    (folder / "truth.json").write_bytes(payloads.encode(scene.truth) + b"\n")
    first, last = (date.fromisoformat(scene.truth[name]) for name in ("first_day", "last_day"))
    papers.write(scene.damaged, folder / "papers", first, last)


def _company(twin: Twin, folder: Path) -> None:
    folder.mkdir(parents=True)
    for entity in sorted({entity for entity, _ in twin.dump()}):
        rows = sorted(twin.store.rows(entity), key=lambda row: (identity.number_of(row.id), row.id))
        (folder / f"{entity}.jsonl").write_bytes(b"".join(row.payload + b"\n" for row in rows))
