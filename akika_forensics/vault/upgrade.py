"""A vault of version 1 becomes one of version 2, by one commit: new keys for what is there, nothing else rewritten.

Write order: key tables and keyring, the commit, the marker, then removal of the old keyring and tables. The vault is of
version 2 once the commit is durable; what comes after it is done again by the next run where it was interrupted.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model import payload
from akika_forensics.settings import Secret
from akika_forensics.vault import canonical, layout, opening
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import marker, sshsig
from akika_forensics.vault.chains.authority import FULL, Signer
from akika_forensics.vault.chains.entries import Link, entry_of
from akika_forensics.vault.chains.heads import HeadStore
from akika_forensics.vault.chains.links import Links
from akika_forensics.vault.chains.marker import Marker
from akika_forensics.vault.chains.seals import EntryKey
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring, keytable, recovery, sealing, version_1
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.keytable import DOCUMENTS, HALVES, Half
from akika_forensics.vault.keys.passphrase import KdfCost
from akika_forensics.vault.keys.roles import RoleKeys
from akika_forensics.vault.keys.ways import Holder, Means, Passphrase, Recovery, seal_way
from akika_forensics.vault.snapshots.commits import read_commit
from akika_forensics.vault.storage import Backend, locking
from akika_forensics.vault.storage.location import Location
from akika_forensics.vault.vault import Vault

type _Keys = dict[Half, dict[str, bytes]]


def upgrade(
    root: str | Path | Location,
    secret: Secret,
    *,
    heads: HeadStore,
    recovery_sheet: Path | None = None,
    cost: KdfCost = KdfCost.STANDARD,
) -> Vault:
    """Upgrade a vault, or finish an upgrade that was interrupted, and open it.

    ``secret``: the passphrase or the recovery key; it opens the vault afterwards too. Other ways of before do not:
    ``recovery_sheet`` is a file outside the vault that gets a new recovery key. Raises WrongKey, VaultDamaged,
    VaultLocked, StorageFailed, and WrongUse when there is nothing to upgrade.
    """
    location = Location.of(root)
    backend, lock = location.open()
    vault = upgrade_in(location, backend, lock, secret, heads=heads, recovery_sheet=recovery_sheet, cost=cost)
    heads.settle(location, vault.id)
    return vault


def upgrade_in(
    location: Location,
    backend: Backend,
    lock: locking.Lock,
    secret: Secret,
    *,
    heads: HeadStore,
    recovery_sheet: Path | None = None,
    cost: KdfCost = KdfCost.STANDARD,
) -> Vault:
    """`upgrade` on any backend."""
    mark = opening.read_marker(backend, location)
    if mark.version >= layout.FORMAT_VERSION:
        raise WrongUse(f"This vault has format {mark.version} already.", means="There is nothing to upgrade.")
    with locking.held(lock, "upgrade"):
        opening.require_remembered(backend, mark, heads)
        standing = Standing(mark.signer)
        links = Links(backend, mark.vault, layout.COMMITS, layout.COMMIT_NAMESPACE, standing)
        links.refresh()
        if standing.keyring == layout.KEYRING_1:
            if recovery_sheet is not None and location.folder is not None:
                recovery.refuse_inside(recovery_sheet, location.folder)
            work = _Upgrade(backend, mark, standing, links.known, secret)
            vault = Vault(
                location, backend, mark.vault, mark.signer, unlock=lambda *_: work.opened, heads=heads, lock=lock
            )
            with work.written([_means(secret, cost)], recovery_sheet) as files:
                heads.begin(mark.vault, mark.signer)
                vault.upgraded(work.opened, files, sorted(work.retired), [Signer(mark.signer, FULL)])
            standing = Standing(mark.signer)
            Links(backend, mark.vault, layout.COMMITS, layout.COMMIT_NAMESPACE, standing).refresh()
        _finish(backend, mark, standing)
    return opening.open_in(location, backend, lock, secret, heads=heads)


class _Upgrade:
    """What the commit brings and takes out."""

    def __init__(
        self, backend: Backend, mark: Marker, standing: Standing, commits: Sequence[Link], secret: Secret
    ) -> None:
        self._backend = backend
        self._mark = mark
        old = standing.files[layout.KEYRING_1].read(backend)
        self._keys = version_1.open_keyring(old, secret, mark.vault)
        if sshsig.public_line(Ed25519PrivateKey.from_private_bytes(self._keys.signing).public_key()) != mark.signer:
            raise DamagedFile(layout.KEYRING_1, "It holds another signing key than the marker names.")
        self._tables, tables = self._read_tables(standing, commits)
        self.retired = {layout.KEYRING_1, layout.MARKER, *tables}
        self._opened: Keyring | None = None

    @property
    def opened(self) -> Keyring:
        if self._opened is None:
            raise AssertionError("the keyring is made before it is asked for")
        return self._opened

    @contextmanager
    def written(self, means: list[Means], recovery_sheet: Path | None) -> Iterator[list[StoredFile]]:
        """The files of the commit. What was written is taken back when they cannot all be; not once the commit may be there."""
        files: list[StoredFile] = []
        try:
            self._ring(means, recovery_sheet, files)
            for company, keys in sorted(self._tables.items()):
                own = EntryKey.fresh()
                keys["payload"][f"{DOCUMENTS}{own.id}"] = own.key
                files.append(keytable.put(self._backend, self.opened, company, keys))
        except BaseException:
            for file in files:
                with contextlib.suppress(AkikaError):
                    self._backend.delete(file.path)
            raise
        yield [*files, StoredFile.of(layout.MARKER, _raised(self._mark))]

    def _ring(self, means: list[Means], recovery_sheet: Path | None, files: list[StoredFile]) -> None:
        identity = Identity.from_bytes(os.urandom(sealing.KEY_LENGTH) + self._keys.signing)
        places = (layout.place_of(path) for path in self._backend.list("keys"))
        generation = max(0, *(place.seq for place in places if place.kind == "keyring")) + 1
        path, member_id = layout.keyring(generation), secrets.token_hex(8)
        holder = Holder(self._mark.vault, member_id, identity.recipient, path)
        if recovery_sheet is not None:
            recovery_key = recovery.RecoveryKey.fresh()
            recovery.write_sheet(recovery_sheet, self._mark.vault, recovery_key)
            means = [*means, Recovery(recovery_key)]
        member = keyring.fresh_member(
            identity.recipient, FULL, [seal_way(one, identity, holder) for one in means], member_id
        )
        role_keys = RoleKeys.fresh(name=self._keys.name, legacy=self._keys.document)
        names = {member_id: opening.FOUNDER}
        ring = keyring.to_bytes(keyring.build(self._mark.vault, generation, [member], names, role_keys))
        self._backend.create(path, ring)
        files.append(StoredFile.of(path, ring))
        self._opened = keyring.reopen(ring, path, identity)

    def _read_tables(self, standing: Standing, commits: Sequence[Link]) -> tuple[dict[str, _Keys], set[str]]:
        """Of each company (its pseudonym) the keys of its files, and the paths of the tables they were in."""
        found: dict[str, _Keys] = {}
        paths: set[str] = set()
        key = sealing.subkey(self._keys.document, "entries")
        for link in commits:
            try:
                body = payload.decode(sealing.open_stream(key, link.plain.sealed, *link.plain.binding))
            except sealing.OpenError as error:
                raise DamagedFile(link.path, "Its sealed part does not open with the keys of this vault.") from error
            if body.get("kind") == "genesis":
                continue
            commit = read_commit(entry_of(link.plain, link.digest, body))
            path = commit.text.key_table
            paths.add(path)
            content = standing.files[path].read(self._backend)
            opened = version_1.open_table(self._keys, self._mark.vault, path, content)
            mine = found.setdefault(commit.pseudonym, {"index": {}, "payload": {}})
            for half in HALVES:
                mine[half] |= opened[half]
        return found, paths


def _finish(backend: Backend, mark: Marker, standing: Standing) -> None:
    """After the commit: the marker it vouches for, and removal of what it took out."""
    raised = _raised(mark)
    if standing.files[layout.MARKER] != StoredFile.of(layout.MARKER, raised):
        raise DamagedFile(layout.MARKER, "It is not the marker that the upgrade replaces.")
    backend.replace(layout.MARKER, raised)
    for path in sorted(standing.retired.keys() - standing.files.keys()):
        backend.delete(path)


def _raised(mark: Marker) -> bytes:
    """The marker of version 2: all fields stay but the version."""
    plain = msgspec.structs.replace(mark, checksum="", version=layout.FORMAT_VERSION)
    return canonical.encode(msgspec.structs.replace(plain, checksum=marker.checksum(msgspec.to_builtins(plain))))


def _means(secret: Secret, cost: KdfCost) -> Means:
    typed = recovery.RecoveryKey.parse(secret)
    return Recovery(typed) if typed is not None else Passphrase(secret, cost)
