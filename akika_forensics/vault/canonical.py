"""The exact JSON bytes that are signed: one value has one spelling, and a reader accepts no other."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from akika_forensics.errors import VaultDamaged

_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def encode(value: Any) -> bytes:
    """UTF-8 JSON, keys in order, no blanks."""
    return _ENCODER.encode(value)


def decode[T](data: bytes, shape: type[T], path: str) -> T:
    """Read bytes that `encode` wrote. Raises VaultDamaged when they have another shape or another spelling."""
    try:
        value = msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedFile(path, "Its content is not what this kind of file holds.") from error
    if encode(value) != data:
        raise DamagedFile(path, "Its content is spelled in another way than this software writes.")
    return value


class DamagedFile(VaultDamaged):
    """Damage of one file: ``path`` and ``finding``, one plain sentence about it."""

    def __init__(self, path: str, finding: str) -> None:
        super().__init__(
            f"{path}: {finding}",
            means="The vault does not hold what was put into it.",
            do="Run akika verify for the whole list, and take an undamaged copy of the vault.",
        )
        self.path = path
        self.finding = finding
