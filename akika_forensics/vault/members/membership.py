"""Changing who can open a vault. Each change is one commit with a new keyring; data files stay byte for byte.

A full member does it. Whoever only captures can change nothing here, not even their own ways: their identity is theirs,
but the keyring it would have to stand in can be made by full members only.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Sequence

from akika_forensics.errors import Refused, WrongUse
from akika_forensics.vault import layout
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring as rings
from akika_forensics.vault.keys import keytable, sealing
from akika_forensics.vault.keys.identity import Identity, Recipient
from akika_forensics.vault.keys.keyring import Keyring, Person
from akika_forensics.vault.keys.ways import Holder, Means, Way, open_way, seal_way
from akika_forensics.vault.keys.ways.recipient import RECIPIENT
from akika_forensics.vault.lifecycle.workshop import remove
from akika_forensics.vault.members import roster
from akika_forensics.vault.members.roster import Change
from akika_forensics.vault.snapshots import acts
from akika_forensics.vault.snapshots.acts import Gone
from akika_forensics.vault.snapshots.shelf import Shelf
from akika_forensics.vault.storage import locking


class Membership:
    """The members of an open vault.

    ``witness`` tells the heads of the other chains; ``adopt`` makes an identity the one that the vault is open with;
    ``reseal`` writes every slot again under the keys in use, ``is_resealed`` tells whether that was done. What changes something raises NotAllowed where the role
    does not reach, VaultLocked, Refused when another writer was faster, StorageFailed; a crash leaves the old keyring
    in use or the new one, and what it left of the work after that, the next change or `finish` does.
    """

    def __init__(
        self,
        shelf: Shelf,
        commits: Chain,
        lock: locking.Lock,
        *,
        witness: Callable[[], dict[str, ChainHead]],
        adopt: Callable[[Identity], None],
        reseal: Callable[[], None],
        is_resealed: Callable[[], bool],
    ) -> None:
        self._shelf = shelf
        self._commits = commits
        self._lock = lock
        self._witness = witness
        self._adopt = adopt
        self._reseal = reseal
        self._is_resealed = is_resealed

    def all(self) -> tuple[Person, ...]:
        """Who can open the vault, in the order in which they were added."""
        now = self._now()
        return tuple(now.person(member) for member in now.ring.members)

    def get(self, who: str) -> Person:
        """A member by name or id. Raises WrongUse."""
        now = self._now()
        return now.person(roster.find(now, who))

    def add(self, name: str, role: str, by: Recipient | Sequence[Means]) -> Person:
        """A new member, ``by`` the recipient they handed over, or by means that an identity made here is sealed under.

        With a recipient nobody but its owner ever has the member's private keys. Raises WrongUse, also for means that
        cannot be used here.
        """
        member_id = secrets.token_hex(8)

        def change(now: Keyring, generation: int) -> Change:
            if isinstance(by, Recipient):
                recipient, ways = by, [RECIPIENT]
            else:
                identity = Identity.fresh()
                recipient = identity.recipient
                ways = self._sealed(identity, now, generation, member_id, by)
            return roster.admitted(now, generation, roster.new_member(recipient, role, ways, member_id), name)

        self._commit("member added", change)
        return self.get(member_id)

    def remove(self, who: str) -> Person:
        """Remove a member: new role keys for those who stay, sealed to them alone. Raises WrongUse for oneself, for the
        last full member, and for nobody.

        What was written before stays readable for whoever kept a copy of it and of the keys of its time.
        """
        gone = self.get(who)
        told = Gone(gone.id, gone.name, gone.role, gone.signer, list(gone.ways))
        self._commit("member removed", lambda now, number: roster.dismissed(now, number, gone.id), removed=told)
        return gone

    def removed(self, who: str) -> Person | None:
        """Who was removed last of those of a name or id, as they were then; None where nobody of it was.

        For whoever goes on with a removal that was interrupted: the keyring tells of its members alone.
        """
        self._shelf.refresh()
        for link in reversed(self._commits.links()):
            if link.plain.signers is None or link.plain.seq in self._shelf.holdings.void:
                continue
            act = acts.read(self._commits.open(link))
            if isinstance(act, acts.NewKeys) and act.removed is not None:
                gone = act.removed
                if roster.is_named(who, gone.id, gone.name):
                    return Person(gone.id, gone.name, gone.role, gone.signer, tuple(gone.ways))
        return None

    @property
    def is_finished(self) -> bool:
        """False where a rotation or a removal was interrupted, so that values are still under the keys of before."""
        self._shelf.refresh()
        return self._is_resealed()

    def finish(self) -> None:
        """Write again what an interrupted rotation or removal left under the keys of before, and take its rest away.

        Every change of members does so before it begins.
        """
        with locking.held(self._lock, "keys"):
            now = self._now()
            _ = now.role_keys
            self._finish(now)

    def rotate(self) -> None:
        """New role keys for the same members."""
        self._commit("rotation", roster.rotated)

    def renew(self, by: Sequence[Means]) -> Person:
        """A new identity for whoever opened the vault, sealed under ``by`` and no other way, and new role keys.

        It is what ends an identity that may be known to others: a changed passphrase alone does not, because an old
        copy of the keyring leads to the same identity with the old one. Raises WrongUse.
        """
        identity = Identity.fresh()

        def change(now: Keyring, generation: int) -> Change:
            ways = self._sealed(identity, now, generation, now.member.id, by)
            mine = roster.new_member(identity.recipient, now.member.role, ways, now.member.id)
            return roster.rotated(now, generation, mine)

        self._commit("identity renewed", change, identity)
        return self._now().member

    def add_way(self, means: Means) -> Person:
        """One more way for whoever opened the vault. Raises WrongUse."""
        return self._change_ways("way added", lambda _, ways: ways, means)

    def replace_way(self, means: Means) -> Person:
        """A new way of its kind for whoever opened the vault, in place of those of that kind. Raises WrongUse."""
        return self._change_ways("way replaced", lambda _, ways: [way for way in ways if way.kind != means.kind], means)

    def remove_way(self, kind: str, who: str = "", *, opened_by: Means | None = None) -> Person:
        """One member, else whoever opened the vault, opens it in the ways of this kind no more; with ``opened_by``, only
        in the one that these means open. Raises WrongUse when there is none, or no other.
        """
        person = self.get(who) if who else self._now().member

        def staying(now: Keyring, ways: Sequence[Way]) -> list[Way]:
            going = [way for way in ways if way.kind == kind and _opens(opened_by, way, _holder(now, person.id))]
            if not going:
                raise WrongUse(
                    f"{person.name} does not open the vault by {kind}.",
                    means=f"Ways: {', '.join(person.ways)}.",
                    do="Run `akika vault keys list`.",
                )
            return [way for way in ways if way not in going]

        return self._change_ways("way removed", staying, member_id=person.id)

    def _change_ways(
        self,
        why: str,
        staying: Callable[[Keyring, Sequence[Way]], Sequence[Way]],
        means: Means | None = None,
        member_id: str = "",
    ) -> Person:
        def change(now: Keyring, generation: int) -> Change:
            member = roster.find(now, member_id or now.member.id)
            ways = list(staying(now, member.ways))
            if means is not None:
                ways += self._sealed(now.identity, now, generation, member.id, [means])
            return roster.with_ways(now, generation, member.id, ways)

        self._commit(why, change)
        return self.get(member_id or self._now().member.id)

    def _sealed(
        self, identity: Identity, now: Keyring, generation: int, member_id: str, by: Sequence[Means]
    ) -> list[Way]:
        if not by:
            raise WrongUse("No way to open the vault was given.", do="Give a passphrase, or another way.")
        holder = Holder(now.vault, member_id, identity.recipient, layout.keyring(generation))
        return [seal_way(means, identity, holder) for means in by]

    def _commit(
        self,
        why: str,
        change: Callable[[Keyring, int], Change],
        renewed: Identity | None = None,
        *,
        removed: Gone | None = None,
    ) -> None:
        with locking.held(self._lock, "keys"):
            now = self._now()
            _ = now.role_keys  # whoever has not all of them changes nothing
            self._finish(now)
            planned = change(now, self._free_generation(now))
            path = layout.keyring(planned.ring.generation)
            content = rings.to_bytes(planned.ring)
            opened = rings.reopen(content, path, renewed or now.identity)
            if opened is None:
                raise AssertionError("whoever changes the members stays one")
            retired = [layout.keyring(now.generation)]
            stored: list[StoredFile] = []
            try:
                self._store(stored, path, content)
                for company in self._shelf.keychain.companies() if planned.rotated else ():
                    keys = self._shelf.keychain.of(company)
                    retired += self._shelf.keychain.tables(company)
                    self._store(stored, *keytable.build(opened, company, keys))
            except BaseException:
                remove(self._shelf.backend, [file.path for file in stored])
                raise
            # From here on the entry may be there whatever is raised, so nothing that it vouches for is taken back.
            signers = None if planned.ring.signers == now.ring.signers else planned.ring.signers
            self._commits.append(
                acts.body(acts.NewKeys(why, removed)), stored,
                expected=self._shelf.holdings.taken, retired=retired, signers=signers, witness=self._witness(),
            )  # fmt: skip
            self._adopt(opened.identity)
            self._shelf.refresh()
            if planned.rotated:
                self._reseal()
            remove(self._shelf.backend, retired)

    def _now(self) -> Keyring:
        self._shelf.refresh()
        return self._shelf.keyring

    def _store(self, stored: list[StoredFile], path: str, content: bytes) -> None:
        try:
            self._shelf.backend.create(path, content)
        except FileExistsError as error:
            raise Refused(
                "Another writer was faster: it changes the members at the same time.",
                means="Nothing of this attempt was stored.",
                do="Run it again.",
            ) from error
        stored.append(StoredFile.of(path, content))

    def _free_generation(self, now: Keyring) -> int:
        """The next under which no keyring lies. One that does is not written over, because it cannot be told whose it is
        where two machines write; and a number is not used twice, because it is only taken away once a later one is in use.

        Whoever writes to the folder can lay keyrings there without a key: none of them is believed for its number.
        """
        places = map(layout.place_of, self._shelf.backend.list("keys"))
        taken = {place.seq for place in places if place.kind == "keyring"}
        return next(number for number in itertools.count(now.generation + 1) if number not in taken)

    def _finish(self, now: Keyring) -> None:
        if not self._is_resealed():
            self._reseal()
        self._sweep(now)

    def _sweep(self, now: Keyring) -> None:
        """Take away what an interrupted change left: files that were retired, and keyrings that no commit can vouch for
        any more, because the one in use is newer.
        """
        backend, standing = self._shelf.backend, self._shelf.standing
        rings_ = [path for path in backend.list("keys") if path != standing.keyring]
        remove(self._shelf.backend, [path for path in rings_ if layout.place_of(path).seq < now.generation])
        remove(self._shelf.backend, [path for path in backend.list("keytables") if path in standing.retired])


def _holder(now: Keyring, member_id: str) -> Holder:
    return rings.holder(now.ring, roster.find(now, member_id), layout.keyring(now.generation))


def _opens(means: Means | None, way: Way, holder: Holder) -> bool:
    if means is None:
        return True
    try:
        open_way(means, way, holder)
    except sealing.OpenError:
        return False
    return True
