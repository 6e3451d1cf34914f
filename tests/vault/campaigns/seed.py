"""Where a campaign's chance comes from: the commit under test, so that each one tries other cases, or ``AKIKA_SEED``.

A failure names the seed: ``AKIKA_SEED=… pytest tests/vault/campaigns`` tries the very same cases again.
"""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def _of_commit() -> str:
    try:
        found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "no commit"
    return found.stdout.strip()[:12]


# Read on import: the tests' own fixtures take every AKIKA_ variable away.
SEED = os.environ.get("AKIKA_SEED") or _of_commit()


def chance(campaign: str, number: int) -> random.Random:
    """The chance of one case; a function of the seed, the campaign and the case only."""
    return random.Random(f"{SEED} {campaign} {number}")


def named(campaign: str, number: int) -> str:
    """What to say of a case that failed, so that it can be tried again."""
    return f"case {number} of {campaign}, AKIKA_SEED={SEED!r}"
