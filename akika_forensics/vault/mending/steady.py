"""A copy of a vault that stays what it was when it was looked at, as far as no signature says what a file has to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from akika_forensics.vault import layout
from akika_forensics.vault.mending.overlay import Overlay
from akika_forensics.vault.storage import Backend

_ONCE: Final = frozenset({"entry", "signature", "slot", "marker", "keyring"})


class Steady(Overlay):
    """Reads each small file once: what was judged is what is taken, whoever writes to the copy meanwhile."""

    def __init__(self, copy: Backend) -> None:
        super().__init__(copy)
        self._held: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        if layout.place_of(path).kind not in _ONCE:
            return super().read(path)
        if path not in self._held:
            self._held[path] = super().read(path)
        return self._held[path]

    def chunks(self, path: str) -> Iterator[bytes]:
        return iter((self.read(path),)) if layout.place_of(path).kind in _ONCE else super().chunks(path)
