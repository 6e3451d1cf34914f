"""``lab``: JupyterLab with the notebooks of this software, on this machine only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from akika_forensics.cli.session import Command, Options, how_to_open, say_first_sight, vault_location
from akika_forensics.cli.speech import note, say, say_json
from akika_forensics.errors import WrongUse

if TYPE_CHECKING:
    from akika_forensics.case.unlocking import Opening
    from akika_forensics.vault import SnapshotInfo
    from akika_forensics.vault.storage.location import Location


@dataclass(frozen=True)
class Opened:
    """What the lab is opened on. ``snapshots`` is None when no vault was named."""

    vault: str = ""
    company: str = ""
    snapshots: tuple[SnapshotInfo, ...] | None = None
    environment: dict[str, str] = field(default_factory=dict)


def lab(
    context: typer.Context,
    folder: Path | None = typer.Option(
        None,
        "--dir",
        help="The folder to work in; akika-lab without one. Notebooks changed there are never overwritten.",
    ),
    port: int = typer.Option(0, min=0, max=65535, help="0 takes any free one."),
    no_browser: bool = typer.Option(False, "--no-browser", help="Print the address only."),
    demo: Path | None = typer.Option(
        None, help="Work on an embedded company just after an incident, made in this new folder."
    ),
) -> None:
    """JupyterLab with the session and report notebooks; Ctrl-C ends it and all that runs in it."""
    from akika_forensics.lab import serving
    from akika_forensics.lab.workplace import set_up
    from akika_forensics.vault.storage.location import Location

    options: Options = context.obj
    serving.require()
    with _opened(options, demo) as opened:
        place = (folder or (demo / "lab" if demo else Path("akika-lab"))).resolve()
        vault = Location.of(opened.vault).folder if opened.vault else None
        if vault is not None and place.is_relative_to(vault.resolve()):
            raise WrongUse("The folder to work in lies inside the vault.", do="Name another one with --dir.")
        start = set_up(place, vault=opened.vault, company=opened.company, snapshots=opened.snapshots)

        def ready(url: str) -> None:
            if options.json:
                say_json({"url": url, "folder": str(place), "start": start, "pid": os.getpid()})
                return
            say(url)
            note(
                f"JupyterLab works in {place}. The address holds a key: who has it can do what you can. Ctrl+C stops it."
            )

        serving.serve(place, start, port=port, browser=not no_browser, environment=opened.environment, on_ready=ready)


@contextmanager
def _opened(options: Options, demo: Path | None) -> Iterator[Opened]:
    if demo is not None:
        from akika_forensics.case.unlocking import by_passphrase
        from akika_forensics.cli.embedded import after_an_incident

        with after_an_incident(demo, note) as company:
            yield _of_vault(company.vault, by_passphrase(company.passphrase), "")
    elif options.vault or os.environ.get("AKIKA_VAULT"):
        yield _of_vault(vault_location(options).absolute, how_to_open(options), options.company)
    else:
        yield Opened()


def _of_vault(vault: Path | Location, how: Opening, company: str) -> Opened:
    """Open the vault once: a wrong key is said here, not in a notebook. Kernels get it through their environment alone."""
    from akika_forensics.case import open_vault

    case = open_vault(vault, company=company or None, passphrase=how.means)
    say_first_sight(case)
    snapshots = tuple(case.snapshots())
    environment = {"AKIKA_VAULT": str(vault), **how.environment}
    if company:
        environment["AKIKA_COMPANY"] = company
    return Opened(str(vault), company, snapshots, environment)


COMMANDS = [Command("lab", lab.__doc__ or "", lab)]
