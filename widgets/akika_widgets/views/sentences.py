"""Sentences of this software on a page: the commands in them stand as code, everything else is text."""

from __future__ import annotations

import re
from typing import Final

from akika_widgets.views.markup import Markup, join, tag

_COMMAND: Final = re.compile(r"`(akika(?: [\w.,:=%/|…+-]+){0,12})`")
"""A command of this software between backticks. Other backticks are somebody's text, and stay as they are."""


def sentence(text: str) -> Markup:
    """The text, escaped, with each command as a code element in place of its backticks."""
    parts = _COMMAND.split(text)
    return join(tag("code", part) if number % 2 else part for number, part in enumerate(parts))


def unmarked(text: str) -> str:
    """The same for where no element can stand, such as a tooltip: the command between quotation marks."""
    return _COMMAND.sub("“\\1”", text)
