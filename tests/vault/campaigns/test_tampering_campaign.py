"""Whatever is done to a vault is found and the right file is named; what is no damage is not called so."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest
from vault.campaigns import scene as scenes
from vault.campaigns.scene import Scene
from vault.campaigns.seed import chance, named
from vault.campaigns.tamperings import TAMPERINGS

CASES, FEW = 2_000, 240
_SLICES = 8


@pytest.fixture(scope="module")
def scene(kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scenes.fill(kit, tmp_path_factory.mktemp("campaign"))


def complaints(scene: Scene, numbers: range, kinds: list[str]) -> Iterator[str]:
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
        complaint = case.complaint(finding.path for finding in report.findings if finding.severity == "damage")
        if complaint:
            yield f"{said}: {complaint}"
        elif report.ok:
            yield f"{said}: called sound"


def test_a_part_of_the_campaign(scene: Scene) -> None:
    assert list(complaints(scene, range(FEW), list(TAMPERINGS))) == []
    assert scene.verify(scene.content, keys=True, anchor=True).findings == ()
