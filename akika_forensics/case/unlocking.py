"""With what a vault is opened: what the environment names, and what this machine's keyring holds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import layout
from akika_forensics.vault.keys import identity, keyring
from akika_forensics.vault.keys.ways import Kms, Means, OwnIdentity, SystemKeyring, system_keyring
from akika_forensics.vault.storage import StorageFailed
from akika_forensics.vault.storage.location import Location

BY: Final = ("passphrase", "keyring", "kms")
"""What ``AKIKA_OPEN_WITH`` may say."""

_NOTHING: Final = dict.fromkeys(
    (
        "AKIKA_PASSPHRASE",
        "AKIKA_PASSPHRASE_FILE",
        "AKIKA_IDENTITY",
        "AKIKA_IDENTITY_PASSPHRASE",
        "AKIKA_IDENTITY_PASSPHRASE_FILE",
        "AKIKA_OPEN_WITH",
    ),
    "",
)


@dataclass(frozen=True)
class Opening:
    """With what a vault is opened, and how a process of our own opens it likewise.

    ``environment`` is for that process and says so by itself: variables of before that say otherwise are emptied.
    ``secret`` is what must not be shown by it; empty where nothing typed is handed on.
    """

    means: Secret | Means
    environment: Mapping[str, str] = field(repr=False)
    secret: Secret = field(default_factory=lambda: Secret(""))


def by_passphrase(secret: Secret) -> Opening:
    """A passphrase, or a recovery key as typed."""
    return Opening(secret, _NOTHING | {"AKIKA_OPEN_WITH": "passphrase", "AKIKA_PASSPHRASE": secret.reveal()}, secret)


def by_identity(file: Path, secret: Secret) -> Opening:
    """An identity file and its own passphrase. Raises WrongKey, WrongUse."""
    more = {"AKIKA_IDENTITY": str(file.absolute()), "AKIKA_IDENTITY_PASSPHRASE": secret.reveal()}
    return Opening(own_identity(file, secret), _NOTHING | more, secret)


def by_name(name: str) -> Opening | None:
    """The keyring of the operating system or AWS KMS; None for a passphrase and for no name. Raises WrongUse."""
    means = means_by(name)
    return None if means is None else Opening(means, _NOTHING | {"AKIKA_OPEN_WITH": name})


def passphrase_from_environment() -> Secret:
    """``AKIKA_PASSPHRASE``, or the first line of the file that ``AKIKA_PASSPHRASE_FILE`` names. Raises WrongUse."""
    text = os.environ.get("AKIKA_PASSPHRASE")
    if text:
        return Secret(text)
    file = os.environ.get("AKIKA_PASSPHRASE_FILE")
    if file:
        return passphrase_from_file(Path(file))
    raise WrongUse(
        "No passphrase was given.",
        do="Set AKIKA_PASSPHRASE, name a file in AKIKA_PASSPHRASE_FILE, or pass `passphrase=`.",
    )


def identity_passphrase_from_environment() -> Secret:
    """``AKIKA_IDENTITY_PASSPHRASE``, or the first line of the file that ``AKIKA_IDENTITY_PASSPHRASE_FILE`` names; else empty.

    Raises WrongUse.
    """
    text = os.environ.get("AKIKA_IDENTITY_PASSPHRASE", "")
    file = os.environ.get("AKIKA_IDENTITY_PASSPHRASE_FILE", "")
    return passphrase_from_file(Path(file)) if file and not text else Secret(text)


def passphrase_from_file(file: Path) -> Secret:
    try:
        return Secret(file.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r"))
    except OSError as error:
        raise WrongUse(
            f"The passphrase file {file} cannot be read.", do="Check its path and its permissions."
        ) from error


def means_from_environment(place: str | Path | Location) -> Secret | Means:
    """What opens the vault at a place: an identity file (``AKIKA_IDENTITY``, with its passphrase in
    ``AKIKA_IDENTITY_PASSPHRASE`` or in the file that ``AKIKA_IDENTITY_PASSPHRASE_FILE`` names), what ``AKIKA_OPEN_WITH`` says, a passphrase, or else this machine's keyring when it
    holds a secret for the vault. Raises WrongUse when there is nothing, WrongKey.
    """
    file = os.environ.get("AKIKA_IDENTITY")
    if file:
        return own_identity(Path(file), identity_passphrase_from_environment())
    chosen = means_by(os.environ.get("AKIKA_OPEN_WITH", ""))
    if chosen is not None:
        return chosen
    if (
        not os.environ.get("AKIKA_PASSPHRASE")
        and not os.environ.get("AKIKA_PASSPHRASE_FILE")
        and remembered_at(Location.of(place))
    ):
        return SystemKeyring()
    return passphrase_from_environment()


def means_by(name: str) -> Means | None:
    """The keyring of the operating system or AWS KMS, by name; None for a passphrase and for no name. Raises WrongUse."""
    if name == "keyring":
        return SystemKeyring()
    if name == "kms":
        return Kms()
    if name in {"", "passphrase"}:
        return None
    raise WrongUse(f"A vault is not opened with {name!r}.", do=f"Choose one of: {', '.join(BY)}.")


def own_identity(file: Path, secret: Secret) -> OwnIdentity:
    """An identity file. Raises WrongKey, WrongUse."""
    if not secret.reveal():
        raise WrongUse(
            "The passphrase of the identity file was not given.",
            do="Set AKIKA_IDENTITY_PASSPHRASE, or run it in a terminal.",
        )
    return OwnIdentity(identity.read_file(file, secret))


def remembered_at(place: Location) -> bool:
    """Whether this machine's keyring holds a secret for the vault at a place; whether it opens it shows when it is opened."""
    backend = place.open().backend
    try:
        numbers = {layout.place_of(path).seq: path for path in backend.list("keys")}
        if not numbers:
            return False
        path = numbers[max(numbers)]
        ring = keyring.parse(backend.read(path), path)
        return any(
            way.kind == SystemKeyring.kind and system_keyring.holds(keyring.holder(ring, member, path))
            for member in ring.members
            for way in member.ways
        )
    except (FileNotFoundError, VaultDamaged, StorageFailed):
        return False
