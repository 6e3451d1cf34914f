"""What lies in the folder of a slot, and since which rotation every value is under keys that a former member has not."""

from __future__ import annotations

import contextlib
from typing import Final

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.slots.sealed import generation, open_slot
from akika_forensics.vault.storage import Backend

RESEALED: Final = "keys/resealed"
"""The vault's own: under the keys of which generation every value was written again."""


def newest(backend: Backend, folder: str) -> int:
    """The number of the newest version of a value by its pseudonym; -1 when there is none."""
    return max(numbers(backend, folder), default=-1)


def numbers(backend: Backend, folder: str) -> list[int]:
    """The numbers of the versions of a value by its pseudonym, in order."""
    places = (layout.place_of(path) for path in backend.list(f"slots/{folder}"))
    return sorted(place.seq for place in places if place.kind == "slot")


def resealed(backend: Backend, keyring: Keyring) -> int:
    """Under the keys of which generation every value was written again at last, so that one under earlier ones came from
    elsewhere since; 0 where that is not known.
    """
    folder = keyring.pseudonym("slot", RESEALED)
    found = [0]
    for seq in numbers(backend, folder):
        path = layout.slot(folder, seq)
        with contextlib.suppress(FileNotFoundError, DamagedFile):
            content = backend.read(path)
            open_slot(keyring, path, content)
            found.append(generation(path, content))
    return max(found)
