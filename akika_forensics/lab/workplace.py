"""A folder to work in, made or brought up to date: notebooks, and the page to start from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from akika_forensics.lab.shipped import notebooks
from akika_forensics.lab.start_page import start_page
from akika_forensics.lab.working_folder import place_all

if TYPE_CHECKING:
    from akika_forensics.vault import SnapshotInfo


def set_up(folder: Path, *, vault: str = "", company: str = "", snapshots: Sequence[SnapshotInfo] | None = None) -> str:
    """Returns the start page's path below the folder. Raises WrongUse where the folder cannot be used."""
    values = {name: value for name, value in (("vault", vault), ("company", company)) if value}
    shipped = notebooks(values)
    placed = place_all(folder, (one.file for one in shipped))
    page = start_page(shipped, placed, vault=vault, company=company, snapshots=snapshots)
    return place_all(folder, [page])[0].path
