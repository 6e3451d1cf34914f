"""What a check of a vault says: values, not exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from akika_forensics.model.instants import format_instant

type Severity = Literal["damage", "notice"]

NO_ANCHOR: Final = "No anchor: roll-back cannot be excluded."
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
class Vouched:
    """A time stamp: the history up to ``commit`` existed ``at`` that time (aware), by ``authority`` (as its certificate
    names it, else empty). ``checked``: whether it was held against certificates that were given, and is by whom they name.
    """

    commit: int
    at: datetime
    authority: str
    path: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Outside:
    """What a vault was held against that lies outside of it.

    ``remembered``: this machine knew it before; ``anchor``: a head that was handed out was given; ``last``: number of the
    last commit; ``stamps`` by commit and time.
    """

    remembered: bool = True
    anchor: bool = False
    last: int = -1
    stamps: tuple[Vouched, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """How far back what lies outside vouches, and where nothing does."""
        found: list[str] = []
        if not self.remembered and not self.anchor:
            found.append(NO_ANCHOR)
        checked = [one for one in self.stamps if one.checked]
        if checked:
            reach = max(one.commit for one in checked)
            best = min((one for one in checked if one.commit == reach), key=lambda one: one.at)
            by = best.authority or "an authority that does not name itself"
            found.append(f"History up to commit {reach} existed at {format_instant(best.at)}, by {by}.")
            if reach < self.last:
                rest = f"commits {reach + 1} to {self.last}" if self.last - reach > 1 else f"commit {self.last}"
                found.append(f"No time stamp covers {rest}.")
        unchecked = len(self.stamps) - len(checked)
        if unchecked:
            found.append(
                f"Of {len(self.stamps)} time stamps {unchecked} {'was' if unchecked == 1 else 'were'} not checked: AKIKA_TSA_ROOTS does not name the "
                "certificates of their authority, or AKIKA_TSA_POLICY not their policy."
            )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """``ok`` when no finding is damage in what was looked at; ``files`` and ``bytes`` were read to their end.
    ``unchecked``: ids of snapshots of which that damage hides what they hold.
    """

    ok: bool
    files: int
    bytes: int
    findings: tuple[Finding, ...]
    scope: Scope = Scope()
    outside: Outside = Outside()
    unchecked: tuple[str, ...] = ()

    def hidden(self) -> tuple[str, ...]:
        """Which snapshots damage elsewhere keeps from being checked; empty when there are none."""
        if not self.unchecked:
            return ()
        which = (
            f"Snapshot {self.unchecked[0]}" if len(self.unchecked) == 1 else f"Snapshots {', '.join(self.unchecked)}"
        )
        return (
            f"{which} could not be checked record by record: damage hides what they hold. `akika vault repair` tells.",
        )
