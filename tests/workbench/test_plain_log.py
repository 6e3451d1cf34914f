"""The server's libraries print no traceback and nothing of an error's text."""

from __future__ import annotations

import logging

import pytest

from akika_widgets.workbench.plain_log import LOGGERS, speak_plainly


@pytest.mark.parametrize("name", LOGGERS)
def test_a_complaint_is_one_line_without_the_errors_text(name: str, caplog: pytest.LogCaptureFixture) -> None:
    speak_plainly()
    speak_plainly()
    logger = logging.getLogger(name)
    with caplog.at_level(logging.INFO, logger=name):
        logger.error("Uncaught exception GET /ws", exc_info=ValueError("Invoice of Secret & Sons"))
        logger.warning("said without an error")
    assert "Secret" not in caplog.text
    assert "Traceback" not in caplog.text
    assert [record.getMessage() for record in caplog.records] == [
        "a request was not answered to its end (ValueError)",
        "said without an error",
    ]


def test_below_info_it_is_not_said_at_all(caplog: pytest.LogCaptureFixture) -> None:
    speak_plainly()
    logger = logging.getLogger("tornado.application")
    with caplog.at_level(logging.WARNING, logger="tornado.application"):
        logger.error("Uncaught exception", exc_info=AssertionError())
    assert caplog.records == []
