"""The exported Audit Log tells the same story as the log of requests and the answers of the screens.

The story is told by what anybody could see from outside; the export is read by a reader that knows it from descriptions.
Neither looks at the trail from which the export is made.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from akika_forensics.twin import Beliefs, serve
from akika_forensics.twin.people import audit_log
from tests.twin import audit_reader
from tests.twin.audit_reader import Line
from tests.twin.conftest import Books
from tests.twin.story import ADA, ANA, BEN, TRANSACTIONS, Told, hire
from tests.twin.story_at_screens import StoryAtScreens

NAMES = [name.removeprefix("step_") for name in dir(StoryAtScreens) if name.startswith("step_")]
AT_SCREENS = [name for name in NAMES if name.startswith("at_")]
WEIGHTED = [*NAMES, "create", "create", "create", "create", "batch", "again", "fault", "time", "time"]
STEPS = st.lists(st.tuples(st.sampled_from(WEIGHTED), st.integers(0, 2**32)), min_size=8, max_size=25)

PEOPLE = {"9130000000000001": "Craig Carlson", ADA.id: ADA.name, ANA.id: ANA.name, BEN.id: BEN.name}
VERBS = {
    "created": "Added",
    "updated": "Edited",
    "merged": "Edited",
    "deleted": "Deleted",
    "voided": "Voided",
    "emailed": "Sent",
    "signed in": "Signed in",
    "signed out": "Signed out",
}
TYPES = {
    "SalesReceipt": "Sales Receipt",
    "CreditMemo": "Credit Memo",
    "RefundReceipt": "Refund",
    "VendorCredit": "Vendor Credit",
    "JournalEntry": "Journal Entry",
    "BillPayment": "Bill Payment (Check)",
    "Purchase": "Expense",
    "Account": "account",
    "Preferences": "settings",
    "User": "",
}
PACIFIC = ZoneInfo("America/Los_Angeles")

SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A story that fails is not made shorter: each try serves a company."""
SLOW = settings(
    max_examples=150 if SOAK else 15, deadline=None, phases=QUICK, suppress_health_check=[HealthCheck.too_slow]
)


def line(row: Told, form: str, *, apps_by_name: bool) -> Line:
    """How the Audit Log shows an act."""
    user = PEOPLE[row.user] if apps_by_name or not row.by_app else "System Administration"
    kind = TYPES.get(row.entity, row.entity)
    minute = row.at.astimezone(UTC).replace(second=0, microsecond=0)
    at_the_door = row.entity == "User"
    wide = form == "wide"
    cents = row.cents if wide or row.verb in {"created", "deleted"} else None
    party = "" if at_the_door and not wide else row.party
    return Line(minute, user, VERBS[row.verb], row.indirect, kind, row.number, party, cents, row.date if wide else "")


@contextmanager
def told(steps: list[tuple[str, int]], beliefs: Beliefs | None = None) -> Iterator[StoryAtScreens]:
    """A story to its end, the company still served, and nothing that happened before the story in its export."""
    books = Books()
    hire(books.twin)
    books.twin.believe(beliefs or Beliefs())
    books.twin.clock.advance(timedelta(days=1))
    with serve(books.twin) as server:
        story = StoryAtScreens(books, server)
        story.run(steps)
        yield story
        story.close()
    books.twin.close()


def export(story: StoryAtScreens, **asked: str) -> list[Line]:
    """From the second day on: on the first the lists were made."""
    since = (story.begun.astimezone(PACIFIC)).date().isoformat()
    answer = story.web.get("/twin/audit-log.csv", params={"from": since, **asked})
    assert answer.status_code == httpx.codes.OK, answer.text
    return audit_reader.read(answer.content)


@SLOW
@given(STEPS, st.sampled_from(["native", "wide"]), st.booleans())
def test_the_export_tells_what_everybody_did(steps: list[tuple[str, int]], form: str, apps_by_name: bool) -> None:
    beliefs = Beliefs().but(audit_app_writes="user" if apps_by_name else "system_administration")
    with told(steps, beliefs) as story:
        found = export(story, form=form)
    assert Counter(found) == Counter(line(row, form, apps_by_name=apps_by_name) for row in story.told)
    minutes = [row.minute for row in found]
    assert minutes == sorted(minutes, reverse=True)


FILTERS: dict[str, tuple[dict[str, str], Callable[[Told], bool]]] = {
    "a person": ({"user": BEN.name}, lambda row: row.user == BEN.id),
    "applications": ({"user": "System Administration"}, lambda row: row.by_app),
    "transactions": ({"events": "transactions"}, lambda row: row.entity in TRANSACTIONS),
    "lists": ({"events": "lists"}, lambda row: row.entity in {"Customer", "Vendor", "Account"}),
    "doors": ({"events": "sign-in/out"}, lambda row: row.entity == "User"),
    "gone": (
        {"events": "deleted/voided"},
        lambda row: row.entity in TRANSACTIONS and row.verb in {"deleted", "voided"},
    ),
}


@SLOW
@given(STEPS, st.sampled_from(sorted(FILTERS)))
def test_a_filter_shows_its_part_of_the_story(steps: list[tuple[str, int]], name: str) -> None:
    asked, shown = FILTERS[name]
    with told(steps) as story:
        found = export(story, **asked)
    assert Counter(found) == Counter(line(row, "native", apps_by_name=False) for row in story.told if shown(row))


@SLOW
@given(STEPS, st.integers(0, 60))
def test_a_range_is_of_days_where_the_company_is(steps: list[tuple[str, int]], later: int) -> None:
    with told(steps) as story:
        day = (story.begun + timedelta(hours=later)).astimezone(PACIFIC).date()
        found = export(story, to=day.isoformat())
    assert Counter(found) == Counter(line(row, "native", apps_by_name=False) for row in story.told if on(row) <= day)


def on(row: Told) -> date:
    return row.at.astimezone(PACIFIC).date()


@pytest.fixture(scope="module")
def long() -> Iterator[StoryAtScreens]:
    """A story in which everything happens."""
    dice = random.Random(14)
    with told([(dice.choice(WEIGHTED), dice.randrange(2**32)) for _ in range(300)]) as story:
        for hours in (*[1] * 25, 24 * 14, 24 * 180):
            story.advance(timedelta(hours=hours))
            story.run([("create", hours), ("at_enter", hours)])
        yield story


def test_a_long_story_holds_all_there_is(long: StoryAtScreens) -> None:
    assert {row.verb for row in long.told} == set(VERBS)
    assert {row.entity for row in long.told} >= {*TRANSACTIONS, "Customer", "Vendor", "User", "Preferences"}
    assert {row.user for row in long.told} == set(PEOPLE)
    assert {(row.by_app, row.indirect) for row in long.told} == {
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    }
    local = [row.at.astimezone(PACIFIC) for row in long.told]
    assert {moment.hour for moment in local} == set(range(24))
    assert {moment.utcoffset() for moment in local} == {timedelta(hours=-8), timedelta(hours=-7)}
    entries = long.server.log
    assert any(entry.replayed for entry in entries)
    assert {entry.disturbed for entry in entries} >= {"", "lost", "drop", "error"}
    assert max(Counter(line(row, "native", apps_by_name=False).minute for row in long.told).values()) > 10


@pytest.mark.parametrize("form", ["native", "wide"])
def test_a_long_story_is_told_to_the_last_word(long: StoryAtScreens, form: str) -> None:
    found = Counter(export(long, form=form))
    assert found == Counter(line(row, form, apps_by_name=False) for row in long.told)


def test_what_is_more_than_the_cap_is_cut_off_behind(long: StoryAtScreens, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are kept, and nothing says that there was more."""
    whole = export(long)
    assert audit_log.MOST == 10_000
    monkeypatch.setattr(audit_log, "MOST", 100)
    assert len(whole) > 100
    assert export(long) == whole[:100]


def test_two_years_later_it_is_forgotten(long: StoryAtScreens) -> None:
    clock = long.twin.clock
    now = clock()
    moments = sorted({row.at for row in long.told})
    middle = moments[len(moments) // 2]
    try:
        clock.set(middle + timedelta(days=730))
        found = export(long)
    finally:
        clock.set(now)
    left = Counter(line(row, "native", apps_by_name=False) for row in long.told if row.at >= middle)
    assert Counter(found) == left


@pytest.mark.parametrize("name", AT_SCREENS)
def test_every_step_at_the_screens_does_something(name: str) -> None:
    steps = [("create", number) for number in range(40)]
    with told(steps) as story:
        before = len(story.told)
        story.run([(name, number) for number in range(6)])
        rows = story.told[before:]
    assert any(not row.by_app for row in rows)
