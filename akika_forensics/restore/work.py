"""The work a plan consists of, before it is ordered: one item a record, and what is not written, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from akika_forensics.model.record import RecordKey, label_of
from akika_forensics.model.references import Link, rewrite_links
from akika_forensics.restore.bodies import STEP, UpdateBody, create_body, delete_body, update_body
from akika_forensics.restore.document import Action, Note
from akika_forensics.restore.evidence import Evidence
from akika_forensics.restore.scope import Scope


@dataclass
class Item:
    """One record to be written. ``wanted`` is the body it should have, in the Ids of today."""

    key: RecordKey
    action: Action
    wanted: dict[str, Any] | None
    live: dict[str, Any] | None
    fields: tuple[str, ...]
    reason: str
    needs: set[RecordKey] = field(default_factory=set)
    shortfalls: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        body = self.wanted or self.live or {}
        return f"{self.key.entity} {label_of(self.key.entity, body) or self.key.id}"


@dataclass
class Work:
    """What was found: items to write and everything that is not written, each with its reason."""

    evidence: Evidence
    scope: Scope
    decisions: Mapping[str, str]
    items: dict[RecordKey, Item] = field(default_factory=dict)
    already_right: list[RecordKey] = field(default_factory=list)
    follows: list[Note] = field(default_factory=list)
    left_alone: list[Note] = field(default_factory=list)
    conflicts: list[Note] = field(default_factory=list)
    by_hand: list[Note] = field(default_factory=list)
    findings: list[Note] = field(default_factory=list)
    adopted: dict[RecordKey, RecordKey] = field(default_factory=dict)

    def body_of(self, item: Item, step_ids: Mapping[RecordKey, str]) -> UpdateBody:
        """The exact body of an item's write, once every item has its step id."""
        if item.action is Action.REMOVE:
            return UpdateBody(delete_body(item.key.entity, item.live or {}), full=False)
        if item.action is Action.DEACTIVATE:
            live = item.live or {}
            return update_body(item.key.entity, live, {**live, "Active": False}, ("Active",))
        wanted = rewrite_links(item.key.entity, item.wanted or {}, lambda link: self._new_id(link, step_ids))
        if item.action is Action.RECREATE:
            return UpdateBody(create_body(item.key.entity, wanted), full=False)
        return update_body(item.key.entity, item.live or {}, wanted, item.fields)

    def _new_id(self, link: Link, step_ids: Mapping[RecordKey, str]) -> Any:
        if link.target is None or link.by_code:
            return None
        origin = self.evidence.origin_key(link.target)
        item = self.items.get(origin)
        if item is not None and item.action is Action.RECREATE:
            return {STEP: step_ids[origin]}
        if origin in self.adopted:
            return self.adopted[origin].id
        return None

    def give_up(self, item: Item, code: str, what: str) -> bool:
        self.items.pop(item.key, None)
        self.conflicts.append(Note(code=code, record=str(item.key), label=item.label, what=what))
        for other in [other for other in self.items.values() if item.key in other.needs]:
            self.give_up(other, "needs_missing", f"It needs {item.label}, which is not restored.")
        return False

    def label(self, key: RecordKey, body: dict[str, Any] | None) -> str:
        return f"{key.entity} {label_of(key.entity, body or {}) or key.id}"
