"""Closing a company for ever: its keys go, and with them whatever they open. The entries stay, signed.

What this cannot do: call back copies. A copy of the vault, or an older version in a bucket, that still holds the key
tables opens with the keys of its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from akika_forensics.errors import WrongUse
from akika_forensics.model import instants
from akika_forensics.vault import documents as sealed_documents
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.lifecycle import holding
from akika_forensics.vault.lifecycle.workshop import Workshop, remove, remove_left_over
from akika_forensics.vault.snapshots import acts
from akika_forensics.vault.snapshots.commits import SNAPSHOT
from akika_forensics.vault.storage import locking


class Deletable(Protocol):
    """What is no part of a commit, such as a slot."""

    def delete(self) -> None: ...


@dataclass(frozen=True)
class Estate:
    """What goes with a company (its pseudonym): snapshots by their ids, files with their bytes, chains by name."""

    company: str
    snapshots: tuple[str, ...]
    commits: tuple[int, ...]
    files: tuple[str, ...]
    bytes: int
    chains: tuple[str, ...]


@dataclass(frozen=True)
class ErasedCompany:
    """A company that was erased: when, why, and how many commits are closed since."""

    at: datetime
    company: str
    commits: int
    reason: str


def estate(workshop: Workshop, company: str, *, documents: Iterable[str] = (), chains: Iterable[str] = ()) -> Estate:
    """What `erase` would take. ``documents`` and ``chains`` (paths, names) belong to the company beside its snapshots; so does
    every document under its key, whichever chain vouches for it.

    Raises WrongUse when the vault holds nothing of it.
    """
    shelf = workshop.shelf
    shelf.refresh()
    mine = [commit for commit in shelf.holdings.commits.values() if commit.pseudonym == company]
    closed = shelf.holdings.erased.keys()
    commits = [commit for commit in mine if commit.seq not in closed]
    if not commits:
        raise WrongUse("The vault holds nothing of this company.", means="There is nothing to be erased.")
    files = {path for path in shelf.keychain.tables(company) if path in shelf.standing.files}
    for link in workshop.commits.links():
        if _is_of(workshop, company, link.plain.seq):
            files |= {file.path for file in link.plain.files if file.path in shelf.standing.files}
    size = sum(shelf.standing.files[path].length for path in files)
    kept = {commit.seq for commit in shelf.holdings.kept(company)}
    return Estate(
        company,
        tuple(commit.info.id for commit in commits if commit.seq in kept),
        tuple(sorted(commit.seq for commit in commits)),
        tuple(sorted({*files, *documents, *_sealed_for(workshop, company)})),
        size,
        tuple(sorted(chains)),
    )


def erase(
    workshop: Workshop,
    company: str,
    reason: str,
    *,
    named: str,
    documents: Iterable[str] = (),
    chains: Iterable[str] = (),
    slots: Sequence[Deletable] = (),
) -> Estate:
    """Erase a company: one commit, durable when this returns, after which nothing of it opens any more.

    ``slots`` (connection, tokens, the draft of a capture) are deleted before, so that whatever stops this, no token outlives its company.
    Raises Refused under a legal hold and where the member may only add; WrongUse, VaultLocked, StorageFailed.
    """
    if not reason.strip():
        raise WrongUse("Erasing a company has a reason.", do="Give it with --reason.")
    workshop.require_full()
    with locking.held(workshop.lock, "erasure"):
        going = estate(workshop, company, documents=documents, chains=chains)
        holding.refuse(holding.holds_of(workshop), company, going.snapshots, named=named)
        remove_left_over(workshop.shelf.backend, workshop.shelf.standing)
        for slot in slots:
            slot.delete()
        act = acts.Erasure(company, list(going.commits), list(going.chains), reason.strip())
        workshop.commits.append(
            acts.body(act),
            retired=going.files,
            expected=workshop.shelf.holdings.taken,
            witness=workshop.witness(),
        )
        remove(workshop.shelf.backend, going.files)
        workshop.shelf.refresh()
    return going


def erased(workshop: Workshop) -> tuple[ErasedCompany, ...]:
    """The companies that were erased, oldest first."""
    workshop.shelf.refresh()
    links = workshop.commits.links()
    return tuple(
        ErasedCompany(instants.parse_instant(links[seq].plain.at), act.pseudonym, len(act.commits), act.reason)
        for seq, act in sorted(workshop.shelf.holdings.erasures.items())
    )


def _sealed_for(workshop: Workshop, company: str) -> Iterator[str]:
    """Documents that commits do not vouch for and that open by a key of this company alone; one that is damaged stays, and
    is called so.
    """
    shelf = workshop.shelf
    own = shelf.keychain.document_keys(company)
    for path in shelf.backend.list("documents"):
        if layout.place_of(path).kind != "sealed" or path in shelf.standing.files or path in shelf.standing.retired:
            continue
        with suppress(FileNotFoundError, DamagedFile, sealed_documents.Erased):
            content = shelf.backend.read(path)
            if sealed_documents.check(path, content)[0].key in own:
                sealed_documents.open_document(shelf.keyring, path, content, shelf.find)
                yield path


def _is_of(workshop: Workshop, company: str, seq: int) -> bool:
    """Whether a commit is of this company; those that are closed already belong to an earlier life of it, or another."""
    if seq in workshop.shelf.holdings.closed:
        return False
    entry = workshop.commits.open(workshop.commits.links()[seq])
    if entry.body.get("kind") == SNAPSHOT:
        return bool(entry.body.get("pseudonym") == company)
    act = acts.read(entry)
    return isinstance(act, acts.Compaction | acts.Retention) and act.pseudonym == company
