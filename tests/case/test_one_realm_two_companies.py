"""A production company and its twin under one realm number: what is kept of the one is not the other's."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from akika_forensics.case.case import Case
from akika_forensics.case.first_hour.record import KEPT
from akika_forensics.case.plans.archive import CREATED, ChainJournal, PlanArchive
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import WrongCompany, WrongUse
from akika_forensics.model.company import PRODUCTION_HOST, Company
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import (
    Action,
    CompanyRef,
    Expectation,
    Fidelity,
    Plan,
    Prediction,
    SnapshotRef,
    Step,
)
from akika_forensics.restore.scope import Scope
from akika_forensics.settings import Secret, state_dir
from akika_forensics.vault import HeadStore, KdfCost, Vault, create

LIVE = Company("9341453000000017", "Amys Landscaping and Sons", f"https://{PRODUCTION_HOST}")
TWIN = Company("9341453000000017", "Amys twin", "http://127.0.0.1:8080")
PASSPHRASE = Secret("correct horse battery staple")
INVOICE = RecordKey("Invoice", "9")


def take(vault: Vault, company: Company, day: int) -> str:
    at = datetime(2026, 1, 1, 10, tzinfo=UTC) + timedelta(days=day)
    with vault.begin_snapshot(company) as writer:
        writer.add(INVOICE, b'{"Id":"9","SyncToken":"%d"}' % day)
        return writer.commit(
            taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=1, findings=[]
        ).id  # fmt: skip


def a_plan(company: Company, ident: str, snapshot: str) -> Plan:
    ref = SnapshotRef(id=snapshot, digest="ab" * 32, taken_at="2026-01-01T10:00:00Z")
    step = Step(
        id="s001", action=Action.RECREATE, record=str(INVOICE), target=None, label="Invoice 9", family=str(INVOICE),
        level=0, operation="create", body={}, expects=Expectation(present=False), reason="It is gone.",
        fidelity=Fidelity.EXACT,
    )  # fmt: skip
    return Plan(
        id=ident, created_at="2026-01-09T10:00:00Z", tool="akika-forensics", author="preparer",
        company=CompanyRef(
            realm_id=company.realm_id, name=company.name, host=company.host, production=company.production
        ),
        before=ref, now=ref, scope={"records": [str(INVOICE)]}, steps=(step,),
        prediction=Prediction(as_of="2026-01-09", lines=()),
    ).sealed()  # fmt: skip


def execute(vault: Vault, company: Company, plan: Plan, made: str) -> None:
    """What the journal of a run says that made the invoice again."""
    journal = ChainJournal(vault, plan.id, company)
    at = "2026-01-10T10:00:00Z"
    journal.append({"kind": "begin", "at": at, "plan_digest": plan.digest, "steps": 1})
    result = {"step": "s001", "state": "applied", "record_id": made, "why": "", "sync_token": "0", "digest": ""}
    journal.append({"kind": "result", "at": at, "results": [result]})


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Both companies, connected and captured (s1 live, s2 twin), with evidence of each kept before and a plan of each."""
    heads = HeadStore(state_dir() / "heads")
    vault = create(tmp_path / "vault", PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)
    for number, company in enumerate([LIVE, TWIN], 1):
        fields = dict.fromkeys(("token_url", "client_id", "client_secret"), "x")
        fields |= {"name": company.name, "realm_id": company.realm_id, "base_url": company.base_url}
        vault.slot(f"company/{company.name}").write(json.dumps(fields | {"company_name": company.name}).encode())
        evidence = b"a list of the bank's, of " + company.name.encode()
        Case(vault, company.name).first_hour().keep("bank-feeds", [("bank.csv", evidence)])
        ident = take(vault, company, number)
        PlanArchive(vault, company).keep(a_plan(company, f"p{number}", ident), tmp_path / f"{number}.plan")
    return vault


@pytest.mark.parametrize(("erased", "stays"), [(TWIN, LIVE), (LIVE, TWIN)])
def test_erasing_one_leaves_the_papers_of_the_other_also_under_a_hold(
    vault: Vault, erased: Company, stays: Company
) -> None:
    Case(vault, stays.name).lifecycle.hold("Smith v. Jones", "a letter")
    acts = CustodyLog(vault).acts(CREATED, KEPT)
    documents = {path: act.details["production"] for act in acts for path in act.objects}
    assert sorted(documents.values()) == [False, False, True, True]
    Case(vault, erased.name).lifecycle.erase(erased.name, "over", confirmed=erased.name)
    for path, production in documents.items():
        if production == stays.production:
            assert vault.get_document(path)
        else:
            with pytest.raises(WrongUse):
                vault.get_document(path)
    assert Case(vault, stays.name).verify_vault(PASSPHRASE).findings == ()


def test_what_an_earlier_version_kept_is_told_apart_by_the_key_under_which_it_lies(vault: Vault) -> None:
    paths = {}
    for company in (LIVE, TWIN):
        log = CustodyLog(vault, company=company)
        plan = a_plan(company, f"old {company.name}", "s1")
        for act, data in ((CREATED, plan.to_bytes()), (KEPT, b"evidence")):
            stored = vault.put_document("plan", data, company)
            details = {"realm": company.realm_id} | ({"plan": plan.id} if act == CREATED else {})
            log.record(act, "It was.", details, [stored])
            paths[act, company] = stored.path
    gone = Case(vault, TWIN.name).lifecycle.estate(TWIN.name).files
    assert {key for key, path in paths.items() if path in gone} == {(CREATED, TWIN), (KEPT, TWIN)}


def test_ids_that_a_run_on_the_twin_made_are_not_those_of_the_company(vault: Vault) -> None:
    execute(vault, LIVE, a_plan(LIVE, "p1", "s1"), "130")
    execute(vault, TWIN, a_plan(TWIN, "p2", "s2"), "77")
    assert PlanArchive(vault, LIVE).register() == {INVOICE: RecordKey("Invoice", "130")}
    assert PlanArchive(vault, TWIN).register() == {INVOICE: RecordKey("Invoice", "77")}


@pytest.mark.parametrize(("to", "after"), [("s2", None), ("s1", "s2")])
def test_a_company_is_restored_from_no_snapshot_of_its_twin(
    vault: Vault, tmp_path: Path, to: str, after: str | None
) -> None:
    with pytest.raises(WrongCompany, match="Snapshot s2 is of Amys twin"):
        Case(vault, LIVE.name).plans.create(
            to=to, after=after, now_snapshot="s1", scope=Scope(everything=True), out=tmp_path / "new.plan"
        )
