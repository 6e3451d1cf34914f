"""One request's unit of work: bodies read, bodies to be written, balances that moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import naming, wire
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.people import actors, acts
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.people.acts import Act
from akika_forensics.twin.store import SILENT, Store
from akika_forensics.twin.tables import Row
from akika_forensics.twin.worked_out import WorkedOut

Key = tuple[str, str]


class Cache:
    """Decoded bodies of stored records, shared by all requests; bodies in it are never changed."""

    def __init__(self, limit: int = 50_000) -> None:
        self._bodies: dict[Key, dict[str, Any]] = {}
        self._limit = limit
        self.worked_out = WorkedOut()

    def get(self, row: Row) -> dict[str, Any]:
        key = (row.entity, row.id)
        body = self._bodies.get(key)
        if body is None:
            body = payloads.decode(row.payload)
            if len(self._bodies) >= self._limit:
                self._bodies.clear()
            self._bodies[key] = body
        return body

    def known(self, key: Key) -> dict[str, Any] | None:
        return self._bodies.get(key)

    def forget(self, key: Key) -> None:
        self._bodies.pop(key, None)

    def clear(self) -> None:
        """What was read may have been undone."""
        self._bodies.clear()
        self.worked_out.clear()


class Session:
    """Changes are gathered and written by ``flush``; nothing of a failed request stays.

    ``waived`` names the rules that a person at QuickBooks' own screens may go past: ``closed books`` (who knows the
    password), ``matched`` (who said yes), ``void`` (of what the API cannot void). ``remarks`` go with every act.
    """

    def __init__(self, store: Store, cache: Cache, moment: datetime) -> None:
        self.store = store
        self.moment = moment
        self._now = wire.microseconds(moment)
        self._cache = cache
        self._dirty: dict[Key, dict[str, Any]] = {}
        self._removed: set[Key] = set()
        self._silent: set[Key] = set()
        self._touched: set[Key] = set()
        self.account_cents: dict[str, int] = defaultdict(int)
        self.party_cents: dict[str, int] = defaultdict(int)
        self.items: set[str] = set()
        self.roles: dict[str, str] = {}
        self._acts: list[Act] = []
        self.waived: frozenset[str] = frozenset()
        self.remarks: dict[str, Any] = {}

    @property
    def beliefs(self) -> Beliefs:
        return self.store.beliefs

    @property
    def actor(self) -> Actor:
        """Who does it: whoever was named, else an application of the company's owner."""
        named = actors.current()
        if named is not None:
            return named
        owner = self.store.trail.user(actors.OWNER)
        return Actor(actors.OWNER, owner.name if owner else "", "app")

    def note(self, verb: str, entity: str, record_id: str, body: Mapping[str, Any], **detail: Any) -> None:
        """Something is done to a record, for the trail. A body that is still being written is told as it ends."""
        self._acts.append(Act(verb, entity, record_id, body, detail={**self.remarks, **detail}))

    def find(self, entity: str, record_id: str) -> dict[str, Any] | None:
        """The body as it stands in this request; treat as read-only."""
        key = (entity, record_id)
        if key in self._removed:
            return None
        if key in self._dirty:
            return self._dirty[key]
        known = self._cache.known(key)
        if known is not None:
            return known
        row = self.store.get(entity, record_id)
        return self._cache.get(row) if row else None

    def preference(self, section: str, field: str) -> Any:
        """One of the company's preferences as it stands in this request; None where it says nothing."""
        inner = (self.find("Preferences", "1") or {}).get(section)
        return inner.get(field) if isinstance(inner, dict) else None

    def worked_out(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make`` works out of the company's file, or did since it was last written to; treat as read-only."""
        if self._dirty or self._removed:
            return make()
        return self._cache.worked_out.get(self.store.revision(), key, make)

    def edit(self, entity: str, record_id: str) -> dict[str, Any] | None:
        """A body that may be changed and will be written."""
        key = (entity, record_id)
        if key in self._dirty:
            return self._dirty[key]
        body = self.find(entity, record_id)
        if body is None:
            return None
        self._dirty[key] = payloads.copied(body)
        self._touched.add(key)
        return self._dirty[key]

    def put(self, entity: str, body: dict[str, Any]) -> None:
        key = (entity, str(body["Id"]))
        self._dirty[key] = body
        if entity == "Account":
            self.roles.clear()
        self._removed.discard(key)

    def remove(self, entity: str, record_id: str, *, silent: bool = False) -> None:
        """A record goes; ``silent`` leaves no stub of it in the change feed."""
        key = (entity, record_id)
        if silent:
            self._silent.add(key)
        self._dirty.pop(key, None)
        self._removed.add(key)

    def forget(self, entity: str, record_id: str) -> None:
        """Stored bytes changed underneath; decode them anew."""
        self._cache.forget((entity, record_id))

    def each(self, entity: str) -> Iterator[dict[str, Any]]:
        """Every body of an entity, as it stands in this request."""
        seen: set[str] = set()
        for record_id in sorted(self.store.ids(entity)):
            seen.add(record_id)
            body = self.find(entity, record_id)
            if body is not None:
                yield body
        for (name, record_id), body in list(self._dirty.items()):
            if name == entity and record_id not in seen:
                yield body

    def flush(self) -> None:
        """Write what changed; records that only moved along get a new LastUpdatedTime and keep their SyncToken."""
        now = wire.microseconds(self.moment)
        stamp = wire.metadata_time(self.moment)
        self._leave_trail()
        for key in self._removed:
            self.store.remove(*key, SILENT if key in self._silent else now)
            self._cache.forget(key)
        for key, body in self._dirty.items():
            if key in self._touched:
                body["MetaData"] = {**body.get("MetaData", {}), "LastUpdatedTime": stamp}
            self.write(key[0], body, wire.encode(key[0], body))
            self._cache.forget(key)
        self._dirty.clear()
        self._removed.clear()
        self._silent.clear()
        self._touched.clear()

    def _leave_trail(self) -> None:
        """Who wrote what; and the transactions that an act on another changed."""
        if not self._acts:
            return
        actor = self.actor
        done = {(act.entity, act.id) for act in self._acts}
        moved = [
            Act("updated", entity, record_id, self._dirty[entity, record_id], indirect=True)
            for entity, record_id in sorted(self._touched - done - self._removed)
            if (row := CATALOGUE.get(entity)) is not None and row.is_transaction
        ]
        self._name_author(done, actor)
        told = [replace(act, body=self._dirty.get((act.entity, act.id), act.body)) for act in self._acts]
        self.store.trail.add(acts.events([*told, *moved], actor, self.moment))
        if self.beliefs.choice("webhook_moved_along") == "notified":
            indirect = {(act.entity, act.id) for act in moved}
            self.store.hooks.move(self.store.trail.last(), sorted(self._touched - done - self._removed - indirect))
        for entity, record_id in done - self._removed:
            self.store.trail.sign(entity, record_id, actor.user)
        self._acts.clear()

    def _name_author(self, done: set[Key], actor: Actor) -> None:
        choice = self.beliefs.choice("last_modified_by")
        if choice == "absent":
            return
        who = actor.user if choice == "user" or actor.kind == "person" else "0"
        for key in done & self._dirty.keys():
            body = self._dirty[key]
            body["MetaData"] = {**body.get("MetaData", {}), "LastModifiedByRef": {"value": who}}

    def write(self, entity: str, body: dict[str, Any], payload: bytes) -> None:
        """Store a record under the times its MetaData shows; the fraction of this moment is kept for the change feed."""
        doc = body.get("DocNumber")
        name = naming.unique_name(entity, body)
        self.store.put(self.row(entity, body, payload), name=name, doc=str(doc) if doc else None)

    def row(self, entity: str, body: dict[str, Any], payload: bytes) -> Row:
        """How a record is stored, its name and number apart."""
        now = self._now
        created = wire.stamp_of(body, "CreateTime")
        updated = wire.stamp_of(body, "LastUpdatedTime")
        if updated is None or updated == now - now % 1_000_000:
            updated = now
        active = body.get("Active") is not False
        return Row(entity, str(body["Id"]), payload, active, created if created is not None else now, updated)
