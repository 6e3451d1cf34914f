"""Which writes go together in one request, and under which request id."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import batched, groupby
from typing import Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.restore.document import Plan, Step

BATCH: Final = 30
"""Items in one batch. Source: QuickBooks API, batch: at most 30 items recommended, more are refused (1040)."""


def groups(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Writes of name lists and writes with options alone, transactions in batches. Source: QuickBooks API, batch."""
    for alone, members in groupby(steps, key=_alone):
        for group in batched(members, 1 if alone else BATCH):
            yield list(group)


def _alone(step: Step) -> bool:
    return bool(step.options) or not CATALOGUE[step.key.entity].is_transaction


def request_id_of(plan: Plan, steps: Iterable[Step], refusals: int = 0) -> str:
    """Follows from the plan's digest and the steps sent together; 36 characters.

    ``refusals`` counts earlier refusals of these steps, so that one sent again on purpose is not answered with the old refusal.
    Source: QuickBooks API, requestid: at most 50 characters, 36 for a batch.
    """
    return _request_id("/".join([plan.digest, str(refusals), *(step.id for step in steps)]))


def request_id_again(plan: Plan, step: Step, sync_token: str) -> str:
    """Of one step that is sent again with the SyncToken of today."""
    return _request_id(f"{plan.digest}/{step.id}/{sync_token}")


def _request_id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:36]
