"""Finds a text or a key in files, however it was written down there: encoded, escaped, packed, or on a page of Parquet."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

type Needles = Mapping[str, tuple[bytes, ...]]
"""What is looked for, by a name that may be printed: the forms that it can have."""

_DEEP = 3
"""Layers of packing that are taken off."""
_MOST = 1 << 26
_GZIP, _ZIP, _ZSTD = b"\x1f\x8b\x08", b"PK\x03\x04", b"\x28\xb5\x2f\xfd"
_ZLIB = re.compile(rb"[\x08\x18\x28\x38\x48\x58\x68\x78][\x01\x5e\x9c\xda\x03\x5d\x9d\xdb\x00-\xff]")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_PARQUET = b"PAR1"


def forms_of_text(text: str) -> tuple[bytes, ...]:
    """As it is, in UTF-16, escaped for JSON, HTML and addresses, and inside base64."""
    plain = text.encode()
    spelled = {
        plain,
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        json.dumps(text)[1:-1].encode(),
        html.escape(text).encode(),
        html.escape(text).replace("&#x27;", "&#39;").encode(),
        urllib.parse.quote(text).encode(),
        urllib.parse.quote_plus(text).encode(),
        plain.hex().encode(),
    }
    return tuple(spelled) + _inside_base64(plain)


def forms_of_key(key: bytes) -> tuple[bytes, ...]:
    """The bytes, their digits, base32 and base64, and as Python or JSON lists numbers."""
    numbers = ", ".join(map(str, key)).encode()
    return (
        key,
        key.hex().encode(),
        key.hex().upper().encode(),
        base64.b32encode(key)[:-8],
        *_inside_base64(key),
        repr(key)[2:-1].encode(),
        numbers,
        numbers.replace(b" ", b""),
    )


def _inside_base64(plain: bytes) -> tuple[bytes, ...]:
    """Base64 has three alignments; the middle of each is the same wherever it stands."""
    found = []
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + plain)[4 if shift else 0 : -4]
        if len(text) >= 8:
            found += [text, text.replace(b"+", b"-").replace(b"/", b"_")]
    return tuple(found)


def layers(content: bytes, deep: int = _DEEP) -> Iterator[bytes]:
    """The bytes, and whatever comes out of them when it is unpacked."""
    yield content
    if deep == 0:
        return
    for inner in _unpacked(content):
        if len(inner) > 16:
            yield from layers(inner, deep - 1)


def _unpacked(content: bytes) -> Iterator[bytes]:
    for match in re.finditer(re.escape(_GZIP), content):
        yield _inflated(content, match.start(), 31)
    for match in _ZLIB.finditer(content):
        if int.from_bytes(match[0]) % 31 == 0:
            yield _inflated(content, match.start(), 15)
    for match in re.finditer(re.escape(_ZIP), content):
        names = int.from_bytes(content[match.start() + 26 : match.start() + 28], "little")
        extra = int.from_bytes(content[match.start() + 28 : match.start() + 30], "little")
        yield _inflated(content, match.start() + 30 + names + extra, -15)
    for match in re.finditer(re.escape(_ZSTD), content):
        yield _from_zstd(content[match.start() :])
    for match in _BASE64.finditer(content):
        run = match[0].rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        yield base64.b64decode(run + b"=" * (-len(run) % 4)) if len(run) % 4 != 1 else b""
    if content[:4] == content[-4:] == _PARQUET:
        yield from _from_parquet(content)


def _inflated(content: bytes, start: int, bits: int) -> bytes:
    unpacker, found = zlib.decompressobj(bits), b""
    try:
        for at in range(start, len(content), 1 << 16):
            found += unpacker.decompress(content[at : at + (1 << 16)], _MOST)
            if unpacker.eof:
                break
    except zlib.error:
        pass
    return found


def _from_zstd(content: bytes) -> bytes:
    found = b""
    try:
        with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
            while piece := stream.read(1 << 12):
                found += piece
    except OSError:
        pass
    return found


def _from_parquet(content: bytes) -> Iterator[bytes]:
    """Every value of a Parquet file that opens without a key; its pages are packed without a frame of their own."""
    try:
        table = pq.read_table(io.BytesIO(content))
    except (OSError, pa.ArrowException):
        return
    for name in table.column_names:
        values = table.column(name).to_pylist()
        yield name.encode() + b"\n" + b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


def found_in(content: bytes, needles: Needles) -> set[str]:
    """Names of what is found in the bytes or in anything packed in them; letters alike in either case."""
    told: set[str] = set()
    for layer in layers(content):
        small = layer.lower()
        for name, forms in needles.items():
            if name not in told and any(form in layer or form.lower() in small for form in forms):
                told.add(name)
    return told


def search(roots: Iterable[Path], needles: Needles) -> dict[Path, set[str]]:
    """Every file below the roots that holds something, in its bytes or in its name."""
    found: dict[Path, set[str]] = {}
    for root in roots:
        for path in sorted(root.rglob("*")):
            told = found_in(str(path.relative_to(root)).encode(), needles)
            if path.is_symlink():
                told |= found_in(str(path.readlink()).encode(), needles)
            elif path.is_file():
                told |= found_in(path.read_bytes(), needles)
            if told:
                found[path] = told
    return found
