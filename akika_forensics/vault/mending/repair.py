"""Doing what a survey found can be done, in an order that leaves no file worse than it was wherever it stops."""

from __future__ import annotations

import tempfile
from functools import partial
from typing import Final

from akika_forensics.errors import Refused
from akika_forensics.vault.mending.survey import MAKE, REMOVE, Step, Survey
from akika_forensics.vault.storage import Backend

_IN_MEMORY: Final = 16 << 20
"""Longer files wait in the temporary folder, sealed as they are."""

_PIECE: Final = 1 << 20


def mend(ours: Backend, found: Survey, *, copy: Backend | None = None) -> None:
    """Each file is whole in its place when its step is done, and as it was before.

    The caller holds the vault's lock. Raises StorageFailed, DamagedFile when the copy is no longer what it was, and
    Refused when somebody else wrote the same file meanwhile.
    """
    for step in found.steps:
        if step.action == REMOVE:
            ours.delete(step.path)
        elif step.action == MAKE:
            _put(ours, step, found.made[step.path])
        elif copy is not None:
            _restore(ours, copy, found, step)


def _put(ours: Backend, step: Step, data: bytes) -> None:
    ours.delete(step.path)
    try:
        ours.create(step.path, data)
    except FileExistsError as error:
        raise _taken(step.path) from error


def _restore(ours: Backend, copy: Backend, found: Survey, step: Step) -> None:
    """Read once, and ours is let go of only when all of it is here and is what was signed, or what was judged."""
    signed = found.files.get(step.path)
    if signed is None:
        _put(ours, step, found.taken[step.path])
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as here:
        for piece in signed.chunks(copy):
            here.write(piece)
        here.seek(0)
        ours.delete(step.path)
        try:
            ours.create_stream(step.path, iter(partial(here.read, _PIECE), b""))
        except FileExistsError as error:
            raise _taken(step.path) from error


def _taken(path: str) -> Refused:
    return Refused(
        f"{path} was written by somebody else meanwhile.",
        means="What was mended so far is kept.",
        do="Run `akika vault repair` again.",
    )
