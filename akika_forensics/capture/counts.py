"""What is held against what QuickBooks counts: who is gone without a sign is found by it."""

from __future__ import annotations

from typing import Final

from akika_forensics.capture import presence
from akika_forensics.capture.changes import FEED, LIST, Changes, ForcedFull
from akika_forensics.capture.entities import is_name
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.capture.same_company import COMPANY
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader

_MOST_READINGS: Final = 2
"""Times that a list is read again for its count before the two are left to differ."""


class Counts:
    """What is held is what there was, with what is new and without what is gone: so many must be counted.

    A creation cannot hide a disappearance in it, because every creation was seen.
    """

    def __init__(self, reader: Reader, held: Held, findings: Findings, changes: Changes, *, incremental: bool) -> None:
        self._reader, self._held, self._findings = reader, held, findings
        self._changes, self._incremental = changes, incremental
        self._suspects: dict[str, int] = {}
        self._readings: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        self.mended = False

    def settle(self, *, quiet: bool) -> bool:
        """Compare; bring to its count what can be. ``quiet``: nothing changed since the last comparison.

        False when something differed, so that another pass has to tell whether it does still; ``mended`` then says
        whether, as far as is known, it does not: just as many were found to be gone as were missing. Raises WrongCompany where
        the books that answer now are another company's.
        """
        self.mended = False
        # The company itself comes with the counts: what was read since the last ones is then known to be its own.
        self.counts, companies = self._reader.counts_beside(self._changes.entities, [COMPANY])
        for company in companies:
            self._held.require_company(company)
        settled = True
        for name in self._changes.entities:
            means = self._changes.means(name)
            if name not in self.counts and means != LIST and (self._incremental or means != FEED):
                self._changes.list_from_now_on(name)
                settled = False
        short: dict[str, int] = {}
        again: set[str] = set()
        for name, counted in self.counts.items():
            held = self._held.count(name)
            if counted == held:
                self._suspects.pop(name, None)
                continue
            if self._readings.get(name, 0) >= _MOST_READINGS:
                continue  # it is told of in the end
            settled = False
            differs = counted - held
            same = quiet and self._suspects.get(name) == differs
            self._suspects[name] = differs
            # What the feed tells of may have gone between its answer and the count: the next pass will say so.
            if differs < 0 and (same or is_name(name) or self._changes.means(name) != FEED):
                short[name] = -differs
            if same:
                again.add(name)
        self._find_missing(short, again)
        self.mended = all(self._held.count(name) == counted for name, counted in self.counts.items())
        return settled

    def _find_missing(self, short: dict[str, int], again: set[str]) -> None:
        """``short``: lists that are so many records short; ``again``: those that differ as they did before."""
        lists = {
            name: presence.Short(self._held.ids(name), self._held.created(name), by)
            for name, by in short.items()
            if self._changes.means(name) != LIST
        }
        gone = presence.missing(self._reader, lists) if lists else {}
        for name, ids in gone.items():
            self._changes.drop(RecordKey(name, one) for one in sorted(ids))
        for name in dict.fromkeys([*short, *again]):
            if not gone.get(name) and (name in again or name not in gone):
                self._read_again(name)

    def _read_again(self, name: str) -> None:
        if self._incremental:
            raise ForcedFull(
                f"QuickBooks counts other {name} records than there can be after what is known to have changed."
            )
        self._readings[name] = self._readings.get(name, 0) + 1
        self._changes.read_list(name)

    def tell(self) -> None:
        """Findings about counts that differ, once the passes are over."""
        for name, counted in self.counts.items():
            held = self._held.count(name)
            if counted != held:
                self._findings.add(
                    "count_mismatch",
                    f"QuickBooks counts {counted} {name} records and lists {held}.",
                    severity="problem",
                )
        for name in self._changes.entities:
            if name not in self.counts and CATALOGUE[name].queryable is not False:
                self._findings.add("not_counted", f"QuickBooks does not count {name}.", severity="note")
