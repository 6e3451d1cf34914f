"""The keyring of a vault: its members, and the keys of their roles sealed to each of them.

A member is a person or a machine with an identity of their own: a key to sign with and a key that the role's keys are
sealed to. How the identity itself is opened (passphrase, recovery key, …) is a *way*.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from akika_forensics.errors import VaultDamaged
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import sshsig
from akika_forensics.vault.chains.authority import CAPTURE, MemberRole, Signer
from akika_forensics.vault.keys import hpke, memory, sealing
from akika_forensics.vault.keys.identity import Identity, Recipient
from akika_forensics.vault.keys.roles import Former, NotAllowed, RoleKeys
from akika_forensics.vault.keys.ways import Holder, Means, Way, open_any

_KIND: Final = b"RING"
_KEM: Final = "x25519-hkdf-sha256-aes-256-gcm"


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``signer``: as OpenSSH writes it; ``kem``: X25519, 32 bytes; ``keys``: the role's keys, in an envelope."""

    id: str
    kem: bytes
    keys: bytes
    role: MemberRole
    signer: str
    ways: list[Way]


class Ring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A keyring file. ``people``: names of the members, sealed."""

    generation: int
    kem: str
    members: list[Member]
    people: bytes
    vault: str

    @property
    def signers(self) -> tuple[Signer, ...]:
        return tuple(Signer(member.signer, member.role) for member in self.members)


class Person(NamedTuple):
    """A member as shown. ``ways``: kinds of way by which they open the vault."""

    id: str
    name: str
    role: MemberRole
    signer: str
    ways: tuple[str, ...]


class Keyring:
    """The keys of a vault as one member opened them; no text form shows them.

    Methods raise NotAllowed when the member's role has no such key, and OpenError when something does not open.
    """

    __slots__ = ("_keys", "generation", "identity", "member", "people", "ring", "vault")

    def __init__(self, ring: Ring, member: Member, identity: Identity, keys: RoleKeys) -> None:
        memory.keep_out_of_dumps()
        self.vault = ring.vault
        self.generation = ring.generation
        self.ring = ring
        self.identity = identity
        self._keys = keys
        self.people = _open_people(ring, keys.index)
        self.member = self.person(member)

    @property
    def signer(self) -> Ed25519PrivateKey:
        return self.identity.signer

    @property
    def role_keys(self) -> RoleKeys:
        """For a new generation. Raises NotAllowed."""
        self._private(self._keys.payload)
        return self._keys

    def person(self, member: Member) -> Person:
        ways = tuple(way.kind for way in member.ways)
        return Person(member.id, self.people.get(member.id, ""), member.role, member.signer, ways)

    def pseudonym(self, *name: str) -> str:
        return sealing.pseudonym(self._keys.name, *name)

    def index_key(self, generation: int | None = None, *purpose: str) -> bytes:
        """A key for one purpose that both roles have, such as ``entries`` or ``keytable``."""
        key = self._keys.index if generation in {None, self.generation} else self._former(generation).index
        return sealing.subkey(key, *purpose)

    def slot_key(self, generation: int | None, *, shared: bool) -> bytes:
        """The key of slots; ``shared``: of those that a member who only captures works with."""
        of = self._keys if generation in {None, self.generation} else self._former(generation)
        return sealing.subkey(of.connection if shared else self._private(of.private), "slots")

    def rotated_since(self, generation: int) -> bool:
        """Whether the keys of slots became others after that generation; 0 for since the beginning."""
        return any(one.connection != self._keys.connection for one in self._keys.former if one.generation >= generation)

    def own_key(self, *purpose: str) -> bytes:
        """A key that this member alone has, whatever the role, as long as the identity is the same."""
        return sealing.subkey(self.identity.to_bytes(), "own", *purpose)

    def seal_payload(self, data: bytes, *place: str | int) -> bytes:
        return hpke.seal(X25519PublicKey.from_public_bytes(self._keys.payload_public), data, *place)

    def open_payload(self, sealed: bytes, *place: str | int) -> bytes:
        key = X25519PrivateKey.from_private_bytes(self._private(self._keys.payload))
        return hpke.open_sealed(key, sealed, *place)

    def seal_document(self, data: bytes, *place: str | int) -> bytes:
        return hpke.seal(X25519PublicKey.from_public_bytes(self._keys.document_public), data, *place)

    def open_document(self, generation: int, sealed: bytes, *place: str | int) -> bytes:
        of = self._keys if generation == self.generation else self._former(generation)
        return hpke.open_sealed(X25519PrivateKey.from_private_bytes(self._private(of.document)), sealed, *place)

    def legacy(self, *purpose: str) -> bytes:
        """A key of version 1 for entries, documents or slots of that time."""
        return sealing.subkey(self._private(self._keys.legacy), *purpose)

    def _former(self, generation: int | None) -> Former:
        for one in self._keys.former:
            if one.generation == generation:
                return one
        raise sealing.OpenError

    def _private(self, key: bytes) -> bytes:
        if key:
            return key
        if self.member.role == CAPTURE:
            raise NotAllowed(
                f"{self.member.name or 'This member'} may capture only.",
                means="The role adds snapshots and sees which records changed; it opens no record, plan or custody entry.",
                do="Open the vault as a full member.",
            )
        raise sealing.OpenError

    def __repr__(self) -> str:
        return f"Keyring({self.vault})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("keys are not pickled")


def fresh_member(recipient: Recipient, role: MemberRole, ways: Sequence[Way], member_id: str | None = None) -> Member:
    """A member whose role keys are not sealed yet; `build` does that."""
    return Member(
        member_id or secrets.token_hex(8), recipient.envelope.public_bytes_raw(), b"", role,
        recipient.signer_line, list(ways),
    )  # fmt: skip


def build(vault: str, generation: int, members: Sequence[Member], names: Mapping[str, str], keys: RoleKeys) -> Ring:
    """A keyring of one generation: the keys sealed to every member according to their role."""
    sealed = []
    for member in members:
        mine = keys.for_capture() if member.role == CAPTURE else keys
        place = ("member", vault, generation, member.id, member.role, member.signer)
        envelope = hpke.seal(X25519PublicKey.from_public_bytes(member.kem), canonical.encode(mine), *place)
        sealed.append(msgspec.structs.replace(member, keys=envelope))
    people = sealing.seal(
        sealing.subkey(keys.index, "people"), canonical.encode(dict(names)), "people", vault, generation
    )
    return Ring(generation, _KEM, sealed, people, vault)


def to_bytes(ring: Ring) -> bytes:
    return sealing.wrap(_KIND, canonical.encode(ring))


def parse(data: bytes, path: str) -> Ring:
    """A keyring file read without keys. Raises DamagedFile."""
    ring = canonical.decode(sealing.unwrap(_KIND, data, path), Ring, path)
    if layout.place_of(path).seq != ring.generation or ring.kem != _KEM or not ring.members:
        raise DamagedFile(path, "It is another keyring than its name says.")
    return ring


def open_ring(ring: Ring, path: str, member: Member, identity: Identity) -> Keyring:
    """Raises DamagedFile when the keys of a member do not open with the member's own identity."""
    place = ("member", ring.vault, ring.generation, member.id, member.role, member.signer)
    try:
        plain = hpke.open_sealed(identity.envelope, member.keys, *place)
        keys = canonical.decode(plain, RoleKeys, path)
        return Keyring(ring, member, identity, keys)
    except sealing.OpenError as error:
        raise DamagedFile(path, "The identity fits, but the keys inside do not open.") from error


def read(data: bytes, path: str, means: Means) -> Keyring:
    """Open a keyring file with what somebody has in hand.

    Raises DamagedFile when the file was changed, WrongKey when it is sound and nobody's identity opens, WrongUse, and
    what a key service says.
    """
    ring = parse(data, path)
    members = {member.id: member for member in ring.members}
    held = [(holder(ring, member, path), member.ways) for member in ring.members]
    found, identity = open_any(means, held)
    return open_ring(ring, path, members[found.member], identity)


def holder(ring: Ring, member: Member, path: str) -> Holder:
    """Whose ways a member's are. Raises DamagedFile when their keys are none."""
    try:
        signing = sshsig.read_public_line(member.signer)
        return Holder(ring.vault, member.id, Recipient(X25519PublicKey.from_public_bytes(member.kem), signing), path)
    except (ValueError, VaultDamaged) as error:
        raise DamagedFile(path, "It names keys of a member that are none.") from error


def reopen(data: bytes, path: str, identity: Identity) -> Keyring | None:
    """A keyring with an identity that is open already; None when it is no member's."""
    ring = parse(data, path)
    for member in ring.members:
        if member.signer == identity.recipient.signer_line:
            return open_ring(ring, path, member, identity)
    return None


def _open_people(ring: Ring, index: bytes) -> dict[str, str]:
    plain = sealing.open_sealed(sealing.subkey(index, "people"), ring.people, "people", ring.vault, ring.generation)
    return msgspec.json.decode(plain, type=dict[str, str])
