"""The books of a state are worked out once, however often a plan, a check and an undo ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from sample_twin import sample_twin

from akika_forensics.books import Ledger
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.restore.evidence import Evidence, RecordState, balances_of

DAYS = (date(2026, 10, 31), date(2026, 11, 30))


@pytest.fixture(scope="module")
def records() -> list[Record]:
    twin = sample_twin()
    found = [Record(RecordKey(*key), payload) for key, payload in twin.dump().items()]
    twin.close()
    return found


class Counting:
    """A state that remembers nothing itself, as a snapshot does not."""

    def __init__(self, records: list[Record]) -> None:
        self._inner = RecordState(records)
        self.read = 0

    def index(self) -> pl.DataFrame:
        return self._inner.index()

    def record(self, key: RecordKey) -> Record | None:
        return self._inner.record(key)

    def records(self, entities: Iterable[str] | None = None) -> Iterator[Record]:
        self.read += 1
        return self._inner.records(entities)


def test_each_state_gives_what_its_ledger_gives(records: list[Record]) -> None:
    ledger = Ledger.of(records)
    held, far = RecordState(records), Counting(records)
    evidence = Evidence(held, far)
    for day in DAYS:
        wanted = ledger.trial_balance(day)
        assert wanted
        for state in (held, far, evidence.before, evidence.now):
            assert balances_of(state, day) == wanted
            assert balances_of(state, day) == wanted


def test_it_is_worked_out_once(records: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out: list[int] = []
    of = Ledger.of

    def counted(given: Iterable[Record], *, opening_costs: Mapping[str, Decimal]) -> Ledger:
        worked_out.append(1)
        return of(given, opening_costs=opening_costs)

    monkeypatch.setattr(Ledger, "of", counted)
    held, far = RecordState(records), Counting(records)
    for _ in range(2):
        balances_of(held, DAYS[0])
        balances_of(Evidence(held, held).before, DAYS[0])
    assert len(worked_out) == 1
    evidence = Evidence(held, far)
    for _ in range(2):
        balances_of(evidence.now, DAYS[0])
    assert (len(worked_out), far.read) == (2, 1)
