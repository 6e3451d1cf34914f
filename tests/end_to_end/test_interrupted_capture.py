"""Captures that end before their time, in a real process against a served company: the next goes on, and nothing shows before."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sample_twin import sample_twin
from warm import Started, warm

from akika_forensics.capture import keeper
from akika_forensics.errors import Interrupted
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks.downloads import Downloads
from akika_forensics.twin import Twin
from akika_forensics.twin.attachments.upload import Upload

from .conftest import PASSPHRASE, Scene, staged

SAVING = """
from akika_forensics.capture import keeper
keeper.EVERY, keeper._SHARE = 0.0, 0
"""
"""The command line, saving wherever it may: a test does not wait for half a minute."""


def start(scene: Scene, *arguments: str) -> Started:
    environment = {**os.environ, "AKIKA_PASSPHRASE": PASSPHRASE}
    return warm().start([*arguments, "--vault", str(scene.vault), "--json"], environment, before=SAVING)


def stopped_at(scene: Scene, moment: str, number: int, how: signal.Signals = signal.SIGKILL) -> tuple[bool, bytes]:
    """Signal a capture when the server is about to apply, or has just applied, its n-th request. False: it ended before."""
    seen, hit = 0, False
    process: Started | None = None

    def watch(_number: int, _kind: str) -> None:
        nonlocal seen, hit
        seen += 1
        if seen == number and process is not None:
            hit = True
            process.send_signal(how)
            if how == signal.SIGKILL:
                process.wait()

    setattr(scene.server, moment, watch)
    try:
        process = start(scene, "capture")
        output, errors = process.communicate()
        assert hit or process.returncode == 0, (output, errors)
    finally:
        setattr(scene.server, moment, None)
    return hit, output


def lists(scene: Scene, since: int = 0) -> Counter[str]:
    """The pages of lists that were asked for."""
    asked = (one.query for one in scene.server.log[since:] if one.kind == "read")
    return Counter(one for one in asked if "STARTPOSITION" in one.upper() and "LastUpdatedTime+%3E" not in one)


def state(scene: Scene, ref: str) -> dict[tuple[str, str], bytes]:
    return {(one.key.entity, one.key.id): one.payload for one in scene.case.snapshot(ref).records()}


def check_whole(scene: Scene, ref: str, taken: Any) -> None:
    assert taken["complete"], taken["findings"]
    assert state(scene, ref) == scene.twin.dump()
    assert scene.good("verify")["ok"]


def _twin() -> Twin:
    return sample_twin()


@pytest.mark.parametrize(
    ("numbers", "moments"),
    [
        pytest.param((33,), 1, id="once"),
        *(
            pytest.param(range(first, 70, 18), 2, id=f"anywhere-{first}", marks=pytest.mark.soak)
            for first in range(2, 20, 3)
        ),
    ],
)
def test_killed_anywhere_and_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str], numbers: Sequence[int], moments: int
) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    went_on = 0
    for number in numbers:
        for moment in ("before_apply", "after_apply")[:moments]:
            twin = _twin()
            with staged(
                tmp_path / f"{moment}-{number}", twin, out, faults="slow@every9" if len(numbers) > 2 else ""
            ) as scene:
                begin = len(scene.server.log)
                hit, _ = stopped_at(scene, moment, number)
                if not hit:
                    continue
                assert scene.good("snapshots")["snapshots"] == []
                assert scene.good("verify")["ok"]
                taken = scene.good("capture")
                check_whole(scene, "s1", taken)
                times = taken["fence"]["interrupted"]
                went_on += times
                if times:
                    asked_twice = sum(many - 1 for many in lists(scene, begin).values())
                    assert asked_twice <= 10, "only what was under way is asked for twice"
                    assert taken["fence"]["from"] < taken["fence"]["to"]
                    (act,) = scene.case.custody.acts("capture_taken_up")
                    assert act.details["began"] == taken["fence"]["from"]
    assert went_on >= len(numbers) // 2 + 1


@pytest.mark.soak
def test_killed_again_and_again(scene: Scene) -> None:
    number, kills = 14, 0
    while stopped_at(scene, "after_apply", number)[0]:
        number, kills = number + 10, kills + 1
    assert kills >= 2
    (taken,) = scene.good("snapshots")["snapshots"]
    info = scene.case.snapshot("s1").info
    assert taken["complete"]
    assert info.fence["interrupted"] >= 1
    assert state(scene, "s1") == scene.twin.dump()
    assert scene.good("verify")["ok"]


def test_ctrl_c_keeps_what_was_read_and_says_so(scene: Scene) -> None:
    begin = len(scene.server.log)
    hit, output = stopped_at(scene, "before_apply", 30, signal.SIGINT)
    assert hit
    said = json.loads(output)["error"]
    assert said["code"] == "interrupted"
    assert "What was read so far is kept" in json.dumps(said)
    assert scene.good("snapshots")["snapshots"] == []
    assert [act.details for act in scene.case.custody.acts("capture_interrupted")] == [{"why": "interrupted"}]
    taken = scene.good("capture")
    check_whole(scene, "s1", taken)
    assert sum(many - 1 for many in lists(scene, begin).values()) <= 10
    assert scene.case.vault.draft(scene.case.companies.company("craig")) is None


@pytest.fixture
def interrupted(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A capture was stopped after some thirty lists."""
    with monkeypatch.context() as quick:
        quick.setattr(keeper, "EVERY", 0.0)
        quick.setattr(keeper, "_SHARE", 10_000)
        with pytest.raises(Interrupted, match="What was read so far is kept"):
            scene.case.capture(should_stop=lambda: sum(lists(scene).values()) > 3)
    return scene


def test_afresh_begins_anew_and_says_so(interrupted: Scene) -> None:
    scene = interrupted
    scene.twin.create("Customer", {"DisplayName": "Came meanwhile"})
    taken = scene.good("capture", "--afresh")
    check_whole(scene, "s1", taken)
    assert taken["fence"]["interrupted"] == 0
    (note,) = [one for one in taken["findings"] if one["code"] == "draft_dropped"]
    assert note["what"] == "What an interrupted capture had left was dropped. It was asked for."
    (act,) = scene.case.custody.acts("capture_dropped")
    assert act.details == {"why": "It was asked for."}


def test_a_draft_of_other_rules_is_dropped_and_that_is_said(
    interrupted: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = interrupted
    monkeypatch.setattr("akika_forensics.case.resuming.RULES", 99)
    taken = scene.good("capture")
    check_whole(scene, "s1", taken)
    (note,) = [one for one in taken["findings"] if one["code"] == "draft_dropped"]
    assert note["what"].endswith("It was made by other rules of capture.")


def test_files_that_came_are_not_fetched_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "EVERY", 0.0)
    monkeypatch.setattr(keeper, "_SHARE", 0)
    for number in range(40):
        scene.twin.attach(Upload([b"receipt %d" % number], f"{number}.txt", "text/plain", {}))
    fetched: list[str] = []
    read = Downloads.read

    def counted(self: Downloads, address: str) -> Any:
        fetched.append(address.rpartition("/")[2])
        return read(self, address)

    monkeypatch.setattr(Downloads, "read", counted)
    stored = scene.vault / "blobs"
    with pytest.raises(Interrupted, match="What was read so far is kept"):
        scene.case.capture(should_stop=lambda: stored.is_dir() and len(list(stored.iterdir())) > 9)
    before = len(fetched)
    info = scene.case.capture()
    assert (info.complete, info.fence["interrupted"]) == (True, 1)
    assert 0 < len(fetched) - before <= 40 - 8
    snapshot = scene.case.snapshot("s1")
    keys = [RecordKey(*row) for row in snapshot.attachments().select("entity", "id").iter_rows()]
    assert {b"".join(snapshot.attachment(key)) for key in keys} == {b"receipt %d" % number for number in range(40)}
    report = scene.good("verify")
    assert (report["ok"], report["findings"]) == (True, [])
