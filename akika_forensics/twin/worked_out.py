"""What a report worked out of the books, kept for those that ask for the same next: open items serve five reports."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

_MOST: Final = 8
"""What is kept at once; whoever asks for one day after another leaves no more behind."""


class WorkedOut:
    """All of it is of one revision of the company's file, and gone with the next."""

    def __init__(self) -> None:
        self._revision: Hashable = None
        self._found: dict[Hashable, Any] = {}

    def get(self, revision: Hashable, key: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make`` gives or gave at that revision; nobody may change it."""
        if revision != self._revision or (key not in self._found and len(self._found) >= _MOST):
            self._found.clear()
            self._revision = revision
        if key not in self._found:
            self._found[key] = make()
        return self._found[key]

    def clear(self) -> None:
        self._found.clear()
