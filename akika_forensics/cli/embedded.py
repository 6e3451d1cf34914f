"""The embedded company: a twin on this machine with a vault connected to it, for the demo, the app and JupyterLab to begin on."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret

if TYPE_CHECKING:
    from akika_forensics.case import Case
    from akika_forensics.twin import Twin
    from akika_forensics.vault import SnapshotInfo

NAME: Final = "demo"
"""What the company is called in the vault."""
SIGNER: Final = "Dana"
"""Who may approve plans of the embedded company."""


@dataclass
class Embedded:
    """Where things are, and the served company. ``passphrase_file`` is None when the passphrase was given from outside."""

    folder: Path
    passphrase: Secret
    passphrase_file: Path | None
    twin: Twin
    case: Case
    snapshots: list[str] = field(default_factory=list)
    signer_file: Path | None = None

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    def capture(self, progress: Callable[[str, int, int], None] | None = None) -> SnapshotInfo:
        info = self.case.capture(progress=progress)
        self.snapshots.append(info.id)
        return info

    def incident(self, name: str = "demo") -> Any:
        """Do a labelled incident; returns its ground truth."""
        from akika_forensics.twin import incidents

        return incidents.run(self.twin, name)


def new_folder(folder: Path) -> Path:
    """A new or empty folder, made. Raises WrongUse."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUse(f"{folder} is not an empty folder.", do="Name another one, or remove it.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@contextmanager
def embedded(folder: Path) -> Iterator[Embedded]:
    """The sample company, served, with a new vault in ``folder`` that is connected to it and holds nothing yet.

    ``AKIKA_PASSPHRASE`` is the vault's passphrase when it is set; else one is made up and written into the folder.
    """
    from akika_forensics.case.opening import init_vault
    from akika_forensics.quickbooks import Connection
    from akika_forensics.twin import Twin, sample, serve

    passphrase, file = _passphrase(folder)
    twin = Twin()
    sample.build(twin)
    with serve(twin) as server:
        given = server.credentials
        case = init_vault(folder / "vault", passphrase, recovery_sheet=folder / "recovery-sheet.txt")
        connection = Connection(
            NAME, server.realm_id, server.base_url, server.token_url, given.client_id, Secret(given.client_secret)
        )
        case.connect(connection, Secret(given.refresh_token))
        yield Embedded(folder, passphrase, file, twin, case)


@contextmanager
def after_an_incident(folder: Path, tell: Callable[[str], None]) -> Iterator[Embedded]:
    """The embedded company as a person finds it: captured, then damaged, then captured again."""
    tell("Building a company on this machine, capturing it, and letting something happen to it …")
    with embedded(new_folder(folder)) as company:
        company.capture()
        company.incident()
        company.capture()
        company.signer_file = company.folder / "passphrase-of-dana.txt"
        company.case.signers.add(SIGNER, _new_secret(company.signer_file), role="partner")
        for line in company_lines(company):
            tell(line)
        yield company


def company_lines(company: Embedded) -> Iterator[str]:
    """Where everything is, in words."""
    yield f"vault       {company.vault}   (snapshots {', '.join(company.snapshots)}: before and after)"
    if company.passphrase_file:
        yield f"passphrase  {company.passphrase_file}"
    if company.signer_file:
        yield f"{SIGNER}, who may approve, signs with the passphrase in {company.signer_file}"


def _passphrase(folder: Path) -> tuple[Secret, Path | None]:
    given = os.environ.get("AKIKA_PASSPHRASE")
    if given:
        return Secret(given), None
    file = folder / "passphrase.txt"
    return _new_secret(file), file


def _new_secret(file: Path) -> Secret:
    """A passphrase made up, written where its owner alone reads it."""
    text = secrets.token_urlsafe(18)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text + "\n")
    return Secret(text)
