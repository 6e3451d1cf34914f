"""Values that come from outside: secrets and where this machine's state lies.

Nothing here is read on import; only the command line, reports and `open_vault` call these functions.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

VERSION: Final = "0.1.0"

MASK: Final = "••••"


class Secret:
    """A passphrase, key or token that cannot slip into a log: every text form of it is a mask."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself; call it only where it is used."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a secret is not pickled")


def profile_file() -> Path | None:
    """What a real company answered to `akika twin probe`: the file that ``AKIKA_PROFILE`` names."""
    named = os.environ.get("AKIKA_PROFILE")
    return Path(named) if named else None


def state_dir() -> Path:
    """Where this machine keeps what must lie outside any vault, such as the remembered heads.

    ``AKIKA_STATE_DIR``, else ``$XDG_STATE_HOME/akika``, else ``~/.local/state/akika``.
    """
    explicit = os.environ.get("AKIKA_STATE_DIR")
    if explicit:
        return Path(explicit)
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "akika"


class TimeStamping(NamedTuple):
    """Which authority stamps: its address, the file of its certificates (PEM), the policy it must name, if any (one of several)."""

    url: str
    certificates: Path | None
    policy: str


def time_stamping() -> TimeStamping:
    """``AKIKA_TSA_URL``, ``AKIKA_TSA_ROOTS`` and ``AKIKA_TSA_POLICY``; nothing is asked where the first is empty."""
    roots = os.environ.get("AKIKA_TSA_ROOTS")
    return TimeStamping(
        os.environ.get("AKIKA_TSA_URL", ""), Path(roots) if roots else None, os.environ.get("AKIKA_TSA_POLICY", "")
    )
