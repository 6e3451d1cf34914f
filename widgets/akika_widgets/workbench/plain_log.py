"""What the server's libraries complain of, in words that a person may read and that hold nothing of the books."""

from __future__ import annotations

import logging
from typing import Final

LOGGERS: Final = ("tornado.application", "tornado.general", "bokeh.server.views.ws", "asyncio")


class InOneLine(logging.Filter):
    """A complaint with a traceback, such as a page that was closed while it opened, becomes one line at INFO.

    The error's text is left out: it may hold text from the books.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.exc_info:
            return True
        kind = record.exc_info[0]
        record.msg = "a request was not answered to its end (%s)"
        record.args = (kind.__name__ if kind is not None else "unknown",)
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        return logging.getLogger(record.name).isEnabledFor(logging.INFO)


_IN_ONE_LINE: Final = InOneLine()


def speak_plainly() -> None:
    """Have the libraries under the app speak so, in this process. Asked twice it does no more than once."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_IN_ONE_LINE)
