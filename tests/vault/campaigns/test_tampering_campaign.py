"""Whatever is done to a vault is found and the right file is named; what is no damage is not called so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import pytest
from vault.campaigns import scene as scenes
from vault.campaigns import tamperings
from vault.campaigns.harmless import HARMLESS
from vault.campaigns.scene import Scene
from vault.campaigns.seed import chance, named
from vault.campaigns.tamperings import TAMPERINGS

from akika_forensics.vault import canonical, layout
from akika_forensics.vault.chains import entries, standing
from akika_forensics.vault.checks import links, plain, verify

CASES, FEW = 2_000, 240
HARMLESS_CASES, HARMLESS_FEW = 400, 60
SLICES = 8


@pytest.fixture(scope="module")
def scene(kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scenes.fill(kit, tmp_path_factory.mktemp("campaign"))


def misses(scene: Scene, numbers: Sequence[int], kinds: Sequence[str] = tuple(TAMPERINGS)) -> Iterator[str]:
    """What a check did not see, or saw in the wrong place."""
    for number in numbers:
        drawn = chance("tampering", number)
        kind = kinds[number % len(kinds)]
        case = TAMPERINGS[kind](scene, drawn)
        keys = case.keys or drawn.random() < 0.25
        memory = case.memory or (not case.anchor and drawn.random() < 0.5)
        said = f"{named('tampering', number)}: {kind}: {case.what} (keys {keys}, memory {memory})"
        try:
            report = scene.verify(case.content, keys=keys, memory=memory, anchor=case.anchor)
        except Exception as error:  # noqa: BLE001 -- a check that stops is a miss, whatever stopped it
            yield f"{said}: stopped by {error!r}"
            continue
        damaged = [finding.path for finding in report.findings if finding.severity == "damage"]
        complaint = case.complaint(damaged, scene)
        if complaint or report.ok:
            yield f"{said}: {complaint or 'called sound'}"
        if number % 50 == 0 and scene.verify(scene.content, keys=keys, anchor=True).findings:
            yield f"{said}: not clean after it was undone"


def false_alarms(scene: Scene, numbers: Sequence[int]) -> Iterator[str]:
    kinds = sorted(HARMLESS)
    for number in numbers:
        kind = kinds[number % len(kinds)]
        what, report = HARMLESS[kind](scene, chance("harmless", number))
        if not report.ok:
            found = [finding for finding in report.findings if finding.severity == "damage"]
            yield f"{named('harmless', number)}: {kind}: {what}: {found}"


def test_some_tamperings(scene: Scene) -> None:
    assert list(misses(scene, range(FEW))) == []


@pytest.mark.parametrize("number", range(8))
def test_a_first_entry_of_another_purpose_blames_no_other(scene: Scene, number: int) -> None:
    """What a chain is signed for is told by its first entry; where that is not what was signed, by the next."""
    path = layout.entry("journals/p1", 0)
    fields = json.loads(scene.content[path])
    data = canonical.encode(fields | {"namespace": "akika-other"})
    case = tamperings._resigned(scene, chance("purpose", number), path, data, "another purpose")
    for keys in (False, True):
        report = scene.verify(case.content, keys=keys, memory=False, anchor=False)
        damaged = [finding.path for finding in report.findings if finding.severity == "damage"]
        assert case.complaint(damaged, scene) == ""


def test_some_harmless_things(scene: Scene) -> None:
    assert list(false_alarms(scene, range(HARMLESS_FEW))) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(SLICES))
def test_all_tamperings(scene: Scene, part: int) -> None:
    assert list(misses(scene, range(FEW + part, FEW + CASES, SLICES))) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(SLICES))
def test_all_harmless_things(scene: Scene, part: int) -> None:
    assert list(false_alarms(scene, range(HARMLESS_FEW + part, HARMLESS_FEW + HARMLESS_CASES, SLICES))) == []


def _nothing(_: Scene) -> Callable[..., Any]:
    return lambda *_, **__: None


def _the_founder(scene: Scene) -> Callable[..., Any]:
    founder = json.loads(scene.content[layout.MARKER])["signer"]
    return lambda *_: founder


def _no_problem(_: Scene) -> Callable[..., Any]:
    return lambda standing, link: standing.absorb(link) or ""


CHECKS: dict[str, tuple[Any, str, Callable[[Scene], Callable[..., Any]], tuple[str, ...]]] = {
    "signatures": (entries, "check_signature", _the_founder, ("by_a_stranger", "signature_of_another")),
    "who may sign": (standing.Standing, "admit", _no_problem, ("one_more_entry", "by_a_member_who_may_not")),
    "links": (links, "_check_link", _nothing, ("forked",)),
    "gaps": (links, "_name_gaps", _nothing, ("gap",)),
    "listed files": (plain, "_check_listed", _nothing, ("flip", "splice", "in_the_clear", "swap")),
    "files nobody lists": (plain, "_check_unlisted", _nothing, ("stranger",)),
    "strangers": (plain, "_check_stranger", _nothing, ("stranger",)),
    "marker": (plain, "_hold_marker_against_commits", _nothing, ("marker_edited",)),
    "memory and anchor": (verify, "check_outside", _nothing, ("rolled_back", "tail", "slots_put_back")),
    "witnesses": (plain, "check_witness", _nothing, ("chain_removed",)),
}
"""What is left out of the check, and which tamperings nobody sees then."""


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_that_is_left_out_is_missed(scene: Scene, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The campaign can fail: it tells when a part of the check is gone."""
    module, function, instead, kinds = CHECKS[name]
    monkeypatch.setattr(module, function, instead(scene))
    assert next(misses(scene, range(200), kinds), None) is not None


def test_every_kind_of_tampering_is_one_of_the_campaign(scene: Scene) -> None:
    made = {
        function.__name__
        for function in vars(tamperings).values()
        if getattr(function, "__annotations__", {}).get("return") == "Case" and not function.__name__.startswith("_")
    }
    assert made == set(TAMPERINGS)
    assert len(scene.plain) >= 3
    assert len(scene.older) > 10
