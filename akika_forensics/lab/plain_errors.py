"""Errors of this software in a notebook: what happened, what it means, what to do; no traceback."""

from __future__ import annotations

from typing import Final

from akika_forensics.errors import AkikaError

HOOK: Final = "_render_traceback_"
"""The method that IPython asks an exception for before it makes a traceback."""


def lines(error: AkikaError) -> list[str]:
    """What stands below the cell; text from the books in it cannot act."""
    from akika_widgets.views.markup import readable  # noqa: PLC0415 - for whoever has an error to show

    return [readable(part) for part in (error.what, error.means, error.do) if part]


def install() -> None:
    """From now on IPython shows errors of this software in sentences."""
    setattr(AkikaError, HOOK, lines)


def remove() -> None:
    """Show tracebacks again."""
    if HOOK in vars(AkikaError):
        delattr(AkikaError, HOOK)
