"""The credentials of an app at Intuit: from the environment, a file, what is kept already, or a prompt; never an argument."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import msgspec

from akika_forensics.cli.session import ask
from akika_forensics.cli.speech import note
from akika_forensics.errors import WrongUse
from akika_forensics.quickbooks import Connection
from akika_forensics.settings import Secret

CLIENT_ID: Final = "AKIKA_CLIENT_ID"
CLIENT_SECRET: Final = "AKIKA_CLIENT_SECRET"  # noqa: S105 -- the name of a variable

_OTHERS: Final = 0o077


class _File(msgspec.Struct):
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return "_File()"


def credentials(client_id: str, secret_env: str, file: str, known: Connection | None) -> tuple[str, Secret]:
    """Client id and secret. ``known``: the connection that is made anew, whose app it stays unless another is given.

    Raises WrongUse.
    """
    if file:
        if client_id or secret_env:
            raise WrongUse("The app's credentials were given twice.", do="Give --client-file alone, or leave it out.")
        return from_file(Path(file))
    chosen = client_id or os.environ.get(CLIENT_ID, "")
    if secret_env:
        secret = from_environment(secret_env)
    elif os.environ.get(CLIENT_SECRET):
        secret = from_environment(CLIENT_SECRET)
    elif known is not None and known.client_secret and chosen in {"", known.client_id}:
        return known.client_id, known.client_secret
    else:
        secret = Secret("")
    chosen = chosen or (known.client_id if known else "") or _asked_id()
    return chosen, secret or ask("Client secret of the app", new=False, instead=f"{CLIENT_SECRET} or --client-file")


def from_environment(name: str) -> Secret:
    value = os.environ.get(name)
    if not value:
        raise WrongUse(
            f"The environment variable {name} is empty.", do="Put the secret there; it is never an argument."
        )
    return Secret(value)


def from_file(file: Path) -> tuple[str, Secret]:
    """A JSON object with ``client_id`` and ``client_secret``; whatever else it holds is not looked at. Raises WrongUse."""
    try:
        content, mode = file.read_bytes(), file.stat().st_mode
    except OSError as error:
        raise WrongUse(
            f"The file {file} of the app's credentials cannot be read.", do="Check its path and its permissions."
        ) from error
    try:
        found = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The cause would quote it.
        raise WrongUse(
            f"The file {file} does not hold the credentials of an app.",
            do='Write {"client_id": "…", "client_secret": "…"} into it.',
        ) from None
    if mode & _OTHERS:
        note(f"akika: Others on this machine may read {file}: chmod 600 keeps it yours.")
    return found.client_id, Secret(found.client_secret)


def _asked_id() -> str:
    if not sys.stdin.isatty():
        raise WrongUse("The client id of the app was not given.", do=f"Use --client-id, {CLIENT_ID} or --client-file.")
    sys.stderr.write("Client id of the app: ")
    sys.stderr.flush()
    found = sys.stdin.readline().strip()
    if not found:
        raise WrongUse("The client id of the app was not given.", do="Look it up at Intuit, under Keys & credentials.")
    return found
