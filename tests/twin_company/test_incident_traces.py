"""Each incident leaves the trace by which an investigator knows its kind."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import parse_instant
from akika_forensics.twin import Twin
from akika_forensics.twin.incidents import LIBRARY
from akika_forensics.twin.incidents.description import read
from akika_forensics.twin.incidents.scene import Scene, Stage
from akika_forensics.twin.life.agenda import morning_after
from akika_forensics.twin.life.wish import Wish
from akika_forensics.twin.people.trail import Event
from akika_forensics.twin.wire import PACIFIC, moment_of


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage.build(Wish(1_200, 7), date(2023, 7, 10))


def made_by_it(scene: Scene) -> list[Event]:
    """What the damaged company's trail tells and the clean one's does not, of acts that the truth names."""
    acts = {(parse_instant(act["at"]).timestamp() // 1, act["user"]) for act in scene.truth["acts"]}
    return [event for event in scene.damaged.store.trail.events() if (event.at // 1_000_000, event.user) in acts]


def local(event: Event) -> datetime:
    return moment_of(event.at).astimezone(PACIFIC)


def acts(scene: Scene, do: str) -> list[dict[str, Any]]:
    return [act for act in scene.truth["acts"] if act["do"] == do]


def test_nobody_does_two_things_in_one_second(stage: Stage) -> None:
    for name in ("malicious-insider", "account-takeover", "bank-feed", "sync-app"):
        scene = stage.play(LIBRARY[name])
        moments = [act["at"] for act in scene.truth["acts"]]
        assert len(moments) == len(set(moments)) > 8, name
        assert moments == sorted(moments), name


def test_an_insider_works_in_the_evening_and_not_at_all_once_the_access_is_gone(stage: Stage) -> None:
    scene = stage.play(LIBRARY["malicious-insider"])
    (gone,) = acts(scene, "remove_user")
    (who,) = {act["user"] for act in scene.truth["acts"] if act["actor"] == "insider"}
    own = [event for event in made_by_it(scene) if event.user == who]
    assert all(19 <= local(event).hour <= 23 for event in own)
    assert {"signed in", "updated", "deleted"} <= {event.verb for event in own}
    removed = int(parse_instant(gone["at"]).timestamp() * 1_000_000)
    assert not [event for event in scene.damaged.store.trail.events() if event.user == who and event.at > removed]
    assert [event for event in scene.clean.store.trail.events() if event.user == who and event.at > removed]
    marks = {row["id"]: scene.clean.store.marks("Purchase", row["id"]) for row in scene.truth["records"]}
    assert [one for act in acts(scene, "edit") for one in act["records"] if "reconciled" in marks.get(one["id"], ())]


def test_a_taken_over_account_signs_in_at_night_lets_somebody_in_and_cuts_the_bank_off(stage: Stage) -> None:
    scene = stage.play(LIBRARY["account-takeover"])
    assert not [act for act in scene.truth["acts"] if "refused" in act]
    night = [event for event in made_by_it(scene) if local(event).hour in range(2, 6)]
    assert {(event.verb, event.entity) for event in night} >= {
        ("signed in", "User"),
        ("created", "User"),
        ("disconnected", "Account"),
        ("updated", "Invoice"),
        ("signed out", "User"),
    }
    assert {event.name for event in night} == {"Marian Holt"}


def test_a_connection_writes_at_one_time_of_the_night_and_gives_numbers_twice(stage: Stage) -> None:
    scene = stage.play(LIBRARY["sync-app"])
    own = [event for event in made_by_it(scene) if event.kind == "app" and not event.indirect]
    assert {event.name for event in own} == {"Cart Connector"}
    assert len({(local(event).hour, local(event).minute) for event in own}) <= 2
    assert len({local(event).date() for event in own}) == 5
    gone = [event.doc for event in own if event.verb == "deleted"]
    assert gone
    again = [event.doc for event in own if event.verb == "created" and event.entity == "Invoice"]
    assert set(gone) <= set(again)


def test_backdated_entries_pass_a_closing_date(stage: Stage) -> None:
    scene = stage.play(LIBRARY["backdating"])
    closed = date.fromisoformat(_preferences(scene.damaged)["AccountingInfoPrefs"]["BookCloseDate"])
    entries = [event for event in made_by_it(scene) if event.entity == "JournalEntry"]
    assert len(entries) == 4
    assert all(date.fromisoformat(event.date) < closed < local(event).date() for event in entries)
    assert len(scene.damaged.screens.perform("closing_exceptions", {})["exceptions"]) >= 4
    assert scene.truth["departures"] == []


def _preferences(twin: Twin) -> dict[str, Any]:
    return twin.get("Preferences", "1") or {}


def test_the_trail_tells_from_which_closing_date_to_which(stage: Stage) -> None:
    scene = stage.play(LIBRARY["settings-change"])
    details = [json.loads(event.detail) for event in made_by_it(scene) if event.entity == "Preferences"]
    moved = [(one["before"], one["after"]) for one in details if one["settings"] == "closing date"]
    first, last = "2023-06-10", "2023-05-29"
    assert moved == [(None, first), (first, None), (None, last)]
    assert _preferences(scene.damaged)["AccountingInfoPrefs"]["BookCloseDate"] == last
    assert [one["after"] for one in details if one["settings"] == "SalesFormsPrefs"] == [{"CustomTxnNumbers": True}]


def test_an_import_comes_in_one_minute_under_consecutive_ids(stage: Stage) -> None:
    scene = stage.play(LIBRARY["csv-import"])
    ids = [int(row["id"]) for row in scene.truth["records"]]
    assert len(ids) > 20
    assert sorted(ids) == list(range(min(ids), max(ids) + 1))
    assert len({event.at // 60_000_000 for event in made_by_it(scene)}) == 1


def test_accounts_that_are_merged_are_of_one_kind(stage: Stage) -> None:
    scene = stage.play(LIBRARY["merged-names"])
    assert Counter(act["records"][0]["entity"] for act in acts(scene, "merge")) == {
        "Customer": 1,
        "Vendor": 1,
        "Account": 1,
    }


def test_the_truth_tells_every_line_of_the_bank_that_is_there_or_is_not(stage: Stage) -> None:
    lapped, paid = (stage.play(LIBRARY[name]) for name in ("lapping", "fictitious-vendor"))
    for scene in (lapped, paid):
        differ = scene.damaged.store.bank, scene.clean.store.bank
        less = sum(one.balance(account) for one in differ[1:] for account in one.accounts())
        more = sum(one.balance(account) for one in differ[:1] for account in one.accounts())
        told = sum(row["cents"] for row in scene.truth["bank"])
        assert told - sum(row["cents"] for row in scene.truth["bank_missing"]) == more - less
        assert more < less
    assert len(paid.truth["bank"]) == 7
    assert paid.truth["bank_missing"] == []
    assert lapped.truth["bank_missing"]


def test_papers_are_made_when_the_life_is_over(stage: Stage) -> None:
    scene = stage.play(LIBRARY["settings-change"])
    assert scene.damaged.clock() == scene.clean.clock() == morning_after(stage.last_day)


OWN = """
name = "own"
type = "t"
what = "An invoice is chosen by a yes or a no, lowered, deleted and written again."
[[actor]]
key = "who"
name = "Somebody New"
[[find]]
as = "one"
entity = "Invoice"
where = [["Line.0.SalesItemLineDetail.Qty", ">", 1], ["$payments", "=", 0]]
order = "$paid"
[[step]]
actor = "who"
do = "edit"
entity = "Invoice"
body = {Id = "@one.id", Line = {lines = "@one.Line", times = 0.4}}
sure = true
[[step]]
actor = "who"
do = "delete"
entity = "Invoice"
id = "@one.id"
sure = true
[[step]]
actor = "who"
do = "enter"
entity = "Invoice"
body = {CustomerRef = "@one.CustomerRef", DocNumber = "@one.DocNumber", Line = {lines = "@one.Line"}}
as = "again"
"""


def test_nobody_does_more_than_a_role_allows(stage: Stage) -> None:
    closing = OWN.split("[[find]]", maxsplit=1)[0] + '[[step]]\nactor = "who"\ndo = "close_books"\ndate = {day = -30}\n'
    with pytest.raises(WrongUse, match="You need access"):
        stage.play(read(closing, "own.toml"))
    allowed = closing.replace('key = "who"', 'key = "who"\nrole = "admin"')
    assert stage.play(read(allowed, "own.toml")).truth["records"]


def test_what_was_deleted_can_be_written_again_as_it_was_last(stage: Stage) -> None:
    scene = stage.play(read(OWN, "own.toml"))
    (gone,), (again,) = ([act["records"][0]["id"] for act in acts(scene, do)] for do in ("delete", "enter"))
    first = scene.before.get("Invoice", gone) or {}
    last = scene.damaged.get("Invoice", again) or {}
    assert first["DocNumber"] == last["DocNumber"]
    ours, theirs = first["Line"][0], last["Line"][0]
    assert theirs["SalesItemLineDetail"]["Qty"] == ours["SalesItemLineDetail"]["Qty"]
    assert 0 < theirs["Amount"] < ours["Amount"]
