"""``akika vault keys …``: who can open the vault, as it is typed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest

from akika_forensics.case.opening import init_vault
from akika_forensics.case.opening import open_vault as open_case
from akika_forensics.cli.app import main
from akika_forensics.restore.signers import PREPARER
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, slots
from akika_forensics.vault.keys.passphrase import Kdf
from akika_forensics.vault.keys.ways import system_keyring
from akika_forensics.vault.storage import StorageFailed

PASSPHRASE, NEW = "the vault's own words", "other words"


class MemoryKeyring(keyring.backend.KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not found")


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sealed here need not withstand guessing."""
    fresh = Kdf.fresh
    monkeypatch.setattr(Kdf, "fresh", lambda _cost: fresh(KdfCost.CHEAP))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    init_vault(
        folder / "vault", Secret(PASSPHRASE), recovery_sheet=None, heads=HeadStore(folder / "heads"), cost=KdfCost.CHEAP
    )
    return folder


@pytest.fixture
def root(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made / "vault", tmp_path / "vault")
    monkeypatch.setenv("AKIKA_VAULT", str(tmp_path / "vault"))
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    return tmp_path / "vault"


type Run = Callable[..., Any]


@pytest.fixture
def akika(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with --json; the document it prints. A refusal gives the document of the error."""

    def run(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert main([*arguments, "--json"]) == code
        told = capsys.readouterr()
        return json.loads(told.out if code in {0, 1} else told.out or told.err)

    return run


def names(akika: Run) -> list[str]:
    return [member["name"] for member in akika("vault", "keys", "list")["members"]]


def custody(root: Path, passphrase: str = PASSPHRASE) -> list[dict[str, Any]]:
    case = open_case(root, passphrase=passphrase)
    return [{"act": act.act, **act.details} for act in case.custody.acts()][1:]


def test_a_member_with_an_identity_of_their_own(
    root: Path, akika: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE", "ben's own")
    file = tmp_path / "ben.identity"
    handed = akika("vault", "keys", "identity", str(file))
    assert handed["recipient"].startswith("akika-recipient-")
    assert akika("vault", "keys", "identity", str(file), code=2)
    added = akika("vault", "keys", "add", "Ben", "--recipient", handed["recipient"])
    assert (added["name"], added["role"], added["ways"]) == ("Ben", "full", ["recipient"])
    assert added["fingerprint"] == handed["fingerprint"]
    monkeypatch.delenv("AKIKA_PASSPHRASE")
    for how in (["--identity", str(file)], [f"--identity={file}"]):
        listed = akika("vault", "keys", "list", *how)["members"]
        assert [(one["name"], one["opened_it"]) for one in listed] == [("founder", False), ("Ben", True)]
    monkeypatch.setenv("AKIKA_IDENTITY", str(file))
    assert akika("verify")["ok"]
    assert [act["act"] for act in akika("custody", "list")["acts"]] == ["vault_created", "member_added"]
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE", "another's")
    assert akika("vault", "keys", "list", code=5)
    monkeypatch.delenv("AKIKA_IDENTITY")
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    akika("vault", "keys", "remove", "Ben", "--reason", "left the firm")
    monkeypatch.setenv("AKIKA_IDENTITY", str(file))
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE", "ben's own")
    assert akika("snapshots", code=5)
    monkeypatch.delenv("AKIKA_IDENTITY")
    acts = custody(root)
    assert [act["act"] for act in acts] == ["member_added", "member_removed"]
    assert (acts[1]["name"], acts[1]["reason"], acts[1]["generation"]) == ("Ben", "left the firm", 3)
    assert acts[1]["fingerprint"] == handed["fingerprint"]


def test_a_removal_that_was_interrupted_is_named_by_every_command_until_it_is_repeated(
    root: Path, akika: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AKIKA_NEW_PASSPHRASE", "ben's own")
    akika("vault", "keys", "add", "Ben")

    def full(*_: object) -> None:
        raise StorageFailed("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(slots, "reseal", full)
        akika("vault", "keys", "remove", "Ben", "--reason", "left the firm", code=4)
    assert main(["vault", "keys", "list"]) == 0
    told = capsys.readouterr()
    assert "Ben" not in told.out
    assert "A rotation or removal was interrupted" in told.err
    assert akika("vault", "keys", "remove", "Ben", "--reason", "left the firm")["name"] == "Ben"
    assert [(act["act"], act.get("reason")) for act in custody(root)][1:] == [("member_removed", "left the firm")]
    assert main(["vault", "keys", "list"]) == 0
    assert "interrupted" not in capsys.readouterr().err
    assert "no member" in akika("vault", "keys", "remove", "Ben", "--reason", "left the firm", code=2)["error"]["what"]


def test_another_passphrase_and_the_preparers_key_goes_with_it(
    root: Path, akika: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKIKA_NEW_PASSPHRASE", NEW)
    assert akika("vault", "keys", "passphrase")["preparer_follows"] is True
    assert akika("vault", "keys", "list", code=5)
    monkeypatch.setenv("AKIKA_PASSPHRASE", NEW)
    assert names(akika) == ["founder"]
    case = open_case(root, passphrase=NEW)
    assert case.signers.private_key(PREPARER, Secret(NEW))
    assert akika("verify")["ok"]


def test_the_keyring_of_this_machine(root: Path, akika: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = akika("vault", "keys", "remember", code=2)
    assert "no keyring" in json.dumps(refused)
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    assert akika("vault", "keys", "remember")["ways"] == ["passphrase", "keyring"]
    monkeypatch.delenv("AKIKA_PASSPHRASE")
    assert names(akika) == ["founder"]
    assert akika("verify", "--open-with", "keyring")["ok"]
    assert akika("vault", "keys", "list", "--open-with", "telepathy", code=2)
    assert akika("vault", "keys", "forget")["ways"] == ["passphrase"]
    assert not backend.held
    assert akika("vault", "keys", "list", code=2)  # a passphrase is asked for, and nobody is there
    assert akika("vault", "keys", "list", "--open-with", "keyring", code=5)
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    assert akika("vault", "keys", "forget", code=2)
    assert [act["act"] for act in custody(root)] == ["way_added", "way_removed"]


def test_a_secret_that_opens_nothing_any_more_is_said(root: Path, akika: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(MemoryKeyring())
    akika("vault", "keys", "remember")
    akika("vault", "keys", "remove-way", "keyring")
    monkeypatch.delenv("AKIKA_PASSPHRASE")
    assert akika("vault", "keys", "list", "--open-with", "keyring", code=5)
    assert system_keyring.SERVICE in {service for service, _ in keyring.get_keyring().held}


def test_a_new_recovery_sheet_takes_the_place_of_the_old(
    root: Path, akika: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = akika("vault", "keys", "recovery")["recovery_files"]
    second = akika("vault", "keys", "recovery")["recovery_files"]
    assert Path(first[0]) == tmp_path / "vault.recovery.txt"
    assert Path(second[0]) == tmp_path / "vault.recovery-2.txt"
    assert akika("vault", "keys", "recovery", "--sheet", str(root / "in.txt"), code=2)
    listed = [{row["name"] for row in act["files"]} for act in custody(root)]
    assert listed == [{Path(name).name for name in made} for made in (first, second)]

    def key(file: str) -> str:
        (line,) = (line for line in Path(file).read_text().splitlines() if line.startswith("Recovery key"))
        return line.removeprefix("Recovery key").strip()

    assert "founder" in Path(second[0]).read_text()
    for text, code in ((key(second[0]), 0), (key(first[0]), 5)):
        monkeypatch.setenv("AKIKA_PASSPHRASE", text)
        akika("vault", "keys", "list", code=code)


def test_new_keys_and_a_new_identity(root: Path, akika: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = akika("vault", "keys", "list")["members"][0]
    akika("vault", "keys", "rotate", "--reason", "once a year")
    assert akika("vault", "keys", "rotate", code=2)
    assert akika("vault", "keys", "rotate", "--reason", " ", code=2)
    monkeypatch.setenv("AKIKA_NEW_PASSPHRASE", NEW)
    renewed = akika("vault", "keys", "rotate", "--new-identity", "--reason", "a laptop was lost")
    assert renewed["id"] == before["id"]
    assert renewed["fingerprint"] != before["fingerprint"]
    monkeypatch.setenv("AKIKA_PASSPHRASE", NEW)
    assert names(akika) == ["founder"]
    assert [act["act"] for act in custody(root, NEW)] == ["keys_rotated", "identity_renewed"]


def test_a_machine_that_only_captures(root: Path, akika: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKIKA_NEW_PASSPHRASE", NEW)
    assert akika("vault", "keys", "add", "nightly", "--role", "capture")["role"] == "capture"
    assert akika("vault", "keys", "add", "x", "--role", "reader", code=2)
    monkeypatch.setenv("AKIKA_PASSPHRASE", NEW)
    assert akika("snapshots")["snapshots"] == []
    for verb in (["custody", "list"], ["vault", "keys", "rotate", "--reason", "x"], ["signer", "list"]):
        told = akika(*verb, code=3) if verb != ["signer", "list"] else akika(*verb)
        assert "nightly may capture only" in json.dumps(told) or told == {"signers": []}


def test_no_secret_is_printed_or_said(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AKIKA_NEW_PASSPHRASE", NEW)
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE", "ben's own")
    assert main(["vault", "keys", "identity", str(tmp_path / "ben")]) == 0
    line = capsys.readouterr().out.strip()
    for arguments in (
        ["add", "Ben", "--recipient", line],
        ["add", "Cleo"],
        ["recovery"],
        ["list"],
        ["remove", "Ben", "--reason", "left"],
        ["remove-way", "recovery"],
        ["passphrase"],
    ):
        assert main(["vault", "keys", *arguments]) == 0
    told = capsys.readouterr()
    sheet = next(tmp_path.glob("*.recovery.txt")).read_text()
    key = next(text for text in sheet.split() if text.startswith("AKIKA-"))
    for secret in (PASSPHRASE, NEW, "ben's own", key):
        assert secret not in told.out + told.err
    assert "kept a copy of the vault" in told.err
