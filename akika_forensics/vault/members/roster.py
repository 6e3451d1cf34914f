"""The keyring that comes after another: who is in it, in which ways they open it, and with which keys. Pure.

Every change makes a keyring of a new generation. Its role keys are those of before, unless somebody is to lose them:
then they are new, and the key tables have to follow.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from akika_forensics.errors import WrongUse
from akika_forensics.vault.chains.authority import CAPTURE, FULL
from akika_forensics.vault.keys import keyring as rings
from akika_forensics.vault.keys.identity import Recipient
from akika_forensics.vault.keys.keyring import Keyring, Member, Ring
from akika_forensics.vault.keys.ways import Way

ROLES: Final = (FULL, CAPTURE)
_LONGEST: Final = 80


class Change(NamedTuple):
    """``rotated``: the role keys are new ones."""

    ring: Ring
    rotated: bool


def find(now: Keyring, who: str) -> Member:
    """A member by name or id. Raises WrongUse when there is none, or more than one."""
    found = [member for member in now.ring.members if is_named(who, member.id, now.people.get(member.id, ""))]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(now.people.values()))
    raise WrongUse(f"The vault has no member {who!r}.", means=f"It has {names}.", do="Run `akika vault keys list`.")


def is_named(who: str, member_id: str, name: str) -> bool:
    """Whether ``who``, a name or an id as a person gives it, is this one."""
    return member_id == who.strip().lower() or _plain(name) == _plain(who)


def admitted(now: Keyring, generation: int, member: Member, name: str) -> Change:
    """With one more member. Raises WrongUse for a name that is taken or is none, and for keys that are a member's already."""
    name = name.strip()
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise WrongUse(f"{name!r} is no name for a member.", do=f"Use a printable name of up to {_LONGEST} characters.")
    if _plain(name) in map(_plain, now.people.values()):
        raise WrongUse(f"There is a member {name!r} already.", do="Choose another name.")
    if member.role == CAPTURE and now.role_keys.legacy:
        raise WrongUse(
            "This vault began as version 1, and its commits of that time open for full members only.",
            means="Who only captures could not see what is stored already.",
            do="Add the member as a full one, or let a full member capture.",
        )
    for other in now.ring.members:
        if other.signer == member.signer or other.kem == member.kem:
            raise WrongUse(
                f"This identity is a member already, as {now.people.get(other.id, other.id)!r}.",
                do="Ask for the recipient of the person whom you want to add.",
            )
    return _kept(now, generation, [*now.ring.members, member], {**now.people, member.id: name})


def dismissed(now: Keyring, generation: int, member_id: str) -> Change:
    """Without a member, and with new role keys. Raises WrongUse for the last full member, and for the one who does it."""
    if member_id == now.member.id:
        raise WrongUse(
            "Nobody removes themselves.",
            means="Whoever removes a member keeps the new keys; you would be left without them in the middle of it.",
            do="Let another full member do it.",
        )
    staying = [member for member in now.ring.members if member.id != member_id]
    if not any(member.role == FULL for member in staying):
        raise WrongUse("The last full member cannot be removed.", do="Add another full member first.")
    names = {one: name for one, name in now.people.items() if one != member_id}
    return _rotated(now, generation, staying, names)


def rotated(now: Keyring, generation: int, renewed: Member | None = None) -> Change:
    """The same members with new role keys; ``renewed``: the one who does it, with another identity."""
    members = [renewed if renewed is not None and member.id == renewed.id else member for member in now.ring.members]
    return _rotated(now, generation, members, now.people)


def with_ways(now: Keyring, generation: int, member_id: str, ways: Sequence[Way]) -> Change:
    """One member opens in other ways. Raises WrongUse when none would be left."""
    if not ways:
        raise WrongUse(
            "This is the only way in which the member opens the vault.",
            do="Add another way first, or remove the member.",
        )
    members = [
        msgspec.structs.replace(member, ways=list(ways)) if member.id == member_id else member
        for member in now.ring.members
    ]
    return _kept(now, generation, members, now.people)


def check_role(role: str) -> None:
    """Raises WrongUse for a role that is none."""
    if role not in ROLES:
        raise WrongUse(f"There is no role {role!r}.", do=f"Choose one of: {', '.join(ROLES)}.")


def new_member(recipient: Recipient, role: str, ways: Sequence[Way], member_id: str) -> Member:
    """Raises WrongUse for a role that is none."""
    check_role(role)
    return rings.fresh_member(recipient, FULL if role == FULL else CAPTURE, ways, member_id)


def _kept(now: Keyring, generation: int, members: Sequence[Member], names: Mapping[str, str]) -> Change:
    keys = now.role_keys.kept(now.generation)
    return Change(rings.build(now.vault, generation, members, names, keys), rotated=False)


def _rotated(now: Keyring, generation: int, members: Sequence[Member], names: Mapping[str, str]) -> Change:
    keys = now.role_keys.next(now.generation)
    return Change(rings.build(now.vault, generation, members, names, keys), rotated=True)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()
