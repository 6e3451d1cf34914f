"""What a stored value says of its own format, and how one of an earlier version is brought forward.

A value names its format under ``format``, such as ``akika-custody-1``: what it is, and the number of the version. What was
written before it named one is version 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from akika_forensics.errors import NewerFormat, VaultDamaged

type Step = Callable[[dict[str, Any]], dict[str, Any]]
"""A pure function from a value of one version to the same value in the next; the argument stays as it is."""

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


class OtherFormat(ValueError):
    """The value does not name this format: it is something else, or damaged. Whoever reads it says which."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``name`` is what stands before the number (``akika-custody-``), ``what`` how people call such a value.

    ``version`` is the one that is written; ``steps`` lead to it from every earlier one that is still read, by its number.
    """

    name: str
    version: int
    what: str
    steps: Mapping[int, Step] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.name}{self.version}"

    def named(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """The value as it is written: with its format."""
        return {**value, "format": self.label}

    def current(self, value: Any) -> dict[str, Any]:
        """A value as it was stored, in today's version and with its format.

        Raises NewerFormat when a newer version of the software wrote it, OtherFormat when it is nothing of this kind.
        """
        if not isinstance(value, dict):
            raise OtherFormat(f"not a {self.what}")
        version = self._version(value)
        if version > self.version:
            raise NewerFormat(
                f"This {self.what} is in format {self.name}{version}; this version of the software reads {self.label}.",
                means="A newer version of the software made it.",
                do="Install that version or a newer one.",
            )
        while version < self.version:
            if version not in self.steps:
                raise OtherFormat(f"no {self.what} of a version that is read")
            value = self.steps[version](value)
            version += 1
        return self.named(value)

    def stored(self, value: Any, fields: Collection[str], *, optional: Collection[str] = ()) -> dict[str, Any]:
        """`current` for a value out of a vault, which has these fields and no other. Raises NewerFormat, VaultDamaged."""
        try:
            found = self.current(value)
        except OtherFormat as error:
            raise self._damaged() from error
        if not set(fields) <= found.keys() - {"format"} <= {*fields, *optional}:
            raise self._damaged()
        return found

    def opened[T](self, data: bytes, shape: type[T]) -> T:
        """`current` for a JSON text out of a vault, as a struct that knows its fields. Raises NewerFormat, VaultDamaged."""
        try:
            return msgspec.convert(self.current(msgspec.json.decode(data)), shape)
        except (msgspec.MsgspecError, UnicodeDecodeError, OtherFormat):
            # Their texts quote values, which may be secrets.
            raise self._damaged() from None

    def _damaged(self) -> VaultDamaged:
        return VaultDamaged(
            f"This {self.what} is not as this software writes it.",
            means="The vault does not hold what was put into it, or something else put it there.",
            do="Run `akika verify` for the whole list, and take an undamaged copy of the vault.",
        )

    def _version(self, value: Mapping[str, Any]) -> int:
        if "format" not in value:
            return 0
        label = value["format"]
        if not isinstance(label, str) or not label.startswith(self.name):
            raise OtherFormat(f"not a {self.what}")
        number = label.removeprefix(self.name)
        if not _NUMBER.fullmatch(number):
            raise OtherFormat(f"not a {self.what}")
        return int(number)


def unchanged(value: dict[str, Any]) -> dict[str, Any]:
    """The step from version 0 to one that only added its name."""
    return value
