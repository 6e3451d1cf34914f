"""Two names become one: afterwards the company equals one in which everything was the winner's from the start."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.references import links_of
from akika_forensics.twin.ledger import posting
from akika_forensics.twin.session import Cache, Session

from .conftest import Books
from .merging_acts import ACTS, kind_of, pair

SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"


def listed(books: Books, gone: str, entity: str) -> dict[Any, Any]:
    """Every record but the one that is gone; of lists without the time of the last change."""
    found = {}
    for (kind, record_id), payload in books.twin.dump().items():
        if (kind, record_id) == (entity, gone):
            continue
        body = payloads.decode(payload)
        if not CATALOGUE[kind].is_transaction:
            body.get("MetaData", {}).pop("LastUpdatedTime", None)
        found[kind, record_id] = body
    return found


def tables(books: Books) -> dict[str, list[Any]]:
    store = books.twin.store
    return {
        name: sorted(map(repr, store.select(f"SELECT * FROM {name}")))
        for name in ("posting", "document", "movement", "link", "taxed", "uncharged")
    }


def same(one: Books, other: Books, gone: str, entity: str) -> None:
    assert listed(one, gone, entity) == listed(other, gone, entity)
    assert tables(one) == tables(other)
    for name in ("TrialBalance", "ProfitAndLoss", "BalanceSheet"):
        for basis in ("Accrual", "Cash"):
            reports = [
                books.twin.report(name, end_date="2026-12-31", accounting_method=basis) for books in (one, other)
            ]
            assert reports[0]["Rows"] == reports[1]["Rows"]


STEPS = st.lists(st.tuples(st.integers(0, 99), st.booleans(), st.integers(1, 29)), max_size=10)


@pytest.mark.parametrize("entity", ACTS)
@settings(max_examples=200 if SOAK else 8, phases=[Phase.explicit, Phase.generate])
@given(before=STEPS, after=STEPS)
def test_a_merged_company_is_one_in_which_all_was_the_winners(entity: str, before: Any, after: Any) -> None:
    lived, clean = Books(), Books()
    try:
        gone, stays = pair(entity, lived)
        assert pair(entity, clean) == (gone, stays)
        acts = ACTS[entity]
        for number, of_gone, amount in before:
            acts[number % len(acts)](lived, gone if of_gone else stays, amount)
            acts[number % len(acts)](clean, stays, amount)
        feed = lived.twin.clock()
        clean.twin.clock()
        kind = kind_of(entity)
        lived.twin.screens.merge(kind, gone, stays)
        assert lived.twin.get(kind, gone) is None
        same(lived, clean, gone, kind)
        cited_nowhere(lived, kind, gone)
        _posted_anew(lived)
        told = lived.twin.change_feed([name for name, row in CATALOGUE.items() if row.change_feed], feed)
        changed = [key for key in told_of(told) if CATALOGUE[key[0]].is_transaction]
        assert changed == []
        clean.clock.now = lived.clock.now
        for number, _, amount in after:
            for books in (lived, clean):
                acts[number % len(acts)](books, stays, amount)
        same(lived, clean, gone, kind)
    finally:
        lived.twin.close()
        clean.twin.close()


def told_of(feed: Any) -> list[tuple[str, str]]:
    return [(group.entity, payloads.decode(payload)["Id"]) for group in feed.groups for payload in group.changed]


def cited_nowhere(books: Books, entity: str, record_id: str) -> None:
    for (kind, _), payload in books.twin.dump().items():
        for link in links_of(kind, payloads.decode(payload)):
            assert link.target != (entity, record_id)


def _posted_anew(books: Books) -> None:
    """What the tables say of a document is what its body says."""
    store = books.twin.store
    session = Session(store, Cache(), books.clock())
    for (kind, record_id), payload in books.twin.dump().items():
        if CATALOGUE[kind].is_transaction and kind != "RecurringTransaction":
            held = [row for row in store.postings(kind, record_id) if row.movement is None]
            assert held == posting.postings(session, kind, payloads.decode(payload))
