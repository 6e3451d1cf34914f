"""A disk that fails at a chosen call: full, over its quota, read-only, broken."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHANGING = ("open", "write", "fsync", "link", "replace", "unlink", "mkdir")
TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class Failing:
    """Below a folder, from the call with number ``at`` on, every call fails that is not a clean-up, or only that one.

    What other parts of the process do meanwhile, such as letting go of what an earlier test left, is none of it.
    """

    def __init__(self, within: Path, at: int, error: int, *, for_good: bool) -> None:
        self.within, self.at, self.error, self.for_good = str(within), at, error, for_good
        self.done = 0
        self._descriptors: set[int] = set()

    def install(self, patched: pytest.MonkeyPatch) -> None:
        for name in CHANGING:
            patched.setattr(os, name, self._wrap(name, getattr(os, name)))
        close = os.close

        def closed(descriptor: int) -> None:
            self._descriptors.discard(descriptor)
            close(descriptor)

        patched.setattr(os, "close", closed)

    def _wrap(self, name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        def call(what: Any, *arguments: Any, **more: Any) -> Any:
            ours = what in self._descriptors if isinstance(what, int) else str(what).startswith(self.within)
            if not ours:
                return plain(what, *arguments, **more)
            number, self.done = self.done, self.done + 1
            if number == self.at or (self.for_good and number > self.at and name not in {"unlink", "fsync"}):
                raise OSError(self.error, os.strerror(self.error))
            result = plain(what, *arguments, **more)
            if name == "open":
                self._descriptors.add(result)
            return result

        return call
