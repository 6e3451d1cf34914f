"""The command line: one thin file a group of verbs; it reads settings, sets up logging, and turns errors into sentences."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. The verbs are loaded here, so that a Ctrl-C meanwhile is no traceback."""
    try:
        from akika_forensics.cli.app import main as run
    except KeyboardInterrupt:
        from akika_forensics.cli.speech import say_error
        from akika_forensics.errors import Interrupted

        given = sys.argv[1:] if arguments is None else arguments
        say_error(Interrupted("Stopped.", means="Nothing was begun."), json="--json" in given)
        return Interrupted.exit_code
    return run(arguments)


__all__ = ["main"]
