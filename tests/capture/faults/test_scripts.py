"""Every fault at every kind of request of a capture, once and for ever: a whole snapshot, one that says it is not, or a plain refusal."""

from __future__ import annotations

import itertools
import random
import zlib
from typing import Any

import pytest

from akika_forensics.twin import Twin, serve

from .scene import Ended, assert_honest, take

WHATS = (
    "throttle", "unauthorized", "forbidden", "error", "unavailable", "fault", "refuse", "slow", "lost", "drop", "cut",
)  # fmt: skip
AT = {
    "sign-in": "sign-in",
    "company": "[path=*/companyinfo/*]",
    "page": "[path=*/query]",
    "batch": "[operation=batch]",
    "count": "[operation=batch&body=count(*)]",
    "search": "[operation=batch&body=LastUpdatedTime]",
    "feed": "[operation=cdc]",
    "report": "[operation=reports]",
}
NOT_AT_SIGN_IN = {"forbidden", "fault"}
WHEN = ("1", "2-3", "every3", "*")
"""``*``: whatever is done about it, it happens again."""
INCREMENTAL = {"sign-in", "company", "batch", "count", "search", "feed", "report"}

CASES = [
    (kind, what, where, when)
    for kind, what, where, when in itertools.product(("full", "incremental"), WHATS, AT, WHEN)
    if not (where == "sign-in" and what in NOT_AT_SIGN_IN)
    and not (kind == "incremental" and where not in INCREMENTAL)
    # It waits at each, and so does the test.
    and not (what == "slow" and when not in {"1", "2-3"})
]
SHORT = 36
"""Cases of a normal run: each fault and each kind of request is among them, the rest by chance, the same for the same list."""


def _short() -> list[tuple[str, str, str, str]]:
    chance = random.Random(zlib.crc32(repr(CASES).encode()))
    left = chance.sample(CASES, len(CASES))
    chosen: list[tuple[str, str, str, str]] = []
    for place, names in ((1, WHATS), (2, tuple(AT)), (3, WHEN)):
        for name in names:
            if not any(one[place] == name for one in chosen):
                chosen.append(next(one for one in left if one[place] == name))
    return [*chosen, *(one for one in left if one not in chosen)][:SHORT]


@pytest.fixture(scope="module")
def undisturbed(whole: Any, later: Any) -> dict[str, Any]:
    """What each kind of capture hands over without disturbance."""
    return {"full": whole, "incremental": later}


def _run(served: Twin, undisturbed: dict[str, Any], writers: Any, case: tuple[str, str, str, str]) -> Ended:
    kind, what, where, when = case
    before, whole = served.dump(), undisturbed["full"]
    spec = f"{what}@{AT[where]}:{when}"
    options: dict[str, Any] = {}
    writer = writers(whole) if kind == "incremental" else writers()
    if kind == "incremental":
        options["before"] = whole.snapshot
    with serve(served, faults=spec) as server:
        ended = take(server, writer, fresh=where != "sign-in", **options)
        met = [seen.disturbed for seen in server.log if seen.disturbed]
    assert served.dump() == before, "a capture changes nothing"
    assert_honest(ended, served, undisturbed[kind])
    if when in {"1", "*"} and (where != "search" or kind == "incremental"):
        assert met, f"{spec} met no request"
    return ended


def _then_whole(served: Twin, whole: Any, writers: Any) -> None:
    """When the trouble is over the next capture is whole."""
    with serve(served) as server:
        ended = take(server, writers())
    assert ended.how == "whole"
    assert_honest(ended, served, whole)


@pytest.mark.parametrize("case", _short(), ids=" ".join)
def test_a_fault_ends_in_a_whole_snapshot_or_in_plain_words(served, undisturbed, writers, case) -> None:  # type: ignore[no-untyped-def]
    _run(served, undisturbed, writers, case)


@pytest.mark.soak
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_every_fault_at_every_request_ends_honestly(served, undisturbed, writers, case) -> None:  # type: ignore[no-untyped-def]
    if _run(served, undisturbed, writers, case).how != "whole":
        _then_whole(served, undisturbed["full"], writers)


@pytest.mark.parametrize("what", ["throttle", "error", "drop", "cut", "refuse", "unavailable", "lost"])
def test_what_happens_once_is_overcome(served, whole, writers, what) -> None:  # type: ignore[no-untyped-def]
    """Each of the kinds of requests meets it once: nothing is lost by it, and nothing is said of it."""
    with serve(served, faults=",".join(f"{what}@{at}:2" for at in AT.values())) as server:
        ended = take(server, writers())
    assert ended.how == "whole"
    assert_honest(ended, served, whole)
    assert ended.writer.controls.keys() == whole.controls.keys()


def test_the_short_list_has_every_fault_and_every_kind_of_request() -> None:
    short = _short()
    assert len(short) == SHORT
    assert {case[1] for case in short} == set(WHATS)
    assert {case[2] for case in short} == set(AT)
    assert {case[3] for case in short} == set(WHEN)
