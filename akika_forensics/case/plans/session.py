"""What making, running and proving plans needs of an open case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from akika_forensics.case.companies import Companies
from akika_forensics.errors import WrongUse
from akika_forensics.model.company import Company
from akika_forensics.vault import Snapshot, SnapshotInfo, Vault

type Progress = Callable[[str, int, int], None]


class FreshCapture(Protocol):
    """Takes a fresh whole snapshot of the live company. ``why`` is for the custody log."""

    def __call__(
        self, why: str, *, progress: Progress | None = None, should_stop: Callable[[], bool] | None = None
    ) -> SnapshotInfo: ...


@dataclass(frozen=True)
class Session:
    """An open case, as far as the plans of one of its companies go."""

    vault: Vault
    company_name: str
    companies: Companies
    capture: FreshCapture
    snapshot: Callable[[str], Snapshot]

    @cached_property
    def company(self) -> Company:
        """The company as it was known first."""
        return self.companies.company(self.company_name)


def require_everything(snapshot: Snapshot) -> None:
    """Raises WrongUse for a snapshot of some records: what the books come to is not known from it."""
    if snapshot.info.scoped:
        raise WrongUse(
            f"Snapshot {snapshot.info.id} is of some records.",
            means="A plan and its proof rest on the whole company as it is now.",
            do="Leave it out, and the company is captured; or name a snapshot of all of it.",
        )
