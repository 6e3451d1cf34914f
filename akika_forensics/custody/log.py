"""Acts of this software, in the order in which they happened, each vouching for the files it made."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from akika_forensics.errors import VaultDamaged
from akika_forensics.model.company import Company
from akika_forensics.model.formats import Format, unchanged
from akika_forensics.model.instants import parse_instant
from akika_forensics.settings import VERSION
from akika_forensics.vault import Entry, StoredFile, Vault
from akika_forensics.vault.chains.entries import Link
from akika_forensics.vault.chains.seals import Closed
from akika_forensics.vault.keys.keyring import Person
from akika_forensics.vault.members.signing import SignedBy, who

CHAIN: Final = "custody"
NAMESPACE: Final = "akika-custody"
CLOSED: Final = "closed"
"""Code of an act that nobody can read any more."""
CAPTURED: Final = "captured"
"""Code of the act that took a snapshot, which its details name under ``snapshot``."""
UNREADABLE: Final = "unreadable"
"""Code of an entry of a member who may only add that nobody could ever read."""
PASSED_OVER: Final = "passed_over"
"""Code of an entry by somebody who was a member no more when it was written."""
_OF_MEMBERS: Final = frozenset({"member_added", "member_removed", "identity_renewed", "keys_rotated"})
_FORMAT: Final = Format("akika-custody-", 1, "entry of custody", {0: unchanged})
_FIELDS: Final = ("act", "what", "by", "tool", "details", "objects")


def operator() -> str:
    """Who runs this process, as the operating system says: ``user@host``."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


@dataclass(frozen=True, slots=True)
class Act:
    """One entry: what was done, when (aware), by whom, with which details; ``objects`` are the documents it vouches for.

    ``by`` is what the operating system said; ``member`` is the member of the vault whose key signed it, by name (empty where
    nobody tells of that key any more), and ``signer`` the fingerprint of that key, ``SHA256:…``.
    """

    number: int
    at: datetime
    by: str
    act: str
    what: str
    details: dict[str, Any]
    objects: tuple[str, ...]
    digest: str
    member: str = ""
    signer: str = ""


class CustodyLog:
    """The custody chain of a vault. ``by`` names the operator and can be replaced in tests.

    With ``company`` what is recorded belongs to it, and is closed when the company is erased.
    """

    def __init__(self, vault: Vault, *, by: Callable[[], str] = operator, company: Company | None = None) -> None:
        self._vault = vault
        self._chain = vault.chain(CHAIN, NAMESPACE)
        self._by = by
        self._company = company

    def record(
        self, act: str, what: str, details: dict[str, Any] | None = None, files: Sequence[StoredFile] = ()
    ) -> Act:
        """Append an act; durable when it returns. ``act`` is a short code, ``what`` one plain sentence."""
        me = self._vault.member
        entry = self._chain.append(
            _FORMAT.named(
                {
                    "act": act,
                    "what": what,
                    "by": self._by(),
                    "tool": f"akika-forensics {VERSION}",
                    "details": details or {},
                    "objects": [stored.path for stored in files],
                }
            ),
            files,
            key=self._vault.company_key(self._company),
        )
        return _act(entry, who(me.signer, [me]))

    def acts(self, *codes: str) -> tuple[Act, ...]:
        """All acts, or those with one of the codes.

        Raises VaultDamaged when the chain does not hold, NewerFormat when a newer version of the software wrote to it.
        """
        links = self._chain.links()
        members = self._vault.members
        found = [self._read(link, who(link.public, members)) for link in links]
        former = _former(act for act, link in zip(found, links, strict=True) if self._vault.was_full(link.public))
        found = sorted([*found, *self._passed_over(members)], key=lambda act: act.number)
        named = (act if act.member else replace(act, member=former.get(act.signer, "")) for act in found)
        return tuple(act for act in named if not codes or act.act in codes)

    def _passed_over(self, members: Sequence[Person]) -> list[Act]:
        what = "Something was written here by a member who had been removed; it is passed over."
        late = ((link, parse_instant(link.plain.at)) for link in self._chain.passed_over())
        return [
            Act(link.plain.seq, at, "", PASSED_OVER, what, {}, (), link.digest, *who(link.public, members))
            for link, at in late
        ]

    def _read(self, link: Link, signed: SignedBy) -> Act:
        try:
            return _act(self._chain.open(link), signed)
        except Closed:
            at = parse_instant(link.plain.at)
            what = "Something was done with a company that was erased."
            return Act(link.plain.seq, at, "", CLOSED, what, {}, (), link.digest, *signed)
        except VaultDamaged:
            if self._vault.was_full(link.public):
                raise
            # Whoever may only add may write here, and must not stop others from reading what they wrote.
            what, at = "Something that nobody can read was written here.", parse_instant(link.plain.at)
            return Act(link.plain.seq, at, "", UNREADABLE, what, {}, (), link.digest, *signed)


def read_body(stored: Any) -> dict[str, Any]:
    """What an entry of custody says, in today's version. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.stored(stored, _FIELDS)


def _former(acts: Iterable[Act]) -> dict[str, str]:
    """Names of members by the fingerprint of their key, as full members wrote them down when these came, changed and went."""
    found: dict[str, str] = {}
    for act in acts:
        key, name = act.details.get("fingerprint"), act.details.get("name")
        if act.act in _OF_MEMBERS and isinstance(key, str) and isinstance(name, str):
            found[key] = name
    return found


def _act(entry: Entry, signed: SignedBy) -> Act:
    body = read_body(entry.body)
    return Act(
        number=entry.seq,
        at=entry.at,
        by=str(body["by"]),
        act=str(body["act"]),
        what=str(body["what"]),
        details=dict(body["details"]),
        objects=tuple(body["objects"]),
        digest=entry.digest,
        member=signed.member,
        signer=signed.fingerprint,
    )
