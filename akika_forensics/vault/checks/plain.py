"""What can be checked without keys: marker, keyring, links, signatures, every file's length and digest, strangers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

from akika_forensics.errors import WrongUse
from akika_forensics.vault import blobs, documents, layout, slots
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries, marker, stamps
from akika_forensics.vault.chains.entries import Plain
from akika_forensics.vault.chains.heads import ChainHead, Remembered, disagreements
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.checks import bulk, links
from akika_forensics.vault.checks.effort import BYTES, Effort
from akika_forensics.vault.checks.inspection import Inspection
from akika_forensics.vault.files import Measured, StoredFile
from akika_forensics.vault.keys import keyring, keytable
from akika_forensics.vault.layout import Place
from akika_forensics.vault.storage import Backend


def inspect(backend: Backend, progress: Callable[[str, int, int], None], effort: Effort) -> Inspection:
    """Raises WrongUse when there is no vault, or a newer version of the software made it."""
    inspection = Inspection(backend, backend.list())
    places = {path: layout.place_of(path) for path in inspection.paths}
    if not any(place.kind in ("marker", "keyring", "entry") for place in places.values()):
        raise WrongUse("There is no vault at this place.", do="Give its folder, or make one with `akika vault init`.")
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
        links.read_chain(inspection, name, places)
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
    digest = hashlib.sha256(inspection.backend.read(layout.MARKER)).hexdigest()
    paths = [path for path, place in places.items() if (place.kind, place.chain) == ("entry", layout.COMMITS)]
    found: list[Plain] = []
    previous: str | None = None
    for path in sorted(paths):
        data = inspection.backend.read(path)
        try:
            plain = entries.parse(data, None, layout.COMMITS, len(found), previous)
        except DamagedFile:
            return
        if any((file.path, file.sha256) == (layout.MARKER, digest) for file in plain.files):
            return
        found.append(plain)
        previous = entries.digest_of(data)
    if found:
        inspection.damage(layout.MARKER, "It is not the one that the commits vouch for.")
        inspection.marker = inspection.standing = None
        inspection.vault = found[0].vault


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
        void = inspection.standing.void if inspection.standing else {}
        if link.plain.witness is not None and link.plain.seq not in void:
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
    inspection.notice(path, "It is a left-over of an interrupted write or capture: whole, but nothing vouches for it.")


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
