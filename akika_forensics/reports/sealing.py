"""Reports kept in the vault: every file sealed, and an entry of the custody chain that vouches for them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, get_args

from akika_forensics.custody import Act, CustodyLog
from akika_forensics.custody.leaving import leaves, listed
from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant
from akika_forensics.reports.files import Kind, MadeFile, ReportResult, private_folder, write_all
from akika_forensics.reports.making import MadeReport
from akika_forensics.vault import Vault
from akika_forensics.vault.documents import Erased

MADE: Final = "report_made"
EXPORTED: Final = "report_exported"
_KINDS: Final = get_args(Kind.__value__)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a kept report: its name when exported, where it is sealed, and what its bytes must be."""

    kind: Kind
    name: str
    path: str
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report in the vault. ``id``: ``r1`` for the first that was made with this vault, and so on."""

    id: str
    report: str
    title: str
    at: datetime
    by: str
    parameters_sha256: str
    snapshots: tuple[str, ...]
    files: tuple[KeptFile, ...]
    notes: tuple[str, ...]


def seal(vault: Vault, made: MadeReport, *, custody: CustodyLog | None = None) -> KeptReport:
    """Seal every file of a report and write down that it was made; durable when it returns."""
    log = custody or CustodyLog(vault)
    company = _company(vault, {str(row["id"]) for row in made.snapshots})
    stored = [vault.put_document(f"report {file.kind}", file.data, company) for file in made.files]
    rows = [
        {"kind": file.kind, "name": file.name, "path": place.path, "length": len(file.data), "sha256": file.sha256}
        for file, place in zip(made.files, stored, strict=True)
    ]
    act = log.record(
        MADE,
        f"The report {made.report} was made.",
        {
            "report": made.report,
            "title": made.title,
            "made_at": format_instant(made.made_at),
            "parameters_sha256": made.parameters_sha256,
            "snapshots": [{"id": row["id"], "digest": row["digest"]} for row in made.snapshots],
            "files": rows,
            "notes": list(made.notes),
        },
        stored,
    )
    number = sum(1 for other in log.acts(MADE) if other.number <= act.number)
    return _kept(act, number)


def _company(vault: Vault, snapshots: set[str]) -> Company | None:
    """The company that a report is about, when it is one."""
    found = {info.company for info in vault.snapshots() if info.id in snapshots}
    return next(iter(found)) if len(found) == 1 else None


def kept(vault: Vault) -> tuple[KeptReport, ...]:
    """All reports the vault keeps, oldest first. Raises VaultDamaged when the chain does not hold."""
    return tuple(_kept(act, number) for number, act in enumerate(CustodyLog(vault).acts(MADE), start=1))


def find_kept(vault: Vault, ident: str) -> KeptReport:
    """The kept report with this id. Raises WrongUse when there is none."""
    every = kept(vault)
    for report in every:
        if report.id == ident.strip().lower():
            return report
    known = f"It keeps {every[0].id} to {every[-1].id}." if every else "It keeps none yet."
    raise WrongUse(f"The vault keeps no report {ident!r}.", means=known, do="`akika report kept` lists them.")


def opened(vault: Vault, report: KeptReport) -> tuple[MadeFile, ...]:
    """The files of a kept report as they were made. Raises VaultDamaged when one is not what was sealed."""
    return tuple(MadeFile(file.kind, file.name, _checked(vault, file)) for file in report.files)


def export(vault: Vault, ident: str, out: Path, *, custody: CustodyLog | None = None) -> ReportResult:
    """Write a kept report into a folder, byte for byte as it was made; custody keeps that it left the vault.

    Raises WrongUse for an unknown id or a folder that holds a report of this name, VaultDamaged; nothing is written then.
    """
    report = find_kept(vault, ident)
    files = opened(vault, report)
    for file in files:
        if (out / file.name).exists():
            raise WrongUse(f"{out} holds a file {file.name} already.", do="Name another folder.")
    return write_out(vault, report, files, out, custody=custody)


def write_out(
    vault: Vault, report: KeptReport, files: tuple[MadeFile, ...], out: Path, *, custody: CustodyLog | None = None
) -> ReportResult:
    """Write the ``files`` of a kept report into ``out`` and write down that it left the vault. Raises WrongUse."""
    private_folder(out)
    result = write_all(out, files, notes=report.notes, sealed=report.id)
    try:
        leaves(
            custody or CustodyLog(vault),
            EXPORTED,
            f"The report {report.id} ({report.report}) was written to a folder outside the vault.",
            to=out.absolute(),
            files=[listed(file.name, file.data) for file in files],
            details={"kept": report.id, "report": report.report},
        )
    except BaseException:
        # Nothing leaves the vault without an entry that says so.
        for file in files:
            (out / file.name).unlink(missing_ok=True)
        raise
    return result


def _checked(vault: Vault, file: KeptFile) -> bytes:
    try:
        data = vault.get_document(file.path)
    except Erased:
        raise
    except WrongUse as error:
        raise VaultDamaged(
            f"The file {file.name} of a kept report is missing.",
            means=f"The vault vouches for {file.path}, which is not there.",
            do="Take an undamaged copy of the vault; `akika verify` says what else is missing.",
        ) from error
    if len(data) != file.length or hashlib.sha256(data).hexdigest() != file.sha256:
        raise VaultDamaged(
            f"The file {file.name} of a kept report is not what was sealed.",
            means="Its SHA-256 differs from the one in the custody chain.",
            do="Take an undamaged copy of the vault.",
        )
    return data


def _kept(act: Act, number: int) -> KeptReport:
    details: dict[str, Any] = act.details
    return KeptReport(
        id=f"r{number}",
        report=str(details["report"]),
        title=str(details["title"]),
        at=act.at,
        by=act.by,
        parameters_sha256=str(details["parameters_sha256"]),
        snapshots=tuple(str(row["id"]) for row in details["snapshots"]),
        files=tuple(
            KeptFile(_kind(row["kind"]), _plain_name(row["name"]), str(row["path"]), int(row["length"]), row["sha256"])
            for row in details["files"]
        ),
        notes=tuple(str(note) for note in details["notes"]),
    )


def _kind(text: Any) -> Kind:
    if text not in _KINDS:
        raise VaultDamaged(f"A kept report holds a file of an unknown kind, {text!r}.")
    kind: Kind = text
    return kind


def _plain_name(text: Any) -> str:
    """The name of a file in the folder it is exported to; never a path out of it."""
    name = str(text)
    if Path(name).name != name or name in {"", ".", ".."}:
        raise VaultDamaged(f"A kept report holds a file with the name {name!r}, which is no name.")
    return name
