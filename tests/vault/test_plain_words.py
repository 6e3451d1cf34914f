"""What is said to a person whose input, key or role does not fit: what happened, and a way out that is one."""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.case.opening import init_vault
from akika_forensics.cli import books, custody, speech
from akika_forensics.cli import main as command_line
from akika_forensics.cli.app import main
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost
from akika_forensics.vault.keys import sheet
from akika_forensics.vault.keys.passphrase import Kdf
from akika_forensics.vault.keys.recovery import RecoveryKey

PASSPHRASE = "the vault's own words"


@pytest.fixture
def root(kit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fresh = Kdf.fresh
    monkeypatch.setattr(Kdf, "fresh", lambda _cost: fresh(KdfCost.CHEAP))
    monkeypatch.setenv("AKIKA_VAULT", str(tmp_path / "vault"))
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    case = init_vault(
        tmp_path / "vault",
        Secret(PASSPHRASE),
        recovery_sheet=None,
        heads=HeadStore(tmp_path / "heads"),
        cost=KdfCost.CHEAP,
    )
    kit.take(case.vault, kit.books())
    return tmp_path / "vault"


@pytest.fixture
def machine(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The identity file of a member who only captures; its passphrase is in the environment, the vault's is not."""
    file = tmp_path / "machine.identity"
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE", "the machine's own")
    assert main(["vault", "keys", "identity", str(file), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)["recipient"]
    assert main(["vault", "keys", "add", "nightly", "--role", "capture", "--recipient", line]) == 0
    monkeypatch.delenv("AKIKA_PASSPHRASE")
    monkeypatch.setenv("AKIKA_IDENTITY", str(file))
    capsys.readouterr()
    return file


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 2) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["error"]
    return found


@pytest.mark.parametrize("content", [b"RECOVERY SHEET", b"[1]", b"7", b"\xff\xfe", b'{"format":"something"}'])
def test_a_file_that_is_no_anchor_is_named(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / "kept").write_bytes(content)
    told = refusal(capsys, "verify", "--anchor", str(tmp_path / "kept"))
    assert "not an anchor of a vault" in told["what"]
    assert told["do"]


def test_the_help_of_the_verb_that_was_meant_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "`akika vault hold add --help`" in refusal(capsys, "vault", "hold", "add", "a matter")["do"]
    assert "`akika --help`" in refusal(capsys, "no-such-verb")["do"]


def test_a_role_that_is_none_is_refused_before_a_passphrase_is_asked_for(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "'boss'" in refusal(capsys, "vault", "keys", "add", "Zed", "--role", "boss")["what"]


def test_who_only_captures_is_told_what_they_can_check(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = refusal(capsys, "verify", code=3)
    assert told["code"] == "not_allowed"
    assert "--without-key" in told["do"]
    assert main(["verify", "--without-key"]) == 0


def test_an_identity_opens_the_vault_for_a_repair_too(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vault", "repair", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lost"] == []


def test_nobody_is_sent_for_a_recovery_sheet_that_opens_no_identity(
    machine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE", "another")
    assert "recovery" not in refusal(capsys, "snapshots", code=5)["do"]


def test_the_commands_on_the_recovery_sheet_are_commands(root: Path, tmp_path: Path) -> None:
    words = " ".join(text for _title, text in sheet._ADVICE)
    commands = re.findall("“akika ([^”]+)”", words)
    assert len(commands) == 2
    for command in commands:
        assert main(command.replace("FOLDER", str(root)).replace("BOOKS", str(tmp_path / "books")).split()) == 0
    assert list((tmp_path / "books").glob("*.csv"))


def test_what_was_done_is_never_cut_short_in_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    long = "The vault was connected to " + "a company with a long name " * 5
    speech.table(("no.", "by", "what"), [(1, "b" * 90, long)])
    told = capsys.readouterr().out
    assert long.strip() in told
    assert "b" * 61 not in told


def test_a_line_of_a_record_is_shown_as_it_was_sent() -> None:
    assert books._short({"Amount": Decimal("175.00"), "Qty": None}) == '{"Amount":175.00,"Qty":null}'
    assert books._short(None) == "absent"


def test_the_reason_of_an_act_can_be_read_in_custody(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vault", "keys", "rotate", "--reason", "the laptop was stolen"]) == 0
    capsys.readouterr()
    assert main(["custody", "list"]) == 0
    assert "the laptop was stolen" in capsys.readouterr().out
    assert main(["custody", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["acts"][-1]["details"]["reason"] == "the laptop was stolen"


def test_a_new_identity_says_which_ways_end(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKIKA_NEW_PASSPHRASE", "words of the day after")
    assert main(["vault", "keys", "rotate", "--reason", "lost", "--new-identity"]) == 0
    assert "akika vault keys recovery" in capsys.readouterr().err


def test_a_sheet_where_none_opens_the_vault_any_more_is_called_a_sheet(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", RecoveryKey(bytes(range(32))).text().reveal())
    assert refusal(capsys, "snapshots", code=5)["what"] == "No recovery sheet opens this vault."


def test_who_stops_a_command_is_told_that_it_stopped(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(custody, "open_case", stop)
    assert main(["custody", "list"]) == 130
    assert "Stopped." in capsys.readouterr().err
    assert refusal(capsys, "custody", "list", code=130)["what"] == "Stopped."


def test_a_command_that_is_stopped_while_it_loads_leaves_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopping:
        def find_spec(self, name: str, *_more: object) -> None:
            if name == "akika_forensics.cli.app":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "akika_forensics.cli.app")
    monkeypatch.setattr(sys, "meta_path", [Stopping(), *sys.meta_path])
    assert command_line(["snapshots", "--json"]) == 130
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "interrupted"
