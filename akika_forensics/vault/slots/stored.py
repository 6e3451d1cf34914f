"""What lies in the folder of a slot, and since which rotation every value is under keys that a former member has not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Sequence
from typing import Final

from akika_forensics.errors import Refused
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.slots.sealed import generation, open_slot
from akika_forensics.vault.storage import Backend

RESEALED: Final = "keys/resealed"
"""The vault's own: under the keys of which generation every value was written again."""


ATTEMPTS: Final = 50
"""How often what other writers changed meanwhile is looked at again."""


class Absent(Exception):
    """A version that was listed is not there any more; the argument is its number."""

    def __init__(self, seq: int) -> None:
        super().__init__(seq)
        self.seq = seq


def newest(backend: Backend, folder: str) -> int:
    """The number of the newest version of a value by its pseudonym; -1 when there is none."""
    return max(numbers(backend, folder), default=-1)


def numbers(backend: Backend, folder: str) -> list[int]:
    """The numbers of the versions of a value by its pseudonym, in order."""
    places = (layout.place_of(path) for path in backend.list(f"slots/{folder}"))
    return sorted(place.seq for place in places if place.kind == "slot")


def read(backend: Backend, folder: str, seq: int) -> bytes:
    """A version of a value, sealed. Raises Absent."""
    try:
        return backend.read(layout.slot(folder, seq))
    except FileNotFoundError as error:
        raise Absent(seq) from error


def settled[T](
    backend: Backend, folder: str, look: Callable[[list[int], Collection[int]], T], listed: Sequence[int] | None = None
) -> T:
    """What ``look`` makes of the numbers of a value's versions, in order, and of those among them that it is not to read.
    ``listed``: the numbers, where they were found already.

    A writer removes what it takes the place of, so what was listed can be gone when it is read, while the value is there
    under a number that the listing does not have. Then (``look`` raises Absent) it is listed again. What is listed twice
    and can be read neither time, such as a broken link, is not read. Raises Refused where it changes at every look.
    """
    found = numbers(backend, folder) if listed is None else sorted(listed)
    unreadable: set[int] = set()
    for _ in range(ATTEMPTS):
        try:
            return look(found, unreadable)
        except Absent as absent:
            again = numbers(backend, folder)
            if again == found:
                unreadable.add(absent.seq)
            found = again
    raise changing()


def changing() -> Refused:
    return Refused("Other writers kept changing the same value.", do="Run it again.")


def contents(backend: Backend, folder: str, listed: Sequence[int] | None = None) -> list[tuple[str, bytes]]:
    """Every version of a value: its path and content, sealed, in order. ``listed`` and errors: as `settled`."""

    def look(found: list[int], unreadable: Collection[int]) -> list[tuple[str, bytes]]:
        return [(layout.slot(folder, seq), read(backend, folder, seq)) for seq in found if seq not in unreadable]

    return settled(backend, folder, look, listed)


def resealed(backend: Backend, keyring: Keyring) -> int:
    """Under the keys of which generation every value was written again at last, so that one under earlier ones came from
    elsewhere since; 0 where that is not known.
    """
    folder = keyring.pseudonym("slot", RESEALED)
    found = [0]
    for path, content in contents(backend, folder):
        with contextlib.suppress(DamagedFile):
            open_slot(keyring, path, content)
            found.append(generation(path, content))
    return max(found)
