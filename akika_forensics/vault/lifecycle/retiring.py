"""Dropping the snapshots that a retention rule does not keep: what would go, to the byte, and doing exactly that.

The entries of dropped snapshots stay in the chain. What goes is their controls, their manifests, and every record version
and attached file that no kept snapshot holds; parts that hold some of them are written again without.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import polars as pl

from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.lifecycle import bases, compaction, merging
from akika_forensics.vault.lifecycle.bases import Standing
from akika_forensics.vault.lifecycle.holding import holds_of
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.lifecycle.rearranging import Rearrangement
from akika_forensics.vault.lifecycle.retention import Candidate, Decision, decide
from akika_forensics.vault.lifecycle.workshop import Progress, Told, Workshop
from akika_forensics.vault.snapshots import acts, attachments, frames, steps
from akika_forensics.vault.snapshots.commits import Commit, SnapshotInfo
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf
from akika_forensics.vault.storage import locking


@dataclass(frozen=True)
class Retirement:
    """What a retention rule does to one company (its pseudonym).

    ``dropped`` are snapshots, oldest first. ``versions`` record versions of ``payload_bytes`` in all go with them;
    ``rewritten`` are the files in which they lie together with others, which are written again without them.
    ``files`` go, those included; ``manifests`` {commit: commit that it follows with its new manifest, None for none}.
    """

    company: str
    rule: str
    decision: Decision
    dropped: tuple[SnapshotInfo, ...]
    versions: int
    payload_bytes: int
    files: tuple[StoredFile, ...]
    rewritten: tuple[str, ...]
    manifests: dict[int, int | None]
    gone: pl.DataFrame = field(compare=False, repr=False)

    @property
    def bytes(self) -> int:
        """Of the files that go."""
        return sum(file.length for file in self.files)


def plan(
    workshop: Workshop, company: str, policy: Policy, *, protected: Collection[str] = (), now: datetime
) -> Retirement:
    """What the rule would drop now. Writes nothing. Raises VaultDamaged."""
    shelf = workshop.shelf
    commits = shelf.commits(company)
    decision = decide(
        [
            Candidate(one.info.id, one.seq, company, one.info.taken_at, one.info.complete, one.info.scoped)
            for one in commits
        ],
        policy,
        holds=holds_of(workshop),
        protected=protected,
        now=now,
    )
    kept = [one for one in commits if one.info.id in decision.kept]
    dropped = [one for one in commits if one.info.id not in decision.kept]
    held = shelf.holdings
    standing = [Standing(one.seq, held.base(one), one.seq in held.manifests) for one in commits]
    manifests = bases.cut(standing, {one.seq for one in kept}, bases.LISTS_IN_A_ROW) if dropped else {}
    gone = _gone(shelf, company, kept) if dropped else _nothing()
    touched = [part for part in compaction.parts_of(shelf, company).values() if part.index in set(gone["part"])]
    paths = _paths(shelf, dropped, kept, manifests, touched)
    return Retirement(
        company,
        str(policy),
        decision,
        tuple(one.info for one in dropped),
        len(gone),
        int(gone["length"].sum()),
        tuple(shelf.file(path) for path in sorted(paths)),
        tuple(part.index for part in touched if _left(part, gone)),
        manifests,
        gone,
    )


def retire(
    workshop: Workshop,
    company: str,
    policy: Policy,
    *,
    protected: Collection[str] = (),
    now: datetime,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Retirement:
    """Do what `plan` says. One commit, or none when nothing is to be dropped.

    Raises VaultLocked, VaultDamaged, StorageFailed, Interrupted, Refused where the member may only add.
    """
    told = Told(progress, should_stop)
    workshop.require_full()
    with locking.held(workshop.lock, "retention"):
        workshop.shelf.refresh()
        planned = plan(workshop, company, policy, protected=protected, now=now)
        if planned.dropped:
            _apply(workshop, planned, told)
    return planned


def _apply(workshop: Workshop, planned: Retirement, told: Told) -> None:
    shelf, company = workshop.shelf, planned.company
    commits = {one.seq: one for one in shelf.commits(company)}
    dropped = {info.id for info in planned.dropped}
    with Rearrangement(workshop, company, told) as work:
        manifests: dict[str, acts.Moved] = {}
        told.begin("Writing lists of records", len(planned.manifests))
        for number, base in planned.manifests.items():
            before = None if base is None else shelf.state(commits[base])
            rows = steps.listing(before, shelf.state(commits[number]), commits[number].numbers)
            path = "" if rows.is_empty() else work.batch.frame("index", rows, level=merging.LEVEL)
            manifests[str(number)] = acts.Moved(path=path, base=base)
            told.rows(1)
        for part in compaction.parts_of(shelf, company).values():
            gone = planned.gone.filter(pl.col("part") == part.index)
            if not gone.is_empty():
                work.merge([part], gone.select(frames.VERSION))
        leaves = work.leaves()
        for file in planned.files:
            work.retire(file.path)
        act = acts.Retention(
            pseudonym=company,
            parts=work.parts,
            leaves=leaves,
            key_table="",
            dropped=[one.seq for one in commits.values() if one.info.id in dropped],
            manifests=manifests,
            policy=planned.rule,
        )
        work.commit(act)


def _nothing() -> pl.DataFrame:
    schema = {name: frames.INDEX[name] for name in (*frames.VERSION, "length")}
    return pl.DataFrame(schema={**schema, "part": pl.String})


def _gone(shelf: Shelf, company: str, kept: Iterable[Commit]) -> pl.DataFrame:
    """The record versions that no kept snapshot holds, with the part (path of its index) in which each lies."""
    needed = pl.DataFrame(schema={name: frames.INDEX[name] for name in frames.VERSION})
    for one in kept:
        needed = pl.concat([needed, shelf.state(one).select(frames.VERSION)]).unique()
    found = [_nothing()]
    for part in compaction.parts_of(shelf, company).values():
        rows = shelf.index_of(company, part).select(*frames.VERSION, "length")
        found.append(rows.join(needed, on=frames.VERSION, how="anti").with_columns(part=pl.lit(part.index)))
    return pl.concat(found).sort(frames.VERSION)


def _left(part: Part, gone: pl.DataFrame) -> bool:
    return part.rows > len(gone.filter(pl.col("part") == part.index))


def _paths(
    shelf: Shelf,
    dropped: Sequence[Commit],
    kept: Sequence[Commit],
    manifests: Collection[int],
    touched: Iterable[Part],
) -> set[str]:
    """The files that go, but for key tables and leaves, which are written again whatever happens."""
    paths = {path for part in touched for path in part.paths}
    for one in dropped:
        paths |= {*_manifests(shelf, one), *one.text.controls.values()} | ({one.text.roll} - {""})
    for one in kept:
        if one.seq in manifests:
            paths |= _manifests(shelf, one)
    for needed in (attachments.lists, partial(attachments.blobs, shelf)):
        paths |= needed(dropped) - needed(kept)
    return paths


def _manifests(shelf: Shelf, commit: Commit) -> set[str]:
    """The manifest in use of a snapshot, if it has one."""
    return {shelf.holdings.manifest(commit)} & shelf.standing.files.keys()
