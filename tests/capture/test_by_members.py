"""A capture by a member who only captures, of a local company over HTTP: what it may, and what is said where it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from akika_forensics.capture.budget import Cost, Past, forecast
from akika_forensics.case.budget import BudgetSpent
from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault, open_vault
from akika_forensics.cli import main
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Connection, Limits
from akika_forensics.settings import Secret
from akika_forensics.twin import TwinServer
from akika_forensics.vault import KdfCost
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.keys.ways import OwnIdentity

QUICK = Limits(throttle_wait=0.05, backoff=0.01, backoff_cap=0.05).unpaced()
MACHINE = Identity.from_bytes(bytes(range(64)))
PASSPHRASE = "the vault's own words"


@pytest.fixture
def case(served: TwinServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setenv("AKIKA_VAULT", str(tmp_path / "vault"))
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    made = init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
    known = served.credentials
    secret = Secret(known.client_secret)
    connection = Connection("twin", served.realm_id, served.base_url, served.token_url, known.client_id, secret)
    made.connect(connection, Secret(known.refresh_token))
    monkeypatch.setattr(made.companies, "limits", lambda _: QUICK)
    return made


@pytest.fixture
def machine(case: Case, tmp_path: Path) -> Case:
    case.people.add("nightly", "capture", MACHINE.recipient)
    found = open_vault(tmp_path / "vault", passphrase=OwnIdentity(MACHINE))
    found.companies.limits = lambda _: QUICK  # type: ignore[method-assign]
    return found


def test_a_few_records_over_a_snapshot_are_for_those_who_may_read_it(
    case: Case, machine: Case, served: TwinServer
) -> None:
    case.capture()
    asked = len(served.log)
    with pytest.raises(NotAllowed) as raised:
        machine.capture(records=["Invoice:130"])
    assert raised.value.what == "nightly may capture only."
    assert "What belongs to them" in raised.value.means
    assert "akika capture" in raised.value.do
    assert len(served.log) == asked, "nothing was asked of QuickBooks for it"
    assert [one.id for one in case.snapshots()] == ["s1"]
    assert machine.capture().complete, "a capture of every record goes on as ever"


def test_a_few_records_before_any_snapshot_are_for_everybody(machine: Case, served: TwinServer) -> None:
    key = min(record_id for name, record_id in served.twin.dump() if name == "Customer")
    info = machine.capture(records=[RecordKey("Customer", key)])
    assert info.scoped


def test_what_a_few_records_will_cost_is_said_beforehand(
    case: Case, served: TwinServer, capsys: pytest.CaptureFixture[str]
) -> None:
    key = min(record_id for name, record_id in served.twin.dump() if name == "Customer")
    assert main(["capture", "--record", f"Customer:{key}"]) == 0
    assert "reads of the month" in capsys.readouterr().err
    spent = case.budget.cost("twin", case.snapshots()[0])
    assert case.budget.forecast("twin", some=True).cost == spent


def test_a_forecast_of_a_few_records_is_that_of_a_few_records() -> None:
    past = [Past("full", False, Cost(900, 900)), Past("scoped", False, Cost(21, 30))]
    assert forecast("scoped", {"Invoice": 500_000}, past).cost == Cost(21, 30)
    assert forecast("scoped", {"Invoice": 500_000}, []).cost.once == 60


def test_a_capture_that_turns_out_to_be_of_everything_asks_whether_the_month_bears_it(
    case: Case, served: TwinServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A merged name makes an incremental capture a full one; what was forecast for it is no measure any more."""
    twin = served.twin
    made = [twin.create("Vendor", {"DisplayName": name})["Id"] for name in ("Stays", "Goes")]
    case.capture()
    twin.screens.merge("Vendor", made[1], made[0])
    allow, asked = case.budget.allow, []

    def allowed(name: str, *, full: bool = False, reserve: bool = False) -> bool:
        asked.append(full)
        if full:
            case.budget.limit(1)
        return allow(name, full=full, reserve=reserve)

    monkeypatch.setattr(case.budget, "allow", allowed)
    with pytest.raises(BudgetSpent):
        case.capture(sparing=False)
    assert asked == [True]
    assert [one.id for one in case.snapshots()] == ["s1"]
    monkeypatch.setattr(case.budget, "allow", lambda *_, full, reserve: full)
    info = case.capture(sparing=False)
    assert info.fence["kind"] == "full"
    assert "controls_spared" in {one["code"] for one in info.findings}, "what the month bears of it is taken"
