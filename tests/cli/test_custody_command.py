"""``akika custody list``: not only what a computer called its user, but which member's key signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.case.acts import custody_table
from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault, open_vault
from akika_forensics.cli import main
from akika_forensics.custody.log import CHAIN, NAMESPACE, CustodyLog
from akika_forensics.model.company import Company
from akika_forensics.model.instants import now
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.ways import OwnIdentity

PASSPHRASE = "the vault's own words"
COMPANY = Company("9341453000000017", "Amys Landscaping", "http://127.0.0.1:8080")
DANA, MACHINE = Identity.from_bytes(bytes(range(64))), Identity.from_bytes(bytes(range(64, 128)))


@dataclass
class Scene:
    root: Path
    case: Case

    def of(self, identity: Identity) -> Case:
        return open_vault(self.root, passphrase=OwnIdentity(identity))


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("AKIKA_VAULT", str(tmp_path / "vault"))
    case = init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
    case.people.add("Dana", "full", DANA.recipient)
    case.people.add("nightly", "capture", MACHINE.recipient)
    return Scene(tmp_path / "vault", case)


def capture(case: Case) -> None:
    with case.vault.begin_snapshot(COMPANY) as writer:
        writer.add(RecordKey("Customer", "1"), b'{"Id":"1"}')
        info = writer.commit(
            taken_at=now(), finished_at=now(), complete=True, counts={}, fence={}, requests=1, findings=[]
        )
    case.custody.record("captured", f"Snapshot {info.id} was captured.", {"snapshot": info.id, "digest": info.digest})


def listed(capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert main(["custody", "list", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_each_act_and_each_commit_says_which_member_signed_it(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    capture(scene.of(MACHINE))
    CustodyLog(scene.of(DANA).vault).record("looked", "Somebody looked.")
    told = listed(capsys)
    assert [(act["act"], act["member"]) for act in told["acts"]] == [
        ("vault_created", "founder"),
        ("member_added", "founder"),
        ("member_added", "founder"),
        ("captured", "nightly"),
        ("looked", "Dana"),
    ]
    assert told["acts"][-1]["signer"] == DANA.recipient.fingerprint
    assert [(one["number"], one["kind"], one["snapshot"], one["member"]) for one in told["commits"]] == [
        (0, "genesis", None, "founder"),
        (1, "keys", None, "founder"),
        (2, "keys", None, "founder"),
        (3, "snapshot", "s1", "nightly"),
    ]
    assert told["commits"][3]["signer"] == MACHINE.recipient.fingerprint
    assert told["commits"][3]["digest"] == told["acts"][3]["details"]["digest"]
    assert main(["custody", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("nightly" in line and "Snapshot s1 was captured." in line for line in lines)
    assert any("nightly" in line and line.rstrip().endswith("snapshot s1") for line in lines)


def test_who_left_since_is_still_named(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    CustodyLog(scene.of(DANA).vault).record("looked", "Somebody looked.")
    scene.case.people.remove("Dana", reason="left the firm")
    told = listed(capsys)
    assert [act["member"] for act in told["acts"] if act["act"] == "looked"] == ["Dana"]


def test_a_machine_gives_nobody_another_name(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """It may write into custody, and could say there that a key is somebody else's."""
    log = CustodyLog(scene.of(DANA).vault)
    log.record("looked", "Somebody looked.")
    claims = {"name": "Eve", "fingerprint": DANA.recipient.fingerprint, "member": "x"}
    scene.case.people.remove("Dana", reason="left the firm")
    machine = scene.of(MACHINE).vault
    machine.chain(CHAIN, NAMESPACE).append(
        {
            "format": "akika-custody-1",
            "act": "member_removed",
            "what": "Eve was removed.",
            "by": "eve@host",
            "tool": "x",
            "details": claims,
            "objects": [],
        }
    )
    told = listed(capsys)
    assert [act["member"] for act in told["acts"] if act["act"] in {"looked", "member_removed"}] == [
        "Dana",
        "founder",
        "nightly",
    ]


def test_what_a_machine_writes_that_nobody_can_read_is_named_and_stops_nobody(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(scene.case)
    machine = scene.of(MACHINE)
    machine.vault.chain(CHAIN, NAMESPACE).append({"junk": True})
    machine.vault._commits.append({"kind": "surprise"}, witness={})
    assert main(["custody", "list", "--json"]) == 0
    told, said = capsys.readouterr()
    acts, commits = json.loads(told)["acts"], json.loads(told)["commits"]
    assert [(act["act"], act["member"]) for act in acts[-2:]] == [("captured", "founder"), ("unreadable", "nightly")]
    assert [(one["kind"], one["member"]) for one in commits[-2:]] == [
        ("snapshot", "founder"),
        ("passed over", "nightly"),
    ]
    assert "Commit 4, signed by nightly, is passed over." in said
    scene.case.people.remove("nightly", reason="writes what nobody can read")
    capture(scene.case)
    assert [one.id for one in scene.case.snapshots()] == ["s1", "s3"]


def test_the_reports_table_of_custody_names_the_member(scene: Scene) -> None:
    CustodyLog(scene.of(DANA).vault).record("looked", "Somebody looked.")
    table = custody_table(scene.case.custody.acts())
    at = [column.word for column in table.columns].index("Signed by")
    assert [row[at] for row in table.rows][-1] == "Dana"
