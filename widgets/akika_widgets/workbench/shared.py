"""What all sessions of the app share: the open case, its lock, and where plan files lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

from akika_forensics.case import Case


@dataclass(frozen=True, slots=True)
class Shared:
    """One case for every session. Hold ``lock`` while the case is asked or told; never while a job runs."""

    case: Case
    plans_folder: Path
    lock: RLock = field(default_factory=RLock, repr=False)
