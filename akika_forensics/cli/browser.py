"""A page opened in the browser of whoever sits here; the browser is told the address, and none of our secrets."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Final

_OURS: Final = "AKIKA_"


def open_page(address: str, hidden: Collection[str] = ()) -> None:
    """Best effort: whoever calls has shown the address too. ``hidden``: variables that hold secrets, besides ours."""
    with suppress(OSError):
        started = subprocess.Popen(
            [sys.executable, "-I", "-m", "webbrowser", "-t", address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=without_secrets(os.environ, hidden),
            start_new_session=True,
        )
        # Whoever waits for it when it ends, so that nothing is left of it; we do not.
        threading.Thread(target=started.wait, daemon=True).start()


def without_secrets(environment: Mapping[str, str], hidden: Collection[str] = ()) -> dict[str, str]:
    """The environment without our own variables, which hold passphrases, and without those of these names."""
    return {
        name: value for name, value in environment.items() if not name.startswith(_OURS) and name not in set(hidden)
    }
