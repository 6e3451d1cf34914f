"""Where an interrupted capture stood: what its draft holds beside the records, and whether it is still sound. Pure.

It is kept as JSON, packed. Columns of numbers are bytes, the lowest first.
"""

from __future__ import annotations

import zlib
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from akika_forensics.errors import NewerFormat, VaultDamaged
from akika_forensics.model.formats import Format
from akika_forensics.model.instants import parse_instant
from akika_forensics.quickbooks import Answered, Begun

_FORMAT: Final = Format("akika-capture-", 1, "state of a capture")

REACHES: Final = timedelta(days=28)
"""How long ago an interrupted capture may have begun: what changed since is read from the change feed.

Source: QuickBooks API, change data capture: 30 days. Two are left for the capture itself and for clocks that differ.
"""

_FAST: Final = 1


class Unsound(Exception):
    """The draft cannot be gone on with; the text says why, in a sentence."""


class Citing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`Citations`: keys in the order of their numbers, whose presence and version; source, its version and target of each."""

    keys: list[tuple[str, str]]
    present: bytes
    version: bytes
    source: bytes
    source_version: bytes
    target: bytes
    unreadable: dict[str, int]


class Versions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one entity: Ids, marks of 16 bytes, the server time of the reading in microseconds since 1970 (8 bytes), and the
    day on which the record stands, counted from 1 for the first day of the year 1, 0 for none (4 bytes). ``answers``: the number of the
    answer that brought each, see `State.answered` (4 bytes); empty where an earlier version of the software left it.
    """

    ids: list[str]
    marks: bytes
    at: bytes
    days: bytes
    answers: bytes = b""


class Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`controls.Dates`: the days reached, and the transactions of each day and their postings."""

    first: date | None
    last: date | None
    months: dict[date, tuple[int, int]]


class Holding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`Held`: what was taken in, by entity, and what was noticed on the way."""

    versions: dict[str, Versions]
    citing: Citing
    dates: Days
    multicurrency: bool | None
    files: dict[str, Any]


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A capture that reads every list.

    ``begun``: the server's time before the first list, where the fence begins. ``why``: why every list is read;
    ``carried``: an incremental one was tried before. ``expected``: counts at the beginning. ``lists``: what is begun.
    ``requests``: asked so far. ``interrupted``: how often it was taken up before. ``gone``: what was held and is no longer there.
    ``answered``: the answers so far, which `Versions.answers` counts from 1.
    """

    rules: int
    begun: str
    why: list[str]
    carried: bool
    expected: dict[str, int]
    lists: dict[str, Begun]
    findings: list[dict[str, Any]]
    held: Holding
    requests: int
    interrupted: int
    gone: list[tuple[str, str]] = []
    answered: list[Answered] = []
    format: str = _FORMAT.label

    @property
    def start(self) -> datetime:
        return parse_instant(self.begun)


def pack(state: State) -> bytes:
    return zlib.compress(msgspec.json.encode(state), _FAST)


def unpack(data: bytes) -> bytes:
    """The JSON text. Raises Unsound."""
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise Unsound("What is noted of where it stood cannot be read.") from error


def read_state(text: bytes) -> State:
    """A state as JSON. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.opened(text, State)


def sound(data: bytes, *, rules: int) -> State:
    """What a draft holds, where a capture by these rules can read it; `overtaken` says whether it comes in time. Raises Unsound."""
    try:
        state = read_state(unpack(data))
        _ = state.start
    except NewerFormat as error:
        raise Unsound("A newer version of the software left it.") from error
    except (VaultDamaged, ValueError) as error:
        raise Unsound("What is noted of where it stood cannot be read.") from error
    if state.rules != rules:
        raise Unsound("It was made by other rules of capture.")
    return state


def overtaken(state: State, now: datetime) -> str:
    """Why a capture can not go on with it at this time of the company's clock, a sentence; empty where it can."""
    if now - state.start > REACHES:
        return f"It began on {state.start:%Y-%m-%d}, longer ago than the change feed reaches."
    if state.start - now > timedelta(days=1):
        return "It began later than the company's clock says it is now."
    return ""
