"""What the books could not do as it should be done, named instead of dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from akika_forensics.model.record import RecordKey

Severity = Literal["problem", "note"]

UNRESOLVED: Final = "(unresolved)"
"""The account that takes an amount no account of the chart can be named for; it never has an Id of the company."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    ``code`` is stable and for programs, ``what`` one plain sentence, ``key`` the record it is about.
    A ``problem`` says the books are not whole; a ``note`` is worth knowing and changes no figure.
    """

    code: str
    what: str
    key: RecordKey | None = None
    severity: Severity = "problem"

    def as_dict(self) -> dict[str, Any]:
        """For JSON: ``record`` is ``Invoice:130`` or None."""
        return {
            "code": self.code,
            "what": self.what,
            "record": str(self.key) if self.key else None,
            "severity": self.severity,
        }
