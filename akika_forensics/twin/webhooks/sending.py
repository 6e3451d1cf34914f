"""One notification to one address, within a deadline. Nothing that the receiver does is an exception here."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from akika_forensics.twin.webhooks.address import Address

_MOST: Final = 65_536
"""Bytes of an answer that are read."""
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})(?: [^\r\n]*)?\r?\n")
_LENGTH: Final = re.compile(rb"\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r?\n", re.IGNORECASE)
_END: Final = re.compile(rb"\r?\n\r?\n")
_LINGER: Final = 0.2
"""Seconds for the rest of an answer whose status is known and whose length is not."""


@dataclass(frozen=True, slots=True)
class Answered:
    """``status`` 0 is no answer, and ``answer`` says what happened; else it is a word on the status."""

    status: int
    answer: str = ""


def post(address: Address, headers: Mapping[str, str], body: bytes, deadline: timedelta) -> Answered:
    """POST once; no redirect is followed, nothing is sent a second time. Blocks no longer than ``deadline``."""
    until = time.monotonic() + deadline.total_seconds()
    try:
        with socket.create_connection((address.host, address.port), timeout=deadline.total_seconds()) as line:
            _allow(line, until)
            line.sendall(_request(address, headers, body))
            return _read(line, until)
    except TimeoutError:
        return Answered(0, "no answer in time")
    except ConnectionRefusedError:
        return Answered(0, "nobody listens")
    except OSError as error:
        return Answered(0, f"the connection broke: {error.strerror or type(error).__name__}")


def _request(address: Address, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {address.target} HTTP/1.1",
        f"host: {address.shown}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"content-length: {len(body)}",
        "connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _allow(line: socket.socket, until: float) -> None:
    """For what follows, no more than is left. Raises TimeoutError when nothing is."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)


def _read(line: socket.socket, until: float) -> Answered:
    got = b""
    while True:
        status = _STATUS.match(got)
        end = _END.search(got)
        if status is not None and end is not None:
            if status[1].startswith(b"1"):  # not the answer yet
                got = got[end.end() :]
                continue
            _finish(line, got[: end.end()], len(got) - end.end(), until)
            return _told(int(status[1]))
        if (end is not None and status is None) or len(got) > _MOST:
            return Answered(0, "the answer is no HTTP")
        _allow(line, until)
        more = line.recv(8192)
        if not more:
            return Answered(0, "the connection was closed without an answer")
        got += more


def _finish(line: socket.socket, head: bytes, have: int, until: float) -> None:
    """Take the rest of the answer, so that the receiver is not cut off while it writes."""
    length = _LENGTH.search(head)
    wanted = min(int(length[1]), _MOST) if length else _MOST
    if length is None:
        until = min(until, time.monotonic() + _LINGER)
    try:
        while have < wanted:
            _allow(line, until)
            more = line.recv(8192)
            if not more:
                return
            have += len(more)
    except OSError:
        return


def _told(status: int) -> Answered:
    if 300 <= status <= 399:
        return Answered(status, "a redirect, not followed")
    return Answered(status)
