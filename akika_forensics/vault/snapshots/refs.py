"""Which snapshot a person means: by its number, by ``latest`` and ``first``, or by a time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from akika_forensics.errors import WrongUse
from akika_forensics.model import instants
from akika_forensics.vault.snapshots.commits import Commit


def named(commits: Sequence[Commit], ref: str, why_gone: Callable[[str], str | None]) -> Commit:
    """``s3``, ``latest`` or ``first``, which are of a whole company. ``why_gone`` tells why there is none any more.

    Raises WrongUse when there is no such snapshot.
    """
    asked = ref.strip().lower()
    known = {commit.info.id: commit for commit in commits}
    whole = [commit for commit in commits if not commit.info.scoped]
    if whole:
        known |= {"latest": whole[-1], "first": whole[0]}
    if asked in known:
        return known[asked]
    why = why_gone(asked)
    if why:
        raise WrongUse(why, means="What it held is no longer there.", do="Run `akika snapshots` for the list.")
    have = f"It has {commits[0].info.id} to {commits[-1].info.id}." if commits else "It has none yet."
    raise WrongUse(f"The vault has no snapshot {ref!r}.", means=have, do="Run `akika snapshots` for the list.")


def as_of(commits: Sequence[Commit], instant: datetime) -> Commit:
    """The newest snapshot of a whole company that was finished at a time (aware).

    Raises WrongUse when there is none, or the time carries no zone.
    """
    if instant.tzinfo is None:
        raise WrongUse("The time carries no zone.", do="Give an aware time, such as datetime.now(UTC).")
    found = [one for one in commits if not one.info.scoped and one.info.finished_at <= instant]
    if not found:
        raise WrongUse(
            f"There is no snapshot that was finished by {instants.format_instant(instant)}.",
            do="Run `akika snapshots` for the list.",
        )
    return max(found, key=lambda commit: commit.info.finished_at)


def require_one_company(commits: Sequence[Commit]) -> None:
    """Raises WrongUse where the snapshots are of several, and the choice has to be a person's."""
    names = {commit.pseudonym: commit.info.company.name for commit in commits}
    if len(names) > 1:
        raise WrongUse("The vault holds several companies.", do=f"Name one of: {', '.join(sorted(names.values()))}.")
