"""A damaged company on the bench, for every module here that makes no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .journey_scene import Bench, Scene, damaged


@pytest.fixture
def scene(tmp_path: Path, state_dir: Path) -> Iterator[Scene]:
    with damaged(tmp_path) as made:
        yield made


@pytest.fixture
def bench(scene: Scene) -> Bench:
    return scene.bench()
