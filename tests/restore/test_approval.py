"""Approvals: bound to a digest, signed by a key of one's own, never by the author in silence."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from akika_forensics.errors import NotApproved, Refused, WrongKey, WrongUse
from akika_forensics.restore import approval
from akika_forensics.restore.document import CompanyRef, Plan, Prediction, SnapshotRef, read_plan
from akika_forensics.restore.signers import PREPARER, Signers
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault, create

SECRET = Secret("a signer's own words")
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
CHEAP = KdfCost.CHEAP


def a_plan(**changes: object) -> Plan:
    reference = SnapshotRef(id="s1", digest="00", taken_at="2026-11-23T10:00:00Z")
    plan = Plan(
        id="p1",
        created_at="2026-11-23T10:00:00Z",
        tool="akika-forensics",
        author=PREPARER,
        company=CompanyRef(realm_id="1", name="Craig's", host="127.0.0.1:1", production=False),
        before=reference,
        now=reference,
        scope={"records": [], "imports": [], "everything": True},
        steps=(),
        prediction=Prediction(as_of="2026-10-31", lines=()),
    )
    return plan.model_copy(update=changes).sealed()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return create(tmp_path / "vault", Secret("vault"), heads=HeadStore(tmp_path / "heads"), cost=CHEAP)


@pytest.fixture
def signers(vault: Vault) -> Signers:
    people = Signers(vault)
    people.add(PREPARER, SECRET, role="preparer", kind="preparer", cost=CHEAP)
    people.add("Dana", SECRET, cost=CHEAP)
    return people


def signed(signers: Signers, plan: Plan, name: str, **options: object) -> approval.Approval:
    return approval.sign(plan, signers.get(name), signers.private_key(name, SECRET), AT, **options)  # type: ignore[arg-type] -- a test passes options on


def counted(signers: Signers, plan: Plan, *given: approval.Approval, at: datetime = AT) -> approval.Tally:
    return approval.tally(plan, given, {signer.name: signer for signer in signers.all()}, at)


def test_one_good_approval_is_enough(signers: Signers) -> None:
    plan = a_plan()
    approval.require(counted(signers, plan, approval.read(approval.write(signed(signers, plan, "Dana")))))


def test_none_is_not(signers: Signers) -> None:
    with pytest.raises(NotApproved):
        approval.require(counted(signers, a_plan()))


def test_the_author_alone_must_say_so(signers: Signers) -> None:
    plan = a_plan()
    with pytest.raises(NotApproved):
        signed(signers, plan, PREPARER)
    own = signed(signers, plan, PREPARER, allow_author=True)
    assert own.reading == "approved by the preparer"
    assert counted(signers, plan, own).enough


def test_an_approval_does_not_fit_another_plan(signers: Signers) -> None:
    given = signed(signers, a_plan(), "Dana")
    assert not counted(signers, a_plan(id="p2"), given).enough


@pytest.mark.parametrize("field", ["words", "at", "digest", "fingerprint"])
def test_a_statement_changed_after_signing_does_not_count(signers: Signers, field: str) -> None:
    plan = a_plan()
    given = signed(signers, plan, "Dana", words="fine")
    text = given.signed.statement.replace(getattr(given.statement, field)[:4], "2025" if field == "at" else "ffff", 1)
    assert text != given.signed.statement
    forged = approval.read(
        approval.write(approval.Approval(given.statement, approval.Signed(text, given.signed.signature)))
    )
    assert not counted(signers, plan, forged).enough


def test_expired_revoked_rejected(signers: Signers) -> None:
    plan = a_plan()
    given = signed(signers, plan, "Dana")
    assert not counted(signers, plan, given, at=AT + timedelta(days=31)).enough
    with pytest.raises(NotApproved, match="rejected"):
        approval.require(
            counted(signers, plan, given, signed(signers, plan, PREPARER, verdict="rejected", allow_author=True))
        )
    signers.revoke("Dana")
    assert not counted(signers, plan, given).enough
    with pytest.raises(WrongUse):
        signers.private_key("Dana", SECRET)


def test_a_signers_key_needs_the_signers_passphrase(signers: Signers) -> None:
    with pytest.raises(WrongKey):
        signers.private_key("Dana", Secret("something else"))
    with pytest.raises(WrongUse):
        signers.add("Dana", SECRET, cost=CHEAP)


def test_openssh_checks_an_approval_without_us(signers: Signers, tmp_path: Path) -> None:
    tool = shutil.which("ssh-keygen")
    if tool is None:
        pytest.skip("needs ssh-keygen: none on PATH")
    given = signed(signers, a_plan(), "Dana")
    (tmp_path / "signature").write_text(given.signed.signature)
    (tmp_path / "allowed").write_text(f"dana {' '.join(signers.get('Dana').public.split()[:2])}\n")
    command = [tool, "-Y", "verify", "-f", "allowed", "-I", "dana", "-n", approval.NAMESPACE, "-s", "signature"]
    good = subprocess.run(
        command, input=given.signed.statement.encode(), cwd=tmp_path, capture_output=True, check=False
    )
    assert good.returncode == 0, good.stderr
    bad = subprocess.run(
        command, input=given.signed.statement.encode() + b" ", cwd=tmp_path, capture_output=True, check=False
    )
    assert bad.returncode != 0


def test_a_plan_changed_by_one_byte_is_refused() -> None:
    data = a_plan().to_bytes()
    assert read_plan(data).id == "p1"
    with pytest.raises(Refused):
        read_plan(data.replace(b'"id":"p1"', b'"id":"p2"'))
    with pytest.raises(Refused):
        read_plan(data.replace(b'"steps":[]', b'"steps":[],"extra":1'))
    with pytest.raises(WrongUse):
        read_plan(b"{}")
