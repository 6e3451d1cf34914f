"""A chain looked at without keys: gaps, links, signatures, who may sign; nothing is given up at the first damage."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from akika_forensics.errors import VaultDamaged
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries, sshsig
from akika_forensics.vault.chains.authority import LATE
from akika_forensics.vault.chains.entries import Link, Plain
from akika_forensics.vault.chains.standing import Others, Standing
from akika_forensics.vault.checks.inspection import Inspection
from akika_forensics.vault.layout import Place


def read_chain(inspection: Inspection, name: str, places: dict[str, Place]) -> None:
    mine = {path: place for path, place in places.items() if place.chain == name}
    numbers = sorted(place.seq for place in mine.values() if place.kind == "entry")
    signatures: dict[int, list[str]] = {}
    for path, place in mine.items():
        if place.kind == "signature":
            signatures.setdefault(place.seq, []).append(path)
    if name == layout.COMMITS and not numbers:
        inspection.damage(layout.entry(name, 0), "The entry is missing.")
    _name_gaps(inspection, name, numbers)
    inspection.blind |= name == layout.COMMITS and numbers != list(range(len(numbers)))
    namespace = layout.COMMIT_NAMESPACE if name == layout.COMMITS else None
    for seq in numbers:
        link = _read_entry(inspection, name, seq, signatures.pop(seq, []))
        if link is None:
            inspection.blind |= name == layout.COMMITS
            continue
        if namespace is not None and link.plain.namespace != namespace:
            inspection.damage(link.path, "It was signed for another purpose than its chain.")
        inspection.chains.setdefault(name, {})[seq] = link
        _admit(inspection, link)
        if namespace is None and link.public and not inspection.is_damaged(link.path):
            # What a chain is signed for is told by an entry that stands, not by one that somebody changed.
            namespace = link.plain.namespace
    for paths in signatures.values():
        _left_over_signatures(inspection, paths)


def _name_gaps(inspection: Inspection, name: str, numbers: list[int]) -> None:
    """One finding a gap: a stranger with a high number must not fill the report."""
    expected = 0
    for seq in numbers:
        if seq > expected:
            more = seq - expected - 1
            what = f"The entry is missing, and so are the {more} after it." if more else "The entry is missing."
            inspection.damage(layout.entry(name, expected), what)
        expected = seq + 1


def _read_entry(inspection: Inspection, name: str, seq: int, signatures: list[str]) -> Link | None:
    """The entry, when a signature of these very bytes lies beside it; that signature may itself be damaged."""
    path = layout.entry(name, seq)
    data = inspection.read(path)
    if data is None:
        inspection.damage(path, "The entry is missing.")
        return None
    digest = inspection.digests[name, seq] = entries.digest_of(data)
    mine = layout.signature(name, seq, digest)
    try:
        plain = entries.parse(data, inspection.vault, name, seq)
    except DamagedFile as error:
        inspection.damage(error.path, error.finding)
        _left_over_signatures(inspection, signatures, expected=True)
        return None
    if mine not in signatures:
        if signatures:
            inspection.damage(path, "Its bytes are not those that were signed.")
        else:
            inspection.damage(mine, "The signature of the entry is missing.")
        _left_over_signatures(inspection, signatures, expected=True)
        return None
    _check_link(inspection, plain)
    _left_over_signatures(inspection, [one for one in signatures if one != mine])
    try:
        public = entries.check_signature(plain, data, inspection.read(mine) or b"")
    except DamagedFile as error:
        inspection.damage(error.path, error.finding)
        public = ""
    return Link(plain, digest, public)


def _check_link(inspection: Inspection, plain: Plain) -> None:
    """A changed entry has its own finding; only a broken link between two sound ones is news."""
    expected: str | None = entries.first_link(plain.vault, plain.chain)
    if plain.seq:
        before = inspection.chains.get(plain.chain, {}).get(plain.seq - 1)
        sound = before is not None and before.public and not inspection.is_damaged(before.path)
        expected = before.digest if before is not None and sound else None
    if expected is not None and plain.previous != expected:
        path = layout.entry(plain.chain, plain.seq)
        inspection.damage(path, "It does not follow the entry before it: one of the two was replaced.")


def _admit(inspection: Inspection, link: Link) -> None:
    """Take up what an entry changes, and say when it may not."""
    plain = link.plain
    if inspection.vault is None:
        inspection.vault = plain.vault
    if inspection.standing is None:
        # The marker cannot be read, which is reported; the rest is held against the first signature's key.
        inspection.standing = Standing(link.public)
    standing = inspection.standing
    inspection.blind |= plain.chain == layout.COMMITS and not link.public
    problem = ""
    if plain.chain != layout.COMMITS:
        if not inspection.blind and link.public:
            gate = Others(lambda: standing.authority)
            if gate.passes_over([link]):
                if not inspection.is_damaged(link.path):
                    inspection.damage(link.path, f"{LATE} It is passed over.")
                return
            problem = gate.refuses(link)
        for file in plain.files:
            if inspection.listed.setdefault(file.path, file) != file:
                problem = problem or f"It tells of {file.path} otherwise than an earlier entry."
    elif inspection.blind:
        standing.absorb(link)
    else:
        problem = standing.admit(link)
        if plain.seq in standing.void and not inspection.is_damaged(link.path):
            inspection.damage(link.path, passed_over(standing.void[plain.seq]))
            return
    if problem and not inspection.is_damaged(link.path):
        inspection.damage(link.path, problem)
    inspection.blind |= plain.chain == layout.COMMITS and inspection.is_damaged(link.path)


def passed_over(why: str) -> str:
    """What is said of a commit that stops nobody."""
    return f"{why} It is passed over: its signer may only add snapshots, and should be removed."


def _left_over_signatures(inspection: Inspection, paths: Iterable[str], *, expected: bool = False) -> None:
    """Signatures of no entry that is there; ``expected`` where the entry itself was changed, which is reported."""
    for path in paths:
        data = inspection.read(path)
        if data is None:
            continue
        try:
            parts = sshsig.parse(data)
        except VaultDamaged as error:
            inspection.damage(path, error.what)
            continue
        line = sshsig.public_line(Ed25519PublicKey.from_public_bytes(parts.public_key))
        known = inspection.blind or inspection.standing is None or inspection.standing.authority.knows(line)
        if not known:
            inspection.damage(path, "It is a signature by another key.")
        elif not expected:
            inspection.notice(path, "It is a left-over of an interrupted write: a signature without its entry.")
