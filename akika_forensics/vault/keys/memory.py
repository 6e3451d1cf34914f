"""Keys lie in this process's memory while a vault is open. What would carry that memory to a disk is switched off.

Python cannot wipe a value: keys and passphrases stay in memory, in several copies, until the process ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys
from typing import Final

_SET_DUMPABLE: Final = 4
"""PR_SET_DUMPABLE of prctl(2)."""


def keep_out_of_dumps() -> None:
    """From here on this process leaves no core dump, nor do the programs that it starts.

    On Linux no other process of the same user may read its memory either, and programs that core dumps are piped to get
    none; they are not held back by the limit. It is not undone: nobody knows when the last copy of a key is gone. A system
    that offers neither is left as it is, because a vault that does not open helps nobody.
    """
    with contextlib.suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
