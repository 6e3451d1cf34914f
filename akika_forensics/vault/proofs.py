"""What an open vault gives out to be proved elsewhere: one record alone, and time stamps on its history."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from akika_forensics.errors import ServiceError, WrongUse
from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries, stamps
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.entries import Link
from akika_forensics.vault.chains.stamps import Stamp, StampAuthority, StampRejected
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.snapshots import disclosure, frames, leaves, merkle, stored_payloads
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.disclosure import Disclosure, Signed
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf
from akika_forensics.vault.storage import Backend


@dataclass(frozen=True, slots=True)
class Stamped:
    """A time stamp in the vault: the commit that it was made over, its file, and what it tells, unproved."""

    commit: int
    digest: str
    path: str
    stamp: Stamp


class Proofs:
    """``chain`` opens the chain of time stamps."""

    def __init__(self, shelf: Shelf, commits: Chain, chain: Callable[[], Chain]) -> None:
        self._shelf = shelf
        self._commits = commits
        self._chain = chain

    def stamp(self, ask: Callable[[bytes], bytes], authority: StampAuthority) -> Stamped:
        """Have the last commit stamped; durable when it returns. ``ask`` sends a request and returns the answer.

        Raises ServiceError, and then nothing was written.
        """
        backend, link = self._shelf.backend, self._commits.links()[-1]
        question = stamps.question(_entry(backend, link), authority)
        token = ask(question.der)
        try:
            found = stamps.check(token, bytes.fromhex(link.digest), authority, question.nonce)
        except StampRejected as error:
            raise ServiceError(
                f"The answer of the time-stamping authority is not accepted. {error.what}",
                means="Nothing was written.",
                do=error.do or "See that its certificates and its policy are the ones that you expect.",
            ) from error
        path = layout.stamp(secrets.token_hex(16))
        backend.create(path, token)
        told = {
            "format": "akika-stamp-1",
            "commit": link.plain.seq,
            "digest": link.digest,
            "at": format_instant(found.at),
            "authority": found.authority or "",
            "policy": found.policy,
            "serial": str(found.serial),
        }
        self._chain().append(told, [StoredFile.of(path, token)])
        return Stamped(link.plain.seq, link.digest, path, found)

    def stamped(self) -> tuple[Stamped, ...]:
        """All time stamps of the vault by commit and time. One that is none, or over no commit of this vault, is left out:
        whoever may sign can add such a one, and `verify` names it. Raises VaultDamaged.
        """
        known = {bytes.fromhex(link.digest): link for link in self._commits.links()}
        found: list[Stamped] = []
        for link in self._chain().links():
            for file in link.plain.files:
                try:
                    told = stamps.read(file.read(self._shelf.backend))
                except (StampRejected, DamagedFile):
                    continue
                commit = known.get(told.digest)
                if commit is None:
                    continue
                found.append(Stamped(commit.plain.seq, commit.digest, file.path, told))
        return tuple(sorted(found, key=lambda one: (one.commit, one.stamp.at)))

    def disclose(self, commit: Commit, key: RecordKey, authority: StampAuthority | None = None) -> bytes:
        """A proof of one record as a snapshot holds it; see `disclosure`. ``authority``: only its time stamps go with it.

        A proof with a stamp that does not hold proves nothing, and whoever may add to the vault can add such a one.
        Raises WrongUse when the snapshot does not hold it, NotAllowed for a member who may only capture.
        """
        shelf, commits = self._shelf, self._commits
        wanted = (pl.col("entity") == key.entity) & (pl.col("id") == key.id)
        rows = shelf.state(commit).filter(wanted)
        if rows.is_empty():
            raise WrongUse(f"Snapshot {commit.info.id} does not hold {key}.", do="Name a record that it holds.")
        segment = int(rows["segment"][0])
        salt_key = shelf.keychain.salt(commit.pseudonym, segment)
        part = shelf.part(commit.pseudonym, segment)
        signed = _signed(shelf, commits, commit.pseudonym, segment)
        if salt_key is None or signed is None:
            raise WrongUse(
                f"{key} was stored in this form before record roots were signed.",
                means="It cannot be proved without the rest of its segment.",
                do="Name a snapshot in which it changed later, or hand out the whole snapshot.",
            )
        tree, position, digest = _tree(shelf, commit.pseudonym, part, segment, key, salt_key)
        inside = wanted & (pl.col("segment") == segment)
        payload = stored_payloads.of(shelf, commit.pseudonym, part, inside)["payload"][0]
        link, file = signed
        later = [
            one
            for one in self.stamped()
            if one.commit >= link.plain.seq and _is_believed(shelf.backend, one, authority)
        ]
        until = later[0].commit if later else link.plain.seq
        links = commits.links()
        return disclosure.seal_up(
            Disclosure(
                after=[_entry(shelf.backend, one) for one in links[link.plain.seq + 1 : until + 1]],
                checksum="",
                commit=_with_signature(shelf.backend, link),
                digest=digest,
                entity=key.entity,
                file=file,
                format=disclosure.FORMAT.label,
                founder=links[0].public,
                id=key.id,
                listing=[
                    _with_signature(shelf.backend, one)
                    for one in links[: link.plain.seq]
                    if one.plain.signers is not None and one.plain.seq not in shelf.standing.void
                ],
                path=merkle.path(tree, position),
                payload=payload,
                position=position,
                rows=len(tree),
                salt=merkle.salt(key.entity, key.id, salt_key),
                segment=segment,
                stamps=[shelf.backend.read(one.path) for one in later if one.commit == until],
            )
        )


def _signed(shelf: Shelf, commits: Chain, company: str, segment: int) -> tuple[Link, str] | None:
    """The first commit that names the record root of a segment, and the file by which it does."""
    paths = {shelf.part(company, segment).index}
    for known in shelf.holdings.commits.values():
        if known.pseudonym == company:
            paths |= {part.index for part in known.text.parts if segment in part.numbers}
    for link in commits.links():
        for file in link.plain.files:
            if file.path in paths and str(segment) in file.root:
                return link, file.path
    return None


def _tree(
    shelf: Shelf, company: str, part: Part, segment: int, key: RecordKey, salt_key: bytes
) -> tuple[list[bytes], int, bytes]:
    """All leaves of a segment, the position of a record among them, and its digest."""
    index = shelf.index_of(company, part, pl.col("segment") == segment)
    entities, ids = index["entity"].to_list(), index["id"].to_list()
    digests = index["digest"].to_list()
    rows = merkle.leaves(entities, ids, digests, index["payload_sha256"].to_list(), salt_key)
    at = next(at for at, told in enumerate(zip(entities, ids, strict=True)) if told == key)
    kept = [
        shelf.frame(company, path, "index", [frames.LEAVES], where=pl.col("segment") == segment)
        for path in shelf.holdings.leaves.get(company, [])
    ]
    tree = leaves.woven(rows, pl.concat([pl.DataFrame(schema=frames.LEAVES), *kept]))
    return tree, tree.index(rows[at]), digests[at]


def _is_believed(backend: Backend, one: Stamped, authority: StampAuthority | None) -> bool:
    if authority is None:
        return True
    try:
        stamps.check(backend.read(one.path), bytes.fromhex(one.digest), authority)
    except StampRejected:
        return False
    return True


def _with_signature(backend: Backend, link: Link) -> Signed:
    path = layout.signature(link.plain.chain, link.plain.seq, link.digest)
    return Signed(_entry(backend, link), backend.read(path).decode())


def _entry(backend: Backend, link: Link) -> bytes:
    """The bytes of an entry that was read before."""
    data = backend.read(link.path)
    if entries.digest_of(data) != link.digest:
        raise DamagedFile(link.path, "It was exchanged while it was read.")
    return data
