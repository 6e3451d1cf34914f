"""The snapshots that no retention rule drops, because something signed refers to them: plans and attested judgements."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from akika_forensics.case.plans.archive import CREATED, RESTS_ON, rests_on
from akika_forensics.custody import CAPTURED, Act, CustodyLog
from akika_forensics.errors import AkikaError
from akika_forensics.restore.document import read_plan
from akika_forensics.vault import Vault
from akika_forensics.vault.documents import Erased

_log: Final = logging.getLogger(__name__)


def protected(vault: Vault, custody: CustodyLog) -> frozenset[str]:
    """Ids of the snapshots that a plan refers to (the state before, the one it was bound to, the one after the incident), and
    through it its approvals and its journal; and of those that a judgement was attested on.

    Custody names those of a plan. Where an act of an earlier version does not, the plan does; where that is lost, every
    snapshot of its company that is older than the act counts. Raises VaultDamaged where custody itself does not hold.
    """
    acts = custody.acts(CREATED, CAPTURED)
    first = _first_captures(acts)
    found = {one.snapshot for one in vault.attestations()}
    for act in acts:
        if act.act == CREATED:
            named = act.details.get(RESTS_ON)
            found.update(map(str, named) if isinstance(named, list) else _as_the_plan_says(vault, act, first))
    return frozenset(found)


def _as_the_plan_says(vault: Vault, act: Act, captures: Mapping[str, int]) -> frozenset[str]:
    try:
        for path in act.objects:
            return rests_on(read_plan(vault.get_document(path)))
    except Erased:
        return frozenset()
    except AkikaError as error:
        _log.warning("Plan %s cannot be read, so every snapshot that it may refer to stays: %s", _name(act), error)
    # By the order of custody, not by clocks: QuickBooks' and this machine's may differ.
    realm = act.details.get("realm")
    older = (info for info in vault.snapshots() if captures.get(info.id, -1) < act.number)
    return frozenset(info.id for info in older if realm in (None, info.company.realm_id))


def _first_captures(acts: Sequence[Act]) -> dict[str, int]:
    """The number of the act that took each snapshot; the first that says so counts."""
    found: dict[str, int] = {}
    for act in acts:
        if act.act == CAPTURED:
            found.setdefault(str(act.details.get("snapshot")), act.number)
    return found


def _name(act: Act) -> str:
    return str(act.details.get("plan", ""))
