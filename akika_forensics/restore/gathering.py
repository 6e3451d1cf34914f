"""The work of a plan gathered: from the records in scope until nothing is missing or a person has to decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import Action
from akika_forensics.restore.drawing_in import draw_in
from akika_forensics.restore.evidence import Evidence, needed_links
from akika_forensics.restore.judging import judge_record
from akika_forensics.restore.scope import Scope
from akika_forensics.restore.work import Work


def gather(evidence: Evidence, scope: Scope, decisions: Mapping[str, str]) -> Work:
    """All items of a plan and everything that is not written. Raises WrongUse for a decision that is none."""
    work = Work(evidence, scope, decisions)
    candidates = scope.candidates(evidence)
    _check_decisions(work)
    for key, why in candidates.items():
        judge_record(work, key, why, named=scope.names(key, evidence))
    done: set[RecordKey] = set()
    while pending := [key for key in work.items if key not in done]:
        for key in pending:
            done.add(key)
            if key in work.items:
                draw_in(work, work.items[key])
    _guard_removals(work)
    _name_shortfalls(work)
    return work


def _check_decisions(work: Work) -> None:
    for text, choice in work.decisions.items():
        RecordKey.parse(text)
        if choice.partition(":")[0] not in {"restore", "keep", "recreate", "adopt"}:
            raise WrongUse(f"{choice!r} is not a decision.", do="Decide with restore, keep, recreate or adopt:ID.")


def _name_shortfalls(work: Work) -> None:
    """What hung on a record and will not hang on it again makes the record differ: said before anyone approves."""
    for item in work.items.values():
        if item.action is not Action.RECREATE:
            continue
        if (item.wanted or {}).get("BillableStatus") == "HasBeenBilled":
            item.shortfalls.append("it comes back as billable; only its invoice makes it billed")
        for dependent in work.evidence.dependents_before(item.key):
            if dependent not in work.items:
                label = work.label(dependent, work.evidence.before_body(dependent))
                item.shortfalls.append(f"{label} ({dependent}) does not hang on it again by this plan")


def _guard_removals(work: Work) -> None:
    removed = [key for key, item in work.items.items() if item.action is Action.REMOVE]
    hanging = work.evidence.dependents_now(removed)
    for key in removed:
        others = [other for other in hanging.get(key, ()) if other not in removed and not _lets_go(work, other, key)]
        if others and key in work.items:
            work.give_up(
                work.items[key],
                "has_dependents",
                f"{', '.join(map(str, others[:3]))} hangs on it and is not removed by this plan.",
            )


def _lets_go(work: Work, dependent: RecordKey, key: RecordKey) -> bool:
    """True when this plan changes a live record so that it no longer hangs on the one to be removed."""
    item = work.items.get(work.evidence.origin_key(dependent))
    return item is not None and item.wanted is not None and not _cites(item.wanted, dependent, key)


def _cites(body: dict[str, Any], dependent: RecordKey, key: RecordKey) -> bool:
    return any(link.target == key for link in needed_links(dependent.entity, body))
