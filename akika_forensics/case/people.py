"""Who can open the vault of a case, each change written into custody by whoever made it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from akika_forensics.custody import CustodyLog
from akika_forensics.custody.leaving import listed
from akika_forensics.errors import WrongKey, WrongUse
from akika_forensics.restore.signers import PREPARER, Signers
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost, Vault, layout
from akika_forensics.vault.chains import sshsig
from akika_forensics.vault.keys import keyring as rings
from akika_forensics.vault.keys import recovery, sheet
from akika_forensics.vault.keys.identity import Recipient
from akika_forensics.vault.keys.keyring import Person
from akika_forensics.vault.keys.recovery import RecoveryKey
from akika_forensics.vault.keys.ways import Means, Passphrase, Recovery, SystemKeyring, system_keyring

_REMOVED: Final = "member_removed"


class People:
    """The members of a vault. What changes something raises NotAllowed, WrongUse, VaultLocked, Refused, StorageFailed."""

    def __init__(self, vault: Vault, custody: CustodyLog, cost: KdfCost = KdfCost.STANDARD) -> None:
        self._vault = vault
        self._members = vault.membership
        self._custody = custody
        self._cost = cost

    @property
    def me(self) -> Person:
        """Who opened the vault."""
        return self._vault.member

    def all(self) -> tuple[Person, ...]:
        return self._members.all()

    def add(self, name: str, role: str, by: Recipient | Secret | Means) -> Person:
        """A new member: by the recipient they handed over, a passphrase of their own, or other means."""
        means: Recipient | Sequence[Means] = by if isinstance(by, Recipient) else [self._means(by)]
        person = self._members.add(name, role, means)
        self._record("member_added", f"{person.name} was added to the vault's members.", person)
        return person

    def remove(self, who: str, reason: str) -> Person:
        """Remove a member: whoever stays gets new keys. ``reason`` is written into custody.

        One whose removal was interrupted before custody had it is removed to the end, and recorded.
        """
        _require(reason)
        person = self._half_removed(who)
        if person is None:
            person = self._members.remove(who)
        else:
            self._members.finish()
        self._record(_REMOVED, f"{person.name} was removed from the vault's members.", person, reason=reason)
        return person

    def _half_removed(self, who: str) -> Person | None:
        """Somebody who is a member no more, without an entry of custody that says so."""
        try:
            self._members.get(who)
        except WrongUse:
            person = self._members.removed(who)
            if person is None or any(act.details.get("member") == person.id for act in self._custody.acts(_REMOVED)):
                return None
            return person
        return None

    def rotate(self, reason: str) -> None:
        """New keys for the same members."""
        _require(reason)
        self._members.rotate()
        self._record("keys_rotated", "The vault's keys were replaced by new ones.", self.me, reason=reason)

    def renew(self, passphrase: Secret, reason: str) -> Person:
        """A new identity for whoever opened the vault, under a new passphrase alone, and new keys."""
        _require(reason)
        person = self._members.renew([self._means(passphrase)])
        self._record("identity_renewed", f"{person.name} has a new identity.", person, reason=reason)
        return person

    def change_passphrase(self, new: Secret, old: Secret | None = None) -> bool:
        """Another passphrase for whoever opened the vault, in place of the one before; no data is encrypted anew.

        ``old`` is needed for the preparer's signing key, which is sealed under it: whether that key follows.
        """
        person = self._members.replace_way(self._means(new))
        follows = old is not None and self._reseal_preparer(old, new)
        self._record("passphrase_changed", f"{person.name} has another passphrase.", person, preparer_follows=follows)
        return follows

    def new_recovery_sheet(self, file: Path) -> tuple[Path, ...]:
        """A new recovery key for whoever opened the vault; sheets of before open nothing from then on. Its files."""
        key = RecoveryKey.fresh()
        # The sheet first: a key that no sheet tells of would be lost, a sheet of no key is only paper.
        files = recovery.write_sheet(file, self._vault.id, key, member=self.me.name, root=self._vault.location.folder)
        try:
            person = self._members.replace_way(Recovery(key))
            self._record(
                "recovery_sheet_made", f"A new recovery sheet of {person.name} was made; older ones open nothing.", person,
                to=str(file.absolute().parent), files=[listed(one.name, one.read_bytes()) for one in files],
            )  # fmt: skip
        except BaseException:
            if self._opens_not(key):
                for one in files:
                    one.unlink(missing_ok=True)
            raise
        return files

    def add_way(self, means: Means) -> Person:
        """One more way for whoever opened the vault, such as AWS KMS."""
        person = self._members.add_way(means)
        self._record("way_added", f"{person.name} can open the vault by {means.kind} as well.", person)
        return person

    def remove_way(self, kind: str, who: str = "") -> Person:
        """A member opens the vault by this kind of way no more; without ``who``, whoever opened it."""
        person = self._members.remove_way(kind, who)
        self._record("way_removed", f"{person.name} opens the vault by {kind} no more.", person)
        return person

    def remember(self) -> Person:
        """This machine's keyring opens the vault for whoever opened it now."""
        person = self._members.add_way(SystemKeyring())
        self._record("way_added", f"{person.name} can open the vault by a keyring as well.", person)
        return person

    def forget(self) -> Person:
        """This machine's keyring opens the vault no more."""
        person = self._members.remove_way(SystemKeyring.kind, opened_by=SystemKeyring())
        keys = self._vault.keyring()
        member = next(one for one in keys.ring.members if one.id == person.id)
        system_keyring.forget(rings.holder(keys.ring, member, layout.keyring(keys.generation)))
        self._record("way_removed", f"{person.name} opens the vault by a keyring no more.", person)
        return person

    def _means(self, by: Secret | Means) -> Means:
        return Passphrase(by, self._cost) if isinstance(by, Secret) else by

    def _reseal_preparer(self, old: Secret, new: Secret) -> bool:
        try:
            Signers(self._vault).change_passphrase(PREPARER, old, new, cost=self._cost)
        except (WrongKey, WrongUse):
            return False
        return True

    def _opens_not(self, key: RecoveryKey) -> bool:
        """Whether the change that was to bring a recovery key is not in the vault, as far as that can be told."""
        try:
            keys = self._vault.newest_keyring()
            path = layout.keyring(keys.generation)
            rings.read(rings.to_bytes(keys.ring), path, Recovery(key))
        except WrongKey:
            return True
        except Exception:  # noqa: BLE001 -- not known is not gone: the sheet may be the only one
            return False
        return False

    def _record(self, act: str, what: str, person: Person, **more: Any) -> None:
        details = {
            "member": person.id,
            "name": person.name,
            "role": person.role,
            "ways": list(person.ways),
            "fingerprint": sshsig.fingerprint(sshsig.read_public_line(person.signer)),
            "generation": self._vault.keyring().generation,
        }
        self._custody.record(act, what, {**details, **more})


def files_of_sheet(file: Path) -> list[Path]:
    """The files of a recovery sheet that are there."""
    return [one for one in sheet.files_of(file) if one.exists()]


def _require(reason: str) -> None:
    if not reason.strip():
        raise WrongUse("This has a reason, which is written into custody.", do="Give it with --reason.")
