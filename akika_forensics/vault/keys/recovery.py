"""The recovery key: a second way into a vault, printed on a sheet that lies elsewhere."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path
from typing import Final, Self

from akika_forensics.settings import Secret
from akika_forensics.vault.keys import outside, sealing

_PREFIX: Final = "AKIKA"
_LENGTH: Final = 32
_CHECK: Final = 3


class RecoveryKey:
    """256 random bits with a check sum, so that a slip of the pen is told from another key."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @classmethod
    def fresh(cls) -> Self:
        return cls(os.urandom(_LENGTH))

    @classmethod
    def parse(cls, secret: Secret) -> Self | None:
        """The key in a text such as ``AKIKA-ABCD-…``; None when the text is no recovery key."""
        text = re.sub(r"[\s-]", "", secret.reveal()).upper()
        if not text.startswith(_PREFIX):
            return None
        try:
            decoded = base64.b32decode(text[len(_PREFIX) :])
        except ValueError:
            return None
        raw, check = decoded[:_LENGTH], decoded[_LENGTH:]
        return cls(raw) if len(raw) == _LENGTH and check == _check(raw) else None

    def text(self) -> Secret:
        letters = base64.b32encode(self._raw + _check(self._raw)).decode()
        return Secret("-".join([_PREFIX, *(letters[start : start + 4] for start in range(0, len(letters), 4))]))

    def key(self) -> bytes:
        return sealing.subkey(self._raw, "recovery")

    def __repr__(self) -> str:
        return "RecoveryKey()"


def _check(raw: bytes) -> bytes:
    return hashlib.sha256(b"akika recovery key" + raw).digest()[:_CHECK]


def refuse_inside(sheet: Path, root: Path) -> None:
    """Raises WrongUse when the sheet would lie in the vault it opens, or over a file that is there."""
    outside.refuse(sheet, "The recovery sheet", root)


def write_sheet(sheet: Path, vault_id: str, key: RecoveryKey) -> None:
    """A text to print; readable by its owner only. Raises WrongUse, StorageFailed."""
    text = (
        "Recovery sheet of an Akika Forensics vault\n\n"
        f"Vault         {vault_id}\n"
        f"Recovery key  {key.text().reveal()}\n\n"
        "Whoever has this key and the vault's files can read everything in it.\n"
        "Print it, keep it where the vault is not, and delete this file.\n"
        "Give the key where the passphrase is asked for.\n"
    )
    outside.write(sheet, text.encode(), "The recovery sheet")
