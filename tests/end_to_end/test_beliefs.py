"""Whatever QuickBooks does where nobody is sure: captures are whole, plans hold, and what is unverified is named."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sample_twin import sample_twin

from akika_forensics.twin import Beliefs, incidents
from akika_forensics.twin.beliefs import BELIEFS, FORMAT
from akika_forensics.twin.uncertain import TABLE

from .conftest import PASSPHRASE, Scene, staged

OTHERS = [(row.name, choice) for row in TABLE for choice in row.choices if choice != row.default]
ALL_OTHERS = {row.name: row.choices[-1] for row in TABLE}
FEW = random.Random(20261126).sample(OTHERS, 3)
"""What `make test` tries of the single ones; all of them belong to the soak."""


@contextmanager
def company(
    folder: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str], beliefs: Beliefs, faults: str = ""
) -> Iterator[Scene]:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    with staged(folder, sample_twin(beliefs), out, faults) as scene:
        yield scene


def profile_of(beliefs: Beliefs, file: Path) -> Path:
    """The file that a probe would have written of a company that does so."""
    answers = {name: {"choice": beliefs.choice(name), "asked": "", "answered": ""} for name in BELIEFS}
    file.write_text(json.dumps({"format": FORMAT, "beliefs": answers}))
    return file


def whole_way(scene: Scene, beliefs: Beliefs) -> None:
    """Capture, the incidents, plan, rehearsal on either stage, execution, verification."""
    before = scene.content()
    scene.good("capture")
    checked = scene.good("check")
    assert checked["complete"]
    struck = [
        row
        for name in ("deleted-invoice", "deleted-payment", "inactive-customer", "changed-item")
        for row in incidents.run(scene.twin, name)["records"]
    ]
    scope = [part for row in struck for part in ("--record", f"{row['entity']}:{row['id']}")]
    file = scene.planned(*scope)
    profile = profile_of(beliefs, scene.folder / "profile.json")
    for options in ((), ("--profile", str(profile))):
        rehearsed = scene.good("plan", "rehearse", str(file), *options)
        assert rehearsed["ok"] is True, rehearsed["differences"]
        assert (rehearsed["unverified"] == []) == bool(options)
    ran = scene.good("plan", "execute", str(file))
    assert ran["state"] == "complete", ran
    proof = scene.good("plan", "verify", str(file))
    assert (proof["differs"], proof["wrong"], proof["residual"]) == (0, 0, "0.00")
    after = scene.content()
    assert len(after) == len(before)
    gone = {f"{row['entity']}:{row['id']}" for row in struck if row["what"] == "deleted"}
    assert set(before) - set(after) == gone


@pytest.mark.parametrize(("name", "choice"), FEW, ids=[f"{name}={choice}" for name, choice in FEW])
def test_the_incidents_are_put_right_under_some_of_the_others(
    name: str, choice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str]
) -> None:
    beliefs = Beliefs().but(**{name: choice})
    with company(tmp_path, monkeypatch, out, beliefs) as scene:
        whole_way(scene, beliefs)


@pytest.mark.soak
@pytest.mark.parametrize(("name", "choice"), OTHERS, ids=[f"{name}={choice}" for name, choice in OTHERS])
def test_the_incidents_are_put_right_under_every_other_choice(
    name: str, choice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str]
) -> None:
    beliefs = Beliefs().but(**{name: choice})
    with company(tmp_path, monkeypatch, out, beliefs) as scene:
        whole_way(scene, beliefs)


def test_the_incidents_are_put_right_when_every_belief_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str]
) -> None:
    beliefs = Beliefs(ALL_OTHERS)
    with company(tmp_path, monkeypatch, out, beliefs) as scene:
        whole_way(scene, beliefs)


@pytest.mark.parametrize("choice", BELIEFS["requestid_again"].choices)
@pytest.mark.parametrize("write", [1, 2, 3])
def test_a_lost_answer_makes_no_second_record_whatever_a_repeated_request_gets(
    write: int, choice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str]
) -> None:
    with company(tmp_path, monkeypatch, out, Beliefs({"requestid_again": choice}), f"drop@write:{write}") as scene:
        before = scene.content()
        scene.good("capture")
        struck = [
            row for name in ("deleted-invoice", "deleted-payment") for row in incidents.run(scene.twin, name)["records"]
        ]
        file = scene.planned(*[part for row in struck for part in ("--record", f"{row['entity']}:{row['id']}")])
        code, ran = scene.akika("plan", "execute", str(file))
        if ran["state"] != "complete":
            code, ran = scene.akika("plan", "resume", str(file))
        assert (code, ran["state"]) == (0, "complete")
        assert len(scene.content()) == len(before)
        proof = scene.good("plan", "verify", str(file))
        assert (proof["differs"], proof["wrong"], proof["residual"]) == (0, 0, "0.00")


def test_only_what_matters_is_named_until_a_profile_settles_it(scene: Scene) -> None:
    scene.good("capture")
    checked = scene.good("check")
    named = {row["belief"]: row for row in checked["unverified"]}
    assert named["feed_company_info"]["taken"] == "carried"
    assert named["orderby_id"]["question"].endswith("?")
    assert not {"feed_tax_payment", "vendor_terms_on_create", "requestid_again", "maxresults_above_1000"} & set(named)
    incidents.run(scene.twin, "deleted-invoice")
    file = scene.planned("--all")
    rests: Any = {row["belief"] for row in scene.good("plan", "rehearse", str(file))["unverified"]}
    assert {"requestid_again", "transaction_ids"} <= rests
    assert not {"feed_company_info", "vendor_terms_on_create", "inactive_name", "attach_vendor"} & rests
    half = scene.folder / "half.json"
    half.write_text(json.dumps({"format": FORMAT, "beliefs": {"orderby_id": {"choice": "refused"}}}))
    left = {row["belief"] for row in scene.good("check", "--profile", str(half))["unverified"]}
    assert left == set(named) - {"orderby_id"}


def test_the_profile_may_come_from_the_environment(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.good("capture")
    monkeypatch.setenv("AKIKA_PROFILE", str(profile_of(Beliefs(), scene.folder / "profile.json")))
    assert scene.good("check")["unverified"] == []
    monkeypatch.setenv("AKIKA_PROFILE", str(scene.folder / "absent.json"))
    code, said = scene.akika("check")
    assert (code, said["error"]["code"]) == (2, "wrong_use")
