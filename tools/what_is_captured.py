"""Write docs/what-is-captured.md anew out of the tables that a capture goes by.

``python tools/what_is_captured.py`` prints it; ``--write`` writes it. A test holds the page against the tables.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from akika_forensics.capture.coverage import OUT_OF_REACH, Promise, Reach, promises
from akika_forensics.case.coverage import WAYS
from akika_forensics.twin.uncertain import TABLE

PAGE = Path(__file__).parents[1] / "docs" / "what-is-captured.md"

_HEAD = """\
# What is captured

Made by `python tools/what_is_captured.py --write` from the tables that a capture goes by; a test compares them.

A capture reads every list that QuickBooks lets an application read, inactive records included, and keeps each record byte for byte. Reports of
QuickBooks' own are captured beside them, see [Capture](design/capture.md#controls), and the bytes of attached files. `akika check` prints the same for one
snapshot: what there is of each entity, and from when to when it was as the snapshot shows it.

How changes are found: **QuickBooks' list of changes** (the change feed), where QuickBooks tells of them; **searched by time**, with disappearances found by counts; **read whole again**.
How sure that is: *documented* by Intuit; *observed* in recorded or published answers; *believed*, and then a capture takes the way that is right either
way. The last column names the [switches of the twin](twin.md) that the tests turn both ways.
"""


def page() -> str:
    """The whole page."""
    rows = promises()
    whole = [row for row in rows if row.reach is Reach.CAPTURED]
    partly = [row for row in rows if row.reach is Reach.PARTLY]
    never = [row for row in rows if row.reach is Reach.NOT]
    parts = [
        _HEAD,
        f"## Captured\n\n{len(whole)} entities, every field that QuickBooks gives.\n",
        _table(
            ("Entity", "Changes are found by", "How sure", "Rests on"),
            ((row.entity, WAYS[row.noticed], row.sure.value, _rests_on(row.entity)) for row in whole),
        ),
        f"## Captured in part\n\n{len(partly)} entities, every field that QuickBooks gives; and what people see on the screens and no field has.\n",
        _table(
            ("Entity", "What is missing", "Changes are found by", "How sure", "Rests on"),
            ((row.entity, _missing(row), WAYS[row.noticed], row.sure.value, _rests_on(row.entity)) for row in partly),
        ),
        "## Not captured\n",
        _table(("Entity", "Why"), ((row.entity, row.lacks) for row in never)),
        "## Readable by no application\n\nWhat has to be kept by hand, in [the first hour](guide/first-hour.md).\n",
        _table(("What", "What it would tell", "Instead"), ((one.name, one.what, one.instead) for one in OUT_OF_REACH)),
    ]
    return "\n".join(parts)


def _missing(row: Promise) -> str:
    hidden = f"masked or not given: {', '.join(f'`{name}`' for name in row.hidden)}" if row.hidden else ""
    return "; ".join(part for part in (row.lacks, hidden) if part)


def _rests_on(entity: str) -> str:
    acts = {f"{act} {entity}" for act in ("query", "feed", "filter")}
    return ", ".join(f"`{row.name}`" for row in TABLE if acts & row.affects)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
