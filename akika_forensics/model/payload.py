"""JSON as QuickBooks sends it: exact numbers, a canonical form, and a digest of it.

Canonical form ``akika-canonical-1``: UTF-8 JSON without blanks, object keys in code-point order,
numbers in plain notation without trailing zeros or exponent, text untouched. ``100``, ``100.00`` and ``1e2`` are
equal in it. A number with an exponent beyond 400 places keeps one (``15e499``): written out it could fill the memory.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

import msgspec

from akika_forensics.errors import WrongUse

CANONICAL_FORM: Final = "akika-canonical-1"


_PLAIN_PLACES: Final = 400


_ZERO: Final = msgspec.Raw(b"0")
_ZEROS: Final = frozenset({"0", "-0"})


def _plain_number(text: str) -> msgspec.Raw:
    """Called for every number with a fraction, six a record: a call less in it counts."""
    plain = _without_exponent(text) if "e" in text or "E" in text else text
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return _ZERO if plain in _ZEROS else msgspec.Raw(plain)


def _without_exponent(text: str) -> str:
    number = Decimal(text)
    if abs(number.adjusted()) <= _PLAIN_PLACES:
        return format(number, "f")
    sign, digits, exponent = number.as_tuple()
    significant = "".join(map(str, digits)).rstrip("0")
    if not significant:
        return "0"
    power = int(exponent) + len(digits) - len(significant)
    return f"{'-' if sign else ''}{significant}e{power}"


_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_CANONICAL_DECODER: Final = msgspec.json.Decoder(float_hook=_plain_number)
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_CANONICAL_ENCODER: Final = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def decode(payload: bytes) -> Any:
    """JSON to Python; numbers with a fraction become ``Decimal``. Raises WrongUse on bad JSON."""
    return _decode(_DECODER, payload)


def _decode(decoder: msgspec.json.Decoder[Any], payload: bytes) -> Any:
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WrongUse(f"This is not JSON: {error}.") from error
    except (ArithmeticError, RecursionError) as error:
        raise WrongUse("This JSON holds a number or a nesting beyond all measure.") from error


def encode(value: Any) -> bytes:
    """Python to JSON bytes; ``Decimal`` is written as a number with the digits it has."""
    return _ENCODER.encode(value)


def copied[T](value: T) -> T:
    """A decoded value of its own, down to the last list; what it is made of cannot change."""
    return cast("T", _copied(value))


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(inner) if isinstance(inner, dict | list) else inner for name, inner in value.items()}
    if isinstance(value, list):
        return [_copied(inner) if isinstance(inner, dict | list) else inner for inner in value]
    return value


def canonical(payload: bytes) -> bytes:
    """The canonical form of a JSON text. Raises WrongUse on bad JSON."""
    return _CANONICAL_ENCODER.encode(_decode(_CANONICAL_DECODER, payload))


def canonical_value(value: Any) -> bytes:
    """The canonical form of a decoded value."""
    return canonical(_ENCODER.encode(value))


def digest(payload: bytes) -> bytes:
    """SHA-256 of the canonical form, 32 bytes."""
    return hashlib.sha256(canonical(payload)).digest()


class Digested(NamedTuple):
    """`digest` of a payload, and the decoded value it is of, in which a number with a fraction is no more than a `msgspec.Raw`."""

    digest: bytes
    value: Any


def digested(payload: bytes) -> Digested:
    """For whoever needs both of every record: decoding takes longer than all else. Raises WrongUse on bad JSON."""
    value = _decode(_CANONICAL_DECODER, payload)
    return Digested(hashlib.sha256(_CANONICAL_ENCODER.encode(value)).digest(), value)
