"""A vault: made, opened, and what hangs on it."""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import canonical, documents, layout, slots
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import chain as chains
from akika_forensics.vault.chains import marker, sshsig
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.heads import ANCHOR, ChainHead, HeadStore, disagreements
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring, recovery
from akika_forensics.vault.keys.passphrase import KdfCost
from akika_forensics.vault.snapshots import shelf, snapshot
from akika_forensics.vault.snapshots.commits import GENESIS, Commit, SnapshotInfo, Version
from akika_forensics.vault.snapshots.snapshot import Snapshot
from akika_forensics.vault.snapshots.writer import SnapshotWriter
from akika_forensics.vault.storage import Backend, LocalBackend, locking


class Vault:
    """An open vault. Made by `create` and `open_vault`."""

    def __init__(
        self, root: Path, backend: Backend, keys: keyring.Keyring, heads: HeadStore, lock: locking.Lock
    ) -> None:
        self.id = keys.vault
        self.root = root
        self._backend = backend
        self._keys = keys
        self._heads = heads
        self._lock = lock
        self._chains: dict[str, Chain] = {}
        self._commits = Chain(backend, keys, heads, layout.COMMITS, layout.COMMIT_NAMESPACE)
        self._shelf = shelf.Shelf(backend, keys, self._commits.entries)

    @property
    def head(self) -> dict[str, Any]:
        """``{"format", "vault", "chains": {name: {"seq", "digest"}}}``: what to hand to a third party as an anchor."""
        found = {name: _tail(self._backend, name) for name in chains.names(self._backend)}
        chains_at = {name: {"seq": head.seq, "digest": head.digest} for name, head in found.items()}
        return ANCHOR.named({"vault": self.id, "chains": chains_at})

    def lock(self, purpose: str) -> AbstractContextManager[None]:
        """Hold the vault for one process. Raises VaultLocked naming the owner; may be nested."""
        return locking.held(self._lock, purpose)

    def begin_snapshot(self, company: Company) -> SnapshotWriter:
        """Begin a whole new snapshot of a company. Raises VaultLocked."""
        return SnapshotWriter(self._shelf, self._commits, company, self._lock, witness=self._witness)

    def snapshots(self) -> tuple[SnapshotInfo, ...]:
        """All snapshots of all companies, oldest first. Raises VaultDamaged."""
        return tuple(commit.info for commit in self._shelf.commits())

    def snapshot(self, ref: str) -> Snapshot:
        """``s3``, ``latest`` or ``first``. Raises WrongUse when there is no such snapshot."""
        commits = self._shelf.commits()
        named = {commit.info.id: commit for commit in commits}
        if commits:
            named |= {"latest": commits[-1], "first": commits[0]}
        commit = named.get(ref.strip().lower())
        if commit is None:
            have = f"It has {commits[0].info.id} to {commits[-1].info.id}." if commits else "It has none yet."
            raise WrongUse(f"The vault has no snapshot {ref!r}.", means=have, do="Run akika snapshots for the list.")
        return Snapshot(self._shelf, commit)

    def history(self, key: RecordKey, company: Company | None = None) -> tuple[Version, ...]:
        """The versions of a record, only where it changed, oldest first; empty when it was never there.

        ``company`` may be left out when the vault holds one. Raises WrongUse when it holds several.
        """
        return snapshot.history(self._shelf, self._commits_of(company), key)

    def chain(self, name: str, namespace: str) -> Chain:
        """A chain of signed entries beside the snapshots, such as ``custody`` or ``journals/<plan id>``."""
        layout.require_chain(name)
        if name == layout.COMMITS:
            raise WrongUse("The chain of commits is written by snapshots only.")
        known = self._chains.get(name)
        if known is None:
            known = self._chains[name] = Chain(self._backend, self._keys, self._heads, name, namespace)
        if known.namespace != namespace:
            raise WrongUse(f"The chain {name} is signed for {known.namespace}, not for {namespace}.")
        return known

    def put_document(self, kind: str, data: bytes) -> StoredFile:
        """Store a sealed document, durable on return; append what is returned to a chain, which then vouches for it."""
        return documents.put(self._backend, self._keys, "documents", kind, data)

    def get_document(self, path: str) -> bytes:
        """Raises WrongUse when there is none at the path, VaultDamaged when it is not what was stored."""
        if layout.place_of(path).kind != "sealed":
            raise WrongUse(f"{path!r} is no document of a vault.")
        try:
            content = self._backend.read(path)
        except FileNotFoundError as error:
            raise WrongUse(f"The vault has no document {path!r}.") from error
        return documents.open_document(self._keys, path, content)[1]

    def slot(self, name: str) -> slots.Slot:
        """A sealed value that changes."""
        return slots.Slot(self._backend, self._keys, self._heads, name)

    def slots(self, prefix: str = "") -> tuple[str, ...]:
        """Names of the slots that have a value."""
        return slots.names(self._backend, self._keys, prefix)

    def _commits_of(self, company: Company | None) -> tuple[Commit, ...]:
        commits = self._shelf.commits()
        if company is not None:
            return self._shelf.commits(shelf.pseudonym(self._keys, company))
        names = {commit.pseudonym: commit.info.company.name for commit in commits}
        if len(names) > 1:
            raise WrongUse(
                "The vault holds several companies.", do=f"Name one of: {', '.join(sorted(names.values()))}."
            )
        return commits

    def _witness(self) -> dict[str, ChainHead]:
        names = (name for name in chains.names(self._backend) if name != layout.COMMITS)
        return {name: _tail(self._backend, name) for name in names}

    def __repr__(self) -> str:
        return f"Vault({self.id})"


def _tail(backend: Backend, name: str) -> ChainHead:
    places = (layout.place_of(path) for path in backend.list(name))
    seq = max(place.seq for place in places if place.kind == "entry" and place.chain == name)
    digest = chains.digest_at(backend, name, seq)
    if digest is None:
        raise DamagedFile(layout.entry(name, seq), "The entry is missing.")
    return ChainHead(seq, digest)


def create(
    root: Path,
    passphrase: Secret,
    *,
    heads: HeadStore,
    recovery_sheet: Path | None = None,
    cost: KdfCost = KdfCost.STANDARD,
) -> Vault:
    """A new vault in a new or empty folder.

    ``recovery_sheet`` is a file outside the vault that gets a second key. Raises WrongUse, StorageFailed.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise WrongUse(f"{root} is not an empty folder.", do="Choose a folder that is new or empty.")
    if recovery_sheet is not None:
        recovery.refuse_inside(recovery_sheet, root)
    vault = create_in(
        root,
        LocalBackend(root),
        locking.FileLock(root / layout.LOCK),
        passphrase,
        heads=heads,
        recovery_sheet=recovery_sheet,
        cost=cost,
    )
    heads.settle(root, vault.id)
    return vault


def create_in(
    root: Path,
    backend: Backend,
    lock: locking.Lock,
    secret: Secret,
    *,
    heads: HeadStore,
    recovery_sheet: Path | None = None,
    cost: KdfCost = KdfCost.STANDARD,
) -> Vault:
    """`create` on any backend."""
    keys = keyring.Keyring.fresh(secrets.token_hex(16))
    recovery_key = recovery.RecoveryKey.fresh() if recovery_sheet is not None else None
    ring = keys.close_under(secret, cost, recovery_key)
    if recovery_sheet is not None and recovery_key is not None:
        recovery.write_sheet(recovery_sheet, keys.vault, recovery_key)
    signer = sshsig.public_line(keys.public_key)
    mark = canonical.encode(marker.Marker.fresh(keys.vault, signer))
    backend.create(layout.KEYRING, ring)
    backend.create(layout.MARKER, mark)
    heads.begin(keys.vault, signer)
    vault = Vault(root, backend, keys, heads, lock)
    files = [StoredFile.of(layout.KEYRING, ring), StoredFile.of(layout.MARKER, mark)]
    vault._commits.append({"kind": GENESIS}, files, expected=0)  # noqa: SLF001 -- the vault's own making
    return vault


def open_vault(root: Path, passphrase: Secret, *, heads: HeadStore) -> Vault:
    """Raises WrongKey, VaultDamaged (also when the vault is older than this machine remembers), WrongUse."""
    known = heads.vault_at(root)
    vault = open_in(root, LocalBackend(root), locking.FileLock(root / layout.LOCK), passphrase, heads=heads)
    if known is not None and known != vault.id:
        error = DamagedFile(layout.MARKER, "Another vault was at this place before.")
        error.do = f"If you put this one there yourself, remove {heads.folder / 'places.json'}, which remembers places."
        raise error
    heads.settle(root, vault.id)
    return vault


def open_in(root: Path, backend: Backend, lock: locking.Lock, secret: Secret, *, heads: HeadStore) -> Vault:
    """`open_vault` on any backend."""
    mark = read_marker(backend, root)
    keys = keyring.read(_present(backend, layout.KEYRING), secret)
    if keys.vault != mark.vault or sshsig.public_line(keys.public_key) != mark.signer:
        raise DamagedFile(layout.KEYRING, "It holds the keys of another vault.")
    known = heads.remembered(mark.vault)
    if known is not None:
        if known.signer != mark.signer:
            raise DamagedFile(layout.MARKER, "It names another signing key than this machine remembers.")
        source = "this machine's memory"
        for finding in disagreements(known, mark.vault, lambda name, seq: chains.digest_at(backend, name, seq), source):
            raise _rolled_back(finding.path, finding.what, heads, mark.vault)
    vault = Vault(root, backend, keys, heads, lock)
    entries = vault._commits.entries()  # noqa: SLF001 -- the vault's own opening
    if not entries:
        raise DamagedFile(layout.entry(layout.COMMITS, 0), "The first commit is missing.")
    for file in entries[0].files:
        file.read(backend)
    vault.snapshots()
    heads.begin(mark.vault, mark.signer)
    for name, head in vault.head["chains"].items():
        heads.remember_chain(mark.vault, name, head["seq"], head["digest"])
    return vault


def read_marker(backend: Backend, root: Path) -> marker.Marker:
    """Raises WrongUse when there is no vault, VaultDamaged when its marker was changed or removed."""
    try:
        return marker.read(backend.read(layout.MARKER))
    except FileNotFoundError as error:
        if any(layout.place_of(path).kind in ("keyring", "entry") for path in backend.list()):
            raise DamagedFile(layout.MARKER, "The file is missing.") from error
        raise WrongUse(
            f"There is no vault at {root}.", do="Give its folder, or make one with akika vault init."
        ) from error


def _present(backend: Backend, path: str) -> bytes:
    try:
        return backend.read(path)
    except FileNotFoundError as error:
        raise DamagedFile(path, "The file is missing.") from error


def _rolled_back(path: str, what: str, heads: HeadStore, vault: str) -> VaultDamaged:
    error = DamagedFile(path, what)
    error.do = (
        "Take the newer copy of the vault. If you put back an older one yourself and accept the loss, "
        f"remove {heads.folder / vault}.json."
    )
    return error
