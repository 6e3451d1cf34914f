"""Retention, holds and erasure through the case and the command line, with custody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.case.case import Case
from akika_forensics.case.lifecycle import Lifecycle
from akika_forensics.cli.app import main
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret, state_dir
from akika_forensics.vault import HeadStore, KdfCost, Vault, create
from akika_forensics.vault.chains.attestations import Judgement
from akika_forensics.vault.documents import Erased

PASSPHRASE = "correct horse battery staple"
AMY = Company("9341453000000017", "Amys Landscaping and Sons", "http://127.0.0.1:8080")
COOL = Company("9341453000000018", "Cool Cars of Bayshore", "http://127.0.0.1:8081")
START = datetime(2026, 1, 1, 10, tzinfo=UTC)


def take(vault: Vault, company: Company, day: int, token: int) -> str:
    at = START + timedelta(days=day)
    with vault.begin_snapshot(company) as writer:
        writer.add(RecordKey("Invoice", "1"), b'{"Id":"1","SyncToken":"%d","DocNumber":"R-17"}' % token)
        writer.add(RecordKey("Customer", "3"), b'{"Id":"3","DisplayName":"Geeta Kalapatapu"}')
        return writer.commit(
            taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=1, findings=[]
        ).id  # fmt: skip


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with six snapshots of one company and one of another, known to this test's state folder."""
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    heads = HeadStore(state_dir() / "heads")
    vault = create(tmp_path / "vault", Secret(PASSPHRASE), heads=heads, cost=KdfCost.CHEAP)
    for day in range(6):
        take(vault, AMY, day, day)
    take(vault, COOL, 6, 0)
    for company in (AMY, COOL):
        connect(vault, company)
    return tmp_path / "vault"


def connect(vault: Vault, company: Company) -> None:
    fields = dict.fromkeys(("token_url", "client_id", "client_secret"), "x")
    fields |= {"name": company.name, "realm_id": company.realm_id, "base_url": company.base_url}
    vault.slot(f"company/{company.name}").write(json.dumps(fields | {"company_name": company.name}).encode())
    vault.slot(f"tokens/{company.name}").write(b"a refresh token")


type Run = Callable[..., Any]


@pytest.fixture
def akika(root: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command with --json; its document, or its exit code where that is not ``code``."""

    def run(*arguments: str, code: int = 0, company: str = AMY.name, text: bool = False) -> Any:
        more = [] if text else ["--json"]
        found = main([*arguments, "--vault", str(root), "--company", company, *more])
        said = capsys.readouterr()
        assert found == code, said
        return said.out + said.err if text else json.loads(said.out)

    return run


def case_of(root: Path) -> Case:
    from akika_forensics.case import open_vault

    return open_vault(root, company=AMY.name)


def acts(root: Path) -> list[str]:
    return [act.act for act in case_of(root).custody.acts()]


def test_a_rule_is_set_shown_tried_and_run(akika: Run, root: Path) -> None:
    assert akika("vault", "retention", "show")["rule"] is None
    assert "no retention rule" in akika("vault", "retention", "run", code=2)["error"]["what"]
    assert akika("vault", "retention", "set", "last=2,zone=America/New_York")["rule"] == "last=2,zone=America/New_York"
    assert akika("vault", "retention", "show")["company"] == AMY.name
    before = sorted(path.name for path in root.rglob("*"))
    tried = akika("vault", "retention", "run", "--dry-run")
    assert sorted(path.name for path in root.rglob("*")) == before
    assert [one["snapshot"] for one in tried["dropped"]] == ["s1", "s2", "s3", "s4"]
    assert tried["bytes"] == sum((root / file["path"]).stat().st_size for file in tried["files"])
    text = akika("vault", "retention", "run", "--dry-run", text=True)
    assert "s1 of 2026-01-01T10:00:00Z would go." in text
    assert "s6 stays: last, newest, newest complete." in text
    done = akika("vault", "retention", "run")
    assert done == tried | {"dry_run": False}
    assert akika("vault", "retention", "run")["dropped"] == []
    assert [one["id"] for one in akika("snapshots", company=COOL.name)["snapshots"]] == ["s7"]
    error = akika("export", "s2", "--to", str(root.parent / "out"), "--format", "jsonl", code=2)["error"]
    assert "s2 was dropped on" in error["what"]
    assert "retention rule last=2,zone=America/New_York" in error["what"]
    history = akika("history", "Invoice", "1")
    assert [one["snapshot"] for one in history["versions"]] == ["s5", "s6"]
    assert history["not_kept"][0]["snapshots"] == ["s1", "s2", "s3", "s4"]
    assert "4 snapshots from s1 to s4 were dropped" in akika("history", "Invoice", "1", text=True)
    assert akika("verify")["ok"]
    assert akika("vault", "retention", "set", "off")["rule"] is None
    assert acts(root) == ["retention_set", "retention_run", "retention_set"]


def test_holds_keep_and_are_listed(akika: Run, root: Path) -> None:
    akika("vault", "retention", "set", "last=1")
    akika("vault", "hold", "add", "Smith v. Jones", "--reason", "a letter", "--snapshot", "s2")
    akika("vault", "hold", "add", "audit", "--reason", "a notice", "--every-company")
    found = akika("vault", "hold", "list")["holds"]
    assert [(one["hold"], one["company"], one["snapshots"]) for one in found] == [
        ("Smith v. Jones", AMY.name, ["s2"]),
        ("audit", None, None),
    ]
    assert akika("vault", "retention", "run", "--dry-run")["dropped"] == []
    akika("vault", "hold", "release", "audit", "--reason", "over")
    text = akika("vault", "retention", "run", text=True)
    assert "s2 stays: legal hold Smith v. Jones." in text
    assert "Smith v. Jones" in akika("vault", "hold", "list", text=True)
    assert (
        "is under the legal hold"
        in (akika("vault", "erase", AMY.name, "--reason", "x", "--confirm", AMY.name, code=3)["error"]["what"])
    )
    assert akika("verify")["ok"]
    assert acts(root)[-1] == "retention_run"


def test_what_a_plan_or_a_judgement_refers_to_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(root)
    case.vault.attest("s3", Judgement("check", "completeness", "1", "Whole.", {}, None, "amy@desk"))
    case.lifecycle.set_policy("last=1")
    assert [info.id for info in case.lifecycle.plan_retention().dropped] == ["s1", "s2", "s4", "s5"]
    monkeypatch.setattr(Lifecycle, "protected", lambda _: frozenset({"s1", "s5"}))
    assert [info.id for info in case.lifecycle.run_retention().dropped] == ["s2", "s3", "s4"]


def test_merging_is_a_verb_and_can_be_left_to_a_person(akika: Run, root: Path) -> None:
    done = akika("vault", "compact")
    assert done["parts"] == {"before": 6, "after": 1}
    assert "nothing to be merged" in akika("vault", "compact", text=True)
    assert akika("vault", "compact", "--anew")["merges"] == 1
    assert akika("vault", "compact", "--due")["merges"] == 0
    akika("vault", "compact", "--due", "--anew", code=2)
    akika("vault", "compact", "--after-capture", "maybe", code=2)
    case = case_of(root)
    for day in range(10, 18):
        take(case.vault, AMY, day, day)
    akika("vault", "compact", "--after-capture", "off")
    assert case_of(root).lifecycle.after_a_capture(AMY) is None
    akika("vault", "compact", "--after-capture", "on")
    done = case_of(root).lifecycle.after_a_capture(AMY)
    assert done is not None
    assert done.merges == 1
    assert acts(root) == ["compacted", "compacted", "compacted"]
    assert akika("verify")["ok"]


def after_captures(root: Path) -> Case:
    """A vault in which merging is worth it after the capture that was just done."""
    case = case_of(root)
    for day in range(10, 18):
        take(case.vault, AMY, day, day)
    return case


def test_a_capture_is_done_where_its_setting_for_merging_cannot_be_read(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    case = after_captures(root)
    before = set(root.glob("slots/*/*"))
    case.lifecycle.compact_after_a_capture(on=True)
    (setting,) = set(root.glob("slots/*/*")) - before
    setting.write_bytes(b"akika")
    assert case_of(root).lifecycle.after_a_capture(AMY) is None
    assert "was to be merged after the capture" in caplog.text
    assert acts(root) == []


def test_a_capture_is_done_where_the_merging_after_it_is_refused(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    case, other = after_captures(root), case_of(root)

    def progress(what: str, _done: int, _total: int) -> None:
        if what == "Writing record versions" and not other.lifecycle.holds():
            other.lifecycle.hold("Smith v. Jones", "a letter")  # a commit between the looking and the committing

    assert case.lifecycle.after_a_capture(AMY, progress=progress) is None
    assert "was to be merged after the capture" in caplog.text
    assert acts(root) == ["hold_added"]
    done = case_of(root).lifecycle.after_a_capture(AMY)
    assert done is not None
    assert done.merges == 1


def test_a_company_is_erased_and_the_others_stay(akika: Run, root: Path) -> None:
    case = case_of(root)
    log = CustodyLog(case.vault, company=AMY)
    plan = case.vault.put_document("plan", b"the plan of Amy", AMY)
    log.record("plan_created", "A plan was made.", {"plan": "p1", "realm": AMY.realm_id, "production": False}, [plan])
    case.vault.chain("journals/p1", "akika-journal", AMY).append({"step": 1})
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and path.name != "lock"}
    own = {path for path in before if path.suffix in {".json", ".sig"}}
    assert "was not typed" in akika("vault", "erase", AMY.name, "--reason", "over", code=2)["error"]["what"]
    assert (
        "is not the company's"
        in (akika("vault", "erase", AMY.name, "--reason", "over", "--confirm", "Amy", code=2)["error"]["what"])
    )
    assert {path: path.read_bytes() for path in before} == before
    text = akika("vault", "erase", AMY.name, "--reason", "end of the engagement", "--confirm", AMY.name, text=True)
    assert "6 snapshots" in text
    assert "older versions in a bucket" in text
    after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert own <= after.keys()
    assert all(after[path] == data for path, data in before.items() if path in after)
    assert akika("verify", company=COOL.name)["findings"] == []
    listing = akika("snapshots", company=COOL.name)
    assert [one["id"] for one in listing["snapshots"]] == ["s7"]
    assert listing["erased"][0]["reason"] == "end of the engagement"
    assert "A company was erased on" in akika("snapshots", company=COOL.name, text=True)
    case = Case(case_of(root).vault, None)
    assert case.vault.slots() == (f"company/{COOL.name}", f"tokens/{COOL.name}")
    with pytest.raises(WrongUse, match="s3 was of a company that was erased on"):
        case.vault.snapshot("s3")
    with pytest.raises(Erased):
        case.vault.get_document(plan.path)
    assert [act.act for act in case.custody.acts()] == ["closed", "company_erased"]
    assert "Something was done with a company that was erased." in akika(
        "custody", "list", company=COOL.name, text=True
    )
    assert list(case.vault.snapshot("s7").records())
    assert not any(b"Amys" in data for data in after.values())


def test_a_company_can_come_back_after_it_was_erased(root: Path) -> None:
    case = case_of(root)
    case.lifecycle.erase(AMY.name, "over", confirmed=AMY.name)
    connect(case.vault, AMY)
    ident = take(case.vault, AMY, 20, 9)
    assert ident == "s8"
    again = case_of(root)
    assert [info.id for info in again.vault.snapshots()] == ["s7", "s8"]
    assert len(again.vault.history(RecordKey("Invoice", "1"), AMY)) == 1
    again.lifecycle.hold("x", "y")
    with pytest.raises(Refused):
        again.lifecycle.erase(AMY.name, "over", confirmed=AMY.name)
    again.lifecycle.release("x", "z")
    again.lifecycle.erase(AMY.name, "over", confirmed=AMY.name)
    assert len(again.lifecycle.erased()) == 2
    assert again.verify_vault(Secret(PASSPHRASE)).findings == ()
