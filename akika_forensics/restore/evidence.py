"""The states a plan is made from, seen as one space of records.

A record that was recreated earlier has a new Id; ``aliases`` says so, and every older version is read as if
it had always had the new Ids, so that versions can be compared at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol

import polars as pl

from akika_forensics.books import Ledger
from akika_forensics.graph.links import PSEUDO_ITEMS, is_mirror
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.model.references import Link, links_of, rewrite_links


class State(Protocol):
    """One state of a company: a snapshot, or anything that answers like one."""

    def index(self) -> pl.DataFrame: ...

    def record(self, key: RecordKey) -> Record | None: ...

    def records(self, entities: Iterable[str] | None = None) -> Iterator[Record]: ...


type Costs = Mapping[str, Decimal]
"""What a unit of each item's first stock cost, by item Id, as `Ledger.of` takes it."""
type _Known = dict[tuple[date, frozenset[tuple[str, Decimal]]], Mapping[str, Decimal]]


def balances_of(state: State, as_of: date, opening_costs: Costs = MappingProxyType({})) -> Mapping[str, Decimal]:
    """The balance of each account at the end of a day, as `Ledger.trial_balance`: worked out once by a state that remembers."""
    if isinstance(state, Remembering | RecordState):
        return state.trial_balance(as_of, opening_costs)
    return Ledger.of(state.records(), opening_costs=opening_costs).trial_balance(as_of)


class Remembering:
    """A state whose records are read once: single look-ups into a vault cost a file read each."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._balances: _Known = {}
        self._index: pl.DataFrame | None = None
        self._keys: frozenset[tuple[str, str]] | None = None
        self._records: dict[RecordKey, Record] = {}

    def index(self) -> pl.DataFrame:
        if self._index is None:
            self._index = self._state.index()
        return self._index

    def holds(self, key: RecordKey) -> bool:
        if self._keys is None:
            self._keys = frozenset(self.index().select("entity", "id").iter_rows())
        return tuple(key) in self._keys

    def record(self, key: RecordKey) -> Record | None:
        if not self.holds(key):
            return None
        if key not in self._records:
            found = self._state.record(key)
            if found is None:
                return None
            self._records[key] = found
        return self._records[key]

    def records(self, entities: Iterable[str] | None = None) -> Iterator[Record]:
        for record in self._state.records(entities):
            yield self._records.setdefault(record.key, record)

    def trial_balance(self, as_of: date, opening_costs: Costs) -> Mapping[str, Decimal]:
        """See `balances_of`."""
        if isinstance(self._state, RecordState):
            return self._state.trial_balance(as_of, opening_costs)
        key = as_of, frozenset(opening_costs.items())
        if key not in self._balances:
            self._balances[key] = Ledger.of(self.records(), opening_costs=opening_costs).trial_balance(as_of)
        return self._balances[key]


@dataclass
class Evidence:
    """``before`` is the state to go back to, ``now`` the fresh capture, ``after`` the first state after the incident. ``opening_costs``
    hold for all of them: no write of a plan changes what first stock cost.
    """

    before: State
    now: State
    after: State | None = None
    aliases: Mapping[RecordKey, RecordKey] = field(default_factory=dict)
    opening_costs: Costs = field(default_factory=dict)
    _origins: dict[RecordKey, RecordKey] | None = field(default=None, init=False, repr=False)
    _dependents: dict[RecordKey, list[RecordKey]] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.before = Remembering(self.before)
        self.now = Remembering(self.now)
        self.after = Remembering(self.after) if self.after is not None else None

    def live_key(self, key: RecordKey) -> RecordKey:
        """The key under which a record of the earlier state lives now."""
        seen = {key}
        while key in self.aliases and self.aliases[key] not in seen:
            key = self.aliases[key]
            seen.add(key)
        return key

    def origin_key(self, live: RecordKey) -> RecordKey:
        """The key of the earlier state for a key of today; they differ for records recreated in between."""
        if self._origins is None:
            self._origins = {self.live_key(old): old for old in self.aliases}
        return self._origins.get(live, live)

    def before_body(self, key: RecordKey) -> dict[str, Any] | None:
        return self._aliased(key, self.before.record(key))

    def after_body(self, key: RecordKey) -> dict[str, Any] | None:
        if self.after is None:
            return None
        record = self.after.record(self.live_key(key)) or self.after.record(key)
        return self._aliased(key, record)

    def now_body(self, key: RecordKey) -> dict[str, Any] | None:
        record = self.now.record(self.live_key(key))
        return record.body if record else None

    def _aliased(self, key: RecordKey, record: Record | None) -> dict[str, Any] | None:
        if record is None:
            return None
        return rewrite_links(key.entity, record.body, self._alias_of)

    def _alias_of(self, link: Link) -> str | None:
        if link.target is None or link.by_code:
            return None
        live = self.live_key(link.target)
        return None if live == link.target else live.id

    def moved(self) -> list[RecordKey]:
        """Keys that are not byte-for-meaning the same before and now: changed, gone or added."""
        joined = self.before.index().join(
            self.now.index(), on=["entity", "id"], how="full", suffix="_now", coalesce=True
        )
        rows = joined.filter(
            pl.col("digest").is_null() | pl.col("digest_now").is_null() | (pl.col("digest") != pl.col("digest_now"))
        ).sort("entity", "id")
        keys = [RecordKey(entity, record_id) for entity, record_id in rows.select("entity", "id").iter_rows()]
        renamed = set(self.aliases.values())
        return [key for key in keys if key not in renamed or self.before.record(key) is not None]

    def dependents_before(self, key: RecordKey) -> list[RecordKey]:
        """Transactions and attachments of the earlier state that hang on a record by a link they wrote themselves."""
        if self._dependents is None:
            self._dependents = {}
            linking = [row.name for row in CATALOGUE.values() if any(ref.linked for ref in row.references)]
            for record in self.before.records([*linking, "Attachable"]):
                for link in written_links(record.key.entity, record.body):
                    if link.target is not None:
                        self._dependents.setdefault(link.target, []).append(record.key)
        return list(dict.fromkeys(self._dependents.get(key, ())))

    def dependents_now(self, keys: Iterable[RecordKey]) -> dict[RecordKey, list[RecordKey]]:
        """For each of some live records, the live records that hang on it by a link they wrote themselves."""
        wanted = set(keys)
        found: dict[RecordKey, list[RecordKey]] = {key: [] for key in wanted}
        if not wanted:
            return found
        linking = [row.name for row in CATALOGUE.values() if any(ref.linked for ref in row.references)]
        for record in self.now.records([*linking, "Attachable"]):
            for link in written_links(record.key.entity, record.body):
                if link.target in wanted and record.key not in found[link.target]:
                    found[link.target].append(record.key)
        return found


def written_links(entity: str, body: dict[str, Any]) -> Iterator[Link]:
    """Links between transactions that this record wrote, not the mirrors the server made of the others'."""
    for link in links_of(entity, body):
        if entity == "Attachable":
            yield link
        elif link.linked and not link.read_only:
            at_line = not link.path.startswith("LinkedTxn")
            if link.target is None or not is_mirror(entity, link.target.entity, at_line=at_line):
                yield link


def needed_links(entity: str, body: dict[str, Any]) -> Iterator[Link]:
    """Every reference a write of this record carries: what must be there, and active, when it is sent."""
    written = {link.path for link in written_links(entity, body)}
    for link in links_of(entity, body):
        if link.read_only:
            continue
        if link.linked and link.path not in written:
            continue
        if link.target is not None and link.target.id in PSEUDO_ITEMS:
            continue
        yield link


class RecordState:
    """A state held in memory: what a stage or a fresh reading shows."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = {record.key: record for record in records}
        self._balances: _Known = {}

    def index(self) -> pl.DataFrame:
        ordered = [self._records[key] for key in sorted(self._records)]
        return pl.DataFrame(
            {
                "entity": [record.key.entity for record in ordered],
                "id": [record.key.id for record in ordered],
                "digest": [record.digest for record in ordered],
            },
            schema={"entity": pl.String, "id": pl.String, "digest": pl.Binary},
        )

    def record(self, key: RecordKey) -> Record | None:
        return self._records.get(key)

    def records(self, entities: Iterable[str] | None = None) -> Iterator[Record]:
        wanted = None if entities is None else frozenset(entities)
        for key in sorted(self._records):
            if wanted is None or key.entity in wanted:
                yield self._records[key]

    def trial_balance(self, as_of: date, opening_costs: Costs) -> Mapping[str, Decimal]:
        """See `balances_of`: what was worked out to verify a run is there when its undo is planned."""
        key = as_of, frozenset(opening_costs.items())
        if key not in self._balances:
            self._balances[key] = Ledger.of(self.records(), opening_costs=opening_costs).trial_balance(as_of)
        return self._balances[key]
