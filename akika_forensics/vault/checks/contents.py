"""What can be checked with keys: everything opens, and what is stored agrees with what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from akika_forensics.errors import WrongUse
from akika_forensics.vault import documents, layout, slots
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import attestations, seals
from akika_forensics.vault.chains.entries import Entry, Link, entry_of
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.checks import attached, drafts, judged, snapshots
from akika_forensics.vault.checks.effort import OPENED, Effort
from akika_forensics.vault.checks.inspection import Inspection
from akika_forensics.vault.checks.links import passed_over
from akika_forensics.vault.checks.plain import check_witness
from akika_forensics.vault.keys import keytable
from akika_forensics.vault.keys.keychain import Keychain
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.snapshots.holdings import Holdings
from akika_forensics.vault.snapshots.shelf import NO_KEY, Shelf

type Progress = Callable[[str, int, int], None]


def inspect(inspection: Inspection, keys: Keyring, progress: Progress, effort: Effort) -> None:
    """Adds findings; what is already known to be damaged is not looked into again."""
    standing = inspection.standing
    if standing is None or keys.vault != inspection.vault:
        inspection.damage(standing.keyring if standing else layout.MARKER, "It holds the keys of another vault.")
        return
    keychain = _keychain(inspection, keys, standing)
    holdings = Holdings()
    shelf = Shelf(inspection.backend, standing, lambda: keys, holdings=holdings, keychain=keychain)
    _take_commits(inspection, keys, shelf)
    for name, links in sorted(inspection.chains.items()):
        if name != layout.COMMITS:
            for _, link in sorted(links.items()):
                _open_entry(inspection, keys, link, shelf.find)
    _open_small(inspection, keys, shelf, progress, effort)
    drafts.inspect(inspection, keys)
    snapshots.inspect(inspection, shelf, progress, effort)
    attached.inspect(inspection, shelf, progress, effort)


def _keychain(inspection: Inspection, keys: Keyring, standing: Standing) -> Keychain:
    keychain = Keychain(inspection.backend, lambda: keys)
    for path, file in standing.files.items():
        if layout.place_of(path).kind == "keytable" and not inspection.is_damaged(path):
            with inspection.noted():
                keychain.take([file], (), standing.added)
    return keychain


def _take_commits(inspection: Inspection, keys: Keyring, shelf: Shelf) -> None:
    holdings, foreign = shelf.holdings, set[int]()
    for seq, link in sorted(inspection.chains.get(layout.COMMITS, {}).items()):
        # What came to nothing leaves a gap, which is reported: numbers after it cannot be told to be wrong.
        holdings.gaps = holdings.taken < seq or inspection.blind
        if seq in shelf.standing.void:
            holdings.take_void(seq, shelf.standing.void[seq])
            continue
        with inspection.noted():
            entry = _taken(inspection, keys, shelf, link, foreign)
            if entry is None:
                continue
            witness = entry.body.get("witness")
            if isinstance(witness, dict):  # version 1 sealed it
                heads = {name: ChainHead(one["seq"], one["digest"]) for name, one in witness.items()}
                check_witness(inspection, seq, heads)
    if not _keys_are_lost(inspection):
        for seq in shelf.standing.adding.intersection(holdings.unexplained()):
            holdings.make_void(seq, NO_KEY)
            inspection.damage(layout.entry(layout.COMMITS, seq), passed_over(NO_KEY))
    unexplained = [seq for seq in holdings.unexplained() if seq not in foreign]
    if foreign:
        inspection.blind = True
    if unexplained:
        # What those commits amount to is not known, so nothing can be held against it.
        lost, inspection.blind = _keys_are_lost(inspection), True
        for seq in () if lost else unexplained:
            path = layout.entry(layout.COMMITS, seq)
            inspection.damage(path, "Its key is in no key table, and no commit says that its company was erased.")


def _taken(inspection: Inspection, keys: Keyring, shelf: Shelf, link: Link, foreign: set[int]) -> Entry | None:
    """The next commit, opened and taken up; None for one that tells of nothing: closed, passed over, or ``foreign``, of
    another form than this version makes. Raises DamagedFile.
    """
    seq = link.plain.seq
    try:
        entry = _opened(link, keys, shelf.find_entry)
        shelf.take(entry, link)
    except seals.Closed:
        shelf.holdings.take_closed(seq)
    except (DamagedFile, WrongUse) as error:
        why = error.finding if isinstance(error, DamagedFile) else error.what
        if seq in shelf.standing.adding:
            shelf.pass_over(link, why)
            inspection.damage(link.path, passed_over(why))
        elif isinstance(error, DamagedFile):
            raise
        else:
            shelf.holdings.take_closed(seq)
            foreign.add(seq)
            inspection.damage(link.path, f"What it holds was not checked. {why}")
    else:
        return entry
    return None


def _keys_are_lost(inspection: Inspection) -> bool:
    """A key table is damaged, which is reported: that something else does not open then says nothing."""
    return inspection.blind or any(layout.place_of(path).kind == "keytable" for path in inspection.damaged)


def _open_entry(inspection: Inspection, keys: Keyring, link: Link, find: Callable[[str], bytes | None]) -> None:
    with inspection.noted():
        try:
            entry = _opened(link, keys, find)
        except (NotAllowed, seals.Closed):
            return
        if link.plain.chain.startswith(f"{attestations.CHAIN}/"):
            judged.inspect(inspection, link, entry)


def _opened(link: Link, keys: Keyring, find: Callable[[str], bytes | None]) -> Entry:
    return entry_of(link.plain, link.digest, seals.unseal(keys, link.plain, find))


def _open_slot(inspection: Inspection, keys: Keyring, path: str, data: bytes, since: int) -> None:
    """``since``: under the keys of which generation every value was written again at last."""
    slots.open_slot(keys, path, data)
    generation = slots.check(path, data)[0].generation
    if not generation or slots.is_of_now(keys, path, data):
        return
    what = "It is under keys of before the last rotation, which somebody who was removed may have"
    if generation < since:
        inspection.notice(path, f"{what}: it is not believed, because every value was written again since.")
    else:
        inspection.notice(
            path,
            f"{what}: the rotation or removal was interrupted. Repeat it, or run `akika vault keys rotate`, which writes "
            "it again.",
        )


def _open_small(inspection: Inspection, keys: Keyring, shelf: Shelf, progress: Progress, effort: Effort) -> None:
    since = slots.resealed(inspection.backend, keys)
    openers: dict[str, Callable[[str, bytes], object]] = {
        "sealed": lambda path, data: documents.open_document(keys, path, data, shelf.find),
        "slot": lambda path, data: _open_slot(inspection, keys, path, data, since),
        "keytable": lambda path, data: [keytable.open_half(keys, path, data, half) for half in keytable.HALVES],
    }
    kinds = {path: layout.place_of(path).kind for path in inspection.paths}
    small = [
        path
        for path in inspection.paths
        if kinds[path] in openers
        and not inspection.is_damaged(path)
        and path not in inspection.retired
        # A table that an interrupted rotation left behind is under keys that never came into use.
        and (kinds[path] != "keytable" or path in inspection.listed)
        and path not in shelf.keychain.ignored
    ]
    for done, path in enumerate(small):
        progress("sealed files", done, len(small))
        if not effort.opens(OPENED, path, inspection.backend):
            continue
        with inspection.noted():
            try:
                openers[kinds[path]](path, inspection.backend.read(path))
            except (FileNotFoundError, NotAllowed):
                continue
            except WrongUse as error:  # a left-over whose key never came into a table
                if path in inspection.listed and not _keys_are_lost(inspection):
                    raise DamagedFile(path, error.what) from error
                continue
            effort.sound(OPENED, path)
    progress("sealed files", len(small), len(small))
