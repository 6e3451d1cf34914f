"""What a review says falls away is what the planner leaves out, and what a new plan keeps stays approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sample_twin import sample_twin

from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant, now
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.restore.document import Plan, SnapshotRef
from akika_forensics.restore.evidence import Evidence, RecordState
from akika_forensics.restore.planner import Request, make_plan
from akika_forensics.restore.scope import Scope
from akika_forensics.twin import Twin
from akika_widgets.views.reviewing import APPROVED, SKIP, Review
from akika_widgets.views.three_way import UNKNOWN, ThreeWayView, planned_body


class Incident:
    """The sample company, of which a paid invoice was deleted and a vendor changed, and the plans to put that right."""

    def __init__(self) -> None:
        twin = sample_twin()
        self.before = _state(twin)
        paid = next(
            record
            for record in self.before.records(["Invoice"])
            if sum(link.get("TxnType") == "Payment" for link in record.body.get("LinkedTxn", ())) > 1
        )
        twin.delete("Invoice", {"Id": paid.key.id, "SyncToken": paid.body["SyncToken"]})
        vendor = next(iter(self.before.records(["Vendor"]))).body
        twin.update(
            "Vendor", {"Id": vendor["Id"], "SyncToken": vendor["SyncToken"], "sparse": True, "CompanyName": "Else"}
        )
        self.invoice = paid.key
        self.now = _state(twin)
        self.company = Company(twin.realm_id, twin.company_name, "http://127.0.0.1:1")

    def plan(self, decisions: Mapping[str, str]) -> Plan:
        ref = SnapshotRef(id="s1", digest="", taken_at=format_instant(now()))
        return make_plan(
            Request(
                name="p1",
                author="preparer",
                company=self.company,
                evidence=Evidence(self.before, self.now, None),
                before=ref,
                now=ref,
                after=None,
                scope=Scope(everything=True),
                as_of=date(2026, 11, 30),
                made_at=now(),
                decisions=decisions,
            )
        )


def _state(twin: Twin) -> RecordState:
    return RecordState(Record(RecordKey(*key), payload) for key, payload in twin.dump().items())


def _body(state: RecordState, key: RecordKey | None) -> dict[str, Any] | None:
    record = state.record(key) if key is not None else None
    return None if record is None else record.body


@pytest.fixture(scope="module")
def incident() -> Incident:
    return Incident()


def test_each_step_that_is_skipped_takes_exactly_what_the_planner_leaves_out(incident: Incident) -> None:
    plan = incident.plan({})
    everything = [step.id for step in plan.steps]
    fallen = 0
    for step in plan.steps:
        review = Review.begin(plan).mark(everything, APPROVED).mark([step.id], SKIP)
        anew = incident.plan(review.new_decisions)
        gone = {plan.step(step_id).record for step_id in (*review.skipped, *review.falls_away)}
        assert {one.record for one in anew.steps} == {one.record for one in plan.steps} - gone
        assert not anew.conflicts
        carried = review.carried_to(anew)
        assert not carried.changes_plan
        assert not carried.why_not_sign_off
        fallen += len(review.falls_away)
    assert fallen >= 2, "the payments of the invoice fall away with it"


def test_a_record_made_again_reads_as_before_but_for_what_the_plan_says(incident: Incident) -> None:
    plan = incident.plan({})
    step = next(step for step in plan.steps if step.key == incident.invoice)
    before = _body(incident.before, step.key)
    view = ThreeWayView(before, UNKNOWN, _body(incident.now, step.live), planned_body(step, before, None))
    became = {row.words: row.became.word for row in view.told}
    assert became["Id"] == "under a new Id"
    assert became["Customer"] == became["Total"] == became["Line 1"] == "put back"
    assert {words for words, word in became.items() if word not in {"put back", "under a new Id"}} <= {
        "Print status",
        "E-mail status",
    }
