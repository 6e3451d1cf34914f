"""What this software did, as the custody log says it: pure, over its entries."""

from __future__ import annotations

from collections.abc import Iterable

from akika_forensics.custody import CAPTURED, Act
from akika_widgets.views.listing import Column, Listing


def acts_of_plan(acts: Iterable[Act], plan: str, snapshots: Iterable[str] = ()) -> tuple[Act, ...]:
    """The acts that made, rehearsed, approved, ran or verified a plan, and the captures it rests on."""
    rests_on = frozenset(snapshots)
    return tuple(
        act
        for act in acts
        if act.details.get("plan") == plan or (act.act == CAPTURED and act.details.get("snapshot") in rests_on)
    )


def custody_table(acts: Iterable[Act]) -> Listing:
    """Entries of the log in their order: what was done, when, by whom, which member signed it, and the digest that the next entry holds."""
    columns = [
        Column("No.", "key"),
        Column("When (UTC)"),
        Column("What"),
        Column("By", "quiet"),
        Column("Signed by"),
        Column("Digest of the entry", "code"),
    ]
    rows = [(act.number, act.at, act.what, act.by, act.member or act.signer, act.digest) for act in acts]
    return Listing("Custody", columns, rows, nothing="the custody log says nothing of this.")
