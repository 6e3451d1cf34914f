"""What can be checked without keys: marker, keyring, links, signatures, every file's length and digest, strangers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.vault import blobs, documents, layout, slots
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries, marker, sshsig, stamps
from akika_forensics.vault.chains.entries import Link, Plain
from akika_forensics.vault.chains.heads import ChainHead, Remembered, disagreements
from akika_forensics.vault.chains.standing import Others, Standing
from akika_forensics.vault.checks import bulk
from akika_forensics.vault.checks.effort import BYTES, Effort
from akika_forensics.vault.checks.findings import NOTICE, Finding
from akika_forensics.vault.files import Measured, StoredFile
from akika_forensics.vault.keys import keyring, keytable
from akika_forensics.vault.layout import Place
from akika_forensics.vault.storage import Backend


@dataclass
class Inspection:
    """What was found so far. ``chains``: the readable entries of each chain by number; ``standing``: what the commits
    amount to; ``blind``: one of them is damaged, so that nothing can be held against those after it.
    """

    backend: Backend
    paths: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    marker: marker.Marker | None = None
    vault: str | None = None
    standing: Standing | None = None
    blind: bool = False
    chains: dict[str, dict[int, Link]] = field(default_factory=dict)
    digests: dict[tuple[str, int], str] = field(default_factory=dict)
    listed: dict[str, StoredFile] = field(default_factory=dict)
    retired: dict[str, StoredFile] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    file_count: int = 0
    byte_count: int = 0

    def damage(self, path: str, what: str) -> None:
        self.findings.append(Finding(path, what))
        self.damaged.add(path)

    def notice(self, path: str, what: str) -> None:
        self.findings.append(Finding(path, what, NOTICE))

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Damage that is met inside becomes a finding, once a file."""
        try:
            yield
        except DamagedFile as error:
            if not self.is_damaged(error.path):
                self.damage(error.path, error.finding)

    def is_damaged(self, path: str) -> bool:
        return path in self.damaged

    def digest_at(self, chain: str, seq: int) -> str | None:
        return self.digests.get((chain, seq))

    def read(self, path: str) -> bytes | None:
        """The whole of a small file, counted; None when it is not there."""
        try:
            data = self.backend.read(path)
        except FileNotFoundError:
            return None
        self.file_count += 1
        self.byte_count += len(data)
        return data


def inspect(backend: Backend, progress: Callable[[str, int, int], None], effort: Effort) -> Inspection:
    """Raises WrongUse when there is no vault, or a newer version of the software made it."""
    inspection = Inspection(backend, backend.list())
    places = {path: layout.place_of(path) for path in inspection.paths}
    if not any(place.kind in ("marker", "keyring", "entry") for place in places.values()):
        raise WrongUse("There is no vault at this place.", do="Give its folder, or make one with akika vault init.")
    for path in inspection.paths:
        odd = backend.odd(path)
        if odd:
            inspection.damage(path, f"It is not a file of this vault: {odd}.")
            places[path] = Place("odd")
    _read_marker(inspection)
    _hold_marker_against_commits(inspection, places)
    found = {place.chain for place in places.values() if place.kind in ("entry", "signature")}
    names = [layout.COMMITS, *sorted(found - {layout.COMMITS})]
    for done, name in enumerate(names):
        progress("chains", done, len(names))
        _read_chain(inspection, name, places)
    progress("chains", len(names), len(names))
    _check_keyring(inspection)
    _check_witnesses(inspection)
    _settle(inspection)
    effort.begin(inspection.vault, inspection.digests, inspection.listed.values())
    _check_listed(inspection, progress, effort)
    _check_unlisted(inspection, places)
    return inspection


def _read_marker(inspection: Inspection) -> None:
    data = inspection.read(layout.MARKER)
    if data is None:
        inspection.damage(layout.MARKER, "The file is missing.")
        return
    try:
        inspection.marker = marker.read(data)
    except DamagedFile as error:
        inspection.damage(error.path, error.finding)
        return
    inspection.vault = inspection.marker.vault
    inspection.standing = Standing(inspection.marker.signer)


def _hold_marker_against_commits(inspection: Inspection, places: dict[str, Place]) -> None:
    """Where the commits follow one another without a break and not one of them knows this marker, it was changed."""
    if inspection.marker is None:
        return
    paths = [path for path, place in places.items() if (place.kind, place.chain) == ("entry", layout.COMMITS)]
    found: list[Plain] = []
    previous: str | None = None
    for path in sorted(paths):
        data = inspection.backend.read(path)
        try:
            found.append(entries.parse(data, None, layout.COMMITS, len(found), previous))
        except DamagedFile:
            return
        previous = entries.digest_of(data)
    told = {file.sha256 for plain in found for file in plain.files if file.path == layout.MARKER}
    if found and hashlib.sha256(inspection.backend.read(layout.MARKER)).hexdigest() not in told:
        inspection.damage(layout.MARKER, "It is not the one that the commits vouch for.")
        inspection.marker = inspection.standing = None
        inspection.vault = found[0].vault


def _read_chain(inspection: Inspection, name: str, places: dict[str, Place]) -> None:
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
        namespace = namespace or link.plain.namespace
        inspection.chains.setdefault(name, {})[seq] = link
        _admit(inspection, link)
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
            problem = Others(lambda: standing.authority).refuses(link)
        for file in plain.files:
            if inspection.listed.setdefault(file.path, file) != file:
                problem = problem or f"It tells of {file.path} otherwise than an earlier entry."
    elif inspection.blind:
        standing.absorb(link)
    else:
        problem = standing.admit(link)
    if problem and not inspection.is_damaged(link.path):
        inspection.damage(link.path, problem)
    inspection.blind |= plain.chain == layout.COMMITS and inspection.is_damaged(link.path)


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


def _check_keyring(inspection: Inspection) -> None:
    """The keyring in use names exactly the members that the commits let sign."""
    standing = inspection.standing
    if standing is None or inspection.blind or layout.place_of(standing.keyring).seq < 0:
        return
    try:
        ring = keyring.parse(standing.files[standing.keyring].read(inspection.backend), standing.keyring)
    except DamagedFile:
        return  # reported with the files that are listed
    if ring.vault != inspection.vault:
        inspection.damage(standing.keyring, "It holds the keys of another vault.")
    elif tuple(sorted(ring.signers, key=lambda one: one.public)) != standing.authority.signers:
        inspection.damage(standing.keyring, "It names other members than the commits let sign.")


def _check_witnesses(inspection: Inspection) -> None:
    """A chain that was there when a commit was made must still be."""
    for link in inspection.chains.get(layout.COMMITS, {}).values():
        if link.plain.witness is not None:
            check_witness(inspection, link.plain.seq, link.plain.witness)


def check_witness(inspection: Inspection, seq: int, witness: dict[str, ChainHead]) -> None:
    """Hold the heads that a commit tells of against the chains."""
    seen = Remembered(inspection.vault or "", "", witness)
    source = f"commit {seq}"
    for finding in disagreements(seen, inspection.vault or "", inspection.digest_at, source):
        if not inspection.is_damaged(finding.path):
            inspection.damage(finding.path, finding.what)


def _settle(inspection: Inspection) -> None:
    """Which files the vault vouches for in the end: those of commits and other chains, without what was taken out."""
    if inspection.standing is None:
        return
    for path in inspection.standing.retired.keys() - inspection.standing.files.keys():
        file = inspection.listed.pop(path, None) or inspection.standing.retired[path]
        if file is not None:
            inspection.retired[path] = file
    inspection.listed |= inspection.standing.files


def _check_listed(inspection: Inspection, progress: Callable[[str, int, int], None], effort: Effort) -> None:
    present = set(inspection.paths)
    wanted: dict[str, StoredFile] = {}
    for path, file in sorted(inspection.listed.items()):
        if layout.place_of(path).kind not in layout.VOUCHED:
            inspection.damage(path, "An entry vouches for it, but it is no kind of file that entries vouch for.")
        elif path not in present:
            _note(inspection, path, "The file is missing.")
        elif path == layout.MARKER or effort.reads(file, inspection.backend):
            wanted[path] = file
    total = sum(file.length for file in wanted.values())
    told = partial(progress, "files")
    lengths = {path: file.length for path, file in wanted.items()}
    for path, found in bulk.digests(inspection.backend, lengths, lambda read: told(min(read, total), total)):
        effort.looked_at(path)
        _count(inspection, path, found)
        problem = "The file is missing." if found is None else wanted[path].difference(*found)
        if problem and path == layout.MARKER and _is_marker_of_before(inspection, found):
            inspection.notice(path, "An upgrade was interrupted before its last step: akika vault upgrade finishes it.")
        elif problem:
            _note(inspection, path, problem)
        else:
            effort.sound(BYTES, path)
    told(total, total)


def _is_marker_of_before(inspection: Inspection, found: bulk.Digest | None) -> bool:
    """Only an upgrade puts another marker in the place of one; it does so after its commit."""
    before = inspection.standing.retired.get(layout.MARKER) if inspection.standing else None
    return found is not None and before is not None and not before.difference(*found)


def _note(inspection: Inspection, path: str, problem: str) -> None:
    if not inspection.is_damaged(path):
        inspection.damage(path, problem)


def _digest(inspection: Inspection, path: str) -> bulk.Digest | None:
    found = bulk.digest_of(inspection.backend, path)
    _count(inspection, path, found)
    return found


def _count(inspection: Inspection, path: str, found: bulk.Digest | None) -> None:
    """The marker was read and counted before."""
    if found is not None and path != layout.MARKER:
        inspection.file_count += 1
        inspection.byte_count += found.length


def _told(file: StoredFile) -> bulk.Digest:
    return bulk.Digest(file.length, file.sha256)


def _check_unlisted(inspection: Inspection, places: dict[str, Place]) -> None:
    for path, place in places.items():
        if path in inspection.listed or place.kind in ("entry", "signature", "lock", "marker", "odd"):
            continue
        if place.kind == "temporary":
            inspection.notice(path, "It is a left-over of an interrupted write.")
        elif path in inspection.retired and _digest(inspection, path) == _told(inspection.retired[path]):
            inspection.notice(path, "It was taken out of the vault and still lies there.")
        elif place.kind == "slot":
            inspection.slots[place.id] = max(place.seq, inspection.slots.get(place.id, -1))
            _check_alone(inspection, path, lambda data, path=path: slots.check(path, data))  # type: ignore[misc]
        else:
            _check_stranger(inspection, path, place)


def _check_stranger(inspection: Inspection, path: str, place: Place) -> None:
    """A file that nothing vouches for: whole and of our making it is a left-over, else it is damage."""
    checks: dict[str, Callable[[bytes], object]] = {
        "keyring": lambda data: keyring.parse(data, path),
        "sealed": lambda data: documents.check(path, data),
        "keytable": lambda data: keytable.parse(path, data),
        "stamp": lambda data: stamps.require(data, path),
    }
    if place.kind == "parquet":
        found = _digest(inspection, path)
        if found is not None and found[1][:16] != place.digest:
            inspection.damage(path, "Its bytes are not those that were written: its name carries another digest.")
            return
    elif place.kind == "blob":
        if not _check_blob(inspection, path):
            return
    elif place.kind in checks:
        if not _check_alone(inspection, path, checks[place.kind]):
            return
    else:
        inspection.read(path)
        inspection.damage(path, "It is not a file of this vault: nothing in the vault vouches for it.")
        return
    inspection.notice(path, "It is a left-over of an interrupted write: whole, but nothing vouches for it.")


def _check_blob(inspection: Inspection, path: str) -> bool:
    found = Measured(inspection.backend.chunks(path))
    with inspection.noted():
        blobs.check(path, found)
    inspection.file_count += 1
    inspection.byte_count += found.length
    return not inspection.is_damaged(path)


def _check_alone(inspection: Inspection, path: str, check: Callable[[bytes], object]) -> bool:
    data = inspection.read(path)
    if data is None:
        return False
    try:
        check(data)
    except DamagedFile as error:
        inspection.damage(error.path, error.finding)
        return False
    return True
