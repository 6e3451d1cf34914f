"""The marker made again from the chain: byte for byte the one whose SHA-256 an entry signed, or none."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

import msgspec

from akika_forensics.model import instants
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.chains import marker
from akika_forensics.vault.chains.marker import Marker
from akika_forensics.vault.files import StoredFile

_BEFORE_SECONDS: Final = 3
_MARK: Final = "@"


def make(signed: StoredFile, *, vault: str, founder: str, at: str) -> bytes | None:
    """The marker that ``signed`` tells of; None when it is not found.

    All its fields follow from the chain but the time it was made at, which is a little before that of the first entry
    (``at``): every microsecond of the three seconds before is tried, and the signed SHA-256 says which it was.
    """
    for version in range(layout.FORMAT_VERSION, 0, -1):
        found = _search(signed, Marker("", _MARK, marker.FORMAT, founder, vault, version), at)
        if found is not None:
            return found
    return None


def _search(signed: StoredFile, like: Marker, at: str) -> bytes | None:
    fields = msgspec.to_builtins(like)
    bare = {name: value for name, value in fields.items() if name != "checksum"}
    begin, end = canonical.encode(bare).split(_MARK.encode())
    opening, middle = canonical.encode({**fields, "checksum": "#"}).split(_MARK.encode())[0].split(b"#")
    wanted, sha256 = bytes.fromhex(signed.sha256), hashlib.sha256
    moment = instants.parse_instant(at)
    for step in range(_BEFORE_SECONDS * 1_000_000):
        created = instants.format_instant(moment - timedelta(microseconds=step)).encode()
        check = sha256(begin + created + end).hexdigest().encode()
        found = opening + check + middle + created + end
        if sha256(found).digest() == wanted:
            return found
    return None
