"""What was granted and issued: connections, access and refresh tokens, codes; and how all of it is kept in the company's file.

One *grant* is one press of Connect. Everything that was issued on it ends with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from akika_forensics.model.instants import format_instant, parse_instant
from akika_forensics.twin.people.actors import OWNER


@dataclass(slots=True)
class Grant:
    """``ends`` is the hard end of it, whatever is refreshed; ``user`` is who pressed."""

    scopes: tuple[str, ...]
    ends: datetime
    user: str = OWNER


@dataclass(slots=True)
class Access:
    grant: str
    ends: datetime


@dataclass(slots=True)
class Refresh:
    """``successor`` is the value that replaced this one, ``predecessor`` the one that it replaced."""

    grant: str
    issued: datetime
    ends: datetime
    predecessor: str = ""
    successor: str = ""


@dataclass(slots=True)
class Code:
    scopes: tuple[str, ...]
    redirect: str
    ends: datetime
    user: str = OWNER


@dataclass(slots=True)
class Issued:
    """Access tokens are filed under their digest, refresh tokens and codes under themselves."""

    grants: dict[str, Grant] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    refresh: dict[str, Refresh] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)

    def end(self, grant: str) -> None:
        """Everything of a grant is gone at once."""
        self.grants.pop(grant, None)
        self.access = {key: row for key, row in self.access.items() if row.grant != grant}
        self.refresh = {value: row for value, row in self.refresh.items() if row.grant != grant}

    def forget(self, before: datetime) -> None:
        """Let go of what ended long ago, so that it does not pile up."""
        self.access = {key: row for key, row in self.access.items() if row.ends >= before}
        self.refresh = {value: row for value, row in self.refresh.items() if row.ends >= before}
        self.codes = {value: row for value, row in self.codes.items() if row.ends >= before}
        used = {row.grant for rows in (self.access, self.refresh) for row in rows.values()}
        self.grants = {number: grant for number, grant in self.grants.items() if number in used}

    def as_dict(self) -> dict[str, Any]:
        return {name: {key: _plain(row) for key, row in getattr(self, name).items()} for name in _KINDS}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Self:
        return cls(
            **{name: {key: _read(kind, row) for key, row in kept[name].items()} for name, kind in _KINDS.items()}
        )


_KINDS: dict[str, Any] = {"grants": Grant, "access": Access, "refresh": Refresh, "codes": Code}


def _plain(row: Any) -> dict[str, Any]:
    values = ((one.name, getattr(row, one.name)) for one in fields(row))
    return {name: format_instant(value) if isinstance(value, datetime) else value for name, value in values}


def _read(kind: Any, row: dict[str, Any]) -> Any:
    values: dict[str, Any] = dict(row)
    for name in ("issued", "ends"):
        if name in values:
            values[name] = parse_instant(values[name])
    if "scopes" in values:
        values["scopes"] = tuple(values["scopes"])
    return kind(**values)
