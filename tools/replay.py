"""Asks the twin every recorded request again and prints how much of each answer is equal.

``python tools/replay.py`` prints the score; ``--differences`` also what is not equal; ``--write`` renews the tables in
docs/twin.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from twin_recorded import tables  # noqa: E402 - the path comes first
from twin_recorded.replaying import replay  # noqa: E402


def main() -> int:
    folder = ROOT.parent / "shared" / "data" / "recorded"
    if not folder.is_dir():
        print("The recorded exchanges are absent: no folder shared/data/recorded beside the checkout.")
        return 1
    outcomes = list(replay(folder))
    print(tables.scores(outcomes))
    if "--differences" in sys.argv:
        print(tables.differences(outcomes))
    if "--write" in sys.argv:
        document = ROOT / "docs" / "twin.md"
        tables.write(document, tables.REPLAY, tables.markdown(outcomes))
        tables.write(document, tables.SWITCHES, tables.switches())
    return 0


sys.exit(main())
