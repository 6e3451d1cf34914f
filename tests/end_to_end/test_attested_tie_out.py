"""What a check attests: read again with stock tools, by report, account, month, basis and party; older judgements too."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest

from akika_forensics.changes import CHECK_VERSION
from akika_forensics.vault.chains.attestations import Judgement

from .conftest import Scene


@pytest.fixture
def captured(scene: Scene) -> Scene:
    scene.good("capture")
    return scene


def sha256sum(file: Path) -> str:
    said = subprocess.run(["sha256sum", str(file)], capture_output=True, check=True, text=True)
    return said.stdout.split()[0].lstrip("\\")


def test_the_result_is_kept_and_can_be_read_with_stock_tools(captured: Scene, tmp_path: Path) -> None:
    table, details = tmp_path / "figures.csv", tmp_path / "details.json"
    code, said = captured.akika("check", "s1", "--attest", "--table", str(table))
    captured.good("vault", "attestations", "--snapshot", "s1", "--details", str(details))
    (judged,) = captured.good("vault", "attestations", "--snapshot", "s1")["attestations"]
    assert sha256sum(table) == said["table"] == judged["figures"]["table"]
    kept = json.loads(details.read_text("utf-8"))["figures"]
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert kept["table"] == {
        "form": "csv",
        "columns": list(rows[0]),
        "rows": len(rows),
        "sha256": judged["figures"]["table"],
    }
    assert sum(row["compared"] for row in kept["by_month"]) == len(rows)
    assert {(row["report"], row["basis"]) for row in kept["by_month"]} >= {
        *(("TrialBalance", "Accrual"), ("ProfitAndLoss", "Cash"), ("TransactionList", ""), ("AccountList", "")),
    }
    assert {row["subject"] for row in kept["by_account"]} >= {"35", "84"}
    assert {row["measure"] for row in kept["by_party"]} == {"owed by customer", "owed to vendor"}
    assert len(kept["apart"]) == sum(row["residual"] != "0.00" for row in rows)
    assert code == (1 if kept["apart"] else 0)
    acts = captured.case.custody.acts("attested")
    assert [act.details["attestation"] for act in acts] == [judged["digest"]]
    left = [file["name"] for act in captured.case.custody.acts("exported") for file in act.details["files"]]
    assert left == ["figures.csv", "details.json"]
    assert captured.good("verify")["ok"]


def test_a_file_that_is_there_is_not_written_over(captured: Scene, tmp_path: Path) -> None:
    file = tmp_path / "there.csv"
    file.write_text("mine")
    assert captured.akika("check", "s1", "--table", str(file))[0] == 2
    captured.akika("check", "s1", "--attest")
    assert captured.akika("vault", "attestations", "--details", str(file))[0] == 2
    assert captured.akika("check", "s1", "--table", str(tmp_path / "figures.txt"))[0] == 2
    assert file.read_text() == "mine"
    assert not captured.case.custody.acts("exported")


def test_judgements_of_the_rule_before_are_still_read(captured: Scene, tmp_path: Path) -> None:
    old = {"tie_out": [], "reports": [], "findings": [], "unverified": []}
    figures = {"complete": True, "lines": 7, "residual": "0.00", "problems": 0, "notes": 0}
    before = Judgement("check", "completeness", "2", "The snapshot is complete.", figures, json.dumps(old).encode(), "")
    captured.case.vault.attest("s1", before)
    details = tmp_path / "old.json"
    (judged,) = captured.good("vault", "attestations", "--details", str(details))["attestations"]
    assert (judged["version"], judged["figures"]) == ("2", figures)
    assert json.loads(details.read_text("utf-8")) == old
    captured.akika("check", "s1", "--attest")
    assert [one["version"] for one in captured.good("vault", "attestations")["attestations"]] == ["2", CHECK_VERSION]
