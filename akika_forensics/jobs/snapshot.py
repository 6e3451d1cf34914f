"""How a job stands at one moment: a value that no lock guards and nothing changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from akika_forensics.errors import AkikaError
from akika_forensics.model.instants import now

type State = Literal["waiting", "running", "stopping", "done", "stopped", "failed", "interrupted"]

ENDED: Final = frozenset({"done", "stopped", "failed", "interrupted"})

SENTENCES: Final[dict[State, str]] = {
    "waiting": "It waits for its turn.",
    "running": "It is running.",
    "stopping": "It was asked to stop and finishes what is in flight.",
    "done": "It is done.",
    "stopped": "It was stopped. What was done is kept.",
    "failed": "It failed.",
    "interrupted": "It was cut off when its process ended. What was done is kept.",
}


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """``done`` of ``total`` things, 0 of 0 when nobody counts; times are of the current attempt and aware.

    ``what`` (what it is doing), ``notes`` and ``question`` may carry text from the books. ``error`` is set when it
    failed, and when it was stopped with a reason; an error outside the tree has the code ``internal`` and the
    original as its ``__cause__``. ``question`` is not empty while the work waits for `Job.answer`.
    """

    id: str
    name: str
    kind: str
    about: str
    state: State
    what: str = ""
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    notes: tuple[str, ...] = ()
    error: AkikaError | None = None
    attempts: int = 1
    question: str = ""
    may_stop: bool = False
    may_resume: bool = False

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def sentence(self) -> str:
        """What the state means, in words."""
        return SENTENCES[self.state]

    @property
    def seconds(self) -> float:
        """How long the current attempt has taken so far."""
        if self.started_at is None:
            return 0.0
        return max(0.0, ((self.finished_at or now()) - self.started_at).total_seconds())

    def text(self) -> str:
        """For a terminal: a line or two in which no character of the books acts unseen."""
        counts = f" {self.done:,} of {self.total:,}." if self.total else ""
        head = f"{self.name}: {self.sentence}{counts}"
        lines = [head, *([self.what] if self.what and not self.ended else [])]
        if self.error is not None:
            lines += [part for part in (self.error.what, self.error.means, self.error.do) if part]
        return "\n".join("".join(sign if sign.isprintable() else "�" for sign in line) for line in lines)
