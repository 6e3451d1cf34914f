"""All slots of a vault: which there are, and all of them written again under new keys."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Final

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.heads import HeadStore
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.slots import stored
from akika_forensics.vault.slots.sealed import generation, is_of_now, open_slot
from akika_forensics.vault.slots.slot import Slot
from akika_forensics.vault.storage import Backend

_COUNTED: Final = ("company/", "budget/of/")
_CAP: Final = "budget/cap"
"""What is counted of a company, and the cap on it: a list of companies does not need them, and whoever does says so."""


def reseal(backend: Backend, keyring: Callable[[], Keyring], heads: HeadStore) -> None:
    """Write every value that is under keys of an earlier generation again under those in use. Raises as `Slot` does.

    What does not open is left for `verify` to name: anybody who writes to the folder can lay it there.
    """
    now = keyring()
    since = stored.resealed(backend, now)
    for path in backend.list("slots"):
        if layout.place_of(path).kind == "slot":
            try:
                content = backend.read(path)
                name = open_slot(now, path, content)[0].name
                if name == stored.RESEALED or not since <= generation(path, content) < now.generation:
                    continue
                slot = Slot(backend, keyring, heads, name)
                value = slot.read()
            except (FileNotFoundError, DamagedFile):
                continue
            if value is None:
                slot.delete()
            else:
                slot.write(value)
    Slot(backend, keyring, heads, stored.RESEALED).write(str(now.generation).encode())


def is_resealed(backend: Backend, keyring: Callable[[], Keyring], heads: HeadStore) -> bool:
    """Whether every value was written again since the last rotation; False where that was interrupted.

    Where what tells it is missing though this machine remembers it, somebody took it away: that is for `verify` to name,
    and no reason to write values again that the same somebody may have put there.
    """
    now = keyring()
    with contextlib.suppress(DamagedFile):
        Slot(backend, keyring, heads, stored.RESEALED).read()
        return not now.rotated_since(stored.resealed(backend, now))
    return True


def names(backend: Backend, keyring: Keyring, heads: HeadStore, prefix: str) -> tuple[str, ...]:
    """Names of the values that are there, begin with ``prefix`` and are for this member, sorted.

    Raises DamagedFile where no version opens of a value that this machine wrote; what it never wrote and does not open
    anybody can have laid there, and `verify` names it. Raises Refused where others change one at every look.
    """
    found: dict[str, tuple[bool, bool]] = {}
    since = stored.resealed(backend, keyring)
    opened: set[str] = set()
    closed: dict[str, DamagedFile] = {}
    for path, content in _contents(backend):
        try:
            value, _ = open_slot(keyring, path, content)
        except NotAllowed:
            continue
        except DamagedFile as error:
            closed[layout.place_of(path).id] = error
            continue
        opened.add(layout.place_of(path).id)
        if generation(path, content) < since:
            continue
        of_now = is_of_now(keyring, path, content)
        if of_now or not found.get(value.name, (False, False))[0]:
            found[value.name] = (of_now, value.present)
    known = heads.remembered(keyring.vault)
    company, counts = _COUNTED
    beside = {_CAP, *(counts + name.removeprefix(company) for name in found if name.startswith(company))}
    spared = {keyring.pseudonym("slot", name) for name in beside} if closed and prefix != counts else set()
    for folder, damage in closed.items():
        if folder not in opened and folder not in spared and known is not None and folder in known.slots:
            raise damage
    found.pop(stored.RESEALED, None)
    return tuple(sorted(name for name, (_, present) in found.items() if present and name.startswith(prefix)))


def _contents(backend: Backend) -> Iterator[tuple[str, bytes]]:
    """Every version of every value: its path and content, sealed. Raises Refused where one changes at every look."""
    listed: dict[str, list[int]] = {}
    for place in map(layout.place_of, backend.list("slots")):
        if place.kind == "slot":
            listed.setdefault(place.id, []).append(place.seq)
    for folder, numbers in listed.items():
        yield from stored.contents(backend, folder, numbers)
