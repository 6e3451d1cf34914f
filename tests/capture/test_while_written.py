"""A company in which somebody works throughout: what a snapshot says of itself is what was."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from akika_forensics import capture
from akika_forensics.model.catalogue import CATALOGUE, Delete
from akika_forensics.model.instants import now
from akika_forensics.quickbooks import Connection, Limits, MemoryTokenStore, Tokens, change_feed, open_reader
from akika_forensics.settings import Secret
from akika_forensics.twin import TwinServer, serve
from akika_forensics.twin.beliefs import BELIEFS, Beliefs
from akika_forensics.twin.reading import feed
from akika_forensics.twin.uncertain import FEED

from .scribe import FineClock, Scribe, furnished, judge

QUICK = Limits(throttle_wait=0.05, backoff=0.01, backoff_cap=0.05).unpaced()
MATTERS = (
    *FEED.values(),
    "merge_touches",
    "merge_feed",
    "total_count",
    "orderby_id",
    "maxresults_above_1000",
    "query_inventory_adjustment",
    "feed_too_old",
    "last_modified_by",
    "numbers_in_lists",
    "quoted_booleans",
    "inactive_mark",
    "inactive_name",
    "inactive_with_balance",
    "transaction_ids",
    "journal_code_delete",
    "batch_cdc_query",
    "batch_report_query",
    "metering_batch",
    "send_token",
)


@pytest.fixture(autouse=True)
def _fine_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.twin.conftest.Clock", FineClock)


def _reader(server: TwinServer) -> Any:
    known = server.credentials
    secret = Secret(known.client_secret)
    connection = Connection("twin", server.realm_id, server.base_url, server.token_url, known.client_id, secret)
    ends = server.twin.clock() + timedelta(days=90)
    tokens = Tokens(Secret(known.access_token), Secret(known.refresh_token), now() - timedelta(days=1), ends)
    return open_reader(connection, MemoryTokenStore(tokens), limits=QUICK)


def _beliefs(rng: random.Random) -> Beliefs:
    return Beliefs().but(**{name: rng.choice(BELIEFS[name].choices) for name in MATTERS})


def _story(
    seed: int, writers: Any, monkeypatch: pytest.MonkeyPatch, *, turns: int = 3, met: Counter[str] | None = None
) -> list[str]:
    """A full capture and then those after it, while somebody works; what is wrong with any of them.

    ``met`` counts captures by kind during which something was done and that were whole all the same.
    """
    rng = random.Random(seed)
    if rng.random() < 0.3:
        # So few fit an answer that the feed overflows.
        monkeypatch.setattr(feed, "MOST", 12)
        monkeypatch.setattr(change_feed, "FEED_CAP", 12)
        monkeypatch.setattr(change_feed, "_ROOM", 10)
    books = furnished()
    beliefs = _beliefs(rng)
    told: list[str] = []
    try:
        with serve(books.twin, beliefs=beliefs) as server:
            scribe = Scribe(books, rng, merges=rng.random() < 0.5)
            before = None
            for turn in range(turns):
                done = len(scribe.done)
                scribe.acts, scribe.rate = rng.choice([0, 8, 40]), rng.choice([0.05, 0.3])
                writer = writers(before)
                server.before_apply = scribe.stir
                with _reader(server) as reader:
                    capture.run(reader, writer, before=None if before is None else before.snapshot)
                server.before_apply = None
                where = f"seed {seed}, capture {turn}, {writer.committed['fence']['kind']}"
                if met is not None and len(scribe.done) > done and writer.committed["complete"]:
                    met[writer.committed["fence"]["kind"]] += 1
                told += [f"{where}: {what}" for what in judge(scribe, writer.state, writer.committed)]
                if not writer.committed["complete"] and "not_quiet" not in writer.codes("problem"):
                    told.append(f"{where}: {[f for f in writer.committed['findings'] if f['severity'] == 'problem']}")
                for _ in range(rng.choice([0, 3, 30])):
                    scribe.act()
                began = books.twin.clock()
                books.twin.clock.advance(timedelta(hours=rng.choice([0, 1, 24, 24 * 32])))
                scribe.look(began)
                before = writer
    finally:
        books.twin.close()
    return told


@pytest.mark.parametrize("seed", range(12))
def test_what_is_claimed_is_what_was(seed: int, writers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _story(seed, writers, monkeypatch) == []


def test_the_stories_are_not_empty(writers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are whole captures of both kinds in the midst of work."""
    met = Counter[str]()
    for seed in range(20, 26):
        with monkeypatch.context() as own:
            assert _story(seed, writers, own, met=met) == []
    assert min(met["full"], met["incremental"]) >= 2, met


def test_what_is_done_is_done_to_everything() -> None:
    """Each kind of deed, and to each entity what QuickBooks lets anybody do to it: none of it is refused each time."""
    deeds, met = Counter[str](), Counter[tuple[str, str]]()
    for seed in range(6):
        books = furnished()
        try:
            scribe = Scribe(books, random.Random(seed))
            for _ in range(400):
                scribe.act()
        finally:
            books.twin.close()
        deeds.update(scribe.done)
        met.update(scribe.met)
    for name in ("create", "edit", "delete", "void", "inactive", "merge", "rate", "tax"):
        assert deeds[name] > 50, name
    for row in map(CATALOGUE.__getitem__, capture.entities.readable_entities()):
        can = {
            "gone": row.delete is Delete.HARD and row.can("delete"),
            "edited": row.can("update") and row.name != "ExchangeRate",
            "created": row.can("create"),
        }
        for what, able in can.items():
            assert met[row.name, what] or not able, f"no {row.name} was {what}"
    for name in ("Account", "Customer", "Vendor", "Item", "Class", "Department"):
        assert met[name, "gone"], f"no {name} was merged away"


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 300))
def test_what_is_claimed_is_what_was_in_many_companies(
    seed: int, writers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _story(seed, writers, monkeypatch, turns=4) == []


@pytest.mark.parametrize("seed", range(2))
def test_what_a_thread_does_at_any_moment(seed: int, writers: Any) -> None:
    """Not between requests alone, but while one is being answered."""
    rng = random.Random(seed)
    books = furnished()
    over = threading.Event()
    try:
        with serve(books.twin) as server:
            scribe = Scribe(books, rng)

            def work() -> None:
                for _ in range(40):
                    if over.is_set():
                        return
                    scribe.act()

            before = None
            for _ in range(2):
                over.clear()
                writer, worker = writers(before), threading.Thread(target=work)
                with _reader(server) as reader:
                    worker.start()
                    try:
                        capture.run(reader, writer, before=None if before is None else before.snapshot)
                    finally:
                        over.set()
                        worker.join()
                assert judge(scribe, writer.state, writer.committed) == []
                before = writer
        assert len(scribe.done) > 10
    finally:
        books.twin.close()


def test_the_judge_is_not_lenient(writers: Any) -> None:
    """A body that is older, a record too many and one that is missing are each told."""
    books = furnished()
    try:
        with serve(books.twin) as server:
            scribe = Scribe(books, random.Random(0))
            writer = writers()
            with _reader(server) as reader:
                capture.run(reader, writer)
            state = writer.state
            customers = sorted(key for key in state if key[0] == "Customer")
            assert judge(scribe, state, writer.committed) == []
            assert judge(scribe, {key: body for key, body in state.items() if key != customers[0]}, writer.committed)
            assert judge(scribe, {**state, ("Customer", "999"): b"{}"}, writer.committed)
            assert judge(scribe, {**state, customers[0]: state[customers[1]]}, writer.committed)
            assert judge(scribe, {**state, ("Gadget", "1"): b"{}"}, writer.committed)
    finally:
        books.twin.close()
