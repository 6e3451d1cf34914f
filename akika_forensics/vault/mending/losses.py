"""What of a vault is lost for good, said by the vault itself: a signed account, beside the commits, which stay as they are.

An account names the damaged files and what was in them, as far as that can still be told. From then on readers refuse
what was lost by name and give the rest, and a capture stores again what it meets again. Verify goes on calling the files
damaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from akika_forensics.errors import VaultDamaged
from akika_forensics.model import payload
from akika_forensics.model.formats import Format
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.checks.findings import Finding
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.reading.scan import readable
from akika_forensics.vault.snapshots import attachments, frames
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.shelf import Shelf
from akika_forensics.vault.storage import Backend

CHAIN: Final = "losses"
NAMESPACE: Final = "akika-losses"
LOSSES: Final = Format("akika-losses-", 1, "account of losses")
_FIELDS: Final = ("files", "snapshots", "closed", "documents")
KIND: Final = "losses"
"""Of the documents with every lost record by name, one a company; the entry has the numbers."""

type Put = Callable[[str, bytes, str], StoredFile]
"""Seals a document of a kind for a company (its pseudonym)."""


class Accounted:
    """Paths that the vault's accounts name, read once; empty for a member who may not read them."""

    def __init__(self, backend: Backend, chain: Callable[[], Chain]) -> None:
        self._backend = backend
        self._chain = chain
        self._paths: frozenset[str] | None = None
        self._more: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str]:
        return self.named | self._more

    @property
    def named(self) -> frozenset[str]:
        """Without those that are only assumed."""
        if self._paths is None:
            self._paths = self._read()
        return self._paths

    def assume(self, paths: Iterable[str]) -> None:
        """Take some paths for accounted for, while their account is being written."""
        self._more |= frozenset(paths)

    def account(self, shelf: Shelf, lost: Sequence[Finding], put: Put | None) -> dict[str, Any]:
        """What damaged files cost (`tally`), signed unless it is accounted for already, or ``put``, which seals the documents
        with every lost record, is None.
        """
        self.assume(one.path for one in lost)
        told = tally(shelf, lost)
        if put is not None and not {one.path for one in lost} <= self.named:
            owners = {commit.info.id: commit.pseudonym for commit in shelf.commits()}
            append(self._chain(), put, told, owners)
        return told

    def _read(self) -> frozenset[str]:
        if not self._backend.list(CHAIN):
            return frozenset()
        try:
            entries = self._chain().entries()
        except (VaultDamaged, NotAllowed):
            return frozenset()
        return frozenset(file["path"] for entry in entries for file in read(entry.body)["files"])


def read(told: Any) -> dict[str, Any]:
    """An account as it was stored. Raises NewerFormat, VaultDamaged."""
    return LOSSES.stored(told, _FIELDS)


def tally(shelf: Shelf, lost: Sequence[Finding]) -> dict[str, Any]:
    """What the damaged files cost, by snapshot; the shelf takes them for lost already.

    ``snapshots``: of each kept one its id, whether all of it can be read, its number of records, which of them are lost
    (None where the list of its records is lost itself), and its lost controls and attached files. ``closed``: commits
    of which nothing is known any more. ``documents``: other sealed files.
    """
    paths = {one.path for one in lost}
    snapshots = [_snapshot(shelf, commit, paths) for commit in shelf.commits()]
    known = {path for commit in shelf.holdings.commits.values() for path in commit.files}
    others = [path for path in sorted(paths) if layout.place_of(path).kind == "sealed" and path not in known]
    return {
        "files": [{"path": one.path, "what": one.what} for one in lost],
        "snapshots": snapshots,
        "closed": shelf.holdings.unexplained(),
        "documents": others,
    }


def append(chain: Chain, put: Put, told: dict[str, Any], owners: Mapping[str, str]) -> None:
    """Sign an account, durable when this returns. ``owners``: the company (its pseudonym) of each snapshot.

    The names of lost records are closed with their company: each has a document of its own.
    """
    documents = []
    for owner in sorted({owners[one["snapshot"]] for one in told["snapshots"]}):
        mine = [one for one in told["snapshots"] if owners[one["snapshot"]] == owner]
        documents.append(put(KIND, payload.encode(LOSSES.named({**told, "snapshots": mine})), owner))
    numbers = [
        {**one, "lost": None if one["lost"] is None else len(one["lost"]), "attached": len(one["attached"])}
        for one in told["snapshots"]
    ]
    chain.append(LOSSES.named({**told, "snapshots": numbers}), documents)


def _snapshot(shelf: Shelf, commit: Commit, paths: set[str]) -> dict[str, Any]:
    lost = _lost_records(shelf, commit)
    controls = sorted(name for name, path in commit.text.controls.items() if path in paths)
    attached = _lost_attached(shelf, commit, paths)
    return {
        "snapshot": commit.info.id,
        "digest": commit.info.digest,
        "whole": lost == [] and not controls and attached == [],
        "records": commit.info.records,
        "lost": lost,
        "controls": controls,
        "attached": attached,
    }


def _lost_records(shelf: Shelf, commit: Commit) -> list[str] | None:
    try:
        state = shelf.state(commit)
        left = readable(shelf, commit.pseudonym, state)
    except DamagedFile:
        return None
    return _names(state.join(left, on=frames.KEY, how="anti").sort(frames.KEY))


def _lost_attached(shelf: Shelf, commit: Commit, paths: set[str]) -> list[str]:
    try:
        listed = attachments.listed(shelf, commit)
    except DamagedFile:
        return ["all: their list is lost"]
    blobs = [layout.place_of(path).id for path in paths if layout.place_of(path).kind == "blob"]
    return _names(listed.filter(pl.col("blob").is_in(blobs)))


def _names(rows: pl.DataFrame) -> list[str]:
    return [f"{entity}:{name}" for entity, name in rows.select(*frames.KEY).iter_rows()]
