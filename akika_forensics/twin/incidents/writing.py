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
from akika_forensics.twin.statements import csv_layouts, ofx
from akika_forensics.twin.statements import statement as statements

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
    papers(scene.damaged, folder / "papers")


def _company(twin: Twin, folder: Path) -> None:
    folder.mkdir(parents=True)
    for entity in sorted({entity for entity, _ in twin.dump()}):
        rows = sorted(twin.store.rows(entity), key=lambda row: (identity.number_of(row.id), row.id))
        (folder / f"{entity}.jsonl").write_bytes(b"".join(row.payload + b"\n" for row in rows))


def papers(twin: Twin, folder: Path) -> None:
    """What the banks say: an OFX file an account with a statement a month, and all lines as CSV."""
    folder.mkdir(parents=True)
    for account in twin.store.bank.accounts():
        days = twin.store.bank.days(account)
        assert days is not None  # noqa: S101 - an account of the bank has lines
        monthly = list(statements.monthly(twin.store, account))
        (folder / f"{account}.ofx").write_bytes(ofx.write(monthly, twin.clock(), "102"))
        whole = statements.of(twin.store, account, *(date.fromisoformat(day) for day in days))
        (folder / f"{account}.csv").write_bytes(csv_layouts.write(whole, "balance"))
