"""One document, read without trusting its shape: what is odd and not needed reads as absent, what is needed is named."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyarrow as pa

from akika_forensics.books.documents.fields import NUMBER, SILENT_LINES
from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads

_DIGITS: Final = 15
"""No sum of money in QuickBooks has more digits than this, and cents of it still fit a Decimal's precision."""
_PLACES: Final = Decimal((0, (1,), -NUMBER.scale))


class _OddError(Exception):
    """A number that cannot be read; the message names its field."""


def read(payload: bytes, schema: pa.Schema) -> tuple[dict[str, Any], str | None]:
    """The fields of the schema, and why the document cannot be posted if it cannot; then the fields are empty."""
    try:
        body = payloads.decode(payload)
    except WrongUse:
        return {}, "not JSON"
    if not isinstance(body, dict):
        return {}, "not a JSON object"
    try:
        return {field.name: _value(body, field) for field in schema}, None
    except _OddError as odd:
        return {}, str(odd)


def _value(holder: dict[str, Any], field: pa.Field) -> Any:
    value, kind = holder.get(field.name), field.type
    if kind == NUMBER:
        return _number(field.name, value)
    if pa.types.is_string(kind):
        return str(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else None
    if pa.types.is_boolean(kind):
        return value is True
    if pa.types.is_list(kind):
        rows = value if isinstance(value, list) else []
        return [_row(row, kind.value_type) for row in rows if isinstance(row, dict)]
    if isinstance(value, dict):
        return _struct(value, kind)
    if field.name.endswith("Ref") and value not in (None, "") and not isinstance(value, bool | list):
        # A bare Id instead of an object counts as a reference.
        return {"value": str(value)}
    return None


def _struct(value: dict[str, Any], kind: pa.StructType) -> dict[str, Any]:
    return {one.name: _value(value, one) for one in kind.fields}


def _row(row: dict[str, Any], kind: pa.StructType) -> dict[str, Any]:
    """One line. What a silent line says is not needed, nor is a detail that is not the line's own: they may be odd."""
    own = row.get("DetailType")
    found: dict[str, Any] = {}
    for field in kind.fields:
        try:
            found[field.name] = _value(row, field)
        except _OddError:
            foreign = field.name.endswith("LineDetail") and own is not None and field.name != own
            if own not in SILENT_LINES and not foreign:
                raise
            found[field.name] = None
    return found


def _number(name: str, value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise _OddError(f"{name} is not an amount")
    try:
        result = Decimal(value)
    except InvalidOperation:
        raise _OddError(f"{name} is not an amount") from None
    if not result.is_finite() or (result and result.adjusted() > _DIGITS):
        raise _OddError(f"{name} is not an amount")
    try:
        return result.quantize(_PLACES)
    except InvalidOperation:
        raise _OddError(f"{name} is not an amount") from None
