"""Things that go wrong on purpose: a small language that says what happens to which request.

    SPEC      = DISTURBANCE ("," DISTURBANCE)*
    DISTURBANCE = WHAT "@" [KIND ":"] WHEN [":" SECONDS]
    WHAT      = throttle | error | drop | refuse | slow
    KIND      = request (any, the default) | read | write
    WHEN      = N | N-M | everyN | *

``throttle`` answers 429; ``error`` answers 500 and applies nothing; ``drop`` applies and closes the connection without
an answer; ``refuse`` closes it and applies nothing; ``slow`` waits SECONDS (1 when not said) before applying.
N counts requests of that KIND from 1. Example: ``throttle@5,error@7,drop@write:3,slow@read:every10:0.5``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from akika_forensics.errors import WrongUse

WHATS: Final = frozenset({"throttle", "error", "drop", "refuse", "slow"})
_ITEM: Final = re.compile(
    r"(?P<what>[a-z]+)@(?:(?P<kind>request|read|write):)?"
    r"(?:(?P<first>\d+)(?:-(?P<last>\d+))?|every:?(?P<every>\d+)|(?P<all>\*))(?::(?P<seconds>\d+(?:\.\d+)?))?"
)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """``first`` to ``last`` (None: no end) of the requests of a kind, each ``step``-th of them."""

    what: str
    kind: str
    first: int
    last: int | None
    step: int
    seconds: float

    def meets(self, kind: str, number: int, kind_number: int) -> bool:
        """``number`` counts all requests, ``kind_number`` those of the kind."""
        position = number if self.kind == "request" else kind_number
        if self.kind not in {"request", kind}:
            return False
        if position < self.first or (self.last is not None and position > self.last):
            return False
        return (position - self.first) % self.step == 0


def parse(spec: str) -> tuple[Disturbance, ...]:
    """Read a SPEC; empty is none. Raises WrongUse that quotes the part it cannot read."""
    return tuple(_read(part.strip()) for part in spec.split(",") if part.strip())


def _read(text: str) -> Disturbance:
    match = _ITEM.fullmatch(text.lower())
    if match is None or match["what"] not in WHATS:
        raise WrongUse(
            f"{text!r} does not say what goes wrong when.",
            do="Write for example throttle@5, error@7, drop@write:3, refuse@every10 or slow@2:0.5.",
        )
    kind = match["kind"] or "request"
    seconds = float(match["seconds"] or 1)
    if match["all"]:
        return Disturbance(match["what"], kind, 1, None, 1, seconds)
    if match["every"]:
        step = int(match["every"])
        if step < 1:
            raise WrongUse(f"{text!r}: every must be followed by a number above 0.")
        return Disturbance(match["what"], kind, step, None, step, seconds)
    first = int(match["first"])
    last = int(match["last"] or first)
    if first < 1 or last < first:
        raise WrongUse(f"{text!r}: requests are counted from 1, and a range rises.")
    return Disturbance(match["what"], kind, first, last, 1, seconds)
