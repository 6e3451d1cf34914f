"""Legal holds in a vault: each is a signed commit, and so is its release."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model import instants
from akika_forensics.vault.lifecycle.holds import Hold
from akika_forensics.vault.lifecycle.workshop import Workshop
from akika_forensics.vault.snapshots import acts
from akika_forensics.vault.storage import locking

_NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,120}")


def holds_of(workshop: Workshop) -> tuple[Hold, ...]:
    """The holds in force, oldest first."""
    workshop.shelf.refresh()
    links = workshop.commits.links()
    return tuple(
        Hold(
            hold.name,
            hold.pseudonym,
            None if hold.snapshots is None else frozenset(hold.snapshots),
            hold.reason,
            instants.parse_instant(links[seq].plain.at),
        )
        for seq, hold in sorted(workshop.shelf.holdings.holds.values(), key=lambda one: one[0])
    )


def add(
    workshop: Workshop, name: str, reason: str, *, company: str | None = None, snapshots: Sequence[str] | None = None
) -> None:
    """From now on nothing that the hold covers is dropped or erased. ``company`` is a pseudonym.

    Raises WrongUse for a name that is taken or empty, no reason, or a snapshot that is not there; VaultLocked.
    """
    if not _NAME.fullmatch(name.strip()) or not reason.strip():
        raise WrongUse(
            "A legal hold has a name and a reason.", do="Give both, such as the matter and the letter's date."
        )
    with locking.held(workshop.lock, "legal hold"):
        kept = {one.info.id for one in workshop.shelf.commits(company)}
        missing = [one for one in snapshots or () if one not in kept]
        if missing or (snapshots is not None and not snapshots):
            raise WrongUse(
                f"There is no snapshot {missing[0]!r} to be held." if missing else "No snapshot was named.",
                do="`akika snapshots` lists those that are there.",
            )
        if name.strip() in workshop.shelf.holdings.holds:
            raise WrongUse(f"There is a legal hold {name.strip()!r} already.", do="Choose another name.")
        _append(workshop, acts.Hold(name.strip(), company, list(snapshots) if snapshots else None, reason.strip()))


def release(workshop: Workshop, name: str, reason: str) -> None:
    """The end of a hold. Raises WrongUse for a name that no hold has, or no reason; VaultLocked."""
    if not reason.strip():
        raise WrongUse("The release of a legal hold has a reason.", do="Give it.")
    with locking.held(workshop.lock, "legal hold"):
        workshop.shelf.refresh()
        if name.strip() not in workshop.shelf.holdings.holds:
            names = ", ".join(sorted(workshop.shelf.holdings.holds))
            raise WrongUse(f"There is no legal hold {name!r}.", means=f"There are: {names}." if names else "")
        _append(workshop, acts.Release(name.strip(), reason.strip()))


def refuse(holds: Sequence[Hold], company: str, snapshots: Sequence[str], *, named: str) -> None:
    """Raises Refused when a hold keeps the company from being erased."""
    found = [hold for hold in holds if hold.concerns(company, snapshots)]
    if found:
        raise Refused(
            f"{named} is under the legal hold {found[0].name!r}.",
            means=f"Nothing of it may be erased: {found[0].reason}",
            do="When the matter is closed, release it: `akika vault hold release`.",
        )


def _append(workshop: Workshop, act: acts.Hold | acts.Release) -> None:
    workshop.require_full()
    workshop.commits.append(acts.body(act), expected=workshop.shelf.holdings.taken, witness=workshop.witness())
    workshop.shelf.refresh()
