"""One record, proved alone: a file that stands without the vault and without any key, and what it proves. Pure.

It holds the record, what leads from it to the record root of its segment, the signed commit that names this root, and
the commits by which the founder's key reaches the key that signed. Nothing in it tells of any other record.

Source: docs/design/vault-format.md, "Disclosure".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import msgspec

from akika_forensics.errors import Found, VaultDamaged, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.formats import Format, OtherFormat
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.chains import entries, stamps
from akika_forensics.vault.chains.authority import Authority
from akika_forensics.vault.chains.entries import Plain
from akika_forensics.vault.chains.stamps import Stamp, StampAuthority, StampRejected
from akika_forensics.vault.snapshots import merkle

FORMAT: Final = Format("akika-disclosure-", 1, "disclosed record")


class NotProved(Found):
    """A proof that does not prove what it is said to prove."""

    code = "not_proved"


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry's bytes and its signature, as they lie in the vault."""

    entry: bytes
    signature: str


class Disclosure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``rows``: how many records the segment has; ``position``: that of this one, from 0.

    ``listing``: the commits before it that say who may sign. ``after``: the commits that follow it up to the one that
    ``stamps`` were made over; empty when that is the commit itself, or there are none.
    """

    after: list[bytes]
    checksum: str
    commit: Signed
    digest: bytes
    entity: str
    file: str
    format: str
    founder: str
    id: str
    listing: list[Signed]
    path: list[bytes]
    payload: bytes
    position: int
    rows: int
    salt: bytes
    segment: int
    stamps: list[bytes]


@dataclass(frozen=True, slots=True)
class Proved:
    """What holds. ``signed_at`` is what the signer wrote; ``signer`` and ``founder`` as OpenSSH writes a public key.

    ``stamp`` limits the time; ``stamp_checked`` is False where nobody said whose stamps to believe.
    """

    key: RecordKey
    payload: bytes
    position: int
    rows: int
    segment: int
    vault: str
    commit: int
    commit_digest: str
    signed_at: str
    signer: str
    founder: str
    stamp: Stamp | None
    stamp_checked: bool
    stamped_commit: int | None

    @property
    def sha256(self) -> str:
        """Of the record's bytes."""
        return hashlib.sha256(self.payload).hexdigest()


def seal_up(told: Disclosure) -> bytes:
    """The file: the same with its check sum."""
    return canonical.encode(msgspec.structs.replace(told, checksum=_checksum(told)))


def prove(data: bytes, authority: StampAuthority | None = None) -> Proved:
    """What a disclosure proves. ``authority``: whose time stamps are believed.

    Raises WrongUse when it is no disclosure, NewerFormat, and NotProved when it is one and does not hold.
    """
    told = _read(data)
    _require(told.checksum == _checksum(told), "Its own check sum does not fit.")
    commit, signer = _signed(told.commit, None)
    _require_root(told, commit)
    _require_listed(told, commit, signer)
    stamped = _last(told, commit)
    stamp = _stamp(told, authority)
    return Proved(
        key=RecordKey(told.entity, told.id),
        payload=told.payload,
        position=told.position,
        rows=told.rows,
        segment=told.segment,
        vault=commit.vault,
        commit=commit.seq,
        commit_digest=entries.digest_of(told.commit.entry),
        signed_at=commit.at,
        signer=signer,
        founder=told.founder,
        stamp=stamp,
        stamp_checked=stamp is not None and authority is not None,
        stamped_commit=stamped.seq if stamp is not None else None,
    )


def _read(data: bytes) -> Disclosure:
    try:
        FORMAT.current(msgspec.json.decode(data))
    except (msgspec.MsgspecError, UnicodeDecodeError, OtherFormat) as error:
        raise WrongUse(
            "This is not a disclosed record.", do="Give the file that `akika vault disclose` wrote."
        ) from error
    try:
        return canonical.decode(data, Disclosure, "the proof")
    except VaultDamaged as error:
        raise NotProved("The proof is not as it was written.", means="It proves nothing.") from error


def _require_root(told: Disclosure, commit: Plain) -> None:
    """The record, its salt and its path lead to the root that the commit names."""
    try:
        digest = payloads.digest(told.payload)
    except WrongUse:
        digest = b""
    _require(digest == told.digest, "Its bytes are not those of the digest beside them.")
    _require(len(told.salt) == merkle.SALT, "Its salt has not 16 bytes.")
    sha256 = hashlib.sha256(told.payload).digest()
    leaf = merkle.salted_leaf(told.entity, told.id, told.digest, sha256, told.salt)
    try:
        root = merkle.root_from_path(leaf, told.position, told.rows, told.path)
    except WrongUse as error:
        raise NotProved(error.what, means="It proves nothing.") from error
    named = {file.path: file.root for file in commit.files}.get(told.file, {}).get(str(told.segment))
    _require(named == root.hex(), "The record does not lead to the record root that was signed.")


def _require_listed(told: Disclosure, commit: Plain, signer: str) -> None:
    """What the commits list leads from the founder's key to the signer. A vault may list nobody but its founder."""
    known = Authority(told.founder)
    last = -1
    for one in told.listing:
        plain, public = _signed(one, commit.vault)
        _require(last < plain.seq < commit.seq, "Its commits are not in order.")
        _require(
            plain.seq > 0 or plain.previous == entries.first_link(plain.vault, layout.COMMITS),
            "Its first commit is not the first of the vault.",
        )
        _require(plain.signers is not None, "It brings a commit that says nothing of who may sign.")
        brings = any(layout.place_of(file.path).kind == "keyring" for file in plain.files)
        problem = known.commit(
            public, retired=plain.retired, keyring=brings, signers=plain.signers, witness=plain.witness
        )
        _require(not problem, problem)
        last = plain.seq
    _require(known.role(signer) is not None, "It is signed by a key that none of the commits before it lists.")


def _last(told: Disclosure, commit: Plain) -> Plain:
    """The commit that the time stamps were made over."""
    before, at = told.commit.entry, commit
    for data in told.after:
        at = _entry(data, commit.vault, at.seq + 1, entries.digest_of(before))
        before = data
    return at


def _stamp(told: Disclosure, authority: StampAuthority | None) -> Stamp | None:
    """The earliest of the stamps, all of which must hold."""
    _require(bool(told.stamps) or not told.after, "It brings commits that nothing needs.")
    digest = hashlib.sha256(told.after[-1] if told.after else told.commit.entry).digest()
    found: list[Stamp] = []
    for token in told.stamps:
        try:
            stamp = stamps.check(token, digest, authority) if authority else stamps.read(token)
        except StampRejected as error:
            raise NotProved(f"A time stamp in it does not hold. {error.what}", do=error.do) from error
        _require(stamp.digest == digest, "A time stamp in it does not hold. It was made over other bytes.")
        found.append(stamp)
    return min(found, key=lambda one: one.at, default=None)


def _signed(one: Signed, vault: str | None) -> tuple[Plain, str]:
    """A commit and the key that signed it."""
    try:
        seq = msgspec.json.decode(one.entry, type=_Number).seq
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotProved("A commit in it cannot be read.", means="It proves nothing.") from error
    plain = _entry(one.entry, vault, seq, None)
    try:
        return plain, entries.check_signature(plain, one.entry, one.signature.encode())
    except VaultDamaged as error:
        raise NotProved(f"A commit in it is not signed. {error}", means="It proves nothing.") from error


class _Number(msgspec.Struct, frozen=True):
    seq: int


def _entry(data: bytes, vault: str | None, seq: int, previous: str | None) -> Plain:
    try:
        plain = entries.parse(data, vault, layout.COMMITS, seq, previous)
    except VaultDamaged as error:
        raise NotProved(f"A commit in it does not hold. {error}", means="It proves nothing.") from error
    _require(plain.namespace == layout.COMMIT_NAMESPACE, "A commit in it was signed for another purpose.")
    return plain


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise NotProved(
            what, means="It proves nothing.", do="Ask for the file anew, from whoever disclosed the record."
        )


def _checksum(told: Disclosure) -> str:
    fields = msgspec.to_builtins(told, builtin_types=(bytes,))
    return hashlib.sha256(canonical.encode({name: fields[name] for name in fields if name != "checksum"})).hexdigest()
