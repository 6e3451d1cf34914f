"""What can be checked with keys: everything opens, and what is stored agrees with what is said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.model import instants, payload
from akika_forensics.vault import documents, layout, slots
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries, sshsig
from akika_forensics.vault.chains.entries import Entry
from akika_forensics.vault.chains.heads import Remembered, disagreements
from akika_forensics.vault.checks.effort import CONTROLS, OPENED, PAYLOADS, Effort
from akika_forensics.vault.checks.plain import Inspection, Link
from akika_forensics.vault.keys import keytable
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.snapshots import frames
from akika_forensics.vault.snapshots.commits import Commit, Segment, read_commit
from akika_forensics.vault.snapshots.shelf import Shelf, pseudonym


def inspect(inspection: Inspection, keys: Keyring, progress: Callable[[str, int, int], None], effort: Effort) -> None:
    """Adds findings; what is already known to be damaged is not looked into again."""
    signer = inspection.marker.signer if inspection.marker else sshsig.public_line(keys.public_key)
    if keys.vault != inspection.vault or signer != sshsig.public_line(keys.public_key):
        inspection.damage(layout.KEYRING, "It holds the keys of another vault.")
        return
    commits: list[Entry] = []
    for name, links in sorted(inspection.chains.items()):
        opened = _open_entries(inspection, keys, links)
        if name == layout.COMMITS:
            commits = list(opened)
        else:
            for _ in opened:
                pass
    _open_small(inspection, keys, progress, effort)
    _check_snapshots(inspection, keys, commits, progress, effort)


def _open_entries(inspection: Inspection, keys: Keyring, links: dict[int, Link]) -> Iterator[Entry]:
    for seq, link in sorted(links.items()):
        with _noted(inspection):
            body = link.plain.open(entries.entry_key(keys))
            at = instants.parse_instant(link.plain.at)
            yield Entry(seq, at, link.digest, body, tuple(link.plain.files))


def _open_small(
    inspection: Inspection, keys: Keyring, progress: Callable[[str, int, int], None], effort: Effort
) -> None:
    openers: dict[str, Callable[[str, bytes], object]] = {
        "sealed": lambda path, data: documents.open_document(keys, path, data),
        "slot": lambda path, data: slots.open_slot(keys, path, data),
        "keytable": lambda path, data: [
            keytable.open_table(keys, path, data, "index"),
            _payload_keys(keys, path, data),
        ],
    }
    kinds = {path: layout.place_of(path).kind for path in inspection.paths}
    small = [path for path in inspection.paths if kinds[path] in openers and not inspection.is_damaged(path)]
    for done, path in enumerate(small):
        progress("sealed files", done, len(small))
        if not effort.opens(OPENED, path, inspection.backend):
            continue
        with _noted(inspection):
            try:
                data = inspection.backend.read(path)
            except FileNotFoundError:
                continue
            openers[kinds[path]](path, data)
            effort.sound(OPENED, path)
    progress("sealed files", len(small), len(small))


def _payload_keys(keys: Keyring, path: str, data: bytes) -> dict[str, bytes]:
    return keytable.open_table(keys, path, data, "payload")


def _check_snapshots(
    inspection: Inspection,
    keys: Keyring,
    found: list[Entry],
    progress: Callable[[str, int, int], None],
    effort: Effort,
) -> None:
    readable: list[Entry] = []
    for entry in found:
        with _noted(inspection):
            read_commit(entry)
            readable.append(entry)
    shelf = Shelf(inspection.backend, keys, lambda: tuple(readable))
    commits = shelf.commits()
    effort.population(sum(segment.rows for commit in commits for segment in commit.text.segments))
    whole = [entry.seq for entry in readable] == list(range(_length(inspection)))
    last: dict[str, _Known] = {}
    for number, commit in enumerate(commits, start=1):
        progress("snapshots", number - 1, len(commits))
        known = last.get(commit.pseudonym, _Known(None, frames.empty_state() if whole else None))
        if not whole and known.seq != commit.text.base:
            # A commit between the two is damaged, which is reported; what it amounted to is not known.
            known = _Known(None, None)
        last[commit.pseudonym] = _check_snapshot(inspection, shelf, commit, known, effort)
        with _noted(inspection):
            _check_description(shelf, commit, f"s{number}" if whole else commit.info.id)
        _check_witness(inspection, commit)
    progress("snapshots", len(commits), len(commits))


def _length(inspection: Inspection) -> int:
    return 1 + max((seq for name, seq in inspection.digests if name == layout.COMMITS), default=-1)


class _Known(NamedTuple):
    """The last snapshot of a company: its commit, and its state unless damage elsewhere hides it."""

    seq: int | None
    state: pl.DataFrame | None


def _check_snapshot(inspection: Inspection, shelf: Shelf, commit: Commit, before: _Known, effort: Effort) -> _Known:
    fresh: pl.DataFrame | None = None
    state: pl.DataFrame | None = None
    with _noted(inspection):
        for file in commit.files.values():
            if inspection.is_damaged(file.path):
                raise DamagedFile(file.path, "Its bytes are not those that were signed.")
        _check_keys(shelf, commit)
        _check_controls(shelf, commit, effort)
        rows = [_check_segment(shelf, commit, segment, effort) for segment in commit.text.segments]
        fresh = pl.concat([pl.DataFrame(schema=frames.STATE), *rows])
    with _noted(inspection):
        manifest = shelf.manifest(commit)
        effort.looked_at(commit.text.manifest)
        if commit.text.base is None:
            state = frames.apply_manifest(None, manifest)
        elif before.state is not None:
            if before.seq != commit.text.base:
                raise DamagedFile(
                    layout.entry(layout.COMMITS, commit.seq), "It does not follow the snapshot before it."
                )
            state = frames.apply_manifest(before.state, manifest)
        if state is not None and before.state is not None and fresh is not None:
            _check_manifest(commit, manifest, fresh, before.state)
            _check_counts(commit, state, fresh, before.state)
    return _Known(commit.seq, state)


def _check_manifest(commit: Commit, manifest: pl.DataFrame, fresh: pl.DataFrame, before: pl.DataFrame) -> None:
    live = manifest.filter(~pl.col("removed")).select(*frames.STATE)
    new = live.join(fresh, on="segment", how="semi")
    old = live.join(fresh, on="segment", how="anti")
    removed = manifest.filter("removed")
    problems = {
        "It lists a record twice.": bool(manifest.select(*frames.KEY).is_duplicated().any()),
        "It does not list exactly the new versions that are stored with it.": not _same(new, fresh),
        "It lists a version that no snapshot before it holds.": len(old.join(before, on=[*frames.STATE], how="anti"))
        > 0,
        "It removes a record that was not there.": len(removed.join(before, on=frames.KEY, how="anti")) > 0,
    }
    for what, found in problems.items():
        if found:
            raise DamagedFile(commit.text.manifest, what)


def _check_counts(commit: Commit, state: pl.DataFrame, fresh: pl.DataFrame, before: pl.DataFrame) -> None:
    unchanged = fresh.join(before, on=[*frames.KEY, "digest"], how="semi")
    if (len(state), len(fresh) - len(unchanged)) != (commit.text.records, commit.text.new_versions):
        path = layout.entry(layout.COMMITS, commit.seq)
        raise DamagedFile(path, "It tells of another number of records than are stored.")


def _check_description(shelf: Shelf, commit: Commit, expected: str) -> None:
    path = layout.entry(layout.COMMITS, commit.seq)
    if commit.info.id != expected:
        raise DamagedFile(path, "It does not carry the number of its snapshot.")
    if commit.pseudonym != pseudonym(shelf.keyring, commit.info.company):
        raise DamagedFile(path, "It names another company than its files are bound to.")


def _check_segment(shelf: Shelf, commit: Commit, segment: Segment, effort: Effort) -> pl.DataFrame:
    """The rows of a segment as a state has them, after its payloads, or the drawn ones, were held against the index."""
    index = shelf.index_of(commit.pseudonym, segment.number)
    effort.looked_at(segment.index)
    if len(index) != segment.rows:
        raise DamagedFile(segment.index, "It does not hold as many records as its commit tells of.")
    chosen = effort.rows(segment.payload, list(index.select(*frames.KEY).iter_rows()), shelf.backend)
    if chosen is None or chosen:
        _check_payloads(index, shelf.payloads_of(commit.pseudonym, segment.number), segment, chosen)
        effort.sound(PAYLOADS, segment.payload)
    return index.with_columns(segment=pl.lit(segment.number, dtype=pl.UInt32)).select(*frames.STATE)


def _check_payloads(
    index: pl.DataFrame, payloads: pl.DataFrame, segment: Segment, chosen: frozenset[int] | None
) -> None:
    if not index.select(*frames.KEY).equals(payloads.select(*frames.KEY)):
        raise DamagedFile(segment.index, "It does not tell of exactly the records of its payload file.")
    rows = zip(index.iter_rows(), payloads["payload"], strict=True)
    for number, ((_, _, digest, sha256, length), content) in enumerate(rows):
        if chosen is not None and number not in chosen:
            continue
        if len(content) != length or hashlib.sha256(content).digest() != sha256 or _digest(content) != digest:
            raise DamagedFile(segment.payload, "A payload in it is not the one its index tells of.")


def _digest(content: bytes) -> bytes:
    try:
        return payload.digest(content)
    except WrongUse:
        return b""


def _check_keys(shelf: Shelf, commit: Commit) -> None:
    text = commit.text
    expected = {
        "index": {text.manifest, *(segment.index for segment in text.segments)},
        "payload": {segment.payload for segment in text.segments},
    }
    if any(
        shelf.keys(commit, role).keys() != {layout.place_of(path).id for path in expected[role]}
        for role in ("index", "payload")
    ):
        raise DamagedFile(text.key_table, "It does not hold exactly the keys of its commit's files.")


def _check_controls(shelf: Shelf, commit: Commit, effort: Effort) -> None:
    for name, path in commit.text.controls.items():
        if not effort.opens(CONTROLS, path, shelf.backend):
            continue
        kind, _ = documents.open_document(shelf.keyring, path, commit.files[path].read(shelf.backend))
        if kind != documents.control_kind(name):
            raise DamagedFile(path, "It is another control than its commit says.")
        effort.sound(CONTROLS, path)


def _check_witness(inspection: Inspection, commit: Commit) -> None:
    """A chain that was there when the snapshot was committed must still be."""
    seen = Remembered(inspection.vault or "", "", commit.text.witness)
    source = f"the commit of snapshot {commit.info.id}"
    for finding in disagreements(seen, inspection.vault or "", inspection.digest_at, source):
        if not inspection.is_damaged(finding.path):
            inspection.damage(finding.path, finding.what)


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.sort(frames.KEY).equals(other.select(*one.columns).sort(frames.KEY))


@contextmanager
def _noted(inspection: Inspection) -> Iterator[None]:
    """Damage that is met inside becomes a finding, once a file."""
    try:
        yield
    except DamagedFile as error:
        if not inspection.is_damaged(error.path):
            inspection.damage(error.path, error.finding)
