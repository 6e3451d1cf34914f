"""Every way into a vault leads there for the commands that start processes of their own too: app, lab, report."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest

from akika_forensics.case.opening import init_vault, open_vault
from akika_forensics.case.unlocking import Opening, by_identity, by_name, by_passphrase, means_from_environment
from akika_forensics.cli import app_server, main
from akika_forensics.lab import serving as lab_serving
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost
from akika_forensics.vault.keys import identity
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.ways import Kms, OwnIdentity, SystemKeyring
from akika_widgets.workbench import serving as app_serving

PASSPHRASE = Secret("the vault's own words")
OWN = Secret("the words of an identity")
DANA = Identity.from_bytes(bytes(range(64)))

NOTEBOOK = """# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Who reads
#
# Says who opened the vault.

# %% tags=["parameters"]
vault = ""  # the folder of the vault

# %%
import akika_forensics as ak

case = ak.open_vault(vault)
print("opened by", case.vault.member.name)
"""


class Held(keyring.backend.KeyringBackend):
    """A keyring of an operating system, in a dictionary."""

    priority = 1

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The identity file of Dana, a full member."""
    found = tmp_path / "dana.identity"
    identity.write_file(found, DANA, OWN, cost=KdfCost.CHEAP)
    return found


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("AKIKA_") and name != "AKIKA_STATE_DIR":
            monkeypatch.delenv(name)
    case = init_vault(tmp_path / "vault", PASSPHRASE, recovery_sheet=tmp_path / "sheet.txt", cost=KdfCost.CHEAP)
    case.vault.membership.add("Dana", "full", DANA.recipient)
    return tmp_path / "vault"


@pytest.fixture
def by_dana(root: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options by which Dana opens the vault."""
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE", OWN.reveal())
    return ["--vault", str(root), "--identity", str(file)]


def test_a_process_of_our_own_opens_in_the_same_way_whatever_stands_in_its_environment(root: Path, file: Path) -> None:
    ways: dict[str, tuple[Opening | None, object]] = {
        "passphrase": (by_passphrase(PASSPHRASE), PASSPHRASE),
        "identity": (by_identity(file, OWN), OwnIdentity(DANA)),
        "keyring": (by_name("keyring"), SystemKeyring()),
        "kms": (by_name("kms"), Kms()),
    }
    for name, (how, means) in ways.items():
        assert how is not None
        for other, _ in ways.values():
            assert other is not None
            environment = {**other.environment, **how.environment}
            with pytest.MonkeyPatch.context() as patched:
                for variable, value in environment.items():
                    patched.setenv(variable, value)
                found = means_from_environment(root)
                assert type(found) is type(means), name
                assert not isinstance(found, Secret) or found == PASSPHRASE
    assert by_name("") is None
    assert by_name("passphrase") is None
    assert OWN.reveal() not in repr(by_identity(file, OWN))


def test_a_report_is_made_by_who_opens_with_an_identity(
    by_dana: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = tmp_path / "who_reads.py"
    notebook.write_text(NOTEBOOK, encoding="utf-8")
    assert main(["report", "run", str(notebook), *by_dana, "--out", str(tmp_path / "out"), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert "opened by Dana" in Path(made["html"]).read_text(encoding="utf-8")
    assert made["sealed"]


def test_a_notebook_that_shows_the_passphrase_of_an_identity_makes_no_report(
    by_dana: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = tmp_path / "who_reads.py"
    shown = NOTEBOOK + 'import os\n\nprint(os.environ["AKIKA_IDENTITY_PASSPHRASE"])\n'
    notebook.write_text(shown, encoding="utf-8")
    assert main(["report", "run", str(notebook), *by_dana, "--out", str(tmp_path / "out")]) != 0
    assert "The notebook shows the passphrase." in capsys.readouterr().err
    assert not list((tmp_path / "out").iterdir())


def served_lab(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> Mapping[str, str]:
    """What the kernels of a JupyterLab would find in their environment."""
    given: list[Mapping[str, str]] = []
    monkeypatch.setattr(lab_serving, "require", lambda: None)
    monkeypatch.setattr(lab_serving, "serve", lambda *_, environment, **__: given.append(environment))
    assert main(["lab", *arguments]) == 0
    return given[0]


def test_the_lab_hands_on_an_identity(
    by_dana: list[str], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = served_lab(monkeypatch, [*by_dana, "--dir", str(tmp_path / "lab")])
    assert (found["AKIKA_IDENTITY"], found["AKIKA_IDENTITY_PASSPHRASE"]) == (str(file), OWN.reveal())
    assert not found["AKIKA_PASSPHRASE"]


def test_the_lab_hands_on_the_keyring_and_no_secret(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(Held())
    try:
        open_vault(root, passphrase=PASSPHRASE).vault.membership.add_way(SystemKeyring())
        found = served_lab(monkeypatch, ["--vault", str(root), "--dir", str(tmp_path / "lab")])
    finally:
        keyring.set_keyring(before)
    assert found["AKIKA_OPEN_WITH"] == "keyring"
    assert not any(value for name, value in found.items() if "PASSPHRASE" in name)


def test_the_lab_takes_what_is_on_the_recovery_sheet(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = (tmp_path / "sheet.txt").read_text(encoding="utf-8")
    line = next(line for line in sheet.splitlines() if line.startswith("Recovery key"))
    typed = line.removeprefix("Recovery key").strip()
    monkeypatch.setenv("AKIKA_PASSPHRASE", typed)
    assert served_lab(monkeypatch, ["--vault", str(root), "--dir", str(tmp_path / "lab")])["AKIKA_PASSPHRASE"] == typed


def test_the_workbench_opens_with_an_identity(by_dana: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    reported: list[Any] = []
    monkeypatch.setattr(app_server, "_until_stopped", lambda *_: None)
    monkeypatch.setattr(app_server, "_reports", lambda case, how, folder: reported.append(how))

    monkeypatch.setattr(app_serving, "serve_app", lambda shared, **more: seen.append(shared.case.vault.member.name))
    assert main(["app", *by_dana, "--no-browser"]) == 0
    assert seen == ["Dana"]
    assert reported[0].environment["AKIKA_IDENTITY_PASSPHRASE"] == OWN.reveal()
