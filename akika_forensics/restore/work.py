"""The work a plan consists of, before it is ordered: one item a record, and what holds it up.

Starts from the records in scope and draws in what they need (an inactive customer, a deleted estimate) and
what hung on them (the payments of an invoice), until nothing is missing or a person has to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey, label_of
from akika_forensics.model.references import Link, path_steps, rewrite_links
from akika_forensics.restore import emptied
from akika_forensics.restore.bodies import STEP, UpdateBody, create_body, delete_body, update_body
from akika_forensics.restore.document import Action, Note
from akika_forensics.restore.evidence import Evidence, needed_links, written_links
from akika_forensics.restore.look_alike import looks_alike
from akika_forensics.restore.projection import same
from akika_forensics.restore.scope import Scope
from akika_forensics.restore.situation import Situation, Verdict, judge
from akika_forensics.restore.unwritable import as_billed_now, deposit_of

_ACTIONS = {
    Verdict.RECREATE: Action.RECREATE,
    Verdict.REVERT: Action.REVERT,
    Verdict.REACTIVATE: Action.REACTIVATE,
    Verdict.REMOVE: Action.REMOVE,
    Verdict.DEACTIVATE: Action.DEACTIVATE,
}

_NOT_WRITABLE = {
    "ReimburseCharge": "QuickBooks makes it out of a billable expense line: it comes and goes with its bill or purchase, "
    "under an Id of its own; whether it was billed is put right on QuickBooks' own screens.",
}
"""What to say of a kind that no request writes, where there is more to say. Source: QuickBooks API, ReimburseCharge."""


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

    def gather(self) -> Work:
        candidates = self.scope.candidates(self.evidence)
        self._check_decisions()
        for key, why in candidates.items():
            self._judge(key, why, named=self.scope.names(key, self.evidence))
        done: set[RecordKey] = set()
        while pending := [key for key in self.items if key not in done]:
            for key in pending:
                done.add(key)
                if key in self.items:
                    self._draw_in(self.items[key])
        self._guard_removals()
        self._name_shortfalls()
        return self

    def _name_shortfalls(self) -> None:
        """What hung on a record and will not hang on it again makes the record differ: said before anyone approves."""
        for item in self.items.values():
            if item.action is not Action.RECREATE:
                continue
            if (item.wanted or {}).get("BillableStatus") == "HasBeenBilled":
                item.shortfalls.append("it comes back as billable; only its invoice makes it billed")
            for dependent in self.evidence.dependents_before(item.key):
                if dependent not in self.items:
                    label = self._label(dependent, self.evidence.before_body(dependent))
                    item.shortfalls.append(f"{label} ({dependent}) does not hang on it again by this plan")

    def _check_decisions(self) -> None:
        for text, choice in self.decisions.items():
            RecordKey.parse(text)
            if choice.partition(":")[0] not in {"restore", "keep", "recreate", "adopt"}:
                raise WrongUse(f"{choice!r} is not a decision.", do="Decide with restore, keep, recreate or adopt:ID.")

    # -- judging -------------------------------------------------------------------------------------------------

    def _judge(self, key: RecordKey, why: str, *, named: bool) -> None:
        if key in self.items:
            return
        before = self.evidence.before_body(key)
        now = self.evidence.now_body(key)
        unbilled: tuple[RecordKey, ...] = ()
        if before is not None:
            before, unbilled = as_billed_now(before, now)
        situation = judge(
            key.entity,
            before,
            self.evidence.after_body(key),
            now,
            has_after=self.evidence.after is not None,
            named=named,
        )
        choice = self.decisions.get(str(key), "")
        label = self._label(key, before or now)
        if choice == "keep":
            if situation.verdict is not Verdict.NOTHING:
                self.left_alone.append(
                    Note(code="decided", record=str(key), label=label, what="Left as it is now, by decision.")
                )
            return
        if situation.verdict is Verdict.ASK and choice in {"restore", "recreate"}:
            situation = self._as_decided(key, before, now, situation)
        if situation.verdict is Verdict.ASK:
            self.conflicts.append(Note(code="asks", record=str(key), label=label, what=situation.reason))
        elif situation.verdict is Verdict.LATER_WORK:
            self.left_alone.append(Note(code="later_work", record=str(key), label=label, what=situation.reason))
        elif situation.verdict is Verdict.NOTHING:
            self._nothing(key, label, before, now)
        else:
            self._add(key, situation, before, now, why)
        if before is not None and situation.verdict not in {Verdict.ASK, Verdict.LATER_WORK}:
            self._name_unbilled(key, label, unbilled)
            if key in self.items:
                self.items[key].shortfalls.extend(
                    f"{billed} is not billed by it again by this plan" for billed in unbilled
                )

    def _nothing(self, key: RecordKey, label: str, before: dict[str, Any] | None, now: dict[str, Any] | None) -> None:
        if before is not None and now is not None and self.evidence.before.record(key) != self.evidence.now.record(key):
            self.follows.append(
                Note(
                    code="follows",
                    record=str(key),
                    label=label,
                    what="Only what QuickBooks computes has moved (a balance, a mirrored link); it follows from the steps.",
                )
            )
        else:
            self.already_right.append(key)

    def _as_decided(
        self, key: RecordKey, before: dict[str, Any] | None, now: dict[str, Any] | None, asked: Situation
    ) -> Situation:
        reason = f"Decided by a person: {asked.reason}"
        if before is not None and now is None:
            if not CATALOGUE[key.entity].can("create"):
                return asked
            return Situation(Verdict.RECREATE, reason)
        if before is not None and now is not None:
            decided = judge(key.entity, before, None, now, has_after=False, named=True)
            if decided.verdict in _ACTIONS:
                return Situation(decided.verdict, reason, decided.fields)
            if decided.verdict is Verdict.ASK:
                return Situation(Verdict.DEACTIVATE, reason)
            return decided
        if now is not None:
            decided = judge(key.entity, None, None, now, has_after=False, named=True)
            return Situation(decided.verdict, reason, decided.fields)
        return asked

    def _add(
        self,
        key: RecordKey,
        situation: Situation,
        before: dict[str, Any] | None,
        now: dict[str, Any] | None,
        why: str,
    ) -> None:
        action = _ACTIONS[situation.verdict]
        if action is Action.RECREATE and self._look_alike(key, before or {}):
            return
        row = CATALOGUE[key.entity]
        needed = {"recreate": "create", "remove": "delete"}.get(action.value, "update")
        label = self._label(key, before or now)
        if not row.can(needed):
            self.by_hand.append(
                Note(
                    code="not_writable",
                    record=str(key),
                    label=label,
                    what=_NOT_WRITABLE.get(row.name)
                    or f"The API cannot {needed} this kind of record; put it right on QuickBooks' own screens.",
                )
            )
            return
        if row.name in {"Preferences", "CompanyInfo"}:
            self.by_hand.append(
                Note(
                    code="setting",
                    record=str(key),
                    label=label,
                    what="Settings are never written; change them on QuickBooks' own screens.",
                )
            )
            return
        item = Item(key, action, before, now, situation.fields, f"{situation.reason} In scope: {why}.")
        deposit = deposit_of(key, now) if action is Action.REVERT else None
        if deposit is not None:
            self._leave_deposited(item, deposit)
            return
        self.items[key] = item
        if action is Action.REACTIVATE and before is not None and now is not None:
            self._take_back(item, before, now)

    def _take_back(self, item: Item, before: dict[str, Any], now: dict[str, Any]) -> None:
        """The entry that QuickBooks posted to empty an account when it was made inactive is removed with it.

        Stock stays as it is: what its adjustment cost is known to QuickBooks' own layers alone.
        """
        found = list(emptied.entries(self.evidence, item.key, before, now))
        if item.key.entity == "Account" and len(found) == 1:
            reason = f"QuickBooks posted it to empty {item.label} when that was made inactive."
            self.left_alone = [note for note in self.left_alone if note.record != str(found[0])]
            self._add(found[0], Situation(Verdict.REMOVE, reason), None, self.evidence.now_body(found[0]), "with it")
        elif emptied.held(item.key, before) != emptied.held(item.key, now):
            entry = ", ".join(map(str, found)) or "an entry that is not found"
            what = f"It held {emptied.held(item.key, before)} and holds {emptied.held(item.key, now)} now, by {entry}"
            self.by_hand.append(
                Note(
                    code="emptied",
                    record=str(item.key),
                    label=item.label,
                    what=f"{what}; take that back on QuickBooks' own screens.",
                )
            )
            item.shortfalls.append(f"what it held is not given back: {entry} stands")

    def _leave_deposited(self, item: Item, deposit: str) -> None:
        if any(note.record == str(item.key) and note.code == "in_deposit" for note in self.by_hand):
            return
        self.by_hand.append(
            Note(
                code="in_deposit",
                record=str(item.key),
                label=item.label,
                what=f"It is part of Deposit {deposit} and cannot be changed through the API; "
                f"put {', '.join(item.fields)} right on QuickBooks' own screens.",
                values={name: (item.wanted or {}).get(name) for name in item.fields},
            )
        )

    def _name_unbilled(self, key: RecordKey, label: str, unbilled: tuple[RecordKey, ...]) -> None:
        for billed in unbilled:
            if any(note.record == str(billed) and note.code == "billed" for note in self.by_hand):
                continue
            self.by_hand.append(
                Note(
                    code="billed",
                    record=str(billed),
                    label=self._label(billed, self.evidence.before_body(billed)),
                    what=f"It was billed by {label} ({key}); mark it as billed there on QuickBooks' own screens, so that it is not billed twice.",
                )
            )

    def _look_alike(self, key: RecordKey, before: dict[str, Any]) -> bool:
        """Has someone re-keyed it? Then a person chooses between adopting, keeping both, and leaving it."""
        choice = self.decisions.get(str(key), "")
        if choice.startswith("adopt:"):
            adopted = RecordKey(key.entity, choice.removeprefix("adopt:"))
            if self.evidence.now.record(adopted) is None:
                raise WrongUse(
                    f"{adopted} is not there now, so it cannot be adopted.", do="Adopt a record that stands."
                )
            self.adopted[key] = adopted
            self.findings.append(
                Note(
                    code="adopted",
                    record=str(key),
                    label=self._label(key, before),
                    what=f"{adopted} is adopted in its place, by decision.",
                )
            )
            return True
        if choice == "recreate":
            return False
        for record in self.evidence.now.records([key.entity]):
            if (
                self.evidence.origin_key(record.key) != record.key
                or self.evidence.before.record(record.key) is not None
            ):
                continue
            if self.scope.names(record.key, self.evidence):
                continue
            if looks_alike(before, record.body):
                self.conflicts.append(
                    Note(
                        code="look_alike",
                        record=str(key),
                        label=self._label(key, before),
                        what=f"{record.label} ({record.key}) looks like the same record keyed again: adopt:{record.key.id}, recreate or keep.",
                        values={"adopt": record.key.id},
                    )
                )
                return True
        return False

    # -- drawing in what is needed and what hung on it ----------------------------------------------------------

    def _draw_in(self, item: Item) -> None:
        if item.action in {Action.REMOVE, Action.DEACTIVATE}:
            return
        for link in needed_links(item.key.entity, self._to_be_sent(item)):
            if not self._resolve(item, link):
                return
        if item.action is Action.RECREATE:
            for dependent in self.evidence.dependents_before(item.key):
                self._relink(item, dependent)

    def _to_be_sent(self, item: Item) -> dict[str, Any]:
        wanted = item.wanted or {}
        if item.action is Action.RECREATE or not CATALOGUE[item.key.entity].can("sparse"):
            return wanted
        return {name: wanted[name] for name in item.fields if name in wanted}

    def _resolve(self, item: Item, link: Link) -> bool:
        """Make sure that a cited record will be there. False when the item was given up."""
        target = link.target
        if target is None:
            return self._give_up(
                item,
                "unreadable_reference",
                f"It cites a {link.name or 'record'} at {link.path} that the API cannot read.",
            )
        if link.by_code:
            return True
        origin = self.evidence.origin_key(target)
        if origin in self.items:
            other = self.items[origin]
            if other.action in {Action.REMOVE, Action.DEACTIVATE}:
                return self._give_up(item, "needs_removed", f"It needs {other.label}, which this plan removes.")
            item.needs.add(origin)
            return True
        if origin in self.adopted:
            return True
        now = self.evidence.now.record(self.evidence.live_key(target))
        if now is not None:
            if now.body.get("Active", True) is False:
                return self._wake(item, origin)
            return True
        before = self.evidence.before_body(origin)
        if before is None:
            return self._give_up(item, "dangling", f"It cites {target} at {link.path}, which is in neither state.")
        self._judge(origin, f"{item.label} needs it", named=True)
        if origin in self.items:
            item.needs.add(origin)
            return True
        if origin in self.adopted:
            return True
        return self._give_up(
            item,
            "needs_missing",
            f"It needs {self._label(origin, before)} ({origin}), which is gone and cannot be made again without a decision.",
        )

    def _wake(self, item: Item, key: RecordKey) -> bool:
        before = self.evidence.before_body(key)
        if before is None or before.get("Active", True) is False:
            return self._give_up(
                item,
                "inactive_before",
                f"It needs {key}, which was inactive before as well; QuickBooks refuses references to inactive records.",
            )
        self._judge(key, f"{item.label} needs it to be active", named=True)
        if key not in self.items:
            return self._give_up(item, "inactive", f"It needs {key}, which is inactive.")
        item.needs.add(key)
        return True

    def _give_up(self, item: Item, code: str, what: str) -> bool:
        self.items.pop(item.key, None)
        self.conflicts.append(Note(code=code, record=str(item.key), label=item.label, what=what))
        for other in [other for other in self.items.values() if item.key in other.needs]:
            self._give_up(other, "needs_missing", f"It needs {item.label}, which is not restored.")
        return False

    def _relink(self, item: Item, dependent: RecordKey) -> None:
        """What hung on a recreated record and lost its link is linked again; what is gone too is named."""
        if dependent in self.items:
            self.items[dependent].needs.add(item.key)
            return
        before, now = self.evidence.before_body(dependent), self.evidence.now_body(dependent)
        if before is None:
            return
        label = self._label(dependent, before)
        if now is None:
            self.findings.append(
                Note(
                    code="dependent_gone",
                    record=str(dependent),
                    label=label,
                    what=f"It hung on {item.label} and is gone too; it is not in the scope of this plan.",
                )
            )
            return
        if same(dependent.entity, before, now):
            self._point_anew(item, dependent, now)
            return
        self._judge(dependent, f"it hung on {item.label}", named=True)
        added = self.items.get(dependent)
        if added is not None and added.action is Action.REVERT:
            added.action = Action.RELINK
            added.needs.add(item.key)

    def _point_anew(self, item: Item, dependent: RecordKey, now: dict[str, Any]) -> None:
        """What QuickBooks left pointing at the Id that is gone (an attachment, say) is pointed at the new one."""
        paths = [link.path for link in written_links(dependent.entity, now) if link.target == item.key]
        if not paths:
            return
        fields = tuple(dict.fromkeys(str(path_steps(path)[0]) for path in paths))
        reason = f"It still points at the Id {item.label} had. In scope: it hung on {item.label}."
        self.items[dependent] = Item(dependent, Action.RELINK, now, now, fields, reason, needs={item.key})

    def _cites(self, body: dict[str, Any], dependent: RecordKey, key: RecordKey) -> bool:
        return any(link.target == key for link in needed_links(dependent.entity, body))

    def _guard_removals(self) -> None:
        removed = [key for key, item in self.items.items() if item.action is Action.REMOVE]
        hanging = self.evidence.dependents_now(removed)
        for key in removed:
            others = [other for other in hanging.get(key, ()) if other not in removed and not self._lets_go(other, key)]
            if others and key in self.items:
                self._give_up(
                    self.items[key],
                    "has_dependents",
                    f"{', '.join(map(str, others[:3]))} hangs on it and is not removed by this plan.",
                )

    def _lets_go(self, dependent: RecordKey, key: RecordKey) -> bool:
        """True when this plan changes a live record so that it no longer hangs on the one to be removed."""
        item = self.items.get(self.evidence.origin_key(dependent))
        return item is not None and item.wanted is not None and not self._cites(item.wanted, dependent, key)

    # -- bodies --------------------------------------------------------------------------------------------------

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

    def _label(self, key: RecordKey, body: dict[str, Any] | None) -> str:
        return f"{key.entity} {label_of(key.entity, body or {}) or key.id}"
