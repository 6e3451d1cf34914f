"""What can be mended, found out without changing anything: each step is tried on a view of the vault and judged by verify.

Nothing is invented. A file is taken from a copy only where it is the one that was signed, an entry only where signature
and links let it stand; the marker is made again only to the byte; what nothing vouches for is taken away, and what belongs
to no vault at all is left to a person to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.vault import layout
from akika_forensics.vault.chains import marker
from akika_forensics.vault.chains.heads import HeadStore
from akika_forensics.vault.checks import plain
from akika_forensics.vault.checks.effort import Effort
from akika_forensics.vault.checks.findings import DAMAGE, NOTICE, Finding
from akika_forensics.vault.checks.inspection import Inspection
from akika_forensics.vault.checks.verify import check_outside, remembered
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.mending import marker_again
from akika_forensics.vault.mending.overlay import Overlay
from akika_forensics.vault.mending.steady import Steady
from akika_forensics.vault.storage import Backend

type Action = Literal["restore", "make", "remove"]
type Progress = Callable[[str, int, int], None]

RESTORE: Final = "restore"
MAKE: Final = "make"
REMOVE: Final = "remove"

_YOUNG_SECONDS: Final = 3600
"""A file younger than this may be one that another process is just writing, before anything vouches for it."""

_CHAINED: Final = frozenset({"entry", "signature"})
_OURS: Final = _CHAINED | layout.VOUCHED | {"slot", "temporary"}


@dataclass(frozen=True)
class Step:
    """One thing to be done to one file, and why."""

    action: Action
    path: str
    why: str


@dataclass(frozen=True)
class Survey:
    """``lost``: what is still damaged when all steps are done. ``young``: left-overs that may still be being written.

    ``strangers``: files of no vault. ``files``: what was signed about the files that the steps restore;
    ``taken``: the bytes of those of which nothing was, as they were judged.
    """

    vault: str
    steps: tuple[Step, ...]
    lost: tuple[Finding, ...]
    young: tuple[Finding, ...]
    strangers: tuple[Finding, ...]
    made: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    taken: dict[str, bytes] = field(default_factory=dict)


class _Only(Effort):
    """Looks at the bytes of some files only."""

    def __init__(self, paths: frozenset[str]) -> None:
        super().__init__()
        self._paths = paths

    def reads(self, file: StoredFile, backend: Backend) -> bool:
        del backend
        return file.path in self._paths


def survey(
    ours: Backend,
    *,
    heads: HeadStore,
    copy: Backend | None = None,
    progress: Progress | None = None,
    spared: Collection[str] = (),
) -> Survey:
    """``copy``: another copy of the same vault, of whatever age and soundness; ``spared``: files that are no left-overs,
    though nothing vouches for them.

    Raises WrongUse when there is no vault, or the copy is of another one.
    """
    told = progress or _silent
    copy = Steady(copy) if copy is not None else None
    first = _look(ours, heads, Effort(), told)
    damaged = frozenset(first.damaged)
    taken = _restorable(ours, copy, heads, first) if copy is not None else frozenset()
    made = _marker(first) if layout.MARKER in damaged - taken else {}
    fixed = taken | made.keys()
    view = Overlay(ours, copy=copy, taken=taken, made=made)
    after = _look(view, heads, _Only(fixed | damaged), told)
    reasons = {one.path: one.what for one in first.findings if one.severity == DAMAGE}
    steps = [Step(MAKE if path in made else RESTORE, path, reasons.get(path, "It is missing here, and the copy has it."))
             for path in sorted(fixed, key=_order)]  # fmt: skip
    young: list[Finding] = []
    for one in after.findings:
        if (
            one.path in spared
            or one.severity != NOTICE
            or one.path not in after.paths
            or layout.place_of(one.path).kind not in _OURS
        ):
            continue
        if one.path in after.retired or ours.age(one.path) > _YOUNG_SECONDS:
            steps.append(Step(REMOVE, one.path, one.what))
        else:
            young.append(one)
    remaining = [one for one in after.findings if one.severity == DAMAGE]
    strangers = [one for one in remaining if _is_stranger(after, one)]
    return Survey(
        after.vault or "",
        tuple(steps),
        tuple(one for one in remaining if one not in strangers),
        tuple(young),
        tuple(strangers),
        made,
        {path: after.listed[path] for path in fixed if path in after.listed},
        {path: copy.read(path) for path in taken if path not in after.listed} if copy is not None else {},
    )


def _look(backend: Backend, heads: HeadStore, effort: Effort, progress: Progress) -> Inspection:
    known = remembered(backend, heads)
    inspection = plain.inspect(backend, progress, effort)
    check_outside(inspection, heads, known, None, None)
    return inspection


def _restorable(ours: Backend, copy: Backend, heads: HeadStore, first: Inspection) -> frozenset[str]:
    """The largest set of files of the copy with which nothing is damaged that was not, and which are needed and sound."""
    mine = frozenset(first.paths)
    theirs = frozenset(path for path in copy.list() if layout.place_of(path).kind in _OURS - {"temporary"})
    theirs = frozenset(path for path in theirs if copy.odd(path) is None)
    _require_same(first, copy, theirs)
    damaged = theirs & first.damaged | _beside(first.damaged, theirs)
    absent = frozenset(path for path in theirs - mine if layout.place_of(path).kind != "slot")
    files_only = frozenset(path for path in damaged if layout.place_of(path).kind not in _CHAINED)
    for candidates in (damaged | absent, damaged, files_only):
        found = _settled(ours, copy, heads, first, candidates)
        if found is not None:
            return found
    return frozenset()


def _settled(
    ours: Backend, copy: Backend, heads: HeadStore, first: Inspection, candidates: frozenset[str]
) -> frozenset[str] | None:
    """Those of the candidates that are good for something; None when they would damage what was not."""
    while True:
        after = _look(Overlay(ours, copy=copy, taken=candidates), heads, _Only(candidates), _silent)
        notices = {one.path for one in after.findings if one.severity == NOTICE}
        good = frozenset(
            path
            for path in candidates
            if path not in after.damaged | notices
            and (path in after.listed or layout.place_of(path).kind in _CHAINED | {"slot", "marker"})
        )
        if good == candidates:
            return None if after.damaged - first.damaged else _different(ours, copy, candidates)
        candidates = good


def _different(ours: Backend, copy: Backend, paths: frozenset[str]) -> frozenset[str]:
    """Without small files that are the same on both sides."""
    return frozenset(
        path for path in paths if layout.place_of(path).kind not in _CHAINED or _read(ours, path) != copy.read(path)
    )


def _read(backend: Backend, path: str) -> bytes | None:
    if backend.odd(path):
        return None
    try:
        return backend.read(path)
    except FileNotFoundError:
        return None


def _beside(damaged: Iterable[str], theirs: frozenset[str]) -> frozenset[str]:
    """Entries and signatures under the numbers where one of the two is damaged: nobody can say which of them it was."""
    numbers = {(place.chain, place.seq) for place in map(layout.place_of, damaged) if place.kind in _CHAINED}
    places = ((path, layout.place_of(path)) for path in theirs)
    return frozenset(path for path, place in places if place.kind in _CHAINED and (place.chain, place.seq) in numbers)


def _require_same(first: Inspection, copy: Backend, theirs: frozenset[str]) -> None:
    if not any(layout.place_of(path).kind in ("marker", "keyring", "entry") for path in theirs):
        raise WrongUse(
            "There is no vault in the place of the copy.", do="Give the folder of another copy of this vault."
        )
    try:
        found = marker.read(copy.read(layout.MARKER)).vault
    except (FileNotFoundError, VaultDamaged):
        return  # every file is looked at by itself
    if first.vault is not None and found != first.vault:
        raise WrongUse("The copy is of another vault.", do="Give another copy of this one.")


def _marker(first: Inspection) -> dict[str, bytes]:
    begin = first.chains.get(layout.COMMITS, {}).get(0)
    signed = first.listed.get(layout.MARKER)
    if begin is None or signed is None or not begin.public:
        return {}
    found = marker_again.make(signed, vault=begin.plain.vault, founder=begin.public, at=begin.plain.at)
    return {layout.MARKER: found} if found is not None else {}


def _is_stranger(after: Inspection, finding: Finding) -> bool:
    path = finding.path
    return path in after.paths and path not in after.listed and layout.place_of(path).kind not in _CHAINED | {"slot"}


def _order(path: str) -> tuple[int, str]:
    """As a writer would: what an entry vouches for, its signature, the entry; the marker last."""
    kind = layout.place_of(path).kind
    return {"signature": 1, "entry": 2, "marker": 3}.get(kind, 0), path


def _silent(what: str, done: int, total: int) -> None:
    del what, done, total
