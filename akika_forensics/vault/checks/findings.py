"""What a check of a vault says: values, not exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

type Severity = Literal["damage", "notice"]

DAMAGE: Final = "damage"
NOTICE: Final = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """``path`` is relative to the vault; ``what`` is one plain sentence. A ``notice`` is no damage."""

    path: str
    what: str
    severity: Severity = "damage"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """``ok`` when no finding is damage; ``files`` and ``bytes`` were read to their end."""

    ok: bool
    files: int
    bytes: int
    findings: tuple[Finding, ...]
