"""The recovery key: a second way into a vault, printed on a sheet that lies elsewhere."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path
from typing import Final, Self

from akika_forensics.model import instants
from akika_forensics.settings import Secret
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys import sheet as sheets

_PREFIX: Final = "AKIKA"
_LENGTH: Final = 32
_CHECK: Final = 3
_MISREAD: Final = str.maketrans("018", "OIB")


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
        # Digits that never occur are letters read wrongly from paper.
        text = re.sub(r"[\s-]", "", secret.reveal()).upper().translate(_MISREAD)
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

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("keys are not pickled")


def _check(raw: bytes) -> bytes:
    return hashlib.sha256(b"akika recovery key" + raw).digest()[:_CHECK]


def refuse_inside(sheet: Path, root: Path) -> None:
    """Raises WrongUse when the sheet would lie in the vault it opens, or over a file that is there."""
    sheets.refuse(sheet, root)


def write_sheet(
    sheet: Path, vault_id: str, key: RecoveryKey, *, member: str = "", root: Path | None = None
) -> tuple[Path, ...]:
    """The sheet to print, as a text and, where it can be made, as a PDF beside it; which files those are.

    ``member``: whose way in it is. Raises WrongUse, StorageFailed.
    """
    return sheets.write(sheet, sheets.Sheet(vault_id, key.text(), instants.now(), member), root)
