"""Is a vault what was put into it? Every file, every link, and what is remembered of it outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from akika_forensics.model import instants
from akika_forensics.settings import Secret
from akika_forensics.vault import layout, slots
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import marker
from akika_forensics.vault.chains.heads import HeadStore, Remembered, disagreements, read_anchor
from akika_forensics.vault.chains.stamps import StampAuthority
from akika_forensics.vault.checks import contents, plain, stamped
from akika_forensics.vault.checks.effort import Effort
from akika_forensics.vault.checks.findings import DAMAGE, Outside, VerifyReport
from akika_forensics.vault.checks.inspection import Inspection
from akika_forensics.vault.checks.sample import Sample
from akika_forensics.vault.keys import keyring
from akika_forensics.vault.keys.ways import Means, typed
from akika_forensics.vault.opening import upgrade_first
from akika_forensics.vault.storage import Backend
from akika_forensics.vault.storage.location import Location

type Progress = Callable[[str, int, int], None]

_TIMES: Final = 8
"""How often a check begins anew because a vault that it finds damaged moved on meanwhile."""


def verify(
    root: str | Path | Location,
    means: Secret | Means | None,
    *,
    heads: HeadStore,
    anchor: dict[str, Any] | None = None,
    progress: Progress | None = None,
    sample: Sample | None = None,
    kept: Path | None = None,
    resume: bool = False,
    authority: StampAuthority | None = None,
) -> VerifyReport:
    """Check a vault, or a sample of it; with ``means`` to open it (a passphrase or recovery key as typed, or another way
    in hand) also that everything opens and agrees. Writes nothing into it.

    ``progress(what, done, total)`` is called as the work goes on; ``files`` counts bytes. ``kept``: a folder outside the
    vault; what was found sound is kept there when the check is interrupted, and ``resume`` goes on from it.
    ``authority``: whose time stamps are believed; without it they are only held against the commits.
    Raises WrongUse when there is no vault or a newer version of the software made it, and WrongKey when the keyring is
    undamaged and does not open.
    """
    location = Location.of(root)
    return verify_in(
        location.open().backend,
        means,
        heads=heads,
        anchor=anchor,
        place=heads.vault_at(location),
        progress=progress,
        effort=Effort(keys=means is not None, sample=sample, folder=kept, resume=resume),
        authority=authority,
    )


def verify_in(
    backend: Backend,
    means: Secret | Means | None,
    *,
    heads: HeadStore,
    anchor: dict[str, Any] | None = None,
    place: str | None = None,
    progress: Progress | None = None,
    effort: Effort | None = None,
    authority: StampAuthority | None = None,
) -> VerifyReport:
    """`verify` on any backend. ``place``: the id of the vault that was last seen where this one is."""
    report = progress or _silent
    effort = effort or Effort(keys=means is not None)
    known_anchor = read_anchor(anchor) if anchor is not None else None
    for _ in range(_TIMES):
        try:
            # Before the files are listed: what a writer adds meanwhile must not be missed for being remembered.
            known = remembered(backend, heads)
            inspection = plain.inspect(backend, report, effort)
            check_outside(inspection, heads, known, known_anchor, place)
            vouched = stamped.inspect(inspection, authority, instants.now())
            if means is not None:
                keys = _keys(inspection, means)
                if keys is not None:
                    contents.inspect(inspection, keys, report, effort)
        except BaseException:
            effort.keep()
            raise
        if not (inspection.damaged and _moved_on(inspection)):
            break
        effort = effort.anew()
    effort.done()
    findings = tuple(sorted(dict.fromkeys(inspection.findings), key=lambda one: (one.severity, one.path)))
    return VerifyReport(
        ok=all(one.severity != DAMAGE for one in findings),
        files=inspection.file_count,
        bytes=inspection.byte_count,
        findings=findings,
        scope=effort.scope(),
        outside=Outside(
            remembered=inspection.vault is not None and heads.remembered(inspection.vault) is not None,
            anchor=known_anchor is not None,
            last=max((seq for chain, seq in inspection.digests if chain == layout.COMMITS), default=-1),
            stamps=vouched,
        ),
        unchecked=tuple(inspection.unchecked),
    )


def _moved_on(inspection: Inspection) -> bool:
    """Whether something was committed since the check began: then files may have been replaced while it read."""
    known = max(inspection.chains.get(layout.COMMITS, {}), default=-1)
    places = (layout.place_of(path) for path in inspection.backend.list(layout.COMMITS))
    return any(place.kind == "entry" and place.seq > known for place in places)


def remembered(backend: Backend, heads: HeadStore) -> Remembered | None:
    """What this machine remembers of the vault whose marker lies there. To be asked before the files are listed."""
    try:
        return heads.remembered(marker.read(backend.read(layout.MARKER)).vault)
    except (FileNotFoundError, DamagedFile):
        return None


def check_outside(
    inspection: Inspection, heads: HeadStore, known: Remembered | None, anchor: Remembered | None, place: str | None
) -> None:
    """Hold a vault against what this machine remembers of it, and against an anchor. Adds findings."""
    vault = inspection.vault
    if vault is None:
        return
    if place is not None and place != vault:
        inspection.damage(layout.MARKER, "Another vault was at this place before.")
    if known is None or known.vault != vault:
        known = heads.remembered(vault)
    if known is not None:
        signer = inspection.marker.signer if inspection.marker else None
        if signer is not None and known.signer != signer:
            inspection.damage(layout.MARKER, "It names another signing key than this machine remembers.")
        _compare(inspection, known, "this machine's memory")
        for name, seq in sorted(known.slots.items()):
            if inspection.slots.get(name, -1) < seq and slots.newest(inspection.backend, name) < seq:
                inspection.damage(
                    layout.slot(name, seq),
                    "The value is missing, but this machine's memory tells of it or a newer one.",
                )
    if anchor is not None:
        _compare(inspection, anchor, "the anchor")


def _compare(inspection: Inspection, head: Remembered, source: str) -> None:
    for finding in disagreements(head, inspection.vault or "", inspection.digest_at, source):
        if not inspection.is_damaged(finding.path):
            inspection.damage(finding.path, finding.what)


def _keys(inspection: Inspection, means: Secret | Means) -> keyring.Keyring | None:
    path = inspection.standing.keyring if inspection.standing else ""
    if not path or inspection.is_damaged(path):
        return None
    if path == layout.KEYRING_1:
        raise upgrade_first(1)
    try:
        content = inspection.listed[path].read(inspection.backend)
        return keyring.read(content, path, typed(means) if isinstance(means, Secret) else means)
    except DamagedFile as error:
        inspection.damage(error.path, error.finding)
        return None


def _silent(what: str, done: int, total: int) -> None:
    del what, done, total
