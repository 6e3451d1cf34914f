"""The label that marks a record standing in for one that was cited but never recorded."""

from __future__ import annotations

from typing import Any, Final

PLACEHOLDER: Final = "[placeholder]"
"""A text field of the record (Description, Notes or PrivateNote) begins with this."""

_FIELDS: Final = ("PrivateNote", "Description", "Notes")


def is_placeholder(body: dict[str, Any]) -> bool:
    return any(str(body.get(field, "")).startswith(PLACEHOLDER) for field in _FIELDS)
