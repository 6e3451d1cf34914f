"""Stored values that hold keys or tokens: no text form shows a field of them, and they are not pickled."""

from __future__ import annotations

import msgspec


class Concealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of such structs."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a value that holds secrets is not pickled")
