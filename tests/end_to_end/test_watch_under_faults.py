"""A watch whose company is in trouble: each round ends in a whole snapshot, one that says it is not, or plain words; then it mends."""

from __future__ import annotations

import itertools
import random
import zlib
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hurried_clock import HurriedClock

from akika_forensics.case import companies
from akika_forensics.cli import main
from akika_forensics.quickbooks import Limits

WHATS = ("throttle", "unauthorized", "forbidden", "error", "unavailable", "fault", "refuse", "lost", "drop", "cut")
AT = {
    "sign-in": "sign-in",
    "company": "[path=*/companyinfo/*]",
    "page": "[path=*/query]",
    "batch": "[operation=batch]",
    "feed": "[operation=cdc]",
    "report": "[operation=reports]",
}
WHEN = ("1", "every3", "*")
CASES = [
    (what, where, when)
    for what, where, when in itertools.product(WHATS, AT, WHEN)
    if not (where == "sign-in" and what in {"forbidden", "fault"})
]


SHORT = random.Random(zlib.crc32(repr(CASES).encode())).sample(CASES, 5)
"""Of a normal run: by chance, the same for the same list."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Limits(throttle_wait=0.02, backoff=0.005, backoff_cap=0.02, clock=HurriedClock()).unpaced()
    monkeypatch.setattr(companies, "_limits", lambda _connection: replace(quick))


def disturb(scene: Any, spec: str) -> None:
    answer = httpx.put(f"{scene.server.base_url}/twin/faults", json={"spec": spec})
    assert answer.status_code == 200, answer.text


def watched(scene: Any, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["watch", "--once", "--vault", str(scene.vault)])
    said = capsys.readouterr()
    return code, said.out + said.err


def _run(scene: Any, capsys: pytest.CaptureFixture[str], case: tuple[str, str, str]) -> None:
    what, where, when = case
    before = scene.twin.dump()
    disturb(scene, f"{what}@{AT[where]}:{when}")
    code, said = watched(scene, capsys)
    assert code in {0, 1, 3, 4}, said
    assert "Something unexpected happened" not in said, said
    taken = scene.case.snapshots()
    if code == 0:
        assert taken, said
        assert taken[-1].complete
    elif taken:
        assert not taken[-1].complete, said
        assert "NOT complete" in said
    else:
        assert "failed" in said or "is left out until it is connected again" in said, said
    disturb(scene, "")
    again, words = watched(scene, capsys)
    if "is left out until it is connected again" in words:
        assert "connect" in words
    else:
        assert again == 0, words
        held = {tuple(one.key): one.payload for one in scene.case.snapshot("latest").records()}
        assert held.keys() == before.keys()
        assert scene.case.snapshots()[-1].complete
    assert scene.twin.dump() == before, "a watch changes nothing"


@pytest.mark.parametrize("case", SHORT, ids=" ".join)
def test_a_round_in_trouble_is_said_and_made_good(scene: Any, capsys: Any, case: tuple[str, str, str]) -> None:
    _run(scene, capsys, case)


@pytest.mark.soak
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_whatever_happens_to_a_watch_it_is_said_and_made_good(scene: Any, capsys: Any, case: Any) -> None:
    _run(scene, capsys, case)
