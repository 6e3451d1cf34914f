"""A machine that captures every night and can read nothing of what it captured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from akika_forensics.cli.app import main
from akika_forensics.vault import KdfCost
from akika_forensics.vault.keys.passphrase import Kdf


@pytest.fixture
def nightly(scene: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the machine gives to open the vault; whoever made the vault gives a passphrase."""
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE", "the machine's own")
    fresh = Kdf.fresh
    monkeypatch.setattr(Kdf, "fresh", lambda _cost: fresh(KdfCost.CHEAP))
    file: Path = scene.folder / "nightly.identity"
    scene.out()
    assert main(["vault", "keys", "identity", str(file)]) == 0
    recipient = scene.out().strip()
    scene.good("vault", "keys", "add", "nightly", "--role", "capture", "--recipient", recipient)
    return ["--identity", str(file)]


def test_a_machine_captures_and_reads_nothing(scene: Any, nightly: list[str]) -> None:
    first = scene.good("capture", *nightly)
    assert first["complete"]
    assert first["new_versions"] == first["records"] > 50
    second = scene.good("capture", *nightly)
    assert (second["complete"], second["new_versions"]) == (True, 0)
    assert [one["id"] for one in scene.good("snapshots", *nightly)["snapshots"]] == ["s1", "s2"]
    for verb in (
        ["check", "s1"],
        ["diff", "s1", "s2"],
        ["custody", "list"],
        ["export", "s1", "--to", str(scene.folder / "out"), "--format", "jsonl"],
        ["vault", "keys", "rotate", "--reason", "x"],
    ):
        code, told = scene.akika(*verb, *nightly)
        assert (code, told["error"]["code"]) == (3, "not_allowed"), (verb, told)
    # Whoever may read finds everything, what the machine wrote included.
    assert scene.good("check", "s2")
    acts = [act["act"] for act in scene.good("custody", "list")["acts"]]
    assert acts.count("captured") == 2
    third = scene.good("capture")
    assert third["new_versions"] == 0
    assert scene.good("verify")["ok"]


def test_a_machine_that_was_removed_captures_no_more(scene: Any, nightly: list[str]) -> None:
    scene.good("capture", *nightly)
    scene.good("vault", "keys", "remove", "nightly", "--reason", "the machine is given back")
    code, _ = scene.akika("capture", *nightly)
    assert code == 5
    assert scene.good("capture")["new_versions"] == 0
    assert scene.good("verify")["ok"]
