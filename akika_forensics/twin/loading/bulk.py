"""Many records at once, as they were received: one transaction, one pass, the same result as one at a time.

``with twin.bulk() as bulk: bulk.add(entity, payload)`` for each record. Records may come in any order: nothing is
posted before the end, when everything that a document cites is there. Where the order is known to be good (lists
first, and no transaction before what it is linked to), ``twin.bulk(in_order=True)`` posts each document as it comes;
give the decoded body beside the bytes, ``bulk.add(entity, payload, body)``, and nothing is decoded.

A record of a key that has come before takes its place; in order, only ``post=False`` does so (a document that
something later moved along: its balance, its links), and its postings stay. What cannot be posted is in
``twin.unposted`` afterwards. An error inside the ``with`` leaves nothing behind.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin.loading import raw
from akika_forensics.twin.session import Cache, Session
from akika_forensics.twin.store import Store


class Bulk:
    """The records of one load; made by ``Twin.bulk``, which also ends it."""

    def __init__(self, store: Store, moment: datetime, *, in_order: bool) -> None:
        self._in_order = in_order
        self._cache = Cache()
        self._session = Session(store, self._cache, moment)
        self._pending: dict[tuple[str, str], None] = {}
        self._unposted: list[raw.Unposted] = []

    def add(self, entity: str, payload: bytes, body: dict[str, Any] | None = None, *, post: bool = True) -> str:
        """Keep one record; gives its Id. ``body`` is what ``payload`` says, decoded, and is never changed.

        Raises WrongUse when the payload is no JSON object or has no Id.
        """
        record_id = raw.store(self._session, entity, payload, body)
        if post and entity in CATALOGUE:
            self._pending[entity, record_id] = None
        return record_id

    def finish(self) -> list[raw.Unposted]:
        """Post what waits and cost the stock; gives what could not be posted."""
        for entity, record_id in self._pending:
            left = raw.settle(self._session, entity, record_id)
            if left is not None:
                self._unposted.append(left)
        raw.settle_items(self._session)
        self._session.flush()
        return self._unposted
