"""What happens to a vault without any harm: left-overs, writes that were interrupted, writers at work during a check."""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vault.campaigns.scene import Scene
from vault.campaigns.story import STORY

from akika_forensics.errors import WrongUse
from akika_forensics.vault import StorageFailed, VerifyReport
from akika_forensics.vault.checks.verify import verify_in

type Harmless = Callable[[Scene, random.Random], tuple[str, VerifyReport]]
"""What was done, and what a check said of it."""


@contextmanager
def _place_of_its_own(scene: Scene) -> Iterator[Any]:
    """The vault with a memory of its own, which moves on without the scene."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(scene.place.heads.folder, Path(folder) / "heads")
        yield scene.kit.MemoryVault(Path(folder))


def left_overs(scene: Scene, chance: random.Random) -> tuple[str, VerifyReport]:
    content = dict(scene.content)
    added = []
    for _ in range(chance.randrange(1, 4)):
        path = f"{chance.choice(scene.paths())}.tmp-{chance.randbytes(8).hex()}"
        content[path] = chance.randbytes(chance.randrange(300))
        added.append(path)
    content["lock"] = chance.choice([b"", b'{"pid":1}', chance.randbytes(40)])
    return f"left-overs {added}", scene.verify(content, keys=chance.random() < 0.3)


def interrupted(scene: Scene, chance: random.Random) -> tuple[str, VerifyReport]:
    """Any act, killed or failed at any operation."""
    act = chance.choice(STORY)
    kind = chance.choice(["killed before", "killed after", "failed after", "full"])
    at = chance.randrange(14)
    backend = scene.kit.MemoryBackend(scene.content)
    with _place_of_its_own(scene) as place:
        vault = place.open(scene.kit.FaultyBackend(backend, scene.kit.Trouble(at, kind)))
        with contextlib.suppress(scene.kit.Killed, StorageFailed, WrongUse):
            act.do(vault, scene.kit)
        return f"{act.name} {kind} at {at}", place.verify(backend, keys=chance.random() < 0.5)


def written_meanwhile(scene: Scene, chance: random.Random) -> tuple[str, VerifyReport]:
    """A check with somebody at work, who goes on whenever the check tells how far it is."""
    backend = scene.kit.MemoryBackend(scene.content)
    acts = chance.choices(STORY, k=3)
    turns = {chance.randrange(40) for _ in acts}
    with _place_of_its_own(scene) as place:
        vault = place.open(backend)
        told = 0

        def progress(what: str, done: int, total: int) -> None:
            nonlocal told
            if told in turns and acts:
                with contextlib.suppress(WrongUse):  # a member that is there, a company that is not
                    acts.pop().do(vault, scene.kit)
            told += 1

        names = [act.name for act in acts]
        passphrase = scene.kit.PASSPHRASE if chance.random() < 0.5 else None
        report = verify_in(backend, passphrase, heads=place.heads, progress=progress)
        return f"{names} at {sorted(turns)} during a check", report


HARMLESS: dict[str, Harmless] = {one.__name__: one for one in (left_overs, interrupted, written_meanwhile)}
