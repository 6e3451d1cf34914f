"""Making a vault, and opening one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import links, marker
from akika_forensics.vault.chains.authority import FULL, Signer
from akika_forensics.vault.chains.heads import HeadStore, disagreements
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring, recovery
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.passphrase import KdfCost
from akika_forensics.vault.keys.roles import RoleKeys
from akika_forensics.vault.keys.ways import Holder, Means, Passphrase, Recovery, seal_way, typed
from akika_forensics.vault.storage import Backend, locking
from akika_forensics.vault.storage.location import Location
from akika_forensics.vault.vault import Vault

FOUNDER = "founder"
"""What the first member is called."""


def create(
    root: str | Path | Location,
    passphrase: Secret,
    *,
    heads: HeadStore,
    recovery_sheet: Path | None = None,
    cost: KdfCost = KdfCost.STANDARD,
) -> Vault:
    """A new vault in a new or empty folder, or below a new or empty prefix (``s3://bucket/prefix``).

    ``recovery_sheet`` is a file outside the vault that gets a second key. Raises WrongUse, StorageFailed.
    """
    location = Location.of(root)
    location.require_empty()
    if recovery_sheet is not None and location.folder is not None:
        recovery.refuse_inside(recovery_sheet, location.folder)
    backend, lock = location.open()
    vault = create_in(location, backend, lock, passphrase, heads=heads, recovery_sheet=recovery_sheet, cost=cost)
    heads.settle(location, vault.id)
    return vault


def create_in(
    location: Location,
    backend: Backend,
    lock: locking.Lock,
    secret: Secret,
    *,
    heads: HeadStore,
    recovery_sheet: Path | None = None,
    cost: KdfCost = KdfCost.STANDARD,
) -> Vault:
    """`create` on any backend."""
    vault_id, member_id, identity = secrets.token_hex(16), secrets.token_hex(8), Identity.fresh()
    path, founder = layout.keyring(1), identity.recipient.signer_line
    holder = Holder(vault_id, member_id, identity.recipient, path)
    ways = [seal_way(Passphrase(secret, cost), identity, holder)]
    if recovery_sheet is not None:
        recovery_key = recovery.RecoveryKey.fresh()
        ways.append(seal_way(Recovery(recovery_key), identity, holder))
        recovery.write_sheet(recovery_sheet, vault_id, recovery_key)
    member = keyring.fresh_member(identity.recipient, FULL, ways, member_id)
    ring = keyring.to_bytes(keyring.build(vault_id, 1, [member], {member_id: FOUNDER}, RoleKeys.fresh()))
    mark = canonical.encode(marker.Marker.fresh(vault_id, founder))
    backend.create(path, ring)
    backend.create(layout.MARKER, mark)
    heads.begin(vault_id, founder)
    opened = keyring.reopen(ring, path, identity)
    if opened is None:
        raise AssertionError("the founder is a member")
    vault = Vault(location, backend, vault_id, founder, unlock=lambda *_: opened, heads=heads, lock=lock)
    files = [StoredFile.of(path, ring), StoredFile.of(layout.MARKER, mark)]
    vault.found(opened, files, [Signer(founder, FULL)])
    return vault


def open_vault(root: str | Path | Location, means: Secret | Means, *, heads: HeadStore) -> Vault:
    """``means``: a passphrase or recovery key as typed, or another way in hand. Raises WrongKey, VaultDamaged (also when the vault is older than this machine remembers), WrongUse."""
    location = Location.of(root)
    known = heads.vault_at(location)
    backend, lock = location.open()
    vault = open_in(location, backend, lock, means, heads=heads)
    if known is not None and known != vault.id:
        error = DamagedFile(layout.MARKER, "Another vault was at this place before.")
        error.do = f"If you put this one there yourself, remove {heads.folder / 'places.json'}, which remembers places."
        raise error
    heads.settle(location, vault.id)
    return vault


def open_in(
    location: Location,
    backend: Backend,
    lock: locking.Lock,
    means: Secret | Means,
    *,
    heads: HeadStore,
    lost: Iterable[str] = (),
) -> Vault:
    """`open_vault` on any backend. ``lost``: paths that are taken for accounted for though no account names them yet."""
    held = typed(means) if isinstance(means, Secret) else means
    mark = read_marker(backend, location)
    if mark.version < layout.FORMAT_VERSION:
        raise upgrade_first(mark.version)
    require_remembered(backend, mark, heads)
    vault = Vault(
        location, backend, mark.vault, mark.signer,
        unlock=lambda data, path: keyring.read(data, path, held), heads=heads, lock=lock,
    )  # fmt: skip
    vault.losses.assume(lost)
    vault.keyring()
    vault.require_marker()
    vault.snapshots()
    vault.first_seen = heads.remembered(mark.vault) is None
    heads.begin(mark.vault, mark.signer)
    for name, head in vault.head["chains"].items():
        # Another process may just be writing what was read here; remembered is only what a crash cannot take back.
        backend.make_durable(name)
        heads.remember_chain(mark.vault, name, head["seq"], head["digest"])
    return vault


def require_remembered(backend: Backend, mark: marker.Marker, heads: HeadStore) -> None:
    """Raises VaultDamaged when the vault is older than, or differs from, what this machine remembers."""
    known = heads.remembered(mark.vault)
    if known is not None:
        if known.signer != mark.signer:
            raise DamagedFile(layout.MARKER, "It names another signing key than this machine remembers.")
        source = "this machine's memory"
        for finding in disagreements(known, mark.vault, lambda name, seq: links.digest_at(backend, name, seq), source):
            raise _rolled_back(finding.path, finding.what, heads, mark.vault)


def read_marker(backend: Backend, location: Location) -> marker.Marker:
    """Raises WrongUse when there is no vault, VaultDamaged when its marker was changed or removed."""
    try:
        return marker.read(backend.read(layout.MARKER))
    except FileNotFoundError as error:
        if any(layout.place_of(path).kind in ("keyring", "entry") for path in backend.list()):
            raise DamagedFile(layout.MARKER, "The file is missing.") from error
        raise WrongUse(
            f"There is no vault at {location}.", do="Give its place, or make one with `akika vault init`."
        ) from error


def _rolled_back(path: str, what: str, heads: HeadStore, vault: str) -> VaultDamaged:
    error = DamagedFile(path, what)
    error.do = (
        "Take the newer copy of the vault. If you put back an older one yourself and accept the loss, "
        f"remove {heads.folder / vault}.json."
    )
    return error


def upgrade_first(version: int) -> WrongUse:
    """What is said of a vault of an older version."""
    return WrongUse(
        f"This vault has format {version}; this version of the software writes format {layout.FORMAT_VERSION}.",
        means="Nothing is wrong with it. It opens after one more commit that brings keys of the new form.",
        do="Run `akika vault upgrade`. Signatures and data stay byte for byte.",
    )
