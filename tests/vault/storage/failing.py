"""A disk that fails at a chosen call: full, over its quota, read-only, broken."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any

import pytest

CHANGING = ("open", "write", "fsync", "link", "replace", "unlink", "mkdir")
TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class Failing:
    """From the call with number ``at`` on every call fails that is not a clean-up, or only that one."""

    def __init__(self, at: int, error: int, *, for_good: bool) -> None:
        self.at, self.error, self.for_good = at, error, for_good
        self.done = 0

    def install(self, patched: pytest.MonkeyPatch) -> None:
        for name in CHANGING:
            patched.setattr(os, name, self._wrap(name, getattr(os, name)))

    def _wrap(self, name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            number, self.done = self.done, self.done + 1
            if number == self.at or (self.for_good and number > self.at and name not in {"unlink", "fsync"}):
                raise OSError(self.error, os.strerror(self.error))
            return plain(*arguments, **more)

        return call
