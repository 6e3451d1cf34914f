"""All that is large in a draft, as one run of bytes: a line that says what follows and how long it is, then the parts."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
import polars as pl
from polars.exceptions import PolarsError

from akika_forensics.vault import canonical
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.snapshots import frames
from akika_forensics.vault.snapshots.frames import Schema

_KEYS: Final[Schema] = {"entity": pl.String, "id": pl.String}
TABLES: Final[dict[str, Schema]] = {
    "kept": _KEYS,
    "stale": {**_KEYS, "segment": pl.UInt32},
    "removed": _KEYS,
    "attached": frames.ATTACHMENTS,
}


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lengths in bytes, in the order in which the parts follow: controls, tables, state."""

    controls: dict[str, int]
    state: int
    tables: dict[str, int]


@dataclass(frozen=True)
class Bundle:
    """``controls`` by name; ``state`` is the capture's own."""

    path: str
    tables: Mapping[str, bytes]
    controls: dict[str, bytes]
    state: bytes

    def frame(self, name: str) -> pl.DataFrame:
        """Raises DamagedFile."""
        try:
            found = pl.read_parquet(io.BytesIO(self.tables[name]))
        except (KeyError, PolarsError) as error:
            raise DamagedFile(self.path, "It does not hold what a draft holds.") from error
        if dict(found.schema) != TABLES[name]:
            raise DamagedFile(self.path, "It has other columns than a draft has.")
        return found


def pack(tables: Mapping[str, pl.DataFrame], controls: Mapping[str, bytes], state: bytes) -> Iterator[bytes]:
    packed = {name: _bytes(tables[name]) for name in sorted(tables)}
    named = dict(sorted(controls.items()))
    head = _Head(
        {name: len(data) for name, data in named.items()}, len(state), {one: len(packed[one]) for one in packed}
    )
    yield canonical.encode(head) + b"\n"
    yield from named.values()
    yield from packed.values()
    yield state


def unpack(data: bytes, path: str) -> Bundle:
    """Raises DamagedFile."""
    line, _, rest = data.partition(b"\n")
    head, view = canonical.decode(line, _Head, path), memoryview(rest)
    lengths = [*sorted(head.controls.items()), *sorted(head.tables.items()), ("", head.state)]
    if min(length for _, length in lengths) < 0 or sum(length for _, length in lengths) != len(view):
        raise DamagedFile(path, "It is longer or shorter than it says.")
    found: list[bytes] = []
    for _, length in lengths:
        found.append(bytes(view[:length]))
        view = view[length:]
    controls = dict(zip(sorted(head.controls), found, strict=False))
    tables = dict(zip(sorted(head.tables), found[len(controls) :], strict=False))
    return Bundle(path, tables, controls, found[-1])


def _bytes(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream, compression="zstd")
    return stream.getvalue()
