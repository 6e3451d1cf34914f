"""Things that go wrong on purpose: a small language that says what happens to which request.

    SPEC        = PART ("," PART)*
    PART        = DISTURBANCE | "seed=" N
    DISTURBANCE = WHAT "@" [[KIND] ["[" TEST ("&" TEST)* "]"] ":"] WHEN [":" AMOUNT]
    KIND        = request (of the API; the default) | read | write | sign-in (of the token endpoint)
    TEST        = ("method" | "path" | "entity" | "operation" | "body") "=" PATTERN
    WHEN        = N | N-M | everyN | * | P%

What happens, and what becomes of the request:

    throttle 429 · unauthorized 401 · forbidden 403 · error 500 · unavailable 503     answered so, not applied
    fault     a Fault inside HTTP 200, not applied
    stale     5010, not applied; meets only what changes one record and so carries its SyncToken
    refuse    the connection is closed, not applied
    slow      waits AMOUNT seconds of the company's clock (1 when not said) before anything else
    lost      applied, answered 500
    drop      applied, the connection is closed without an answer
    cut       applied; AMOUNT bytes of the answer's body are sent (half of it when not said), then the connection is closed

What happens to a notification of a webhook; no KIND, and of the TESTs entity and operation:

    hook-twice    sent a second time once it is acknowledged
    hook-late     sent AMOUNT seconds of the company's clock later (60 when not said); later ones go first
    hook-shuffle  tells what it tells in another order
    hook-drop     is never sent

N counts from 1 the requests or notifications that KIND and TESTs pick out, since the disturbance was set; ``P%`` picks
each of them by chance, from ``seed``, 0 when not said: the same in the same order meet the same. A pattern may hold
``*``; case does not count; ``body`` is a part of the request's text. An entity is named as in the catalogue, an
operation is create, update, delete, void, read, query, cdc, reports, batch, upload, download; a batch has those of its
items too; of a notification create, update, delete, merge, void, emailed.

Examples: ``throttle@5,error@7,drop@write:3,slow@read:every10:0.5`` ·
``drop@write[entity=Invoice&operation=create]:2`` · ``seed=7,error@2.5%,cut@read[path=*/query]:*:100`` ·
``hook-late@[entity=Payment]:every2:30,hook-twice@10%``.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final, Protocol

from akika_forensics.errors import WrongUse
from akika_forensics.twin.http.subject import Subject

ANSWERS: Final = ("throttle", "unauthorized", "forbidden", "error", "unavailable", "fault", "stale")
"""Answered in place of the company's answer; the first of them that meets."""
HOOKS: Final = frozenset({"hook-twice", "hook-late", "hook-shuffle", "hook-drop"})
"""What happens to notifications."""
WHATS: Final = frozenset({*ANSWERS, "refuse", "slow", "lost", "drop", "cut", *HOOKS})
_WITH_AMOUNT: Final = frozenset({"slow", "cut", "hook-late"})
_ITEM: Final = re.compile(
    r"(?P<what>[a-z]+(?:-[a-z]+)?)@(?:(?P<kind>request|read|write|sign-in)?(?:\[(?P<tests>[^\]]*)\])?:)?"
    r"(?:(?P<chance>\d+(?:\.\d+)?)%|(?P<first>\d+)(?:-(?P<last>\d+))?|every:?(?P<every>\d+)|(?P<all>\*))"
    r"(?::(?P<amount>\d+(?:\.\d+)?))?",
    re.IGNORECASE,
)
_APART: Final = re.compile(r",(?![^\[]*\])")
_TESTS: Final = frozenset({"method", "path", "entity", "operation", "body"})
_HOOK: Final = "hook"
_HOOK_TESTS: Final = frozenset({"entity", "operation"})


class About(Protocol):
    """What a request or a notification is about."""

    @property
    def entities(self) -> frozenset[str]: ...

    @property
    def operations(self) -> frozenset[str]: ...


@dataclass(slots=True)
class Disturbance:
    """``first`` to ``last`` (None: no end) of the requests it picks out, each ``step``-th of them, or each by chance."""

    text: str
    what: str
    kind: str
    first: int = 1
    last: int | None = None
    step: int = 1
    chance: float | None = None
    amount: float | None = None
    tests: tuple[tuple[str, str], ...] = ()
    counted: int = 0
    hits: int = 0
    dice: random.Random = field(default_factory=random.Random)

    def meets(self, position: int) -> bool:
        """``position`` among those that it picks out, from 1."""
        if self.chance is not None:
            return self.dice.random() * 100 < self.chance
        if position < self.first or (self.last is not None and position > self.last):
            return False
        return (position - self.first) % self.step == 0

    def picks(self, kind: str, subject: About | None) -> bool:
        """Whether it counts this request or notification. Of sign-in there is no subject to look at."""
        if _HOOK in {kind, self.kind} and kind != self.kind:
            return False
        if kind == "sign-in" or subject is None:
            return self.kind == "sign-in"
        if self.kind not in {"request", kind}:
            return False
        if self.what == "stale" and not (isinstance(subject, Subject) and subject.carries_a_token):
            return False
        return all(_holds(subject, name, pattern) for name, pattern in self.tests)

    def as_dict(self) -> dict[str, Any]:
        return {"spec": self.text, "what": self.what, "counted": self.counted, "hits": self.hits}


def _holds(subject: About, name: str, pattern: str) -> bool:
    values: Iterable[str]
    match name:
        case "entity":
            values = subject.entities
        case "operation":
            values = subject.operations
        case _ if not isinstance(subject, Subject):
            values = ()
        case "method":
            values = [subject.call.method]
        case "path":
            values = [subject.call.path]
        case _:
            return _like(subject.text, f"*{pattern}*")
    return any(_like(value, pattern) for value in values)


def _like(value: str, pattern: str) -> bool:
    """Only ``*`` stands for more than itself."""
    return fnmatchcase(value.casefold(), pattern.casefold().replace("[", "[[]").replace("?", "[?]"))


class Script:
    """The disturbances in force. Thread-safe."""

    def __init__(self, spec: str = "") -> None:
        """Raises WrongUse."""
        self._lock = threading.Lock()
        self._rows: tuple[Disturbance, ...] = parse(spec)

    def add(self, spec: str) -> None:
        """Beside those in force. Raises WrongUse and adds nothing."""
        rows = parse(spec)
        with self._lock:
            self._rows += rows

    def replace(self, spec: str) -> None:
        rows = parse(spec)
        with self._lock:
            self._rows = rows

    @property
    def idle(self) -> bool:
        """Whether nothing is in force."""
        return not self._rows

    def meet_notification(self, about: About) -> dict[str, Disturbance]:
        """What happens to this notification, by what it is; counts it."""
        return self.meet(_HOOK, about)

    def meet(self, kind: str, subject: About | None = None) -> dict[str, Disturbance]:
        """What happens to this request, by what it is; counts it."""
        if not self._rows:
            return {}
        met: dict[str, Disturbance] = {}
        with self._lock:
            for row in self._rows:
                if not row.picks(kind, subject):
                    continue
                row.counted += 1
                if row.meets(row.counted):
                    row.hits += 1
                    met.setdefault(row.what, row)
        return met

    def as_dicts(self) -> list[dict[str, Any]]:
        with self._lock:
            return [row.as_dict() for row in self._rows]


def parse(spec: str) -> tuple[Disturbance, ...]:
    """Read a SPEC; empty is none. Raises WrongUse that quotes the part it cannot read."""
    seed, rows = "0", []
    for part in (part.strip() for part in _APART.split(spec)):
        if part.lower().startswith("seed="):
            seed = part[5:].strip()
            if not seed.isdecimal():
                raise WrongUse(f"{part!r}: a seed is a whole number.")
        elif part:
            rows.append(_read(part))
    for number, row in enumerate(rows):
        row.dice = random.Random(f"{seed}/{number}")
    return tuple(rows)


def _read(text: str) -> Disturbance:
    match = _ITEM.fullmatch(text)
    what = match["what"].lower() if match else ""
    if match is None or what not in WHATS:
        raise WrongUse(
            f"{text!r} does not say what goes wrong when.",
            do="Write for example throttle@5, error@7, drop@write:3, refuse@every10, slow@2:0.5, error@2%, "
            "stale@[entity=Invoice]:1, cut@read:*:100 or hook-twice@3.",
        )
    row = Disturbance(text, what, (match["kind"] or "request").lower(), tests=_tests(text, match["tests"]))
    row.amount = float(match["amount"]) if match["amount"] else None
    if row.amount is not None and what not in _WITH_AMOUNT:
        raise WrongUse(f"{text!r}: only slow and hook-late take seconds, and cut bytes.")
    if what in HOOKS:
        row.kind = _HOOK
        if match["kind"] or {name for name, _ in row.tests} - _HOOK_TESTS:
            raise WrongUse(f"{text!r}: a notification has an entity and an operation, and no kind.")
    if row.kind == "sign-in" and (row.tests or what in {"forbidden", "fault", "stale"}):
        raise WrongUse(f"{text!r}: that does not happen to sign-in.")
    _when(row, match)
    return row


def _when(row: Disturbance, match: re.Match[str]) -> None:
    if match["chance"]:
        row.chance = float(match["chance"])
        if row.chance > 100:
            raise WrongUse(f"{row.text!r}: a chance is at most 100%.")
    elif match["every"]:
        row.first = row.step = int(match["every"])
        if row.step < 1:
            raise WrongUse(f"{row.text!r}: every must be followed by a number above 0.")
    elif match["first"]:
        row.first = int(match["first"])
        row.last = int(match["last"] or row.first)
        if row.first < 1 or row.last < row.first:
            raise WrongUse(f"{row.text!r}: requests are counted from 1, and a range rises.")


def _tests(text: str, given: str | None) -> tuple[tuple[str, str], ...]:
    found = []
    for test in (given or "").split("&") if given is not None else []:
        name, separator, pattern = test.partition("=")
        if name.strip().lower() not in _TESTS or not separator or not pattern:
            raise WrongUse(f"{text!r}: {test!r} is no test.", do=f"Test one of {', '.join(sorted(_TESTS))}.")
        found.append((name.strip().lower(), pattern))
    return tuple(found)
