"""What a case gives out to be proved elsewhere, and what somebody else can read from it, in plain sentences."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akika_forensics.custody import CustodyLog
from akika_forensics.custody.leaving import leaves, listed
from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import time_stamping
from akika_forensics.vault import Snapshot, Vault
from akika_forensics.vault.chains import sshsig, stamping, stamps
from akika_forensics.vault.chains.stamps import Stamp, StampAuthority
from akika_forensics.vault.proofs import Stamped
from akika_forensics.vault.snapshots import disclosure
from akika_forensics.vault.snapshots.disclosure import NotProved, Proved


@dataclass(frozen=True, slots=True)
class Told:
    """A disclosed record as checked: ``holds`` is proved, ``open`` is not; one sentence each."""

    proved: Proved
    holds: tuple[str, ...]
    open: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        one = self.proved
        stamp = one.stamp
        return {
            "record": str(one.key),
            "sha256": one.sha256,
            "position": one.position,
            "rows": one.rows,
            "segment": one.segment,
            "vault": one.vault,
            "commit": one.commit,
            "commit_digest": one.commit_digest,
            "signed_at": one.signed_at,
            "signer": one.signer,
            "founder": one.founder,
            "stamp": None
            if stamp is None
            else {
                "at": format_instant(stamp.at),
                "authority": stamp.authority,
                "commit": one.stamped_commit,
                "checked": one.stamp_checked,
            },
            "proved": list(self.holds),
            "not_proved": list(self.open),
        }


def authority_in_force() -> StampAuthority | None:
    """Whose time stamps are believed: the certificates that ``AKIKA_TSA_ROOTS`` names. Raises WrongUse."""
    named = time_stamping()
    if named.certificates is None:
        return None
    try:
        return stamps.read_authority(named.certificates.read_bytes(), named.policy)
    except OSError as error:
        raise WrongUse(
            f"The certificates of the time-stamping authority, {named.certificates}, cannot be read.",
            do="Name a file of certificates in AKIKA_TSA_ROOTS.",
        ) from error


def stamp_head(vault: Vault, custody: CustodyLog) -> Stamped:
    """Have the authority that the environment names stamp the head. Raises WrongUse where it names none."""
    url, authority = time_stamping().url, authority_in_force()
    if not url or authority is None:
        raise WrongUse(
            "No time-stamping authority was named.",
            means="None is asked unless you name one, and its answer is worth nothing without its certificates.",
            do="Set AKIKA_TSA_URL to its address and AKIKA_TSA_ROOTS to the file of its certificates.",
        )
    made = vault.stamp(lambda question: stamping.ask(url, question), authority)
    custody.record(
        "stamped",
        f"Commit {made.commit} was stamped by {named(made.stamp)}.",
        {"commit": made.commit, "digest": made.digest, "at": format_instant(made.stamp.at), "file": made.path},
    )
    return made


def disclose_to(snapshot: Snapshot, vault: Vault, custody: CustodyLog, key: RecordKey, out: Path) -> str:
    """Write the proof of one record to a new file; returns its SHA-256. Custody lists it first. Raises WrongUse."""
    if out.exists():
        raise _not_written(out)
    proof = vault.disclose(snapshot.info.id, key, authority_in_force())
    row = listed(out.name, proof)
    leaves(
        custody,
        "disclosed",
        f"{key} was disclosed with its proof.",
        to=out.parent,
        files=[row],
        details={"record": str(key), "snapshot": snapshot.info.id},
    )
    write_new(out, proof)
    return str(row["sha256"])


def write_new(path: Path, data: bytes) -> None:
    """A file that was not there before, for its owner's eyes alone. Raises WrongUse."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except OSError as error:
        raise _not_written(path) from error


def prove_file(path: Path, founder: str = "") -> Told:
    """What a disclosed record proves. ``founder``: the key that is expected, as OpenSSH writes it or by fingerprint.

    Raises WrongUse when it is no disclosure, NotProved when it does not hold or is by another founder.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WrongUse(f"{path} cannot be read.", do="Name the file that was disclosed.") from error
    found = disclosure.prove(data, authority_in_force())
    known = founder.strip()
    if (
        known
        and known not in {_fingerprint(found.founder), found.founder}
        and not known.startswith(f"{found.founder} ")
    ):
        raise NotProved(
            f"It is of a vault whose founder's key is {_fingerprint(found.founder)}.",
            means="That is not the founder whom you named.",
            do="Ask whoever disclosed it; do not rely on it.",
        )
    return Told(found, tuple(_holds(found, bool(known))), tuple(_open(found, bool(known))))


def named(stamp: Stamp) -> str:
    """By whom, in a sentence."""
    return stamp.authority or "an authority that does not name itself"


def _holds(found: Proved, founder_known: bool) -> list[str]:
    signer = _fingerprint(found.signer)
    by = "the founder's key" if found.signer == found.founder else "a key that the founder's vault lists"
    record = (
        f"{found.key}, {len(found.payload):,} bytes with the SHA-256 {found.sha256}, is number {found.position + 1:,} "
        f"of the {found.rows:,} records of segment {found.segment} of vault {found.vault}."
    )
    said = [
        record,
        f"Commit {found.commit} of that vault (SHA-256 {found.commit_digest}) vouches for exactly these records.",
        f"{signer}, {by}, signed that commit.",
    ]
    if founder_known:
        said.append(f"The founder's key, {_fingerprint(found.founder)}, is the one that you named.")
    if found.stamp is not None and found.stamp_checked:
        what = "It" if found.stamped_commit == found.commit else f"It, and commit {found.stamped_commit} after it,"
        said.append(f"{what} existed at {format_instant(found.stamp.at)}, by {named(found.stamp)}.")
    return said


def _open(found: Proved, founder_known: bool) -> list[str]:
    said = []
    if not founder_known:
        said.append(
            f"Whose vault it is: compare the founder's key, {_fingerprint(found.founder)}, with one that you had from elsewhere."
        )
    if found.signer != found.founder:
        said.append("Whether the signer was still a member then: the whole vault tells.")
    if found.stamp is None:
        said.append(f"When it was signed: the signer wrote {found.signed_at}, and no time stamp limits it.")
    elif not found.stamp_checked:
        said.append(
            f"When it was signed: the signer wrote {found.signed_at}. A time stamp is there; whose it is was not checked, "
            "because AKIKA_TSA_ROOTS names no certificates."
        )
    else:
        said.append(
            f"When exactly it was signed: the signer wrote {found.signed_at}; the time stamp says not later than when."
        )
    said.append("That QuickBooks held this record: it is the signer who says so.")
    said.append("What the other records say, and whether this one changed or went away since.")
    return said


def _fingerprint(line: str) -> str:
    try:
        return sshsig.fingerprint(sshsig.read_public_line(line))
    except VaultDamaged as error:
        raise NotProved("It does not name the founder's key.", means="It proves nothing.") from error


def _not_written(path: Path) -> WrongUse:
    return WrongUse(f"{path} cannot be written.", do="Name a file that is not there yet, in a folder that is.")
