"""What a snapshot of some records carries along of the last capture of everything, for the next one to go on from. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from akika_forensics.capture import incremental
from akika_forensics.capture.attachables import only_files_lack
from akika_forensics.model.record import RecordKey

SCOPED: Final = "scoped"
"""The kind of a capture of some records, in its fence."""

_CARRIED: Final = "carried"
_NAMES_GONE: Final = "names_gone"


class Described(incremental.Described, Protocol):
    """What is asked of a snapshot's description; the vault's SnapshotInfo is one."""

    @property
    def findings(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The last capture of everything behind a snapshot: its id, whether its records were whole, and its fence."""

    id: str
    complete: bool
    fence: dict[str, Any]


def standing(info: Described, *, files_known: bool = True) -> Standing | None:
    """The capture of everything that stands behind a snapshot: itself, unless it is one of some records.

    ``files_known``: which attached files it lacks can be told, so that they alone do not make it less to go on from.

    What it does not hold as of then it holds of later, so that all that changed since that capture's fence brings it up to
    date. None where nothing was carried over.
    """
    if info.fence.get("kind") != SCOPED:
        whole = info.complete or (files_known and only_files_lack(info.findings))
        return Standing(info.id, whole, info.fence)
    row = info.fence.get(_CARRIED)
    if not isinstance(row, Mapping) or not isinstance(row.get("fence"), Mapping):
        return None
    return Standing(str(row.get("snapshot")), row.get("complete") is True, dict(row["fence"]))


def carried(base: Described, names_gone: Iterable[RecordKey] = ()) -> dict[str, Any]:
    """The part of the fence of a capture of some records that tells what it was put upon.

    ``names_gone``: names that it took out. Once they are out no count tells of them any more, and what cited them may cite
    others since, without a sign.
    """
    behind = standing(base)
    if behind is None:
        return {}
    row = {"snapshot": behind.id, "complete": behind.complete, "fence": behind.fence}
    gone = sorted({*names_taken_out(base), *map(str, names_gone)})
    return {_CARRIED: {**row, _NAMES_GONE: gone} if gone else row}


def names_taken_out(info: Described) -> tuple[str, ...]:
    """The names that captures of some records took out since the last capture of everything, as ``Vendor:17``."""
    row = info.fence.get(_CARRIED) if info.fence.get("kind") == SCOPED else None
    gone = row.get(_NAMES_GONE) if isinstance(row, Mapping) else None
    return tuple(str(one) for one in gone) if isinstance(gone, list) else ()
