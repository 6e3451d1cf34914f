"""A scene written as files: three companies, the truth, and the papers that come from elsewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from akika_forensics.model import payload as payloads
from akika_forensics.twin.incidents.scene import Scene
from akika_forensics.twin.life import folder as folders
from akika_forensics.twin.life import papers

DAMAGED: Final = "damaged"


def write(scene: Scene, folder: Path) -> None:
    """``before``, ``damaged``, ``clean`` (one Entity.jsonl an entity each), ``truth.json``, ``papers``.

    Raises WrongUse unless the folder is new or empty.
    """
    folders.check(folder)
    for name, twin in (("before", scene.before), (DAMAGED, scene.damaged), ("clean", scene.clean)):
        folders.write(twin, folder / name)
    (folder / "truth.json").write_bytes(payloads.encode(scene.truth) + b"\n")
    first, last = (date.fromisoformat(scene.truth[name]) for name in ("first_day", "last_day"))
    papers.write(scene.damaged, folder / papers.FOLDER, first, last)
