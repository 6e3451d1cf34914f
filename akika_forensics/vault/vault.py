"""An open vault, and what hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import layout, slots
from akika_forensics.vault.chains import stamps
from akika_forensics.vault.chains.attestations import Attestation, Judgement
from akika_forensics.vault.chains.authority import Signer
from akika_forensics.vault.chains.chain import Chain, Keys
from akika_forensics.vault.chains.heads import ChainHead, HeadStore
from akika_forensics.vault.chains.open_chains import OpenChains
from akika_forensics.vault.chains.seals import EntryKey
from akika_forensics.vault.chains.stamps import StampAuthority
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.checks.findings import Finding
from akika_forensics.vault.company_documents import CompanyDocuments
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.judging import Judging
from akika_forensics.vault.keys.keyring import Keyring, Person
from akika_forensics.vault.lifecycle.workshop import Workshop
from akika_forensics.vault.members import signing
from akika_forensics.vault.members.membership import Membership
from akika_forensics.vault.members.opened import OpenKeys
from akika_forensics.vault.members.signing import SignedCommit
from akika_forensics.vault.mending import losses
from akika_forensics.vault.proofs import Proofs, Stamped
from akika_forensics.vault.snapshots import acts, history, refs, shelf
from akika_forensics.vault.snapshots.commits import Commit, SnapshotInfo, Version
from akika_forensics.vault.snapshots.draft import SLOT, DraftInfo, Drafts
from akika_forensics.vault.snapshots.snapshot import Snapshot
from akika_forensics.vault.snapshots.writer import SnapshotWriter
from akika_forensics.vault.storage import Backend, locking
from akika_forensics.vault.storage.location import Location


class Vault:
    """An open vault. Made by `create` and `open_vault`.

    ``first_seen``: this machine remembered nothing of it, so that an older state put back would not have been noticed.
    ``unlock`` opens a keyring file (its bytes, its path); it is called once, and what it finds is kept.
    """

    def __init__(
        self,
        location: Location,
        backend: Backend,
        vault_id: str,
        founder: str,
        *,
        unlock: Callable[[bytes, str], Keyring],
        heads: HeadStore,
        lock: locking.Lock,
    ) -> None:
        self.id = vault_id
        self.location = location
        self.first_seen = False
        self._backend = backend
        self._heads = heads
        self._lock = lock
        self._standing = Standing(founder)
        self._open = OpenKeys(backend, self._standing, commits=lambda: self._commits, unlock=unlock)
        self._chains = OpenChains(backend, heads, vault_id, self._standing, commits=lambda: self._commits)
        self.losses = losses.Accounted(backend, lambda: self.chain(losses.CHAIN, losses.NAMESPACE))
        self._shelf = shelf.Shelf(
            backend, self._standing, self.keyring, commits=lambda: self._commits, accounted=self.losses
        )
        self._documents = CompanyDocuments(self._shelf, self._standing, self._chains.vouched, self.newest_keyring)
        self._judging = Judging(self._shelf, self.chain, self.put_document)
        self._drafts = Drafts(self._shelf, self.slot)
        self._commits = Chain(
            backend, heads, vault_id, layout.COMMITS, layout.COMMIT_NAMESPACE,
            gate=self._standing, keys=Keys(self.keyring, self._shelf.find_entry, lambda: None),
        )  # fmt: skip
        self._proofs = Proofs(self._shelf, self._commits, lambda: self.chain(stamps.CHAIN, stamps.NAMESPACE))
        self.membership = Membership(
            self._shelf, self._commits, lock,
            witness=self.witness, adopt=self._open.adopt, reseal=lambda: slots.reseal(backend, self.keyring, heads),
            is_resealed=lambda: slots.is_resealed(backend, self.keyring, heads),
        )  # fmt: skip

    def keyring(self) -> Keyring:
        """The keys in use, as far as the commits were read. Raises WrongKey when the member who opened the vault was
        removed since.
        """
        return self._open.now()

    def newest_keyring(self) -> Keyring:
        """The keys in use now, whoever changed them: what is sealed for others is sealed under these."""
        return self._open.newest()

    def found(self, keys: Keyring, files: Sequence[StoredFile], signers: Sequence[Signer]) -> None:
        """Write the first commit of a new vault."""
        self._open.begin(files[0].path, keys)
        self._commits.append(acts.body(acts.Genesis()), files, expected=0, signers=signers, witness={})

    def upgraded(
        self, keys: Keyring, files: Sequence[StoredFile], retired: Sequence[str], signers: Sequence[Signer]
    ) -> None:
        """Write the commit by which a vault of version 1 becomes one of this version."""
        self._open.begin(layout.KEYRING_1, keys)
        expected = len(self._commits.links())
        self._commits.append(
            acts.body(acts.Upgrade()), files,
            expected=expected, retired=retired, signers=signers, witness=self.witness(),
        )  # fmt: skip

    def require_marker(self) -> None:
        """Raises VaultDamaged when the marker is not the one that the commits vouch for."""
        self._shelf.file(layout.MARKER).read(self._backend)

    @property
    def root(self) -> Path:
        """The folder it is in. Raises WrongUse for a vault in a bucket."""
        return self.location.require_folder()

    @property
    def member(self) -> Person:
        """Who opened the vault."""
        return self.keyring().member

    @property
    def members(self) -> tuple[Person, ...]:
        """Who can open it."""
        return self.membership.all()

    def signed_commits(self) -> tuple[SignedCommit, ...]:
        """Every commit and which member signed it, oldest first. Raises VaultDamaged."""
        return signing.commits(self._commits, self.members, self.passed_over)

    @property
    def passed_over(self) -> dict[int, str]:
        """Commits of members who may only add that no reader accepts, by number, and why: they change nothing."""
        self._shelf.refresh()
        return dict(self._shelf.holdings.void)

    def was_full(self, public: str) -> bool:
        """Whether a key was ever that of a full member."""
        return self._chains.authority().was_full(public)

    @property
    def head(self) -> dict[str, Any]:
        """``{"format", "vault", "chains": {name: {"seq", "digest"}}}``: what to hand to a third party as an anchor."""
        return self._chains.anchor(self.witness())

    def lock(self, purpose: str) -> AbstractContextManager[None]:
        """Hold the vault for one process. Raises VaultLocked naming the owner; may be nested."""
        return locking.held(self._lock, purpose)

    def begin_snapshot(self, company: Company, *, draft: bool = False) -> SnapshotWriter:
        """Begin a whole new snapshot of a company, or with ``draft`` go on with what an interrupted one left, where that
        is sound. Raises VaultLocked.
        """
        return SnapshotWriter(
            self._shelf, self._commits, company, self._lock,
            witness=self.witness, drafts=self._drafts, take_up=draft,
        )  # fmt: skip

    def draft(self, company: Company) -> DraftInfo | None:
        """What an interrupted snapshot of a company left behind; None when there is nothing."""
        return self._drafts.shown(self.pseudonym(company))

    def draft_files(self) -> frozenset[str]:
        """Paths of the files that the drafts of all companies need; no commit vouches for them."""
        return frozenset(path for name in self.slots(SLOT) for path in self._drafts.files(name.removeprefix(SLOT)))

    def drop_draft(self, company: Company) -> bool:
        """Let go of what an interrupted snapshot left behind; True when there was something. Raises VaultLocked."""
        with locking.held(self._lock, "dropping a draft"):
            return self._drafts.drop(self.pseudonym(company))

    def snapshots(self) -> tuple[SnapshotInfo, ...]:
        """All snapshots of all companies, oldest first. Raises VaultDamaged."""
        return tuple(commit.info for commit in self._shelf.commits())

    def snapshot(self, ref: str) -> Snapshot:
        """``s3``, ``latest`` or ``first``, which are of a whole company. Raises WrongUse when there is no such snapshot."""
        return Snapshot(self._shelf, self._commit(ref))

    def as_of(self, instant: datetime, company: Company | None = None) -> Snapshot:
        """The newest snapshot of a whole company that was finished at a time (aware). ``company`` may be left out when the vault holds one.

        Raises WrongUse when there is none, or the time carries no zone.
        """
        return Snapshot(self._shelf, refs.as_of(self._commits_of(company), instant))

    def history(self, key: RecordKey, company: Company | None = None) -> tuple[Version, ...]:
        """The versions of a record, only where it changed, oldest first; empty when it was never there.

        Where a file that is needed is lost or damaged, a version names it under ``missing``; the others are told.
        ``company`` may be left out when the vault holds one. Raises WrongUse when it holds several.
        """
        return self._shelf.again(lambda: history.history(self._shelf, self._commits_of(company), key))

    def chain(self, name: str, namespace: str, company: Company | None = None) -> Chain:
        """A chain of signed entries beside the snapshots, such as ``custody`` or ``journals/<plan id>``.

        What belongs to a ``company`` is sealed under its document key, and is closed when the company is erased.
        """
        keys = Keys(self.newest_keyring, self._shelf.find, lambda: self.company_key(company))
        return self._chains.chain(name, namespace, keys)

    def company_key(self, company: Company | None) -> EntryKey | None:
        """What seals a company's documents and entries; None before its first snapshot, and for who may not open them."""
        return self._documents.key(self._owner(company))

    def put_document(self, kind: str, data: bytes, company: Company | None = None) -> StoredFile:
        """Store a sealed document, durable on return; append what is returned to a chain, which then vouches for it.

        What belongs to a ``company`` is sealed under its document key, and is closed when the company is erased.
        """
        return self._documents.put(kind, data, self._owner(company))

    def get_document(self, path: str) -> bytes:
        """Raises WrongUse when there is none at the path, VaultDamaged when it is not what was stored."""
        return self._documents.get(path)

    def sealed_document(self, path: str) -> bytes:
        """A document as it lies there, still sealed. Raises as `get_document` does, without opening it."""
        return self._documents.sealed(path)

    def slot(self, name: str) -> slots.Slot:
        """A sealed value that changes. Names under ``company/``, ``tokens/`` and ``draft/`` are for every member."""
        return slots.Slot(self._backend, self.newest_keyring, self._heads, name)

    def slots(self, prefix: str = "") -> tuple[str, ...]:
        """Names of the slots that have a value."""
        return slots.names(self._backend, self.keyring(), self._heads, prefix)

    def stamp(self, ask: Callable[[bytes], bytes], authority: StampAuthority) -> Stamped:
        """Have an authority stamp the head of the commits; ``ask`` sends a request and returns the answer.

        Durable when it returns. Raises ServiceError when the answer does not hold; then nothing was written.
        """
        return self._proofs.stamp(ask, authority)

    def stamps(self) -> tuple[Stamped, ...]:
        """The time stamps by commit and time. Whether they are an authority's, `verify` finds out."""
        return self._proofs.stamped()

    def disclose(self, ref: str, key: RecordKey, authority: StampAuthority | None = None) -> bytes:
        """A file that proves one record of a snapshot alone, without the vault; `disclosure.prove` checks it.

        ``authority``: whose time stamps go with it; all of the commit's where nobody says whose to believe.

        Raises WrongUse when the snapshot does not hold it.
        """
        return self._proofs.disclose(self._commit(ref), RecordKey(*key), authority)

    def attest(self, ref: str, judged: Judgement) -> Attestation:
        """Sign a judgement on a snapshot; durable when it returns. Raises WrongUse for one without a rule.

        It belongs to the snapshot's company, and is closed when that is erased.
        """
        return self._judging.attest(self._commit(ref), judged)

    def attestations(self, ref: str | None = None) -> tuple[Attestation, ...]:
        """Every judgement, or those on one snapshot, oldest first; without those on companies that were erased."""
        return self._judging.attestations(None if ref is None else self._commit(ref).info.digest)

    def workshop(self) -> Workshop:
        """What compaction, retention, legal holds and erasure work with."""
        return Workshop(self._shelf, self._commits, self._lock, self.witness, self.member)

    def _owner(self, company: Company | None) -> str | None:
        return None if company is None else self.pseudonym(company)

    def pseudonym(self, company: Company) -> str:
        """What a company is called in the vault."""
        return shelf.pseudonym(self.keyring(), company)

    def account_for(self, lost: Sequence[Finding], *, sign: bool = True) -> dict[str, Any]:
        """What damaged files cost (`losses.tally`), signed by the vault itself unless it is accounted for already."""
        return self.losses.account(self._shelf, lost, self._documents.put if sign else None)

    def witness(self) -> dict[str, ChainHead]:
        """The heads of all chains beside the commits, for a commit to tell of."""
        return self._chains.witness()

    def _commit(self, ref: str) -> Commit:
        return refs.named(self._shelf.commits(), ref, self._shelf.holdings.why_gone)

    def _commits_of(self, company: Company | None) -> tuple[Commit, ...]:
        commits = self._shelf.commits(self._owner(company))
        if company is None:
            refs.require_one_company(commits)
        return commits

    def __repr__(self) -> str:
        return f"Vault({self.id})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("an open vault is not pickled: it holds keys")
