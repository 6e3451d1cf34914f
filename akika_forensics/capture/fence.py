"""Closing the interval: reading what changed until nothing changes any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from akika_forensics.capture.changes import FEED, SEARCH, Changes
from akika_forensics.capture.counts import Counts
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.capture.incremental import MARGIN, Interval
from akika_forensics.capture.meanwhile import Meanwhile
from akika_forensics.capture.sweep import Stop, check
from akika_forensics.quickbooks import Reader

MOST_PASSES: Final = 12


class Fence:
    """Passes over the changes since ``start`` until one is quiet.

    A quiet pass changed nothing in what is held and found the counts equal. Then the snapshot is the company as it was
    when that pass began: each entity was read up to an earlier time, and nothing of it changed in between.
    ``beside`` runs between two passes of which the later is quiet, so that what it reads is of the same state.

    ``carried``: the intervals of a snapshot that was taken over; None for a capture that read every list. Of what was taken
    over nobody knows who cites whom, so that `ForcedFull` is raised when a name was merged away. ``meanwhile`` is told of all that changed.
    """

    def __init__(
        self,
        reader: Reader,
        held: Held,
        findings: Findings,
        entities: Sequence[str],
        *,
        beside: Callable[[], None],
        carried: Mapping[str, Interval] | None = None,
        meanwhile: Meanwhile | None = None,
        should_stop: Stop | None = None,
    ) -> None:
        self._reader, self._held, self._findings = reader, held, findings
        self._entities, self._beside, self._should_stop = list(entities), beside, should_stop
        self._carried = carried
        self.changes = Changes(
            reader,
            held,
            findings,
            entities,
            incremental=carried is not None,
            meanwhile=meanwhile,
            should_stop=should_stop,
        )
        self._counts = Counts(reader, held, findings, self.changes, incremental=carried is not None)
        self._intervals: dict[str, Interval] = {}
        self.passes = 0
        self.quiet = False
        self.until: datetime | None = None

    @property
    def counts(self) -> dict[str, int]:
        return self._counts.counts

    def close(self, start: datetime) -> None:
        """Run passes until a quiet one follows ``beside``, or the bound is reached. Raises ForcedFull."""
        since, beside_was_read, expected = start, False, self._carried is not None
        while self.passes < MOST_PASSES:
            check(self._should_stop)
            self.passes += 1
            changed = self.changes.take(since)
            seen_at = self.changes.server_time
            settled = self._counts.settle(quiet=not changed)
            counted_at = self._reader.counted_at
            if seen_at is not None and counted_at is not None and counted_at < seen_at - MARGIN:
                # What was asked later is dated earlier: one of the clocks is wrong, and the later reading starts from the earlier.
                seen_at, settled = counted_at, False
            if not changed and settled:
                settled = not self.changes.read_again_who_cites_merged_names()
            if not changed and settled and beside_was_read:
                changed = self.changes.take_new_names(seen_at or since)
            self._close_intervals(start, seen_at or since, since)
            self.until = seen_at or self._reader.server_time or self.until
            since = seen_at or since
            if not changed and settled and beside_was_read:
                self.quiet = True
                return
            # What changed since yesterday is no sign that the company is busy now, nor is what went since.
            beside_was_read = (settled or self._counts.mended) if expected else (settled and not changed)
            expected = False
            if beside_was_read:
                self._beside()
        self._findings.add(
            "not_quiet",
            f"The company kept changing: after {self.passes} readings of what changed there was still more.",
            severity="problem",
        )

    def _close_intervals(self, start: datetime, at: datetime, since: datetime) -> None:
        """What is said of each entity if this pass was the last."""
        now = self._reader.server_time or at
        for name in self._entities:
            by = self.changes.means(name)
            if by == FEED:
                self._intervals[name] = Interval(at, at, by)
            elif by == SEARCH:
                self._intervals[name] = Interval(min(since, at), now, by)
            else:
                self._intervals[name] = Interval(self.changes.listed_since.get(name, start), now, by)

    def tell(self) -> None:
        """Findings about counts that differ, and about what went, once the passes are over."""
        self._counts.tell()
        if self._carried is not None and self.changes.gone:
            number = len(self.changes.gone)
            went = (
                "1 record of the snapshot before is" if number == 1 else f"{number} records of the snapshot before are"
            )
            self._findings.add(
                "deleted",
                f"{went} gone; the last version of each stays in it.",
                severity="note",
                records=self.changes.gone,
            )

    def intervals(self, start: datetime) -> dict[str, Interval]:
        """For each entity when its bodies were live, and by which means that is known."""
        if self.quiet:
            return self._intervals
        end = self._reader.server_time or self.until or start
        before = self._carried or {}
        return {
            name: Interval(before[name].begin if name in before else start, end, row.by)
            for name, row in self._intervals.items()
        }
