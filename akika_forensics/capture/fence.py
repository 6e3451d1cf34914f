"""Closing the interval: after the sweep, reading what changed until nothing changes any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from akika_forensics.capture.entities import in_feed, searched_by_time
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.capture.sweep import Stop, Sweep, check
from akika_forensics.errors import Fault
from akika_forensics.model import instants
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader

MARGIN: Final = timedelta(seconds=10)
"""How far back each reading reaches before the last: changes are stamped before they can be seen, in whole seconds."""

MOST_PASSES: Final = 12


class Fence:
    """Passes over the changes since ``start`` until one is quiet.

    A quiet pass changed nothing in what is held and found the counts equal. Then the snapshot is the company as it was
    when that pass began: each entity was read up to an earlier time, and nothing of it changed in between.
    ``beside`` runs before a further quiet pass, so that what it reads lies between two passes without a change.
    """

    def __init__(
        self,
        reader: Reader,
        held: Held,
        findings: Findings,
        entities: Sequence[str],
        *,
        beside: Callable[[], None],
        should_stop: Stop | None = None,
    ) -> None:
        self._reader, self._held, self._findings = reader, held, findings
        self._entities, self._beside, self._should_stop = list(entities), beside, should_stop
        self._by_time = [name for name in entities if searched_by_time(name)]
        self._resweep = [name for name in entities if not in_feed(name) and not searched_by_time(name)]
        self._suspects: dict[str, int] = {}
        self._given_up: set[str] = set()
        self.counts: dict[str, int] = {}
        self.passes = 0
        self.quiet = False
        self.until: datetime | None = None

    def close(self, start: datetime) -> None:
        """Run passes until two quiet ones enclose ``beside``, or the bound is reached."""
        since, steady = start, False
        while self.passes < MOST_PASSES:
            check(self._should_stop)
            self.passes += 1
            changes, seen_at = self._pass(since)
            self.until = seen_at or self._reader.server_time or self.until
            since = seen_at or since
            settled = self._counts_settled(quiet=not changes)
            if changes or not settled:
                steady = False
            elif steady:
                self.quiet = True
                return
            else:
                self._beside()
                steady = True
        self._findings.add(
            "not_quiet",
            f"The company kept changing: after {self.passes} readings of what changed there was still more.",
            severity="problem",
        )

    def _pass(self, since: datetime) -> tuple[int, datetime | None]:
        """Take in what changed since; how many records did, and the server time up to which that is known."""
        floor = (since - MARGIN).replace(microsecond=0)
        feed = self._reader.change_feed([name for name in self._entities if in_feed(name)], floor)
        for name in feed.unknown:
            self._findings.add("unknown_key", f"The change feed holds the unknown key {name!r}.", severity="warning")
        changes = self._held.take(feed.changed, feed.server_time)
        changes += sum(self._deleted(key) for key in feed.deleted)
        search = dict.fromkeys([*self._by_time, *feed.refused, *feed.truncated_entities])
        for name in feed.truncated_entities:
            self._findings.add(
                "feed_truncated",
                f"More {name} records changed than the change feed can tell; they were searched by time instead.",
                severity="note",
            )
        changes += self._search(list(search), floor)
        return changes, feed.server_time

    def _deleted(self, key: RecordKey) -> int:
        if key not in self._held:
            return 0
        # Source: reports of records that the feed called deleted and that were there.
        cut = self._reader.read(key)
        if cut is None:
            return int(self._held.drop(key))
        self._findings.add(
            "deleted_yet_there",
            "The change feed calls a record deleted that can be read.",
            severity="warning",
            record=key,
        )
        return self._held.take([cut], self._reader.server_time)

    def _search(self, entities: Sequence[str], since: datetime) -> int:
        """Changes of entities that the feed does not cover: searched by time, or read again where that is refused."""
        where = f"MetaData.LastUpdatedTime >= '{instants.format_instant(since)}'"
        asked = [name for name in entities if name not in self._resweep]
        answers = self._reader.query_many([(name, where) for name in asked])
        changes = 0
        for name, answer in zip(asked, answers, strict=True):
            if isinstance(answer, Fault):
                self._resweep.append(name)
            else:
                changes += self._held.take(answer, self._reader.server_time)
        return changes + sum(self._read_again(name) for name in self._resweep)

    def _read_again(self, name: str) -> int:
        """Read a whole list again; what it no longer holds is taken out. How many records differ."""
        before = self._held.keys(name)
        changed_before = self._held.changes
        sweep = Sweep(self._reader, self._held, self._findings, should_stop=self._should_stop)
        sweep.run([name], {name: self._held.count(name)})
        if name in sweep.failed or name in sweep.unstable:
            self._findings.add(
                "reading_again_failed", f"The list of {name} could not be read a second time.", severity="problem"
            )
            return 0
        gone = sum(self._held.drop(key) for key in before - sweep.seen[name])
        return gone + self._held.changes - changed_before

    def _counts_settled(self, *, quiet: bool) -> bool:
        """Compare what is held with what QuickBooks counts. A difference that outlives a quiet pass has the list read
        again, one that outlives that is a finding.
        """
        self.counts = self._reader.counts(self._entities)
        settled = True
        for name, counted in self.counts.items():
            if counted == self._held.count(name):
                self._suspects.pop(name, None)
                continue
            if name in self._given_up:
                continue
            settled = False
            if not quiet:
                continue
            self._suspects[name] = self._suspects.get(name, 0) + 1
            if self._suspects[name] == 2:
                self._read_again(name)
            elif self._suspects[name] > 3:
                self._given_up.add(name)
        return settled

    def tell_of_counts(self) -> None:
        """Findings about counts that differ, once the passes are over."""
        for name, counted in self.counts.items():
            held = self._held.count(name)
            if counted != held:
                self._findings.add(
                    "count_mismatch",
                    f"QuickBooks counts {counted} {name} records and lists {held}.",
                    severity="problem",
                )
        for name in self._entities:
            if name not in self.counts and name not in self._resweep:
                self._findings.add("not_counted", f"QuickBooks does not count {name}.", severity="note")

    def as_dict(self, start: datetime) -> dict[str, Any]:
        """``{"from", "to", "passes", "quiet"}``, times by the server's clock."""
        return {
            "from": instants.format_instant(start),
            "to": instants.format_instant(self.until or start),
            "passes": self.passes,
            "quiet": self.quiet,
        }
