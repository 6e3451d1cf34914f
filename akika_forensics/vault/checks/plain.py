"""What can be checked without keys: marker, keyring, links, signatures, every file's length and digest, strangers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.vault import documents, layout, slots
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries, marker, sshsig
from akika_forensics.vault.chains.entries import Plain
from akika_forensics.vault.checks import bulk
from akika_forensics.vault.checks.effort import BYTES, Effort
from akika_forensics.vault.checks.findings import NOTICE, Finding
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring, keytable
from akika_forensics.vault.layout import Place
from akika_forensics.vault.storage import Backend


@dataclass
class Link:
    """An entry that could be read, at its number."""

    plain: Plain
    digest: str


@dataclass
class Inspection:
    """What was found so far. ``chains``: the readable entries of each chain by number."""

    backend: Backend
    paths: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    marker: marker.Marker | None = None
    vault: str | None = None
    signer: Ed25519PublicKey | None = None
    chains: dict[str, dict[int, Link]] = field(default_factory=dict)
    digests: dict[tuple[str, int], str] = field(default_factory=dict)
    listed: dict[str, StoredFile] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    file_count: int = 0
    byte_count: int = 0

    def damage(self, path: str, what: str) -> None:
        self.findings.append(Finding(path, what))
        self.damaged.add(path)

    def notice(self, path: str, what: str) -> None:
        self.findings.append(Finding(path, what, NOTICE))

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
    names = sorted(
        {place.chain for place in places.values() if place.kind in ("entry", "signature")} | {layout.COMMITS}
    )
    for done, name in enumerate(names):
        progress("chains", done, len(names))
        _read_chain(inspection, name, places)
    progress("chains", len(names), len(names))
    _check_genesis(inspection)
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
    inspection.signer = sshsig.read_public_line(inspection.marker.signer)


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
    namespace = layout.COMMIT_NAMESPACE if name == layout.COMMITS else None
    for seq in numbers:
        plain = _read_entry(inspection, name, seq, signatures.pop(seq, []))
        if plain is None:
            continue
        if namespace is not None and plain.namespace != namespace:
            inspection.damage(layout.entry(name, seq), "It was signed for another purpose than its chain.")
        namespace = plain.namespace
        inspection.chains.setdefault(name, {})[seq] = Link(plain, inspection.digests[name, seq])
        _list_files(inspection, plain)
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


def _read_entry(inspection: Inspection, name: str, seq: int, signatures: list[str]) -> Plain | None:
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
    _check_signature(inspection, plain, data, inspection.read(mine) or b"")
    _left_over_signatures(inspection, [one for one in signatures if one != mine])
    return plain


def _check_link(inspection: Inspection, plain: Plain) -> None:
    """A changed entry has its own finding; only a broken link between two sound ones is news."""
    before = layout.entry(plain.chain, plain.seq - 1)
    if plain.seq == 0:
        expected: str | None = entries.first_link(plain.vault, plain.chain)
    else:
        expected = None if inspection.is_damaged(before) else inspection.digests.get((plain.chain, plain.seq - 1))
    if expected is not None and plain.previous != expected:
        path = layout.entry(plain.chain, plain.seq)
        inspection.damage(path, "It does not follow the entry before it: one of the two was replaced.")


def _check_signature(inspection: Inspection, plain: Plain, data: bytes, signature: bytes) -> None:
    path = layout.signature(plain.chain, plain.seq, entries.digest_of(data))
    try:
        if inspection.signer is None:
            # The marker cannot be read, which is reported; the rest is held against the first signature's key.
            inspection.signer = Ed25519PublicKey.from_public_bytes(sshsig.parse(signature).public_key)
        entries.check_signature(plain, data, signature, inspection.signer)
    except VaultDamaged as error:
        inspection.damage(path, error.finding if isinstance(error, DamagedFile) else error.what)


def _list_files(inspection: Inspection, plain: Plain) -> None:
    for file in plain.files:
        if inspection.listed.setdefault(file.path, file) != file:
            path = layout.entry(plain.chain, plain.seq)
            inspection.damage(path, f"It tells of {file.path} otherwise than an earlier entry.")


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
        if inspection.signer is not None and parts.public_key != inspection.signer.public_bytes_raw():
            inspection.damage(path, "It is a signature by another key.")
        elif not expected:
            inspection.notice(path, "It is a left-over of an interrupted write: a signature without its entry.")


def _check_genesis(inspection: Inspection) -> None:
    """The first commit vouches for marker and keyring, whatever the marker says."""
    first = inspection.chains.get(layout.COMMITS, {}).get(0)
    if first is None:
        return
    if {file.path for file in first.plain.files} != {layout.MARKER, layout.KEYRING}:
        inspection.damage(layout.entry(layout.COMMITS, 0), "It does not vouch for the marker and the keyring.")
    if inspection.vault is None:
        inspection.vault = first.plain.vault


def _check_listed(inspection: Inspection, progress: Callable[[str, int, int], None], effort: Effort) -> None:
    present = set(inspection.paths)
    wanted: dict[str, StoredFile] = {}
    for path, file in sorted(inspection.listed.items()):
        if layout.place_of(path).kind not in ("marker", "keyring", "parquet", "sealed", "keytable"):
            inspection.damage(path, "An entry vouches for it, but it is no kind of file that entries vouch for.")
        elif path not in present:
            _note(inspection, path, "The file is missing.")
        elif path == layout.MARKER or effort.reads(file, inspection.backend):
            wanted[path] = file
    total = sum(file.length for file in wanted.values())
    told = partial(progress, "files")
    for path, found in bulk.digests(inspection.backend, wanted, lambda read: told(min(read, total), total)):
        effort.looked_at(path)
        _count(inspection, path, found)
        problem = "The file is missing." if found is None else wanted[path].difference(*found)
        if problem:
            _note(inspection, path, problem)
        else:
            effort.sound(BYTES, path)
    told(total, total)


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


def _check_unlisted(inspection: Inspection, places: dict[str, Place]) -> None:
    for path, place in places.items():
        if path in inspection.listed or place.kind in ("entry", "signature", "lock", "marker", "odd"):
            continue
        if place.kind == "temporary":
            inspection.notice(path, "It is a left-over of an interrupted write.")
        elif place.kind == "slot":
            inspection.slots[place.id] = max(place.seq, inspection.slots.get(place.id, -1))
            _check_alone(inspection, path, lambda data, path=path: slots.check(path, data))  # type: ignore[misc]
        else:
            _check_stranger(inspection, path, place)


def _check_stranger(inspection: Inspection, path: str, place: Place) -> None:
    """A file that nothing vouches for: whole and of our making it is a left-over, else it is damage."""
    checks: dict[str, Callable[[bytes], object]] = {
        "keyring": keyring.check,
        "sealed": lambda data: documents.check(path, data),
        "keytable": lambda data: keytable.check(path, data),
    }
    if place.kind == "parquet":
        found = _digest(inspection, path)
        if found is not None and found[1][:16] != place.digest:
            inspection.damage(path, "Its bytes are not those that were written: its name carries another digest.")
            return
    elif place.kind in checks:
        if not _check_alone(inspection, path, checks[place.kind]):
            return
    else:
        inspection.read(path)
        inspection.damage(path, "It is not a file of this vault: nothing in the vault vouches for it.")
        return
    if place.kind != "keyring":
        inspection.notice(path, "It is a left-over of an interrupted write: whole, but nothing vouches for it.")


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
