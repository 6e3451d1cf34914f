"""What changed since a time, taken in: the change feed, searches by time, lists read again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from akika_forensics.capture import presence
from akika_forensics.capture.entities import can_be_merged, in_feed, is_name, searched_by_time
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.capture.incremental import MARGIN
from akika_forensics.capture.meanwhile import Meanwhile
from akika_forensics.capture.sweep import Stop, Sweep
from akika_forensics.errors import Fault
from akika_forensics.model import instants
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import ChangeFeed, Reader, Slice

FEED: Final = "feed"
SEARCH: Final = "search"
LIST: Final = "list"
"""How the changes of an entity are known: the feed tells of them; they are searched by time; the list is read again."""


class ForcedFull(Exception):
    """Going on from the snapshot before would not be sound; the text says why, in a sentence."""


class Changes:
    """``incremental``: what is held was taken over from a snapshot, so that nobody knows who cites whom.

    ``entities``: all that are looked at. ``gone``: what was held and is no longer there. ``server_time``: up to when the last reading knows all changes of
    the feed. ``listed_since``: when the last reading of a list began. ``meanwhile`` is told of all that changed since the capture began.
    ``told``: what the feed called deleted, with the time that it told; ``told_from``: for each entity of the feed from when on none of its deletions
    is missing there; ``refused``: entities whose feed is refused.
    """

    def __init__(
        self,
        reader: Reader,
        held: Held,
        findings: Findings,
        entities: Sequence[str],
        *,
        incremental: bool,
        meanwhile: Meanwhile | None = None,
        should_stop: Stop | None = None,
    ) -> None:
        self._reader, self._held, self._findings = reader, held, findings
        self._meanwhile = meanwhile
        self._incremental, self._should_stop = incremental, should_stop
        self.entities = tuple(entities)
        self._feeding = [name for name in entities if in_feed(name)]
        self._by_time = [name for name in entities if searched_by_time(name)]
        self._listing = [name for name in entities if not in_feed(name) and not searched_by_time(name)]
        self._sized = incremental
        self._feed_lacks: set[str] = set()
        self._looked_at: set[tuple[RecordKey, RecordKey]] = set()
        self.gone: dict[RecordKey, None] = {}
        self.told: dict[RecordKey, datetime | None] = {}
        self.told_from: dict[str, datetime] = {}
        self.refused: tuple[str, ...] = ()
        self.server_time: datetime | None = None
        self.listed_since: dict[str, datetime] = {}

    @property
    def fed(self) -> list[str]:
        """Entities of which the feed tells."""
        return [name for name in self._feeding if name not in self.refused]

    def means(self, entity: str) -> str:
        """How the changes of an entity were known in the last reading."""
        if entity in self._listing:
            return LIST
        return SEARCH if entity in self._by_time or entity in self._feed_lacks else FEED

    def list_from_now_on(self, entity: str) -> None:
        """The entity cannot be counted, so that only its whole list tells what went."""
        if entity not in self._listing:
            self._listing.append(entity)
            self._untold()

    def _untold(self) -> None:
        if self._meanwhile is not None:
            self._meanwhile.untold()

    def _take(self, changed: Collection[Slice], at: datetime | None) -> int:
        """How many of these, which changed since, are new to what is held."""
        if self._meanwhile is not None:
            self._meanwhile.changed(changed)
        return self._held.take_after(changed, at)

    def take(self, since: datetime) -> int:
        """Take in what changed since then; how many records did."""
        began = self._reader.server_time or since
        floor = (since - MARGIN).replace(microsecond=0)
        sized, self._sized = self._sized, False
        sizes = self._sizes(floor) if sized else {}
        asked = [name for name in self._feeding if name not in self._listing]
        feed = self._reader.change_feed(asked, floor, sizes=sizes)
        self._remember(asked, floor, feed)
        known = feed.server_time or began
        # What is not searched because nothing of it had changed was last looked at before the feed.
        self.server_time = min(known, began) if sized else known
        changes = self._take(feed.changed, feed.server_time)
        changes += self._take_deleted(feed.deleted)
        self._note(feed)
        searched = dict.fromkeys([*self._by_time, *feed.refused, *feed.truncated_entities])
        wanted = [name for name in searched if name not in self._listing and sizes.get(name) != 0]
        changes += self._search(wanted, floor)
        return changes + sum(self.read_list(name) for name in self._listing)

    def take_new_names(self, since: datetime) -> int:
        """Take in names that changed since a last reading, after the counts that followed it; how many did.

        One that came before the counts makes up in them for one that was merged away, of which nothing else tells.
        """
        names = [name for name in self._feeding if can_be_merged(name) and self.means(name) != LIST]
        floor = (since - MARGIN).replace(microsecond=0)
        feed = self._reader.change_feed(names, floor)
        changes = self._take(feed.changed, feed.server_time)
        return changes + self._search([*feed.refused, *feed.truncated_entities], floor)

    def _sizes(self, floor: datetime) -> dict[str, int]:
        """How many records of each entity changed, so that the feed is asked for as much as an answer holds."""
        names = [name for name in (*self._feeding, *self._by_time) if name not in self._listing]
        counts = self._reader.count_many([(name, _since(floor)) for name in names])
        return {name: counted for name, counted in zip(names, counts, strict=True) if isinstance(counted, int)}

    def _remember(self, asked: Sequence[str], floor: datetime, feed: ChangeFeed) -> None:
        """What the feed calls deleted, whether or not it was ever held: nothing else tells the Id of what was not."""
        self.refused = tuple(dict.fromkeys([*self.refused, *feed.refused]))
        self.told.update((key, feed.deleted_at.get(key)) for key in feed.deleted)
        lacking = {*feed.refused, *feed.truncated_entities}
        for name in self._feeding:
            if name in lacking or name not in asked:
                self.told_from.pop(name, None)
            else:
                self.told_from.setdefault(name, floor)

    def _note(self, feed: ChangeFeed) -> None:
        self._feed_lacks = {*feed.refused, *feed.truncated_entities}
        for name in feed.unknown:
            self._findings.add("unknown_key", f"The change feed holds the unknown key {name!r}.", severity="warning")
        for name in feed.refused:
            self._findings.add(
                "feed_refused", f"The change feed is refused for {name}; it was searched by time.", severity="note"
            )
        for name in feed.truncated_entities:
            self._findings.add(
                "feed_truncated",
                f"More {name} records changed than the change feed can tell; they were searched by time instead.",
                severity="note",
            )

    def _take_deleted(self, keys: Iterable[RecordKey]) -> int:
        """Take out what the feed calls deleted. Source: reports of records that it called so and that were there."""
        deleted = list(keys)
        if deleted:
            # Also what was never held: its list was read after it had gone, a report perhaps before.
            self._untold()
        stubs = [key for key in deleted if key in self._held]
        there, refused = presence.read_many(self._reader, stubs, most_are_there=False)
        there += [cut for key in refused if (cut := self._reader.read(key)) is not None]
        for cut in there:
            self._findings.add(
                "deleted_yet_there",
                "The change feed calls a record deleted that can be read.",
                severity="warning",
                record=cut.key,
            )
        kept = {cut.key for cut in there}
        changes = self._held.take_after(there, self._reader.server_time)
        return changes + self.drop(key for key in stubs if key not in kept)

    def drop(self, keys: Iterable[RecordKey]) -> int:
        """Take records out that are gone; how many were there. Raises ForcedFull for a name."""
        dropped = 0
        for key in keys:
            if not self._held.drop(key):
                continue
            dropped += 1
            self.gone[key] = None
            self._untold()
            if is_name(key.entity) and self._incremental:
                raise ForcedFull(
                    f"{key} is gone, and names cannot be deleted: it was merged into another, which changes records "
                    "that cite it without a sign."
                )
        return dropped

    def _search(self, entities: Sequence[str], since: datetime) -> int:
        """Changes searched by time, or the list read again where that is refused."""
        answers = self._reader.query_many([(name, _since(since)) for name in entities])
        changes = 0
        for name, answer in zip(entities, answers, strict=True):
            if isinstance(answer, Fault):
                self.list_from_now_on(name)
            else:
                changes += self._take(answer, self._reader.server_time)
        return changes

    def read_list(self, name: str) -> int:
        """Read a whole list again; what it no longer holds is taken out. How many records differ."""
        began = self._reader.server_time
        if began is not None:
            self.listed_since[name] = began
        before, changed_before = self._held.keys(name), self._held.changes + self._held.ignored
        sweep = Sweep(self._reader, self._held, self._findings, note_keys=True, should_stop=self._should_stop)
        sweep.run([name], {name: self._held.count(name)})
        if name in sweep.failed or name in sweep.unstable:
            if self._incremental:
                raise ForcedFull(f"The list of {name} could not be read.")
            self._findings.add(
                "reading_again_failed", f"The list of {name} could not be read a second time.", severity="problem"
            )
            return 0
        differ = self.drop(before - sweep.seen[name]) + self._held.changes + self._held.ignored - changed_before
        if differ:
            self._untold()
        return differ

    def read_again_who_cites_merged_names(self) -> int:
        """Records that cite a name which is not there: a merge lets them cite another without a sign. How many differ."""
        wanted: dict[RecordKey, None] = {}
        for target, sources in self._held.citations.dangling(self._held.__contains__):
            if can_be_merged(target.entity):
                fresh = [(source, target) for source in sources if (source, target) not in self._looked_at]
                self._looked_at.update(fresh)
                wanted.update((source, None) for source, _ in fresh)
        if not wanted:
            return 0
        self._findings.add(
            "names_merged",
            "Names went while records still cited them, as after a merge; the records were read again.",
            severity="note",
            records=wanted,
        )
        self._untold()
        askable = [key for key in wanted if CATALOGUE[key.entity].queryable is not False]
        found, refused = presence.read_many(self._reader, askable, most_are_there=True)
        changes = self._held.take_after(found, self._reader.server_time)
        return changes + sum(self.read_list(name) for name in dict.fromkeys(key.entity for key in refused))


def _since(floor: datetime) -> str:
    return f"MetaData.LastUpdatedTime >= '{instants.format_instant(floor)}'"
