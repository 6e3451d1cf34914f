"""What captures and plans take for granted of QuickBooks, as far as nobody has verified it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from akika_forensics.settings import profile_file
from akika_forensics.twin.beliefs import Beliefs, Taken, read_profile


def beliefs_in_force() -> Beliefs:
    """Those of the profile that ``AKIKA_PROFILE`` names, else the defaults. Raises WrongUse when it cannot be read."""
    file = profile_file()
    return read_profile(file) if file else Beliefs()


def capture_rests_on(entities: Iterable[str], beliefs: Beliefs) -> tuple[Taken, ...]:
    """What a capture of these entities takes for granted: their lists, the order of the pages, the change feed."""
    return beliefs.unverified(f"{act} {entity}" for entity in entities for act in ("query", "order", "feed"))


def sentence(rows: Sequence[Taken] | Sequence[Mapping[str, Any]]) -> str:
    """The rows in one sentence, empty when there are none."""
    names = [row.belief if isinstance(row, Taken) else str(row["belief"]) for row in rows]
    if not names:
        return ""
    facts = "1 fact" if len(names) == 1 else f"{len(names)} facts"
    return f"It rests on {facts} about QuickBooks that nobody has verified: {', '.join(names)}."
