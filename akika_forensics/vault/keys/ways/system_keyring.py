"""The keyring of the operating system: Keychain, Credential Manager, Secret Service. Opens without typing, on one account
of one machine.

Whoever can use that account while it is unlocked can open the vault.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import ClassVar, Final

from akika_forensics.errors import WrongUse
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.sealing import OpenError
from akika_forensics.vault.keys.ways.way import Holder, Way, open_under, seal_under

SERVICE: Final = "Akika Forensics"
"""What the operating system shows; the account beside it is ``<vault id>/<member id>``."""


class SystemKeyring:
    kind: ClassVar[str] = "keyring"

    def seal(self, seeds: bytes, holder: Holder) -> Way:
        # One secret a member and machine: an older way on this machine still opens when a new one is made.
        secret = _read(holder)
        if secret is None:
            secret = os.urandom(sealing.KEY_LENGTH)
            _write(holder, secret)
        return Way(self.kind, None, None, seal_under(_key(secret), self.kind, seeds, holder))

    def open(self, way: Way, holder: Holder) -> bytes:
        secret = _read(holder)
        if secret is None:
            raise OpenError("The operating system's keyring holds no secret for this vault.")
        why = "The secret in the operating system's keyring is of another way into this vault."
        return open_under(_key(secret), way, holder, why)


def holds(holder: Holder) -> bool:
    """Whether this machine's keyring has a secret for a member; False also where there is no keyring."""
    try:
        return _read(holder) is not None
    except WrongUse:
        return False


def forget(holder: Holder) -> None:
    """Remove the secret from this machine's keyring; none is no error. Raises WrongUse where there is no keyring."""
    import keyring  # noqa: PLC0415 -- looks for the desktop's services, so only who uses it pays for it
    from keyring.errors import KeyringError, PasswordDeleteError  # noqa: PLC0415

    try:
        keyring.delete_password(SERVICE, account(holder))
    except PasswordDeleteError:
        return
    except KeyringError as error:
        raise _unusable(error) from error


def account(holder: Holder) -> str:
    return f"{holder.vault}/{holder.member}"


def _key(secret: bytes) -> bytes:
    return sealing.subkey(secret, "way", "keyring")


def _read(holder: Holder) -> bytes | None:
    import keyring  # noqa: PLC0415 -- as above
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        text = keyring.get_password(SERVICE, account(holder))
    except KeyringError as error:
        raise _unusable(error) from error
    try:
        secret = base64.b64decode(text, validate=True) if text else b""
    except (ValueError, binascii.Error):
        return None
    return secret if len(secret) == sealing.KEY_LENGTH else None


def _write(holder: Holder, secret: bytes) -> None:
    import keyring  # noqa: PLC0415 -- as above
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        keyring.set_password(SERVICE, account(holder), base64.b64encode(secret).decode())
    except KeyringError as error:
        raise _unusable(error) from error


def _unusable(error: Exception) -> WrongUse:
    from keyring.errors import KeyringLocked, NoKeyringError  # noqa: PLC0415 -- as above

    if isinstance(error, NoKeyringError):
        return WrongUse(
            "This machine has no keyring of the operating system.",
            means="A server or a session without a desktop usually has none.",
            do="Open the vault with AKIKA_PASSPHRASE_FILE, an identity file or AWS KMS there.",
        )
    if isinstance(error, KeyringLocked):
        return WrongUse("The operating system's keyring is locked.", do="Unlock it, or open the vault in another way.")
    return WrongUse(
        f"The operating system's keyring does not answer as it should ({type(error).__name__}).",
        do="Look at the keyring's own program, or open the vault in another way.",
    )
