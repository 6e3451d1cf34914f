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
class Scope:
    """How much of a vault was looked at.

    ``sample`` and ``seed`` as asked for, None when everything was checked; with the same two the same is drawn.
    ``files_left``: signed files that were not read; ``records_left`` of ``records`` were not looked at.
    ``resumed_from``: when the interrupted check began, of which ``files_before`` were taken over as sound.
    """

    keys: bool = True
    sample: str | None = None
    seed: str | None = None
    files_left: tuple[str, ...] = ()
    bytes_left: int = 0
    records: int = 0
    records_left: int = 0
    resumed_from: str | None = None
    files_before: int = 0
    bytes_before: int = 0

    @property
    def whole(self) -> bool:
        return self.keys and self.sample is None

    def sentences(self) -> tuple[str, ...]:
        """What was not looked at in this check; empty when everything was."""
        found: list[str] = []
        if self.sample is not None:
            what = f"{len(self.files_left)} files ({self.bytes_left:,} bytes)"
            if self.keys:
                what += f" and the contents of {self.records_left:,} of {self.records:,} records"
            found.append(f"This was a sample of {self.sample} with seed {self.seed}; not looked at: {what}.")
        if not self.keys:
            found.append("Nothing was opened: without the key only links, signatures and bytes can be checked.")
        if self.resumed_from is not None:
            found.append(
                f"{self.files_before} files ({self.bytes_before:,} bytes) were found sound by the interrupted check "
                f"that began at {self.resumed_from}, and were not read again."
            )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """``ok`` when no finding is damage in what was looked at; ``files`` and ``bytes`` were read to their end."""

    ok: bool
    files: int
    bytes: int
    findings: tuple[Finding, ...]
    scope: Scope = Scope()
