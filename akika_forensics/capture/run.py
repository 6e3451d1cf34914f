"""One capture, from the first request to the commit: which kind it is, and which follows where that was not sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from akika_forensics.capture.attachables import FilesBefore
from akika_forensics.capture.attempt import Attempt
from akika_forensics.capture.before import Before, Snapshot
from akika_forensics.capture.carried import names_taken_out, standing
from akika_forensics.capture.changes import ForcedFull
from akika_forensics.capture.draft import State, overtaken
from akika_forensics.capture.incremental import FULL, INCREMENTAL, Decision, decide
from akika_forensics.capture.keeper import Keeper
from akika_forensics.capture.means import Means, SnapshotWriter
from akika_forensics.capture.same_company import SameCompany
from akika_forensics.capture.sweep import Progress, Stop, check
from akika_forensics.errors import VaultDamaged
from akika_forensics.model import instants
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader


def run(
    reader: Reader,
    writer: SnapshotWriter,
    *,
    before: Snapshot | None = None,
    full: bool = False,
    files_before: FilesBefore | None = None,
    sparing: bool = False,
    called: str = "",
    draft: State | None = None,
    dropped: str = "",
    grown: Callable[[], bool] | None = None,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> Any:
    """Read everything readable and commit it as one snapshot; returns what ``commit`` returns.

    ``before``: the company's newest snapshot, the one that ``writer`` would carry over. What has not changed since is
    taken over from it where that is sound, unless ``full``. ``files_before``: its attached files. ``sparing``: of QuickBooks'
    own reports none but the trial balances of the day, to spare reads; a finding says so. ``called``: by which name the vault knows
    the company. ``draft``: where an interrupted
    capture stood, whose records ``writer`` has; what was read is not read again, unless by the server's time it comes too late. ``dropped``: why none is gone on with, though there
    was one, a sentence. ``grown``: asked where an incremental capture turns out to read everything: whether it is ``sparing`` then.

    ``complete`` is true when all that the API lets us read is in the snapshot as of one instant inside the fence; what
    is missing is a finding of severity ``problem``. Raises WrongCompany when the books that answer are another company's, Interrupted when ``should_stop`` says so and ServiceError
    when QuickBooks or the network fails; nothing is committed then, and what a capture of more than half a minute read is
    kept as a draft.
    """
    keeper = Keeper(writer, reader.clock.monotonic, should_stop, kept=draft is not None, dropped=dropped)
    with keeper.until_the_end():
        check(keeper.asked)
        asked_before = reader.requests
        _, info = reader.company()
        company = SameCompany(reader.connection.realm_id, info, before, called)
        means = Means(reader, writer, info, company, files_before, sparing, progress, keeper, grown)
        begun = Before(before) if before is not None and draft is not None and draft.carried else None
        if draft is not None and (late := overtaken(draft, reader.server_time or instants.now())):
            keeper.dropped = late
            for entity, versions in draft.held.versions.items():
                for one in versions.ids:
                    writer.remove(RecordKey(entity, one))
            return Attempt(means, Decision(FULL, why=tuple(draft.why)), None).full(asked_before, begun)
        if draft is not None:
            return Attempt(means, Decision(FULL, why=tuple(draft.why)), None).full(asked_before, begun, draft)
        return _run(means, asked_before, before, full=full)


def _run(means: Means, asked_before: int, before: Snapshot | None, *, full: bool) -> Any:
    lacking = None if means.files_before is None else means.files_before.lacking
    behind = None if before is None else standing(before.info, files_known=lacking is not None)
    lost = before is not None and not full and _is_lost(before)
    merged = () if before is None else names_taken_out(before.info)
    decision = decide(behind, full=full, now=means.reader.server_time or instants.now(), lost=lost, merged=merged)
    given_up = None
    if decision.kind == FULL and before is not None and not full and means.grown is not None:
        # Whoever allowed the capture went by this machine's clock, and by less than is known now.
        means = replace(means, sparing=means.grown() or means.sparing)
    if before is not None and decision.kind == INCREMENTAL:
        means.writer.carry_over()
        base = Before(before)
        attempt = Attempt(means, decision, base)
        attempt.held.files.expect(lacking or {})
        try:
            return attempt.incremental(asked_before)
        except ForcedFull as forced:
            given_up = base
            for key in attempt.held.read():
                means.writer.remove(key)
            decision = Decision(FULL, why=(str(forced),))
            if means.grown is not None:
                means = replace(means, sparing=means.grown() or means.sparing)
    return Attempt(means, decision, None).full(asked_before, given_up)


def _is_lost(before: Snapshot) -> bool:
    """Whether anything of a snapshot cannot be read any more, and be it the list of its records."""
    try:
        return len(before.lost()) > 0
    except VaultDamaged:
        return True
