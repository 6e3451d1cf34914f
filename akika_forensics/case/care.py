"""Work on the vault itself: bringing an older one to the form of today, and mending a damaged one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from akika_forensics.case.case import Case
from akika_forensics.custody.leaving import listed
from akika_forensics.custody.log import CustodyLog
from akika_forensics.errors import AkikaError, VaultDamaged, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, Vault, opening
from akika_forensics.vault.keys.sheet import files_of
from akika_forensics.vault.keys.ways import Means
from akika_forensics.vault.mending import repair
from akika_forensics.vault.mending.overlay import Overlay
from akika_forensics.vault.mending.survey import MAKE, REMOVE, RESTORE, Survey, survey
from akika_forensics.vault.storage import Backend, locking
from akika_forensics.vault.storage.location import Location
from akika_forensics.vault.upgrade import upgrade


def upgrade_vault(
    root: str | Path | Location, secret: Secret, *, recovery_sheet: Path | None, heads: HeadStore | None = None
) -> Case:
    """A vault of an earlier format opens in that of today; custody tells of it. Raises WrongUse when there is nothing to do."""
    remembered = heads or HeadStore()
    vault = upgrade(root, secret, heads=remembered, recovery_sheet=recovery_sheet)
    details: dict[str, Any] = {"vault": vault.id}
    if recovery_sheet is not None:
        details |= {
            "to": str(recovery_sheet.absolute().parent),
            "files": [listed(file.name, file.read_bytes()) for file in files_of(recovery_sheet) if file.exists()],
        }
    CustodyLog(vault).record("vault_upgraded", "The vault was upgraded to format 2.", details)
    return Case(vault, None, remembered)


@dataclass(frozen=True)
class Repair:
    """``done``: the steps were taken, not only found. ``losses``: what is lost, as `losses.tally` tells it, empty without a
    key; ``untold``: why it could not be told, empty when it could.
    """

    done: bool
    survey: Survey
    losses: dict[str, Any] = field(default_factory=dict)
    untold: str = ""


def repair_vault(
    root: str | Path | Location,
    means: Secret | Means | None,
    *,
    copy: str | Path | Location | None = None,
    do: bool = False,
    heads: HeadStore | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Repair:
    """Find out what of a vault can be mended and what is lost; with ``do`` mend it, sign an account of the rest, and tell
    custody. Without a key it mends only. ``copy``: another copy of the same vault.

    Raises WrongUse when there is no vault or the copy is of another, WrongKey, VaultLocked, StorageFailed.
    """
    remembered = heads or HeadStore()
    location = Location.of(root)
    backend, lock = location.open()
    other = Location.of(copy).open().backend if copy is not None else None
    with locking.held(lock, "repair") if do else nullcontext():
        spared = _drafted(location, backend, lock, means)
        found = survey(backend, heads=remembered, copy=other, progress=progress, spared=spared)
        if do:
            repair.mend(backend, found, copy=other)
        if means is None:
            return Repair(do, found)
        lost = [one.path for one in found.lost]
        with _memory(remembered, do) as memory:
            try:
                seen = backend if do else _as_it_would_be(backend, found, other)
                vault = opening.open_in(location, seen, lock, means, heads=memory, lost=lost)
                told = vault.account_for(found.lost, sign=do) if found.lost else {}
                if do and (found.steps or found.lost):
                    _tell_custody(vault, found, copy)
            except (VaultDamaged, WrongUse) as error:
                return Repair(do, found, untold=error.what)
    return Repair(do, found, told)


def _drafted(location: Location, backend: Backend, lock: locking.Lock, means: Secret | Means | None) -> frozenset[str]:
    """Files of captures that were interrupted and can go on, as far as the vault opens: they are no left-overs."""
    if means is None:
        return frozenset()
    with tempfile.TemporaryDirectory(prefix="akika-") as folder:
        try:
            return opening.open_in(location, backend, lock, means, heads=HeadStore(Path(folder))).draft_files()
        except AkikaError:
            return frozenset()


@contextmanager
def _memory(remembered: HeadStore, do: bool) -> Iterator[HeadStore]:
    """Looking at a vault as it would be must not be remembered as what it is."""
    if do:
        yield remembered
        return
    with tempfile.TemporaryDirectory(prefix="akika-") as folder:
        yield HeadStore(Path(folder))


def _as_it_would_be(backend: Backend, found: Survey, copy: Backend | None) -> Backend:
    taken = [step.path for step in found.steps if step.action == RESTORE]
    gone = [step.path for step in found.steps if step.action == REMOVE]
    return Overlay(backend, copy=copy, taken=taken, made=found.made | found.taken, without=gone)


def _tell_custody(vault: Vault, found: Survey, copy: object) -> None:
    by_action = {
        action: [one.path for one in found.steps if one.action == action] for action in (RESTORE, MAKE, REMOVE)
    }
    details = {
        "restored": by_action[RESTORE],
        "made": by_action[MAKE],
        "removed": by_action[REMOVE],
        "lost": [one.path for one in found.lost],
        "copy": str(copy) if copy is not None else None,
    }
    what = f"The vault was repaired: {len(found.steps)} files mended, {len(found.lost)} lost."
    CustodyLog(vault).record("vault_repaired", what, details)
