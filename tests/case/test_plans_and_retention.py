"""Which snapshots stay because of a plan: also where the plan is lost, and where it is made while a rule is run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from akika_forensics.case.case import Case
from akika_forensics.case.lifecycle import Lifecycle
from akika_forensics.case.plans.archive import CREATED, RESTS_ON, PlanArchive
from akika_forensics.custody import CAPTURED, Act, CustodyLog
from akika_forensics.errors import AkikaError, Refused, VaultLocked
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import CompanyRef, Plan, Prediction, SnapshotRef
from akika_forensics.settings import Secret, state_dir
from akika_forensics.vault import HeadStore, KdfCost, Vault, create

AMY = Company("9341453000000017", "Amys Landscaping and Sons", "http://127.0.0.1:8080")
COOL = Company("9341453000000018", "Cool Cars of Bayshore", "http://127.0.0.1:8081")
START = datetime(2026, 1, 1, 10, tzinfo=UTC)


def take(vault: Vault, company: Company, day: int) -> str:
    """A snapshot as a capture takes it, which custody tells of."""
    at = START + timedelta(days=day)
    with vault.begin_snapshot(company) as writer:
        writer.add(RecordKey("Invoice", "1"), b'{"Id":"1","SyncToken":"%d"}' % day)
        info = writer.commit(
            taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=1, findings=[]
        )  # fmt: skip
    CustodyLog(vault, company=company).record(CAPTURED, "Taken.", {"snapshot": info.id})
    return info.id


def a_plan(company: Company, before: str, now: str, after: str | None = None) -> Plan:
    def ref(ident: str) -> SnapshotRef:
        return SnapshotRef(id=ident, digest="ab" * 32, taken_at="2026-01-01T10:00:00Z")

    return Plan(
        id="p1", created_at="2026-01-09T10:00:00Z", tool="akika-forensics", author="preparer",
        company=CompanyRef(
            realm_id=company.realm_id, name=company.name, host=company.host, production=company.production
        ),
        before=ref(before), now=ref(now), after=ref(after) if after else None,
        scope={"records": ["Invoice:1"]}, steps=(), prediction=Prediction(as_of="2026-01-09", lines=()),
    ).sealed()  # fmt: skip


def keep_as_before(vault: Vault, company: Company, plan: Plan) -> str:
    """A plan as it was kept before custody named its snapshots. The path of its document."""
    stored = vault.put_document("plan", plan.to_bytes(), company)
    details = {"plan": plan.id, "digest": plan.digest, "file_sha256": stored.sha256, "realm": company.realm_id}
    CustodyLog(vault, company=company).record(CREATED, "A plan was made.", details, [stored])
    return stored.path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Four snapshots of one company and two of another: s1 s2 s3 (Amy), s4 (Cool), s5 (Amy), s6 (Cool)."""
    heads = HeadStore(state_dir() / "heads")
    vault = create(tmp_path / "vault", Secret("correct horse battery staple"), heads=heads, cost=KdfCost.CHEAP)
    for day, company in enumerate([AMY, AMY, AMY, COOL, AMY, COOL]):
        take(vault, company, day)
    return vault


def case_of(vault: Vault, company: Company = AMY) -> Case:
    case = Case(vault, company.name)
    case.lifecycle.set_policy("last=1")
    return case


def document(vault: Vault) -> str:
    (act,) = CustodyLog(vault).acts(CREATED)
    return act.objects[0]


@pytest.mark.parametrize("lost", ["not", "gone", "damaged"])
def test_custody_names_the_snapshots_of_a_plan_so_that_they_stay_without_it(
    vault: Vault, tmp_path: Path, lost: str
) -> None:
    PlanArchive(vault, AMY).keep(a_plan(AMY, "s1", "s3"), tmp_path / "restore.plan")
    (act,) = CustodyLog(vault).acts(CREATED)
    assert act.details[RESTS_ON] == ["s1", "s3"]
    path = vault.root / document(vault)
    if lost == "gone":
        path.unlink()
    if lost == "damaged":
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    lifecycle = case_of(vault).lifecycle
    assert lifecycle.protected() == {"s1", "s3"}
    assert [info.id for info in lifecycle.run_retention().dropped] == ["s2"]


def test_of_a_plan_of_before_its_text_names_them(vault: Vault) -> None:
    keep_as_before(vault, AMY, a_plan(AMY, "s1", "s3", "s2"))
    assert case_of(vault).lifecycle.protected() == {"s1", "s2", "s3"}


@pytest.mark.parametrize("damaged", [False, True])
def test_where_a_plan_of_before_is_lost_all_that_it_can_have_named_stays(vault: Vault, damaged: bool) -> None:
    path = keep_as_before(vault, AMY, a_plan(AMY, "s1", "s2"))
    later = [take(vault, AMY, 7), take(vault, AMY, 8)]
    assert later == ["s7", "s8"]
    if damaged:
        (vault.root / path).write_bytes(b"akika")
    else:
        (vault.root / path).unlink()
    amy, cool = case_of(vault).lifecycle, case_of(vault, COOL).lifecycle
    assert amy.protected() == {"s1", "s2", "s3", "s5"}
    assert [info.id for info in amy.plan_retention().dropped] == ["s7"]
    assert [info.id for info in cool.run_retention().dropped] == ["s4"], "another company is not stopped by it"
    assert [info.id for info in amy.run_retention().dropped] == ["s7"]


def test_a_plan_of_a_company_that_was_erased_keeps_nothing(vault: Vault) -> None:
    keep_as_before(vault, AMY, a_plan(AMY, "s1", "s2"))
    case_of(vault).lifecycle.erase(AMY.name, "over", confirmed=AMY.name)
    assert case_of(vault, COOL).lifecycle.protected() == frozenset()


def test_a_plan_whose_snapshot_was_dropped_meanwhile_is_not_kept(vault: Vault, tmp_path: Path) -> None:
    assert [info.id for info in case_of(vault).lifecycle.run_retention().dropped] == ["s1", "s2", "s3"]
    before = vault.head
    with pytest.raises(Refused, match="Snapshot s1, which the plan refers to, is not in the vault any more"):
        PlanArchive(vault, AMY).keep(a_plan(AMY, "s1", "s5"), tmp_path / "restore.plan")
    assert vault.head == before
    assert not (tmp_path / "restore.plan").exists()


class PlanMadeMeanwhile(CustodyLog):
    """Custody beside which somebody else makes a plan, each time after it was read which plans there are."""

    def __init__(self, vault: Vault, keep: Callable[[], None]) -> None:
        super().__init__(vault)
        self.keep = keep
        self.refused: list[AkikaError] = []

    def acts(self, *codes: str) -> tuple[Act, ...]:
        found = super().acts(*codes)
        with ThreadPoolExecutor(1) as others:
            try:
                others.submit(self.keep).result()
            except AkikaError as error:
                self.refused.append(error)
        return found


def test_no_plan_is_made_of_what_a_rule_is_just_dropping(vault: Vault, tmp_path: Path) -> None:
    case = case_of(vault)
    custody = PlanMadeMeanwhile(
        vault, lambda: PlanArchive(vault, AMY).keep(a_plan(AMY, "s1", "s5"), tmp_path / "restore.plan")
    )
    lifecycle = Lifecycle(vault, case.companies, custody, AMY.name)
    assert [info.id for info in lifecycle.run_retention().dropped] == ["s1", "s2", "s3"]
    assert [type(error) for error in custody.refused] == [VaultLocked]
    assert CustodyLog(vault).acts(CREATED) == ()
