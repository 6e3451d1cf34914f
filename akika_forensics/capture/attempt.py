"""A capture of one kind, of everything or of what changed since, from its first list to the commit."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import Any

from akika_forensics.capture import asked, deletions
from akika_forensics.capture.before import Before
from akika_forensics.capture.completeness import close_references, note_gaps, note_unread, note_what_was_not_looked_at
from akika_forensics.capture.controls import (
    NOTHING,
    Controls,
    Dates,
    Early,
    Horizon,
    Plan,
    of_changes,
    of_everything,
    of_few,
)
from akika_forensics.capture.deletions_told import note_deleted, since
from akika_forensics.capture.draft import State, pack
from akika_forensics.capture.entities import FOREIGN_CURRENCY, NOT_READ, readable_entities
from akika_forensics.capture.fence import Fence
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.capture.incremental import FEED_REACHES, MARGIN, RULES, Decision, covered, intervals
from akika_forensics.capture.means import Means
from akika_forensics.capture.meanwhile import Meanwhile
from akika_forensics.capture.sweep import Sweep, check
from akika_forensics.model import instants
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Answered, PagePlan


class Attempt:
    """A capture of one kind; an incremental one that turns out not to be sound is followed by a full one."""

    def __init__(self, means: Means, decision: Decision, before: Before | None) -> None:
        self._reader, self._writer, self._decision = means.reader, means.writer, decision
        self._progress, self._keeper, self._should_stop = means.progress, means.keeper, means.keeper.should_stop
        self._findings = Findings()
        self._before, self._files_before = before, means.files_before
        self.held = Held(means.writer, self._findings, before, company=means.company)
        self._unlisted: dict[str, str] = {}
        self._sparing = means.sparing
        plan = of_few if means.sparing else self._everything if decision.since is None else of_changes(decision.since)
        self._controls = Controls(means.reader, means.company_info, plan, check=partial(check, means.keeper.asked))
        self._early: Early | None = None
        self._meanwhile: Meanwhile | None = None
        self._settled = False
        self._plans: dict[str, PagePlan] = {}
        self._earlier: State | None = None
        self._gone: dict[RecordKey, None] = {}

    def full(self, asked_before: int, given_up: Before | None, draft: State | None = None) -> Any:
        """Read every list. ``given_up``: what the writer took over for an incremental attempt that turned out not to be
        sound; ``draft``: how far an earlier process came.
        """
        entities = list(readable_entities())
        # Reports of the attempt that was given up, or of the run that was interrupted, are of an earlier state.
        self._writer.drop_controls()
        if draft is not None:
            self._go_on(draft)
            start, expected = draft.start, draft.expected
        else:
            start, expected = self._reader.server_time or self._own_clock(), self._reader.counts(entities)
            # A machine whose clock is ahead would have what changes until then passed over.
            start = min(start, self._reader.counted_at or start)
        self._keeper.begin(lambda: pack(self._state(asked_before, start, expected, given_up is not None)))
        if draft is None and not self._sparing and self._reader.server_time is not None:
            self._meanwhile = Meanwhile(start, expected)
            self._early = Early(self._reader, self._controls, self._writer, start, self.held.dates, self.held.day)
        with self._early or nullcontext():
            readable = self._sweep(entities, expected)
            self._fetch_files()
            fence = self._fence(readable)
            fence.close(start)
        if self._early is not None and not self._early.handed_over:
            # The company never came to rest, so that nobody looked whether what came early still holds.
            self._writer.drop_controls()
        for key in given_up.keys() if given_up is not None else ():
            if key not in self.held:
                self._writer.remove(key)
        told_from = self._deletions_since((self._reader.server_time or start) - FEED_REACHES, fence)
        return self._commit(fence, start, start, asked_before, told_from)

    def _deletions_since(self, floor: datetime, fence: Fence) -> dict[str, datetime]:
        return since(
            self._reader, fence.changes, self._findings, floor, records=self.held.records, should_stop=self._should_stop
        )

    def _go_on(self, draft: State) -> None:
        self._earlier = draft
        self.held.take_up(draft.held, len(draft.answered))
        self._findings.take_up(draft.findings)
        self._gone = dict.fromkeys(RecordKey(*key) for key in draft.gone)
        self._plans = {name: PagePlan.going_on(begun) for name, begun in draft.lists.items()}

    def _state(self, asked_before: int, start: datetime, expected: dict[str, int], carried: bool) -> State:
        return State(
            rules=RULES,
            begun=instants.format_instant(start),
            why=list(self._decision.why),
            carried=carried,
            expected=expected,
            lists={name: plan.begun() for name, plan in self._plans.items()},
            findings=self._findings.as_state(),
            held=self.held.as_state(),
            requests=self._requests(asked_before),
            interrupted=self._interrupted,
            gone=[(key.entity, key.id) for key in self._gone],
            answered=self._answered,
        )

    @property
    def _answered(self) -> list[Answered]:
        """So far, those before an interruption first."""
        return [*(self._earlier.answered if self._earlier is not None else ()), *self._reader.answered]

    @property
    def _interrupted(self) -> int:
        return self._earlier.interrupted + 1 if self._earlier is not None else 0

    def _requests(self, asked_before: int) -> int:
        """So far, those before an interruption among them."""
        return self._reader.requests - asked_before + (self._earlier.requests if self._earlier is not None else 0)

    def incremental(self, asked_before: int) -> Any:
        """Take in what changed since the snapshot before. Raises ForcedFull where that would not be sound."""
        assert self._before is not None  # noqa: S101 - the caller's condition, for the type checker
        assert self._decision.since is not None  # noqa: S101 - as above
        start = self._reader.server_time or self._own_clock()
        known = covered(self._before.fence)
        new = [name for name in readable_entities() if name not in known]
        if not FOREIGN_CURRENCY.isdisjoint(new):
            new.append("Preferences")
        found = self._sweep(new, {})
        fence = self._fence([name for name in readable_entities() if name in known or name in found])
        fence.close(self._decision.since)
        note_what_was_not_looked_at(self._findings, self.held)
        told_from = self._deletions_since((self._decision.since - MARGIN).replace(microsecond=0), fence)
        return self._commit(fence, start, self._decision.whole_at or start, asked_before, told_from)

    def _fence(self, entities: list[str]) -> Fence:
        fence = Fence(
            self._reader,
            self.held,
            self._findings,
            entities,
            beside=lambda: self._beside(entities),
            carried=None if self._before is None else intervals(self._before.fence),
            meanwhile=self._meanwhile,
            should_stop=self._should_stop,
        )
        fence.changes.gone = self._gone
        return fence

    def _commit(
        self, fence: Fence, start: datetime, whole_at: datetime, asked_before: int, told_from: dict[str, datetime]
    ) -> Any:
        close_references(self._reader, self.held, self._findings, unlisted=self._unlisted, gone=fence.changes.gone)
        note_gaps(self._findings, self.held, self._before)
        fence.tell()
        deleted = deletions.not_held(fence.changes.told, self.held.__contains__)
        note_deleted(self._findings, deleted, told_from, of_before={} if self._before is None else fence.changes.gone)
        self._controls.tell(self._findings)
        if self._sparing:
            what = "Of QuickBooks' own reports none but the trial balances of the day was taken, so that the month's reads last."
            self._findings.add("controls_spared", what, severity="note")
        if self._keeper.dropped:
            what = f"What an interrupted capture had left was dropped. {self._keeper.dropped}"
            self._findings.add("draft_dropped", what, severity="note")
        for name, why in NOT_READ.items():
            self._findings.add("not_captured", f"{name} is not captured: {why}.", severity="note")
        entities = fence.intervals(start)
        told = {
            "from": instants.format_instant(start),
            "to": instants.format_instant(fence.until or start),
            "passes": fence.passes,
            "quiet": fence.quiet,
            "kind": self._decision.kind,
            "base": self._decision.base,
            "why": list(self._decision.why),
            "rules": RULES,
            "interrupted": self._interrupted,
            "whole_at": instants.format_instant(whole_at),
            "gone": len(fence.changes.gone),
            "entities": {name: row.as_dict() for name, row in entities.items()},
            deletions.FENCE: deletions.known_as_dict(told_from),
        }
        return self._writer.commit(
            taken_at=start,
            finished_at=self._reader.server_time or instants.now(),
            complete=self._findings.whole,
            counts={name: fence.counts.get(name, self.held.count(name)) for name in entities},
            fence=told,
            requests=self._requests(asked_before),
            findings=self._findings.as_dicts(),
            brought=asked.listed(self._answered, self.held.brought()),
            deletions=deletions.listed(deleted),
        )

    def _own_clock(self) -> datetime:
        self._findings.add(
            "no_server_clock",
            "QuickBooks named no time; this machine's clock was used, so that what changed meanwhile may have been passed over.",
            severity="problem",
            lasting=True,
        )
        return instants.now()

    def _sweep(self, entities: list[str], expected: dict[str, int]) -> list[str]:
        """Read lists; the names of those that could be read."""
        sweep = Sweep(
            self._reader,
            self.held,
            self._findings,
            beside=self._early,
            progress=self._progress,
            should_stop=self._should_stop,
        )
        sweep.run(entities, expected, self._plans)
        for name in sweep.unstable:
            again = Sweep(self._reader, self.held, self._findings, should_stop=self._should_stop)
            again.run([name], {})
            if again.unstable or again.failed:
                self._findings.add(
                    "paging_unstable", f"The list of {name} kept moving while it was read.", severity="problem"
                )
        for name, error in sweep.failed.items():
            self._unlisted[name] = note_unread(self._findings, name, error, multicurrency=self.held.multicurrency)
        return [name for name in entities if name not in sweep.failed]

    def _beside(self, entities: list[str]) -> None:
        if self._decision.since is None and not self._settled:
            # While QuickBooks works its reports out there is time for it.
            self._writer.settle()
            self._settled = True
        self._take_controls(entities)
        self._fetch_files()

    def _fetch_files(self) -> None:
        self.held.files.fetch(
            self._reader,
            self._writer,
            self._files_before,
            progress=self._file_came,
            check=lambda: check(self._keeper.asked),
        )

    def _file_came(self, what: str, done: int, expected: int) -> None:
        self._keeper.pause()
        if self._progress is not None:
            self._progress(what, done, expected)

    def _everything(self, horizon: Horizon, dates: Dates) -> Plan:
        return of_everything(horizon, dates, self.held.multicurrency)

    def _take_controls(self, entities: list[str]) -> None:
        at, ahead = self._reader.server_time or instants.now(), NOTHING
        if self._early is not None and self._meanwhile is not None and not self._early.handed_over:
            today = self._controls.today(at)
            ahead = self._early.hand_over(self._meanwhile.moved(today, entities, self.held.count))
        self._controls.take_into(self._writer, at, self.held.dates, ahead)
