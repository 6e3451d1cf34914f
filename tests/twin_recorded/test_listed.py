"""The comparison itself, and the list of differences, without the recordings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from twin_recorded import comparing, known, tables
from twin_recorded.comparing import Bodies

ROOT = Path(__file__).resolve().parents[2]
MOMENT = datetime(2020, 9, 29, 13, 0, 7, 195000, tzinfo=UTC)


def unequal(recorded: str, served: str, **options: bool) -> list[tuple[str, str]]:
    bodies = Bodies(MOMENT, **options)
    found = bodies.compare(comparing.parse(recorded), comparing.parse(served))
    return [(aspect.kind, aspect.path) for aspect in found if not aspect.equal]


@pytest.mark.parametrize(
    ("recorded", "served", "found"),
    [
        ('{"Id":"1"}', '{"Id":"1"}', []),
        ('{"Id":"1"}', '{"Id":"2"}', [("texts", "Id")]),
        ('{"Id":"1"}', '{"Id":1}', [("formats", "Id")]),
        ('{"A":100.00}', '{"A":100}', [("formats", "A")]),
        ('{"A":100.00}', '{"A":101.00}', [("texts", "A")]),
        ('{"A":0}', '{"A":0.00}', [("formats", "A")]),
        ('{"A":null}', "{}", [("envelope", ""), ("keys", ""), ("texts", "A")]),
        ("{}", '{"A":null}', [("envelope", ""), ("keys", "")]),
        ('{"A":{"B":1,"C":2}}', '{"A":{"C":2,"B":1}}', [("order", "A")]),
        ('{"A":[1,2]}', '{"A":[1]}', [("keys", "A[]"), ("texts", "A.*")]),
        ('{"A":[{"Id":"1"},{"Id":"2"}]}', '{"A":[{"Id":"2"},{"Id":"1"}]}', [("order", "A[]")]),
        (
            '{"QueryResponse":{"A":1,"B":2}}',
            '{"QueryResponse":{"B":2,"A":1}}',
            [("envelope", ""), ("order", "QueryResponse")],
        ),
        ('{"A":"2020-09-29"}', '{"A":"2020-9-29"}', [("formats", "A"), ("texts", "A")]),
    ],
)
def test_what_differs_is_found(recorded: str, served: str, found: list[tuple[str, str]]) -> None:
    assert unequal(recorded, served) == found


def test_a_moment_of_the_request_itself_may_move_and_no_other() -> None:
    said = '{"C":{"MetaData":{"LastUpdatedTime":"%s"}}}'
    now, later, before = "2020-09-29T06:00:07-07:00", "2020-09-29T06:00:09-07:00", "2020-09-28T06:00:07-07:00"
    assert unequal(said % now, said % later) == []
    assert unequal(said % now, said % before) == [("texts", "C.MetaData.LastUpdatedTime")]
    assert unequal(said % now, said % "2020-09-29T13:00:07Z") == [("formats", "C.MetaData.LastUpdatedTime")]


def test_what_went_through_another_program_is_compared_as_far_as_it_tells() -> None:
    assert unequal('{"A":{"B":207.0,"C":1}}', '{"A":{"C":1,"B":207.00}}', in_order=False, in_digits=False) == []
    assert unequal('{"A":207.0}', '{"A":208.00}', in_order=False, in_digits=False) == [("texts", "A")]


def test_headers_are_compared_by_name_and_form() -> None:
    theirs = {"Intuit-Tid": "1-5f732fd7-65cd2d121e30caec668f6488", "Content-Type": "application/json"}
    ours = {"intuit_tid": "1-aaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbb", "content-type": "application/json", "Expires": "0"}
    assert [aspect.path for aspect in comparing.headers(theirs, ours) if not aspect.equal] == ["expires"]


def test_a_part_that_is_missing_weighs_as_much_as_it_holds() -> None:
    found = list(Bodies(MOMENT).compare(comparing.parse('{"A":{"B":1,"C":[1,2]}}'), comparing.parse("{}")))
    assert [aspect.weight for aspect in found if aspect.served == comparing.ABSENT] == [3]


@pytest.mark.parametrize(
    ("equal", "every", "text"), [(10, 10, "100.0 %"), (9999, 10000, "99.9 %"), (1, 3, "33.3 %"), (0, 0, "–")]
)
def test_nothing_is_rounded_up_to_whole(equal: int, every: int, text: str) -> None:
    assert tables.share(equal, every) == text


def test_the_document_lists_every_difference_with_its_reason() -> None:
    document = tables.written((ROOT / "docs" / "twin.md").read_text("utf-8"), tables.REPLAY)
    for row in known.DIFFERENCES:
        assert row.exchange.rpartition("/")[2].replace("#", ", ") in document
        assert row.reason in document
    for left in known.NOT_REPLAYED:
        assert f"| {left.what} | {left.reason} |" in document


def test_the_document_lists_every_switch() -> None:
    document = (ROOT / "docs" / "twin.md").read_text("utf-8")
    assert tables.written(document, tables.SWITCHES) == tables.switches(), "run: python tools/replay.py --write"
