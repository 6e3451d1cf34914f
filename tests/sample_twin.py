"""The sample company for tests that want many of it: keyed once, copied for each."""

from __future__ import annotations

from collections import deque
from typing import Final

from akika_forensics.twin import Beliefs, Twin, sample


class Noting(Beliefs):
    """Beliefs that keep what was asked of them, and what they answered."""

    __slots__ = ("asked",)
    asked: dict[str, str]

    def choice(self, name: str) -> str:
        found = Beliefs.choice(self, name)
        self.asked[name] = found
        return found


_KEYED: Final[deque[tuple[dict[str, str], Twin]]] = deque(maxlen=16)
"""Companies that nobody changes, each with the beliefs that were asked for while it was keyed."""


def sample_twin(beliefs: Beliefs | None = None) -> Twin:
    """A sample company of one's own, as it is when it is keyed under these beliefs.

    Keying is the same every time, so that it can tell apart only beliefs that differ in an answer it asks for.
    """
    wanted = beliefs or Beliefs()
    keyed = next((twin for asked, twin in _KEYED if all(wanted.choice(name) == asked[name] for name in asked)), None)
    if keyed is None:
        noting = Noting(wanted.chosen, wanted.settled)
        object.__setattr__(noting, "asked", {})
        keyed = Twin(beliefs=noting)
        sample.build(keyed)
        _KEYED.append((dict(noting.asked), keyed))
    twin = keyed.copy()
    twin.believe(wanted)
    return twin
