"""What a reviewer of a plan of 10,000 steps waits for: the first rows, a filter, a mark, a mark on all that is listed.

In Python alone: what the browser draws is one page of 25 rows whatever the plan holds. The same for 10,000 changed records.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import (
    Action,
    CompanyRef,
    Expectation,
    Fidelity,
    FieldDelta,
    Plan,
    Prediction,
    SnapshotRef,
    Step,
)
from akika_widgets.views.difference import DifferenceView
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.review import PlanReview
from akika_widgets.views.reviewing import Review

NUMBER = 10_000


class Field:
    def __init__(self, at: int) -> None:
        self.path, self.before, self.after = "PrivateNote", f"was {at}", f"is {at}"


class Change:
    """A record of which one field differs."""

    consequence = False
    kind = "changed"
    before = after = None

    def __init__(self, at: int) -> None:
        self.key = RecordKey("Invoice", str(at))
        self.label = f"Invoice {at}"
        self.fields = (Field(at),)


def step(at: int) -> Step:
    """Every fifth is a payment that needs the invoice before it."""
    needs = (f"s{at - 1:03d}",) if at % 5 == 0 else ()
    return Step(
        id=f"s{at:03d}",
        action=Action.RECREATE,
        record=f"{'Payment' if needs else 'Invoice'}:{at}",
        target=None,
        label=f"Document {at} of Rock Fountain",
        family=f"Invoice:{at}",
        level=len(needs),
        operation="create",
        body={"TotalAmt": 100},
        expects=Expectation(present=False),
        depends_on=needs,
        reason="It was there before and is gone.",
        fields=(FieldDelta(path="TotalAmt", planned=Decimal(100)),),
        fidelity=Fidelity.EXACT_BUT_FOR,
    )


def plan() -> Plan:
    ref = SnapshotRef(id="s1", digest="ab" * 32, taken_at="2026-11-23T10:00:00Z")
    return Plan(
        id="p1",
        created_at="2026-11-23T11:00:00Z",
        tool="akika-forensics",
        author="preparer",
        company=CompanyRef(realm_id="1", name="Rock Fountain", host="127.0.0.1", production=False),
        before=ref,
        now=ref,
        scope={},
        steps=tuple(step(at) for at in range(1, NUMBER + 1)),
        prediction=Prediction(as_of="2026-11-23", lines=()),
    ).sealed()


def seconds[T](work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    done = work()
    return time.perf_counter() - start, done


def said(what: str, took: float, goal: str) -> None:
    print(f"{what:<52} {took * 1000:8.1f} ms   to reach: {goal}")


def doing(view: LiveView, act: str, value: str = "") -> float:
    """An event and the drawing after it."""

    def answer() -> None:
        view.dispatch(Event(act, value))
        view.render()

    return seconds(answer)[0]


def main() -> None:
    made = plan()
    took, desk = seconds(lambda: PlanReview(made).live())
    drawn, markup = seconds(desk.render)
    print(f"{NUMBER:,} steps, {len(markup) / 1024:.0f} KB of markup a page")
    said("first rows", took + drawn, "1 s")
    said("filter by record type", doing(desk, "by_entity", "Payment"), "300 ms")
    said("search for two words", doing(desk, "find", "document 99"), "300 ms")
    said("every step again", doing(desk, "reset"), "300 ms")
    said("choose a step", doing(desk, "choose", "s5001"), "100 ms")
    said("approve it", doing(desk, "approve"), "100 ms")
    said("approve all that is listed", doing(desk, "mark_all", "approved"), "500 ms")
    said("mark one of 10,000 marked steps", doing(desk, "approve"), "100 ms")
    said(
        "ask what falls away with all invoices",
        doing(desk, "by_entity", "Invoice") + doing(desk, "mark_all", "skip"),
        "1 s",
    )
    said("skip them", doing(desk, "skip_all"), "1 s")
    took, text = seconds(desk.review.to_json)
    said(f"the review as text, {len(text) / 1024:.0f} KB", took, "500 ms")
    said("and read again", seconds(lambda: Review.read(made, text))[0], "1 s")
    took, difference = seconds(lambda: DifferenceView(Change(at) for at in range(NUMBER)).live())
    drawn, markup = seconds(difference.render)
    print(f"{NUMBER:,} changed records, {len(markup) / 1024:.0f} KB of markup a page")
    said("first rows", took + drawn, "1 s")
    said("search for a value, the first time", doing(difference, "find", "was 99"), "1 s")
    said("search for another", doing(difference, "find", "was 98"), "300 ms")
    said("open all records of a page", doing(difference, "open_page"), "300 ms")


if __name__ == "__main__":
    main()
