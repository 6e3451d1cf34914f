"""The trail of who did what tells the same story as the log of requests and the records themselves."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from akika_forensics.twin import serve, wire
from akika_forensics.twin.webhooks.notice import OPERATIONS, TABLE
from tests.twin.conftest import Books
from tests.twin.hook_scene import Receiver, settle
from tests.twin.story import APPS, KINDS, Story, Told, hire

NAMES = [name.removeprefix("step_") for name in dir(Story) if name.startswith("step_")]
WEIGHTED = [*NAMES, "create", "create", "create", "batch", "update", "delete", "time"]
STEPS = st.lists(st.tuples(st.sampled_from(WEIGHTED), st.integers(0, 2**32)), min_size=5, max_size=20)


SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A story that fails is not made shorter: each try serves a company."""


def of_the_trail(twin: Any, after: int) -> list[Told]:
    return [
        Told(
            wire.moment_of(row.at),
            row.user,
            row.verb,
            row.entity,
            row.id,
            row.indirect,
            row.doc,
            row.party,
            row.cents,
        )
        for row in twin.store.trail.events(after)
    ]


def bare(row: Told) -> Told:
    """Without what a row of the trail does not tell by itself."""
    return replace(row, date="", paid_by="", by_app=True, switched_off=False)


def notified(row: Told) -> str | None:
    """As a webhook tells it, by the table of entities and operations."""
    verb = "deleted" if row.switched_off else row.verb
    return f"{OPERATIONS[verb]} {row.entity}:{row.id}" if verb in TABLE.get(row.entity, ()) else None


@settings(max_examples=300 if SOAK else 20, deadline=None, phases=QUICK, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_the_trail_tells_what_the_log_of_requests_tells(steps: list[tuple[str, int]]) -> None:
    books = Books()
    hire(books.twin)
    with Receiver() as receiver, serve(books.twin) as server:
        story = Story(books, server)
        server.webhooks.subscribe(receiver.url, "legacy")
        begun = books.twin.store.trail.last()
        story.run(steps)
        found = of_the_trail(books.twin, begun)
        settle(books.twin, server.webhooks)
        story.close()
    assert Counter(found) == Counter(map(bare, story.told))
    assert Counter(receiver.accepted) == Counter(event for row in story.told if (event := notified(row)) is not None)
    assert [row.at for row in found] == sorted(row.at for row in found)
    books.twin.close()


@pytest.mark.parametrize("name", NAMES)
def test_every_step_does_something(name: str, books: Any) -> None:
    """The story is told by steps that happen."""
    hire(books.twin)
    with serve(books.twin) as server:
        story = Story(books, server)
        story.run([("create", number) for number in range(40)])
        before = (len(story.told), books.twin.clock(), books.twin.requests.last, len(books.twin.dump()))
        story.run([(name, number) for number in range(3)])
        after = (len(story.told), books.twin.clock(), books.twin.requests.last, len(books.twin.dump()))
        story.close()
        faults = httpx.get(f"{server.base_url}/twin/faults").json()["faults"]
        assert after != before or (name == "fault" and faults)


def test_a_long_story_holds_all_there_is(books: Any) -> None:
    """What the property is worth: each verb, each kind, each person, direct and indirect, several in a minute."""
    hire(books.twin)
    dice = random.Random(5)
    with serve(books.twin) as server:
        story = Story(books, server)
        story.run([(dice.choice(WEIGHTED), dice.randrange(2**32)) for _ in range(300)])
        entries = server.log
        story.close()
    assert {row.verb for row in story.told} == {"created", "updated", "deleted", "voided", "emailed"}
    assert {row.entity for row in story.told} >= set(KINDS)
    assert {row.user for row in story.told} == set(APPS)
    assert {row.indirect for row in story.told} == {True, False}
    assert max(Counter(row.at for row in story.told).values()) > 5
    assert any(entry.replayed for entry in entries)
    assert {entry.disturbed for entry in entries} >= {"", "lost", "drop", "error"}
    assert {entry.code for entry in entries} >= {"", "5010"}
