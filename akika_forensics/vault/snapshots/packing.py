"""Control reports made small: they say the same in every row, and are kept for years. Every byte comes back."""

from __future__ import annotations

from typing import Final

from akika_forensics.vault.canonical import DamagedFile

_MOST: Final = 1 << 30
"""Bytes of a report at most: who may write to the vault shall not fill the memory of who reads it."""

_LEVEL: Final = 1


def pack(data: bytes) -> bytes:
    """The length in decimal digits, a line's end, and a frame of Zstandard (RFC 8878)."""
    import pyarrow as pa  # noqa: PLC0415 -- heavy, and most of a vault does without it

    return b"%d\n%b" % (len(data), pa.Codec("zstd", compression_level=_LEVEL).compress(data, asbytes=True))


def unpack(packed: bytes, path: str) -> bytes:
    """What was packed. Raises DamagedFile for anything else."""
    import pyarrow as pa  # noqa: PLC0415 -- as above

    length, _, frame = packed.partition(b"\n")
    try:
        wanted = int(length)
        if not 0 <= wanted <= _MOST:
            raise DamagedFile(path, "It says that it is longer than any report.")
        data = bytes(pa.Codec("zstd").decompress(frame, decompressed_size=wanted, asbytes=True))
    except (ValueError, OSError) as error:
        raise DamagedFile(path, "It is not packed as a report is.") from error
    if len(data) != wanted:
        raise DamagedFile(path, "It is longer or shorter than it says.")
    return data
