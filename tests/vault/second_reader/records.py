"""Record roots, and the canonical form of a record."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .plain import spelled


@dataclass
class Row:
    """One version of a record; ``was`` is the digest of the one that it replaced."""

    sha256: bytes
    digest: bytes
    payload: bytes
    was: bytes | None


def leaf(salt_key: bytes, key: tuple[str, str], row: Row) -> bytes:
    salt = hmac.new(salt_key, spelled(list(key)), hashlib.sha256).digest()[:16]
    return hashlib.sha256(b"\0" + salt + spelled([*key, row.digest.hex(), row.sha256.hex()])).digest()


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, over leaves that are hashed already, as it is written there: by halves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + tree_hash(leaves[:half]) + tree_hash(leaves[half:])).digest()


def record_root(leaves: list[bytes]) -> bytes:
    return hashlib.sha256(b"\2" + len(leaves).to_bytes(8, "big") + tree_hash(leaves)).digest()


class _Number(str):
    __slots__ = ()


def canonical_form(payload: bytes) -> bytes:
    """``akika-canonical-1`` of a JSON text."""
    return _said(json.loads(payload, parse_float=_Number, parse_int=_Number)).encode()


def _said(value: Any) -> str:
    if isinstance(value, _Number):
        return _plain(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_said(name)}:{_said(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_said, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _plain(number: str) -> str:
    value = Decimal(number)
    sign, digits, exponent = value.as_tuple()
    if not value:
        return "0"
    text = "".join(map(str, digits)).rstrip("0")
    power = int(exponent) + len(digits) - len(text)
    if ("e" in number or "E" in number) and abs(value.adjusted()) > 400:
        return f"{'-' if sign else ''}{text}e{power}"
    return format(Decimal((sign, tuple(map(int, text)), power)), "f")
