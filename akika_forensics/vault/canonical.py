"""The exact JSON bytes that are signed: one value has one spelling, and a reader accepts no other."""

from __future__ import annotations

from collections.abc import Sequence
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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
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
            do="Run `akika verify` for the whole list, and take an undamaged copy of the vault.",
        )
        self.path = path
        self.finding = finding


class RecordsLost(DamagedFile):
    """Records that the vault's own account of losses tells of. ``records``: ``Invoice:12`` and so on."""

    code = "records_lost"

    def __init__(self, path: str, records: Sequence[str]) -> None:
        super().__init__(path, "It held records that are lost.")
        count = "1 record is" if len(records) == 1 else f"{len(records):,} records are"
        self.records = tuple(records)
        self.what = f"{count} lost, such as {records[0]}: {path} is damaged."
        self.means = "The vault's account of losses tells of it. The other records can be read."
        self.do = "Leave them out, or bring the file back from another copy with akika vault repair --from."
        self.args = (self.what,)
