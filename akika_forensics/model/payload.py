"""JSON as QuickBooks sends it: exact numbers, a canonical form, and a digest of it.

Canonical form ``akika-canonical-1``: UTF-8 JSON without blanks, object keys in code-point order,
numbers in plain notation without trailing zeros or exponent, text untouched. ``100`` and ``100.00`` are equal in it.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any, Final

import msgspec

from akika_forensics.errors import WrongUse

CANONICAL_FORM: Final = "akika-canonical-1"


def _plain_number(text: str) -> int | Decimal:
    number = Decimal(text)
    if number == number.to_integral_value():
        return int(number)
    # normalize() rounds to the context's precision; the format keeps every digit.
    return Decimal(format(number, "f").rstrip("0"))


_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_CANONICAL_DECODER: Final = msgspec.json.Decoder(float_hook=_plain_number)
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_CANONICAL_ENCODER: Final = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def decode(payload: bytes) -> Any:
    """JSON to Python; numbers with a fraction become ``Decimal``. Raises WrongUse on bad JSON."""
    try:
        return _DECODER.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WrongUse(f"This is not JSON: {error}.") from error


def encode(value: Any) -> bytes:
    """Python to JSON bytes; ``Decimal`` is written as a number with the digits it has."""
    return _ENCODER.encode(value)


def canonical(payload: bytes) -> bytes:
    """The canonical form of a JSON text."""
    return _CANONICAL_ENCODER.encode(_CANONICAL_DECODER.decode(payload))


def canonical_value(value: Any) -> bytes:
    """The canonical form of a decoded value."""
    return canonical(_ENCODER.encode(value))


def digest(payload: bytes) -> bytes:
    """SHA-256 of the canonical form, 32 bytes."""
    return hashlib.sha256(canonical(payload)).digest()
