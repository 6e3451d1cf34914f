"""What is given out by the command line, and checked by somebody who has neither vault nor passphrase."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from disclosure_reader import second_checker
from stamp_authority import OPENSSL, LocalAuthority, serving

from akika_forensics.cli import main

from .conftest import Scene
from .test_restore import INVOICE, delete_invoice


@pytest.fixture
def captured(scene: Scene) -> Scene:
    scene.good("capture")
    return scene


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAuthority]:
    if OPENSSL is None:
        pytest.skip("needs openssl: none on PATH")
    made = LocalAuthority(tmp_path / "authority")
    monkeypatch.setenv("AKIKA_TSA_ROOTS", str(made.folder / "certificates.pem"))
    with serving(made) as url:
        monkeypatch.setenv("AKIKA_TSA_URL", url)
        yield made


def prove(scene: Scene, file: Path, *more: str) -> tuple[int, dict[str, object]]:
    """As a stranger: no vault, no passphrase."""
    scene.out()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AKIKA_PASSPHRASE")
        code = main(["vault", "prove", str(file), *more, "--json"])
    return code, json.loads(scene.out())


def test_a_record_is_disclosed_and_proved_by_a_stranger(captured: Scene, tmp_path: Path) -> None:
    file = tmp_path / "invoice.json"
    said = captured.good("vault", "disclose", "Invoice", INVOICE, "--snapshot", "s1", "--out", str(file))
    assert said["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert file.stat().st_mode & 0o077 == 0
    code, proved = prove(captured, file, "--record", str(tmp_path / "record"))
    assert code == 0
    assert proved["record"] == f"Invoice:{INVOICE}"
    (payload,) = (one.payload for one in captured.case.snapshot("s1").records(["Invoice"]) if one.key.id == INVOICE)
    assert (tmp_path / "record").read_bytes() == payload
    assert second_checker(file.read_bytes(), tmp_path)[2] == payload
    assert "no time stamp limits it" in " ".join(map(str, proved["not_proved"]))  # type: ignore[call-overload] # a list
    (act,) = captured.case.custody.acts("disclosed")
    assert act.details["files"] == [{"name": file.name, "length": file.stat().st_size, "sha256": said["sha256"]}]


def test_the_founder_whom_the_reader_knows_is_compared(captured: Scene, tmp_path: Path) -> None:
    file = tmp_path / "invoice.json"
    captured.good("vault", "disclose", f"invoice:{INVOICE}", "--out", str(file))
    founder = str(prove(captured, file)[1]["founder"])
    for known in (founder, f"{founder} dana@desk"):
        code, proved = prove(captured, file, "--founder", known)
        assert code == 0
        assert "is the one that you named" in json.dumps(proved["proved"])
    code, refused = prove(captured, file, "--founder", "SHA256:" + "A" * 43)
    assert code == 1
    assert refused["error"]["code"] == "not_proved"  # type: ignore[index] # an object


def test_a_proof_is_not_written_over_a_file_and_not_of_a_record_that_is_not_there(
    captured: Scene, tmp_path: Path
) -> None:
    file = tmp_path / "invoice.json"
    file.write_text("mine")
    assert captured.akika("vault", "disclose", "Invoice", INVOICE, "--out", str(file))[0] == 2
    assert file.read_text() == "mine"
    assert captured.akika("vault", "disclose", "Invoice", "987654321", "--out", str(tmp_path / "none"))[0] == 2
    assert captured.case.custody.acts("disclosed") == ()


def test_a_head_that_was_handed_out_finds_a_vault_of_before(captured: Scene, tmp_path: Path) -> None:
    head = tmp_path / "head.json"
    said = captured.good("vault", "head", "--out", str(head))
    assert json.loads(head.read_bytes()) == said["head"] == captured.case.vault.head
    assert captured.good("verify", "--anchor", str(head))["ok"]
    captured.good("capture")
    assert captured.good("verify", "--anchor", str(head))["ok"]
    for path in (captured.vault / "commits").glob("00000001*"):
        path.unlink()
    assert captured.akika("verify", "--anchor", str(head))[0] == 1


def test_nobody_is_asked_for_a_time_stamp_unless_named(captured: Scene) -> None:
    code, said = captured.akika("vault", "stamp")
    assert code == 2
    assert "AKIKA_TSA_URL" in said["error"]["do"]


def test_an_authority_that_is_named_is_asked_for_a_stamp_and_for_nothing_else(
    captured: Scene, authority: LocalAuthority, tmp_path: Path
) -> None:
    file = tmp_path / "invoice.json"
    captured.good("capture")
    captured.good("verify")
    captured.good("vault", "disclose", "Invoice", INVOICE, "--out", str(file))
    prove(captured, file)
    assert not (authority.folder / "asked").exists()
    captured.good("vault", "stamp")
    assert (authority.folder / "asked").exists()


def test_a_time_stamp_limits_what_was_disclosed_before_and_after(
    captured: Scene, authority: LocalAuthority, tmp_path: Path
) -> None:
    made = captured.good("vault", "stamp")
    assert made["commit"] == captured.case.vault.head["chains"]["commits"]["seq"]
    token, entry = captured.vault / made["file"], captured.vault / f"commits/{made['commit']:08d}.json"
    assert authority.believes(token.read_bytes(), entry.read_bytes())
    file = tmp_path / "invoice.json"
    captured.good("vault", "disclose", "Invoice", INVOICE, "--out", str(file))
    code, proved = prove(captured, file)
    assert code == 0
    assert proved["stamp"] == {
        "at": made["at"],
        "authority": "CN=Stamps",
        "commit": made["commit"],
        "checked": True,
    }
    assert captured.case.custody.acts("stamped")[0].details["file"] == made["file"]
    outside = captured.good("verify")["outside"]
    assert [(one["commit"], one["checked"]) for one in outside["stamps"]] == [(made["commit"], True)]
    assert outside["said"] == [f"History up to commit {made['commit']} existed at {made['at']}, by CN=Stamps."]


def test_a_machine_that_sees_a_vault_first_says_that_roll_back_cannot_be_excluded(
    captured: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head = tmp_path / "head.json"
    captured.good("vault", "head", "--out", str(head))
    monkeypatch.setenv("AKIKA_STATE_DIR", str(tmp_path / "another"))
    assert captured.good("verify")["outside"]["said"] == ["No anchor: roll-back cannot be excluded."]
    assert captured.good("verify", "--anchor", str(head))["outside"]["said"] == []
    for expected in (True, False):
        capsys.readouterr()
        assert main(["snapshots", "--vault", str(captured.vault), "--json"]) == 0
        assert ("roll-back cannot be excluded" in capsys.readouterr().err) is expected


def test_checks_are_attested_when_asked_and_restores_always(captured: Scene) -> None:
    before = captured.case.vault.head
    captured.akika("check", "s1")
    assert captured.case.vault.head == before
    code, said = captured.akika("check", "s1", "--attest")
    assert said["attestation"]
    (check,) = captured.good("vault", "attestations", "--snapshot", "s1")["attestations"]
    assert (check["digest"], check["kind"], check["rule"]) == (said["attestation"], "check", "completeness")
    assert check["figures"]["residual"] == said["residual"]
    assert check["figures"]["complete"] is (code == 0)
    details = json.loads(captured.case.vault.get_document(check["document"]))
    assert details["tie_out"] == said["tie_out"]
    delete_invoice(captured)
    file = captured.planned("--record", f"Invoice:{INVOICE}")
    captured.good("plan", "execute", str(file))
    captured.good("plan", "verify", str(file))
    restore = captured.good("vault", "attestations")["attestations"][-1]
    assert (restore["kind"], restore["figures"]["wrong"], restore["figures"]["residual"]) == ("restore", 0, "0.00")
    assert captured.good("verify")["ok"]


def test_people_read_what_is_proved_and_what_is_not(captured: Scene, tmp_path: Path) -> None:
    file = tmp_path / "invoice.json"
    captured.good("vault", "disclose", "Invoice", INVOICE, "--out", str(file))
    captured.out()
    assert main(["vault", "prove", str(file)]) == 0
    said = captured.out()
    proved, _, rest = said.partition("Not proved:")
    assert f"Invoice:{INVOICE}" in proved
    assert "the founder's key, signed that commit" in proved
    assert "That QuickBooks held this record" in rest


def test_judgements_are_erased_with_their_company(captured: Scene) -> None:
    captured.akika("check", "s1", "--attest")
    (check,) = captured.good("vault", "attestations")["attestations"]
    name = captured.case.company_name
    captured.good("vault", "erase", name, "--reason", "asked for", "--confirm", name)
    assert captured.good("vault", "attestations")["attestations"] == []
    assert not (captured.vault / check["document"]).exists()
    assert captured.good("verify")["ok"]
