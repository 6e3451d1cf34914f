"""From the situation of one record to what should be done about it.

Three versions decide: ``before`` (the state to go back to), ``after`` (the first state after the incident,
when there is one) and ``now``. Pure: values in, a verdict out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from akika_forensics.model.catalogue import CATALOGUE, Delete
from akika_forensics.restore.projection import BLOCK, differing, same


class Verdict(StrEnum):
    NOTHING = "nothing"
    FOLLOWS = "follows"
    LATER_WORK = "later work"
    RECREATE = "recreate"
    REVERT = "revert"
    REACTIVATE = "reactivate"
    REMOVE = "remove"
    DEACTIVATE = "deactivate"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Situation:
    """The verdict with its reason in one plain sentence; ``fields`` are the top-level fields to put back."""

    verdict: Verdict
    reason: str
    fields: tuple[str, ...] = ()


Body = dict[str, Any]


def judge(
    entity: str, before: Body | None, after: Body | None, now: Body | None, *, has_after: bool, named: bool
) -> Situation:
    """Decide for one record. ``named`` = the scope names this very record, or the import it belongs to."""
    if before is None:
        return _not_in_before(entity, after, now, has_after=has_after, named=named)
    if now is None:
        return _gone(entity, before, after, has_after=has_after)
    if _active(before) and not _active(now):
        return _inactive_now(entity, before, after, now, has_after=has_after)
    if not _active(before) and _active(now):
        return Situation(Verdict.ASK, "It was inactive before and is active now; someone may need it.")
    return _changed(entity, before, after, now, has_after=has_after)


def _not_in_before(entity: str, after: Body | None, now: Body | None, *, has_after: bool, named: bool) -> Situation:
    if now is None:
        return Situation(Verdict.NOTHING, "It was not there before and is not there now.")
    if has_after and after is None:
        return Situation(Verdict.LATER_WORK, "It was made after the incident by ordinary work.")
    if not named:
        return Situation(
            Verdict.LATER_WORK, "It was added since; what was added is removed only when the scope names it."
        )
    if has_after and after is not None and not same(entity, after, now):
        changed = ", ".join(differing(entity, after, now))
        return Situation(Verdict.ASK, f"It was added by the incident and edited since ({changed}).")
    if CATALOGUE[entity].delete is Delete.HARD:
        return Situation(Verdict.REMOVE, "It was not there before; the scope names it for removal.")
    if not _active(now):
        return Situation(Verdict.NOTHING, "It was added since and is inactive already.")
    return Situation(Verdict.DEACTIVATE, "It was not there before; names cannot be deleted, so it is made inactive.")


def _gone(entity: str, before: Body, after: Body | None, *, has_after: bool) -> Situation:
    row = CATALOGUE[entity]
    if row.is_transaction and not row.can("create"):
        return Situation(Verdict.RECREATE, "It was there before and is gone.")
    if row.delete is not Delete.HARD:
        return Situation(
            Verdict.ASK, "It is gone although names cannot be deleted: it was probably merged into another."
        )
    if not has_after or after is None:
        return Situation(Verdict.RECREATE, "It was there before and is gone.")
    if same(entity, before, after):
        return Situation(Verdict.ASK, "It was deleted after the incident, perhaps rightly.")
    return Situation(Verdict.ASK, "The incident changed it and it was deleted afterwards.")


def _inactive_now(entity: str, before: Body, after: Body | None, now: Body, *, has_after: bool) -> Situation:
    if has_after and (after is None or _active(after)):
        return Situation(Verdict.ASK, "It was made inactive after the incident, perhaps rightly.")
    return Situation(
        Verdict.REACTIVATE, "It was active before and has been made inactive.", differing(entity, now, before)
    )


def _changed(entity: str, before: Body, after: Body | None, now: Body, *, has_after: bool) -> Situation:
    to_put_back = differing(entity, now, before)
    if not to_put_back:
        return Situation(Verdict.NOTHING, "It is as it was before.")
    if not has_after:
        return Situation(Verdict.REVERT, "It differs from the state before.", to_put_back)
    if after is None:
        return Situation(Verdict.ASK, "It was missing after the incident and is there now, not as before.")
    incident = differing(entity, before, after)
    later = differing(entity, after, now)
    if not incident:
        return Situation(
            Verdict.LATER_WORK, f"It was changed after the incident by ordinary work ({', '.join(later)})."
        )
    if not later:
        return Situation(Verdict.REVERT, "The incident changed it and nobody has since.", to_put_back)
    if set(incident) & set(later) or (set(incident) & BLOCK and set(later) & BLOCK):
        return Situation(
            Verdict.ASK,
            f"The incident changed {', '.join(incident)} and later work changed {', '.join(later)}: a person picks one.",
        )
    return Situation(
        Verdict.REVERT,
        f"The incident changed {', '.join(incident)}; later work on {', '.join(later)} is kept.",
        incident,
    )


def _active(body: Body) -> bool:
    return body.get("Active", True) is not False
