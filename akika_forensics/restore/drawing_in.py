"""What a record needs (an inactive customer, a deleted estimate) and what hung on it (the payments of an invoice).

Each is drawn into the work in turn; a record whose need cannot be met is given up, and so is what needs it.
"""

from __future__ import annotations

from typing import Any

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import Link, path_steps
from akika_forensics.restore.document import Action, Note
from akika_forensics.restore.evidence import needed_links, written_links
from akika_forensics.restore.judging import judge_record
from akika_forensics.restore.projection import same
from akika_forensics.restore.work import Item, Work


def draw_in(work: Work, item: Item) -> None:
    """Add to ``work`` what the item needs and, where it is made anew, what hung on it; or give the item up."""
    if item.action in {Action.REMOVE, Action.DEACTIVATE}:
        return
    for link in needed_links(item.key.entity, _to_be_sent(item)):
        if not _resolve(work, item, link):
            return
    if item.action is Action.RECREATE:
        for dependent in work.evidence.dependents_before(item.key):
            _relink(work, item, dependent)


def _to_be_sent(item: Item) -> dict[str, Any]:
    wanted = item.wanted or {}
    if item.action is Action.RECREATE or not CATALOGUE[item.key.entity].can("sparse"):
        return wanted
    return {name: wanted[name] for name in item.fields if name in wanted}


def _resolve(work: Work, item: Item, link: Link) -> bool:
    """Make sure that a cited record will be there. False when the item was given up."""
    target = link.target
    if target is None:
        return work.give_up(
            item,
            "unreadable_reference",
            f"It cites a {link.name or 'record'} at {link.path} that the API cannot read.",
        )
    if link.by_code:
        return True
    origin = work.evidence.origin_key(target)
    if origin in work.items:
        other = work.items[origin]
        if other.action in {Action.REMOVE, Action.DEACTIVATE}:
            return work.give_up(item, "needs_removed", f"It needs {other.label}, which this plan removes.")
        item.needs.add(origin)
        return True
    if origin in work.adopted:
        return True
    now = work.evidence.now.record(work.evidence.live_key(target))
    if now is not None:
        if now.body.get("Active", True) is False:
            return _wake(work, item, origin)
        return True
    before = work.evidence.before_body(origin)
    if before is None:
        return work.give_up(item, "dangling", f"It cites {target} at {link.path}, which is in neither state.")
    judge_record(work, origin, f"{item.label} needs it", named=True)
    if origin in work.items:
        item.needs.add(origin)
        return True
    if origin in work.adopted:
        return True
    return work.give_up(
        item,
        "needs_missing",
        f"It needs {work.label(origin, before)} ({origin}), which is gone and cannot be made again without a decision.",
    )


def _wake(work: Work, item: Item, key: RecordKey) -> bool:
    before = work.evidence.before_body(key)
    if before is None or before.get("Active", True) is False:
        return work.give_up(
            item,
            "inactive_before",
            f"It needs {key}, which was inactive before as well; QuickBooks refuses references to inactive records.",
        )
    judge_record(work, key, f"{item.label} needs it to be active", named=True)
    if key not in work.items:
        return work.give_up(item, "inactive", f"It needs {key}, which is inactive.")
    item.needs.add(key)
    return True


def _relink(work: Work, item: Item, dependent: RecordKey) -> None:
    """What hung on a recreated record and lost its link is linked again; what is gone too is named."""
    if dependent in work.items:
        work.items[dependent].needs.add(item.key)
        return
    before, now = work.evidence.before_body(dependent), work.evidence.now_body(dependent)
    if before is None:
        return
    label = work.label(dependent, before)
    if now is None:
        work.findings.append(
            Note(
                code="dependent_gone",
                record=str(dependent),
                label=label,
                what=f"It hung on {item.label} and is gone too; it is not in the scope of this plan.",
            )
        )
        return
    if same(dependent.entity, before, now):
        _point_anew(work, item, dependent, now)
        return
    judge_record(work, dependent, f"it hung on {item.label}", named=True)
    added = work.items.get(dependent)
    if added is not None and added.action is Action.REVERT:
        added.action = Action.RELINK
        added.needs.add(item.key)


def _point_anew(work: Work, item: Item, dependent: RecordKey, now: dict[str, Any]) -> None:
    """What QuickBooks left pointing at the Id that is gone (an attachment, say) is pointed at the new one."""
    paths = [link.path for link in written_links(dependent.entity, now) if link.target == item.key]
    if not paths:
        return
    fields = tuple(dict.fromkeys(str(path_steps(path)[0]) for path in paths))
    reason = f"It still points at the Id {item.label} had. In scope: it hung on {item.label}."
    work.items[dependent] = Item(dependent, Action.RELINK, now, now, fields, reason, needs={item.key})
