"""Killed at any point of an execution and resumed: no duplicate, nothing missing.

The points are chosen by what the server has seen: just before and just after it applies each request.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sample_twin import sample_twin
from warm import Started, warm

from .conftest import PASSPHRASE, Kept, Scene, staged

POINTS = 50


def start(scene: Scene, verb: str, file: Path) -> Started:
    arguments = ["plan", verb, str(file), "--vault", str(scene.vault), "--json"]
    return warm().start(arguments, {**os.environ, "AKIKA_PASSPHRASE": PASSPHRASE})


def killed_at(scene: Scene, file: Path, verb: str, moment: str, number: int, *, writes: bool = False) -> bool:
    """Kill -9 the run when the server is about to apply, or has just applied, its n-th request (or write) from now. False: it ended before."""
    seen = 0
    hit = False
    process: Started | None = None

    def watch(_number: int, kind: str) -> None:
        nonlocal seen, hit
        if writes and kind != "write":
            return
        seen += 1
        if seen == number and process is not None:
            hit = True
            process.send_signal(signal.SIGKILL)
            process.wait()

    setattr(scene.server, moment, watch)
    try:
        process = start(scene, verb, file)
        output, errors = process.communicate()
        assert hit or process.returncode == 0, (output, errors)
    finally:
        setattr(scene.server, moment, None)
    return hit


def finish(scene: Scene, file: Path) -> None:
    process = start(scene, "resume", file)
    output, errors = process.communicate()
    assert process.returncode == 0, (output, errors)


def damaged(scene: Scene) -> Path:
    """An approved plan of thirty steps: an invoice with its payment, a payment, a customer, an item, 25 imported bills."""
    scene.good("capture")
    truth = scene.good("twin", "incident", "demo", "--url", scene.server.base_url)
    arguments = [part for row in truth["records"] for part in ("--record", f"{row['entity']}:{row['id']}")]
    return scene.planned(*arguments)


def by_number(scene: Scene) -> dict[str, Any]:
    """The company with its transactions under their content instead of their Ids."""
    shown: dict[str, Any] = {}
    for record, body in scene.content().items():
        key, (entity, record_id) = record, record.split(":")
        if entity in {"Invoice", "Payment"}:
            key = (
                f"{entity} {body.get('DocNumber')} {body['TxnDate']} {body['TotalAmt']} {body['CustomerRef']['value']}"
            )
            shown.setdefault(key, []).append(
                (body.get("Balance"), body.get("UnappliedAmt"), len(body.get("LinkedTxn", ())), len(body["Line"]))
            )
        else:
            shown[key] = (
                record_id,
                body.get("Active"),
                body.get("Balance"),
                body.get("DisplayName"),
                body.get("UnitPrice"),
            )
    return {key: sorted(value, key=str) if isinstance(value, list) else value for key, value in shown.items()}


@pytest.mark.parametrize(
    ("numbers", "writes"),
    [
        pytest.param((1, 3, 4), True, id="writes"),
        *(
            pytest.param(range(first, POINTS // 2 + 1, 5), False, id=f"requests-{first}", marks=pytest.mark.soak)
            for first in range(1, 6)
        ),
    ],
)
def test_killed_anywhere_and_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str], numbers: Sequence[int], writes: bool
) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    points = [(moment, number) for number in numbers for moment in ("before_apply", "after_apply")]
    killed = 0
    twin = sample_twin()
    with staged(tmp_path / "scene", twin, out) as scene:
        whole = by_number(scene)
        file = damaged(scene)
    begun = Kept(scene, tmp_path / "kept")
    for moment, number in points:
        with begun.again() as scene:
            verb = "execute"
            if killed_at(scene, file, verb, moment, number, writes=writes):
                killed += 1
                finish(scene, file)
            assert by_number(scene) == whole, (moment, number)
            steps = scene.good("plan", "show", str(file))["steps"]
            assert {step["state"] for step in steps} == {"verified"}, (moment, number)
    assert killed >= 6


def test_killed_again_and_again(scene: Scene) -> None:
    whole = by_number(scene)
    file = damaged(scene)
    verb, number = "execute", 3
    while killed_at(scene, file, verb, "after_apply", number):
        verb, number = "resume", number + 2
    finish(scene, file)
    assert by_number(scene) == whole
