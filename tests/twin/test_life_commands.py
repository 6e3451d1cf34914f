"""A company that lived for years, from the command line: served, and written as files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from akika_forensics.cli import main
from akika_forensics.twin import Twin, life


@contextmanager
def served(*arguments: str) -> Iterator[dict[str, Any]]:
    """What the first line of a served company says, while it is served."""
    command = [sys.executable, "-m", "akika_forensics", "twin", "serve", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        if process.stdout is not None:
            process.stdout.close()


def count(said: dict[str, Any], entity: str) -> int:
    url = f"{said['base_url']}/v3/company/{said['realm_id']}/query"
    headers = {"Authorization": f"Bearer {said['access_token']}", "Accept": "application/json"}
    statement = {"query": f"select count(*) from {entity}"}
    answer = httpx.get(url, params=statement, headers=headers, trust_env=False, timeout=60)
    return int(answer.json()["QueryResponse"]["totalCount"])


@pytest.mark.parametrize("company", [(), ("--company", "empty")])
def test_a_company_of_a_seed_is_served(company: tuple[str, ...]) -> None:
    twin = Twin()
    made = life.fill(twin, life.Wish(400, 7, currency="EUR"))
    with served(*company, "--records", "400", "--seed", "7", "--currency", "EUR") as said:
        assert {entity: count(said, entity) for entity in ("Invoice", "Payment", "Bill")} == {
            entity: made.counts[entity] for entity in ("Invoice", "Payment", "Bill")
        }


def test_a_served_company_goes_on_where_its_life_ended(tmp_path: Path) -> None:
    """So that what looks back from today, as the Audit Log and the change feed do, sees the life."""
    kept = ("--records", "400", "--seed", "7", "--data", str(tmp_path))
    made = life.fill(Twin(), life.Wish(400, 7))
    for _ in range(2):  # made, and taken up again
        with served(*kept) as said:
            clock = httpx.get(f"{said['base_url']}/twin/clock", trust_env=False).json()
            log = httpx.get(f"{said['base_url']}/twin/audit-log.csv", trust_env=False, timeout=60).text
            feed = f"{said['base_url']}/v3/company/{said['realm_id']}/cdc"
            headers = {"Authorization": f"Bearer {said['access_token']}", "Accept": "application/json"}
            asked = {"entities": "Invoice", "changedSince": f"{made.last_day[:8]}01"}
            changed = httpx.get(feed, params=asked, headers=headers, trust_env=False, timeout=60).json()
        assert not clock["frozen"]
        assert date.fromisoformat(clock["now"][:10]) - date.fromisoformat(made.last_day) == timedelta(days=1)
        assert len(log.splitlines()) > 400
        assert changed["CDCResponse"][0]["QueryResponse"][0]["Invoice"]


def test_what_is_kept_is_not_made_again(tmp_path: Path) -> None:
    kept = ("--records", "300", "--data", str(tmp_path))
    with served(*kept, "--seed", "1") as said:
        first = count(said, "Invoice")
    with served(*kept, "--seed", "2") as said:
        assert count(said, "Invoice") == first


def test_a_company_cannot_be_another_one_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["twin", "serve", "--company", str(tmp_path), "--records", "400"]) == 2
    assert "is one already" in capsys.readouterr().err
    assert main(["twin", "serve", "--records", "12", "--data", str(tmp_path / "kept")]) == 2
    assert "at least 300" in capsys.readouterr().err
    assert not list((tmp_path / "kept").iterdir())
    assert main(["twin", "generate", "--records", "400", "--closing-date", "soon", "--out", str(tmp_path / "a")]) == 2
    assert "is no day" in capsys.readouterr().err
    assert main(["twin", "generate", "--records", "12", "--out", str(tmp_path / "b")]) == 2
    assert "at least 300" in capsys.readouterr().err


def test_the_files_say_what_they_are_made_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "company"
    asked = ["--records", "300", "--seed", "4", "--years", "0", "--closing-date", "2023-01-31", "--out", str(folder)]
    assert main(["--json", "twin", "generate", *asked]) == 0
    printed = json.loads(capsys.readouterr().out)
    said = json.loads((folder / "company.json").read_text("utf-8"))
    assert {**printed, "parameters": said["parameters"]} == said | {"folder": str(folder)}
    assert said["seed"] == 4
    assert said["closing_date"] == "2023-01-31"
    assert "Fernhill Garden Supply" in said["parameters"]
    lines = {path.stem: len(path.read_bytes().splitlines()) for path in folder.glob("*.jsonl")}
    assert lines == said["counts"]


def test_two_processes_play_an_incident_to_the_same_bytes(tmp_path: Path) -> None:
    folders = []
    for seed in ("1", "77"):
        folder = tmp_path / seed
        command = [sys.executable, "-m", "akika_forensics", "twin", "generate", "--records", "500", "--seed", "9"]
        command += ["--incident", "csv-import", "--out", str(folder)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        folders.append({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})
    assert folders[0] == folders[1]
    assert {"truth.json", "damaged/Bill.jsonl", "clean/Bill.jsonl", "before/Bill.jsonl"} <= folders[0].keys()
    assert "papers/audit-log.csv" in folders[0]


def test_papers_can_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for asked, there in (("--papers", True), ("--no-papers", False)):
        out = tmp_path / asked
        assert main(["twin", "generate", "--records", "400", "--seed", "7", asked, "--out", str(out)]) == 0
        assert (out / "papers" / "audit-log.csv").exists() is there
        assert (out / "Invoice.jsonl").exists()
    capsys.readouterr()
