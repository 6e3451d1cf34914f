"""Which kind of capture is sound, and why; what a fence promises. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from akika_forensics.model.instants import format_instant, parse_instant

RULES: Final = 1
"""Number of the rules of capture: what is read, and what its being there means. A base of other rules is no base."""

FEED_REACHES: Final = timedelta(days=29)
"""How old the end of the base's fence may be. Source: QuickBooks API, change data capture: 30 days; a day is ours."""

WHOLE_EVERY: Final = timedelta(days=30)
"""After so long every record is read again, for what the service changes without saying so to anybody."""

MARGIN: Final = timedelta(seconds=10)
"""How far back each reading reaches before the last: changes are stamped before they can be seen, in whole seconds."""

FULL: Final = "full"
INCREMENTAL: Final = "incremental"


class Described(Protocol):
    """What is decided by of the snapshot before; the vault's SnapshotInfo is one."""

    @property
    def id(self) -> str: ...
    @property
    def complete(self) -> bool: ...
    @property
    def fence(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """``since`` is None for a full capture; ``why``: what speaks against an incremental one, a sentence each.

    ``whole_at`` is when every record was read last, None for a full capture, which reads them now.
    """

    kind: str
    base: str | None = None
    since: datetime | None = None
    whole_at: datetime | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """Every body of an entity was live at some moment from ``begin`` to ``end``."""

    begin: datetime
    end: datetime
    by: str

    def as_dict(self) -> dict[str, str]:
        return {"from": format_instant(self.begin), "to": format_instant(self.end), "by": self.by}


def decide(
    before: Described | None, *, full: bool, now: datetime, lost: bool = False, merged: Sequence[str] = ()
) -> Decision:
    """The kind of a capture that begins at the server time ``now``, after the company's snapshot ``before``.

    ``lost``: some records of it cannot be read any more, by the vault's account of losses. ``merged``: names that were taken out of it
    because they were gone.
    """
    if before is None:
        return Decision(FULL, why=("It is the first of this company.",))
    if full:
        return Decision(FULL, why=("It was asked for.",))
    fence = before.fence
    until, whole_at = _instant(fence.get("to")), _instant(fence.get("whole_at"))
    why = []
    if not before.complete:
        why.append(f"Snapshot {before.id}, the one before, is not complete.")
    if fence.get("kind") == "scoped":
        why.append(f"Snapshot {before.id}, the one before, holds a few records alone.")
    elif fence.get("rules") != RULES or until is None or whole_at is None or not _entities(fence):
        why.append(f"Snapshot {before.id}, the one before, was captured by other rules.")
    if until is not None and not timedelta(0) <= now - until + MARGIN:
        why.append("The company's clock went back.")
    if until is not None and now - until > FEED_REACHES:
        why.append(f"Snapshot {before.id}, the one before, is older than the change feed reaches.")
    if whole_at is not None and now - whole_at > WHOLE_EVERY:
        why.append(f"Every record was read last on {whole_at:%Y-%m-%d}, {WHOLE_EVERY.days} days ago or more.")
    if merged:
        why.append(
            f"{', '.join(merged[:3])} {'is' if len(merged) == 1 else 'are'} gone, and names cannot be deleted: merged into "
            "others, which changes records that cite them without a sign."
        )
    if lost:
        why.append(f"Records of snapshot {before.id}, the one before, are lost.")
    if why:
        return Decision(FULL, why=tuple(why))
    return Decision(INCREMENTAL, before.id, until, whole_at)


def _entities(fence: Mapping[str, Any]) -> Mapping[str, Any]:
    found = fence.get("entities")
    return found if isinstance(found, Mapping) else {}


def covered(fence: Mapping[str, Any]) -> dict[str, str]:
    """How a fence says that it knows the changes of each entity: ``feed``, ``search`` or ``list``."""
    return {name: str(row.get("by")) for name, row in _entities(fence).items() if isinstance(row, Mapping)}


def intervals(fence: Mapping[str, Any]) -> dict[str, Interval]:
    """What a fence says of each entity; what it does not say in full is left out."""
    found: dict[str, Interval] = {}
    for name, row in _entities(fence).items():
        if isinstance(row, Mapping):
            begin, end = _instant(row.get("from")), _instant(row.get("to"))
            if begin is not None and end is not None:
                found[name] = Interval(begin, end, str(row.get("by")))
    return found


def _instant(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        return parse_instant(text)
    except ValueError:
        return None
