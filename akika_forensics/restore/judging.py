"""What is to be done with one record: written, left, asked about, or put right by hand.

A person's decision stands above what the states say. A record that somebody keyed again is never made a second time unasked.
"""

from __future__ import annotations

from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.restore import emptied
from akika_forensics.restore.document import Action, Note
from akika_forensics.restore.look_alike import looks_alike
from akika_forensics.restore.situation import Situation, Verdict, judge
from akika_forensics.restore.unwritable import as_billed_now, deposit_of
from akika_forensics.restore.work import Item, Work

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


def judge_record(work: Work, key: RecordKey, why: str, *, named: bool) -> None:
    """Put one record where it belongs in ``work``. ``why`` it is in scope; ``named`` when the scope or another item names it."""
    if key in work.items:
        return
    before = work.evidence.before_body(key)
    now = work.evidence.now_body(key)
    unbilled: tuple[RecordKey, ...] = ()
    if before is not None:
        before, unbilled = as_billed_now(before, now)
    situation = judge(
        key.entity,
        before,
        work.evidence.after_body(key),
        now,
        has_after=work.evidence.after is not None,
        named=named,
    )
    choice = work.decisions.get(str(key), "")
    label = work.label(key, before or now)
    if choice == "keep":
        if situation.verdict is not Verdict.NOTHING:
            work.left_alone.append(
                Note(code="decided", record=str(key), label=label, what="Left as it is now, by decision.")
            )
        return
    if situation.verdict is Verdict.ASK and choice in {"restore", "recreate"}:
        situation = _as_decided(key, before, now, situation)
    if situation.verdict is Verdict.ASK:
        work.conflicts.append(Note(code="asks", record=str(key), label=label, what=situation.reason))
    elif situation.verdict is Verdict.LATER_WORK:
        work.left_alone.append(Note(code="later_work", record=str(key), label=label, what=situation.reason))
    elif situation.verdict is Verdict.NOTHING:
        _nothing(work, key, label, before, now)
    else:
        _add(work, key, situation, before, now, why)
    if before is not None and situation.verdict not in {Verdict.ASK, Verdict.LATER_WORK}:
        _name_unbilled(work, key, label, unbilled)
        if key in work.items:
            work.items[key].shortfalls.extend(f"{billed} is not billed by it again by this plan" for billed in unbilled)


def _nothing(work: Work, key: RecordKey, label: str, before: dict[str, Any] | None, now: dict[str, Any] | None) -> None:
    if before is not None and now is not None and work.evidence.before.record(key) != work.evidence.now.record(key):
        work.follows.append(
            Note(
                code="follows",
                record=str(key),
                label=label,
                what="Only what QuickBooks computes has moved (a balance, a mirrored link); it follows from the steps.",
            )
        )
    else:
        work.already_right.append(key)


def _as_decided(
    key: RecordKey, before: dict[str, Any] | None, now: dict[str, Any] | None, asked: Situation
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
    work: Work,
    key: RecordKey,
    situation: Situation,
    before: dict[str, Any] | None,
    now: dict[str, Any] | None,
    why: str,
) -> None:
    action = _ACTIONS[situation.verdict]
    if action is Action.RECREATE and _look_alike(work, key, before or {}):
        return
    row = CATALOGUE[key.entity]
    needed = {"recreate": "create", "remove": "delete"}.get(action.value, "update")
    label = work.label(key, before or now)
    if not row.can(needed):
        work.by_hand.append(
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
        work.by_hand.append(
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
        _leave_deposited(work, item, deposit)
        return
    work.items[key] = item
    if action is Action.REACTIVATE and before is not None and now is not None:
        _take_back(work, item, before, now)


def _take_back(work: Work, item: Item, before: dict[str, Any], now: dict[str, Any]) -> None:
    """The entry that QuickBooks posted to empty an account when it was made inactive is removed with it.

    Stock stays as it is: what its adjustment cost is known to QuickBooks' own layers alone.
    """
    found = list(emptied.entries(work.evidence, item.key, before, now))
    if item.key.entity == "Account" and len(found) == 1:
        reason = f"QuickBooks posted it to empty {item.label} when that was made inactive."
        work.left_alone = [note for note in work.left_alone if note.record != str(found[0])]
        _add(work, found[0], Situation(Verdict.REMOVE, reason), None, work.evidence.now_body(found[0]), "with it")
    elif emptied.held(item.key, before) != emptied.held(item.key, now):
        entry = ", ".join(map(str, found)) or "an entry that is not found"
        what = f"It held {emptied.held(item.key, before)} and holds {emptied.held(item.key, now)} now, by {entry}"
        work.by_hand.append(
            Note(
                code="emptied",
                record=str(item.key),
                label=item.label,
                what=f"{what}; take that back on QuickBooks' own screens.",
            )
        )
        item.shortfalls.append(f"what it held is not given back: {entry} stands")


def _leave_deposited(work: Work, item: Item, deposit: str) -> None:
    if any(note.record == str(item.key) and note.code == "in_deposit" for note in work.by_hand):
        return
    work.by_hand.append(
        Note(
            code="in_deposit",
            record=str(item.key),
            label=item.label,
            what=f"It is part of Deposit {deposit} and cannot be changed through the API; "
            f"put {', '.join(item.fields)} right on QuickBooks' own screens.",
            values={name: (item.wanted or {}).get(name) for name in item.fields},
        )
    )


def _name_unbilled(work: Work, key: RecordKey, label: str, unbilled: tuple[RecordKey, ...]) -> None:
    for billed in unbilled:
        if any(note.record == str(billed) and note.code == "billed" for note in work.by_hand):
            continue
        work.by_hand.append(
            Note(
                code="billed",
                record=str(billed),
                label=work.label(billed, work.evidence.before_body(billed)),
                what=f"It was billed by {label} ({key}); mark it as billed there on QuickBooks' own screens, so that it is not billed twice.",
            )
        )


def _look_alike(work: Work, key: RecordKey, before: dict[str, Any]) -> bool:
    """Has someone re-keyed it? Then a person chooses between adopting, keeping both, and leaving it."""
    choice = work.decisions.get(str(key), "")
    if choice.startswith("adopt:"):
        adopted = RecordKey(key.entity, choice.removeprefix("adopt:"))
        if work.evidence.now.record(adopted) is None:
            raise WrongUse(f"{adopted} is not there now, so it cannot be adopted.", do="Adopt a record that stands.")
        work.adopted[key] = adopted
        work.findings.append(
            Note(
                code="adopted",
                record=str(key),
                label=work.label(key, before),
                what=f"{adopted} is adopted in its place, by decision.",
            )
        )
        return True
    if choice == "recreate":
        return False
    for record in work.evidence.now.records([key.entity]):
        if work.evidence.origin_key(record.key) != record.key or work.evidence.before.record(record.key) is not None:
            continue
        if work.scope.names(record.key, work.evidence):
            continue
        if looks_alike(before, record.body):
            work.conflicts.append(
                Note(
                    code="look_alike",
                    record=str(key),
                    label=work.label(key, before),
                    what=f"{record.label} ({record.key}) looks like the same record keyed again: adopt:{record.key.id}, recreate or keep.",
                    values={"adopt": record.key.id},
                )
            )
            return True
    return False
