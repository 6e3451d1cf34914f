"""On production one family goes first, and a person looks before the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sample_twin import sample_twin

from akika_forensics.errors import Refused
from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant, now, parse_date
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.quickbooks import Limits
from akika_forensics.restore.document import Plan, SnapshotRef
from akika_forensics.restore.evidence import Evidence, RecordState
from akika_forensics.restore.execute import RunReport, run_plan
from akika_forensics.restore.journal import DONE, MemoryJournal, fold
from akika_forensics.restore.planner import Request, make_plan
from akika_forensics.restore.rehearse import stage_connection
from akika_forensics.restore.scope import Scope
from akika_forensics.twin import Twin, TwinServer, serve

LOST = (RecordKey("Invoice", "10"), RecordKey("Bill", "52"), RecordKey("Purchase", "88"))


@dataclass
class Stage:
    plan: Plan
    server: TwinServer
    known: RecordState
    company: Company
    asked: list[str] = field(default_factory=list)
    journal: MemoryJournal = field(default_factory=MemoryJournal)

    def run(self, *, answer: bool) -> RunReport:
        connection, tokens = stage_connection(self.server)

        def confirm(family: str) -> bool:
            self.asked.append(family)
            return answer

        return run_plan(
            self.plan,
            connection,
            tokens,
            self.journal,
            self.known,
            company=self.company,
            limits=Limits().unpaced(),
            confirm=confirm,
        )

    @property
    def written(self) -> set[str]:
        run = fold(self.journal.bodies())
        return {step.family for step in self.plan.steps if run.state(step.id) in DONE}


def state_of(twin: Twin) -> RecordState:
    return RecordState(Record(RecordKey(*key), payload) for key, payload in twin.dump().items())


@pytest.fixture
def stage() -> Iterator[Stage]:
    twin = sample_twin()
    before = state_of(twin)
    for key in LOST:
        body = twin.get(*key)
        assert body is not None
        twin.delete(key.entity, {"Id": key.id, "SyncToken": body["SyncToken"]})
    known = state_of(twin)
    taken = SnapshotRef(id="s1", digest="", taken_at=format_instant(now()))
    with serve(twin) as server:
        company = Company(twin.realm_id, twin.company_name, server.base_url)
        request = Request(
            name="p1",
            author="preparer",
            company=company,
            evidence=Evidence(before, known),
            before=taken,
            now=taken,
            after=None,
            scope=Scope(LOST),
            as_of=parse_date("2026-11-30"),
            made_at=now(),
        )
        plan = make_plan(request)
        production = plan.company.model_copy(update={"production": True})
        yield Stage(plan.model_copy(update={"company": production}).sealed(), server, known, company)


def test_a_person_who_says_no_stops_it_after_the_first_family(stage: Stage) -> None:
    with pytest.raises(Refused, match="first family"):
        stage.run(answer=False)
    first = stage.plan.steps[0].family
    assert stage.asked == [first]
    assert stage.written == {first}


def test_a_person_who_says_yes_lets_the_rest_follow(stage: Stage) -> None:
    assert stage.run(answer=True).state == "complete"
    assert len(stage.asked) == 1
    assert stage.written == {step.family for step in stage.plan.steps}


def test_resuming_after_a_no_is_going_on(stage: Stage) -> None:
    with pytest.raises(Refused):
        stage.run(answer=False)
    assert stage.run(answer=False).state == "complete"
    assert len(stage.asked) == 1
