"""Every recorded JSON exchange, asked again of the twin over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin_recorded import comparing, known, tables
from twin_recorded.replaying import Outcome, replay

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def outcomes(shared_data: Path) -> list[Outcome]:
    found = list(replay(shared_data / "recorded"))
    print(tables.scores(found))  # noqa: T201 - the score is what the test is about; -s shows it
    return found


def test_status_and_code_are_always_equal(outcomes: list[Outcome]) -> None:
    wrong = [
        f"{outcome.exchange.name}: {aspect.kind} {aspect.recorded}, twin {aspect.served}"
        for outcome in outcomes
        for aspect in outcome.unequal
        if aspect.kind in comparing.ALWAYS
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", sorted(set(comparing.KINDS) - comparing.ALWAYS))
def test_each_kind_is_equal_to_95_percent_at_least(outcomes: list[Outcome], kind: str) -> None:
    equal, every = tables.total(outcomes, kind)
    assert every > 20
    assert equal >= 0.95 * every, tables.share(equal, every)


def test_the_whole_is_equal_to_95_percent_at_least_however_long_the_answers(outcomes: list[Outcome]) -> None:
    equal, every = tables.total(outcomes)
    assert equal >= 0.95 * every
    shares = [part / whole for part, whole in (outcome.score() for outcome in outcomes)]
    assert sum(shares) >= 0.95 * len(shares)


def test_every_difference_has_its_reason(outcomes: list[Outcome]) -> None:
    unexplained = [
        f"{outcome.exchange.name} {aspect.kind} {aspect.path}: {aspect.recorded} / {aspect.served}"
        for outcome in outcomes
        for aspect in outcome.unequal
        if known.reason_for(outcome.exchange, aspect) is None
    ]
    assert not unexplained, "\n".join(unexplained)


def test_every_difference_that_is_listed_is_there(outcomes: list[Outcome]) -> None:
    gone = [
        row
        for row in known.DIFFERENCES
        if not any(row.covers(outcome.exchange, aspect) for outcome in outcomes for aspect in outcome.unequal)
    ]
    assert not gone


def test_every_recording_is_replayed_or_listed(shared_data: Path, outcomes: list[Outcome]) -> None:
    replayed = {outcome.exchange.file for outcome in outcomes}
    folder = shared_data / "recorded"
    left = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.suffix in {".json", ".xml"}}
    said = " ".join(row.what for row in known.NOT_REPLAYED)
    for file in left - replayed:
        family, name = file.partition("/")[0], file.rpartition("/")[2]
        assert family in said if family in {"flowlink", "quickbooks-ruby"} else name in said, file


def test_the_document_says_what_was_found(outcomes: list[Outcome]) -> None:
    document = (ROOT / "docs" / "twin.md").read_text("utf-8")
    assert tables.written(document, tables.REPLAY) == tables.markdown(outcomes), "run: python tools/replay.py --write"
