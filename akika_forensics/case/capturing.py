"""Capturing a company within the cap on reads: of everything, of what changed or of some records; custody tells of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from akika_forensics import capture
from akika_forensics.case import scopes
from akika_forensics.case.budget import Budget
from akika_forensics.case.companies import Companies
from akika_forensics.case.lifecycle import Lifecycle
from akika_forensics.case.resuming import begun
from akika_forensics.custody import CAPTURED, CustodyLog
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import Snapshot, SnapshotInfo, Vault
from akika_forensics.vault.snapshots.draft import DraftInfo

Progress = Callable[[str, int, int], None]


class Capturing:
    """Of the companies of one vault."""

    def __init__(self, vault: Vault, companies: Companies, budget: Budget, custody: CustodyLog) -> None:
        self._vault = vault
        self._companies = companies
        self._budget = budget
        self._lifecycle = Lifecycle(vault, companies, custody)

    def capture(
        self,
        name: str,
        chosen: Sequence[RecordKey],
        *,
        full: bool,
        afresh: bool,
        why: str,
        sparing: bool | None,
        reserve: bool,
        progress: Progress | None,
        should_stop: Callable[[], bool] | None,
    ) -> SnapshotInfo:
        """A snapshot of the live company of this name; ``chosen``: of these records alone, and none for one of everything.

        See `Case.capture` for the rest. Raises BudgetSpent where it would pass the cap, NotAllowed for a member who may not
        read what is needed.
        """
        self._companies.spending(name).keep_damage()
        if chosen:
            scopes.require_readable(self._vault, self._newest(self._companies.company(name)))
        if sparing is None:
            # A few records cost so little that no cap stands in their way.
            sparing = False if chosen else self._budget.allow(name, full=full, reserve=reserve)
        company = self._companies.company(name)
        read_before = self._companies.spending(name).total()
        with (
            self._companies.reader(name) as reader,
            begun(self._vault, company, afresh=afresh, go_on=not chosen) as making,
        ):
            before = self._newest(company)
            files = capture.files_before(before) if before is not None else None
            info: SnapshotInfo
            if chosen:
                info = capture.run_scoped(
                    reader,
                    making.writer,
                    chosen,
                    base=before,
                    earlier=scopes.remembering(self._vault, company, before, chosen),
                    called=company.name,
                    files_before=files,
                    progress=progress,
                    should_stop=should_stop,
                )
            else:
                info = capture.run(
                    reader,
                    making.writer,
                    before=before,
                    called=company.name,
                    full=full,
                    draft=making.draft,
                    dropped=making.dropped,
                    files_before=files,
                    sparing=sparing,
                    grown=lambda: self._budget.allow(name, full=True, reserve=reserve),
                    progress=progress,
                    should_stop=should_stop,
                )
            CustodyLog(self._vault, company=company).record(
                CAPTURED,
                f"Snapshot {info.id} {scopes.held_by(info)} was captured{f' {why}' if why else ''}.",
                {"snapshot": info.id, "digest": info.digest, "complete": info.complete, "requests": info.requests},
            )
        self._budget.note(name, info, since=read_before, sparing=sparing)
        self._lifecycle.after_a_capture(company, progress=progress, should_stop=should_stop)
        return info

    def interrupted(self) -> dict[str, DraftInfo]:
        """Captures that were interrupted and wait to be gone on with, by the name of their company."""
        found = {name: self._vault.draft(self._companies.company(name)) for name in self._companies.names()}
        return {name: draft for name, draft in found.items() if draft is not None}

    def _newest(self, company: Company) -> Snapshot | None:
        """The newest snapshot of a company, complete or not."""
        mine = [info for info in self._vault.snapshots() if _is_of(info, company)]
        return self._vault.snapshot(mine[-1].id) if mine else None


def _is_of(info: SnapshotInfo, company: Company) -> bool:
    return (info.company.realm_id, info.company.production) == (company.realm_id, company.production)
