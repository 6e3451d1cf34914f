"""Ctrl-C and SIGTERM as a wish to stop after the work in flight."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stop_on_signal(told: Callable[[], object] = lambda: None) -> Iterator[Callable[[], bool]]:
    """Within the block Ctrl-C and SIGTERM ask for a stop; a second Ctrl-C stops at once.

    ``told`` is called in the handler, between two steps of the main thread: it may take no lock.
    Yields whether a stop was asked for. Only the main thread hears signals; elsewhere nothing is changed.
    """
    asked = False

    def ask_to_stop(number: int, _frame: object) -> None:
        nonlocal asked
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked = True
        told()
        sys.stderr.write("Stopping after the work in flight …\n")

    if threading.current_thread() is not threading.main_thread():
        yield lambda: asked
        return
    old = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
