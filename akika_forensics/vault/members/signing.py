"""Which member signed an entry, as it is shown to people."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime
from typing import NamedTuple

from akika_forensics.model.instants import parse_instant
from akika_forensics.vault.chains import sshsig
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.seals import Closed
from akika_forensics.vault.keys.keyring import Person


class SignedBy(NamedTuple):
    """``member`` is empty for one who is a member no more: then the key alone tells, ``SHA256:…`` as ``ssh-keygen -l`` prints it."""

    member: str
    fingerprint: str


class SignedCommit(NamedTuple):
    """A commit, when (aware), of which kind (``snapshot``, ``keys``, …; ``closed`` for one of an erased company, ``passed over`` for
    one that no reader accepts), and by whom.
    """

    number: int
    at: datetime
    kind: str
    snapshot: str
    digest: str
    by: SignedBy


def who(public: str, members: Iterable[Person]) -> SignedBy:
    """``public``: as OpenSSH writes it."""
    name = next((one.name for one in members if one.signer == public), "")
    return SignedBy(name, sshsig.fingerprint(sshsig.read_public_line(public)))


def commits(chain: Chain, members: Iterable[Person], void: Container[int] = ()) -> tuple[SignedCommit, ...]:
    """All of them, oldest first; ``void``: numbers of those that are passed over. Raises VaultDamaged."""
    known = tuple(members)
    found: list[SignedCommit] = []
    for link in chain.links():
        try:
            body = {"kind": "passed over"} if link.plain.seq in void else chain.open(link).body
        except Closed:
            body = {"kind": "closed"}
        kind, snapshot = str(body.get("kind", "")), str(body.get("snapshot", ""))
        at = parse_instant(link.plain.at)
        found.append(SignedCommit(link.plain.seq, at, kind, snapshot, link.digest, who(link.public, known)))
    return tuple(found)
