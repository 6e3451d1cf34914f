from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Begun, Page, PagePlan, Slice


def cut(number: int) -> Slice:
    return Slice(RecordKey("Invoice", str(number)), b"{}")


def page_of(rows: list[int], position: int, size: int) -> Page:
    listed = sorted(rows)[position - 1 : position - 1 + size]
    return Page(position, size, tuple(cut(number) for number in listed), None)


def read_all(plan: PagePlan, rows: list[int]) -> tuple[set[int], int]:
    seen: set[int] = set()
    asked = 0
    while not plan.done:
        for position in plan.wanted():
            page = page_of(rows, position, plan.size)
            asked += 1
            seen |= {int(c.key.id) for c in page.slices}
            plan.accept(page)
    return seen, asked


def another_day(plan: PagePlan) -> PagePlan:
    """The plan as a later process goes on with it."""
    kept = msgspec.json.encode(plan.begun())
    return PagePlan.going_on(msgspec.json.decode(kept, type=Begun))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("after", range(12))
def test_no_page_that_arrived_is_asked_for_again(after: int, known: bool) -> None:
    rows, asked, seen = list(range(100)), [], set()
    plan = PagePlan(expected=100 if known else None, size=10)
    waiting = plan.wanted()
    while len(asked) < after and waiting:
        position = waiting.pop()
        asked.append(position)
        page = page_of(rows, position, 10)
        seen |= {int(one.key.id) for one in page.slices}
        plan.accept(page)
        waiting += plan.wanted()
    plan = another_day(plan)
    while not plan.done:
        for position in plan.wanted():
            asked.append(position)
            page = page_of(rows, position, 10)
            seen |= {int(one.key.id) for one in page.slices}
            plan.accept(page)
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) <= 12
    assert seen == set(rows)
    assert another_day(plan).wanted() == []


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 18, 19, 20, 100])
@pytest.mark.parametrize("known", [True, False])
def test_a_list_at_rest_is_read_whole_with_few_requests(count: int, known: bool) -> None:
    plan = PagePlan(expected=count if known else None, size=10)
    seen, asked = read_all(plan, list(range(count)))
    assert seen == set(range(count))
    assert asked <= count // 9 + 1
    assert plan.stable
    assert plan.repairs == 0


@given(
    count=st.integers(0, 80),
    seed=st.integers(0, 10_000),
    known=st.booleans(),
    deletions=st.integers(0, 6),
    insertions=st.integers(0, 6),
    interruptions=st.integers(0, 3),
)
def test_what_was_there_all_along_is_never_missed(
    count: int, seed: int, known: bool, deletions: int, insertions: int, interruptions: int
) -> None:
    """Pages are asked for and answered in any order while records come (anywhere in the order) and go, and while the
    reading is interrupted and gone on with.
    """
    rng = random.Random(seed)
    rows = [number * 10 for number in range(count)]
    throughout = set(rows)
    plan = PagePlan(expected=count if known else None, size=10)
    waiting: list[int] = []
    seen: set[int] = set()
    left = {"delete": deletions, "insert": insertions}
    while not plan.done:
        waiting += plan.wanted()
        if interruptions and rng.random() < 0.2:
            interruptions -= 1
            plan, waiting = another_day(plan), []
            continue
        kind = rng.choice(["delete", "insert", "none"])
        if left.get(kind, 0) and rng.random() < 0.7:
            left[kind] -= 1
            if kind == "insert":
                rows.append(rng.randrange(-5, count * 10 + 5) * 10 + 5)
            elif rows:
                gone = rows.pop(rng.randrange(len(rows)))
                throughout.discard(gone)
        position = waiting.pop(rng.randrange(len(waiting)))
        page = page_of(rows, position, plan.size)
        seen |= {int(c.key.id) for c in page.slices}
        plan.accept(page)
    if plan.stable:
        assert throughout <= seen
    else:
        assert plan.repairs > 20


def test_a_deletion_above_the_page_is_repaired() -> None:
    rows = list(range(30))
    plan = PagePlan(size=10)
    seen: set[int] = set()
    for turn in range(20):
        wanted = plan.wanted()
        if not wanted:
            break
        for position in wanted:
            page = page_of(rows, position, 10)
            seen |= {int(c.key.id) for c in page.slices}
            plan.accept(page)
        if turn == 0:
            del rows[0:4]
    assert plan.done
    assert plan.repairs == 1
    assert seen == set(range(30))


def test_a_list_that_never_holds_still_is_given_up() -> None:
    plan = PagePlan(size=10)
    fresh = iter(range(10_000))
    for _ in range(1000):
        wanted = plan.wanted()
        if not wanted:
            break
        for position in wanted:
            plan.accept(Page(position, 10, tuple(cut(next(fresh)) for _ in range(10)), None))
    assert not plan.stable


def test_a_server_that_does_not_turn_pages_is_given_up() -> None:
    plan = PagePlan(size=10)
    rows = tuple(cut(number) for number in range(10))
    for _ in range(10):
        for position in plan.wanted():
            plan.accept(Page(position, 10, rows, None))
    assert plan.done
    assert not plan.stable


def test_what_was_read_by_an_earlier_plan_is_not_untouched() -> None:
    fresh = PagePlan(expected=3)
    assert fresh.untouched
    (position,) = fresh.wanted()
    assert not fresh.untouched
    fresh.accept(Page(position, fresh.size, (), None))
    assert fresh.done
    again = another_day(fresh)
    assert again.done
    assert not again.untouched
    assert another_day(PagePlan(expected=3)).untouched
