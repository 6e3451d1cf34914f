"""The parts of a ``multipart/form-data`` body, in all the ways in which clients write one.

Not a general parser: lines may end in LF alone, a blank line may come first, a part may have no file name, and its
content may be in base64. The body is a mapped file, so a part is a range of it and no copy.

Source: what python-quickbooks, qbo_api, node-quickbooks and the PHP and Ruby clients send.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from mmap import mmap
from typing import Final
from urllib.parse import unquote

type Mapped = bytes | mmap

_BLOCK: Final = 3 << 18  # a multiple of three and of four, so that base64 is cut between its groups
_BLANK: Final = re.compile(rb"\r?\n\r?\n")
_PARAMETER: Final = re.compile(r';\s*([\w*-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_WHITE: Final = b" \t\r\n"
_LONGEST_HEAD: Final = 16_384


class Unreadable(Exception):
    """The body is not what its Content-Type says, or a part's content is not in the encoding it names."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: headers with names in lower case, and where its content lies in the body."""

    body: Mapped
    headers: Mapping[str, str]
    start: int
    end: int

    @property
    def name(self) -> str:
        return parameters(self.headers.get("content-disposition", "")).get("name", "")

    @property
    def file_name(self) -> str:
        """As sent; empty when there is none."""
        found = parameters(self.headers.get("content-disposition", ""))
        charset, _, rest = found.get("filename*", "").partition("''")
        return unquote(rest, encoding=charset or "utf-8", errors="replace") if rest else found.get("filename", "")

    @property
    def media_type(self) -> str:
        """``text/xml``, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def content(self) -> Iterator[bytes]:
        """The decoded bytes in blocks. Raises Unreadable for an encoding that is not known or not kept."""
        encoding = self.headers.get("content-transfer-encoding", "binary").strip().lower()
        blocks = (self.body[at : min(at + _BLOCK, self.end)] for at in range(self.start, self.end, _BLOCK))
        if encoding == "base64":
            return _from_base64(blocks)
        if encoding in {"binary", "8bit", "7bit"}:
            return blocks
        raise Unreadable(f"the Content-Transfer-Encoding {encoding} is not supported")


def _from_base64(blocks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        rest += block.translate(None, _WHITE)
        whole = len(rest) - len(rest) % 4
        yield _decoded(rest[:whole])
        rest = rest[whole:]
    yield _decoded(rest)


def _decoded(text: bytes) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as error:
        raise Unreadable(f"the content is not base64: {error}") from None


def parameters(value: str) -> dict[str, str]:
    """The parameters of a header: ``{"name": "file_content_01"}`` of ``form-data; name="file_content_01"``."""
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(value):
        text = match[2].strip()
        if text.startswith('"') and text.endswith('"') and len(text) > 1:
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        found.setdefault(match[1].lower(), text)
    return found


def parse(body: Mapped, content_type: str) -> list[Part]:
    """The parts in their order. Raises Unreadable when there is no boundary, or the body does not keep to it."""
    boundary = parameters(content_type).get("boundary", "")
    if not content_type.lower().lstrip().startswith("multipart/") or not boundary:
        raise Unreadable("the request is no multipart/form-data with a boundary")
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    ending, at = _opening(body, mark)
    parts: list[Part] = []
    while True:
        close = _next_mark(body, ending, mark, at)
        parts.append(_part(body, at, close))
        after = close + len(ending) + len(mark)
        if body[after : after + 2] == b"--":
            return parts
        at = body.find(ending, after) + len(ending)


def _opening(body: Mapped, mark: bytes) -> tuple[bytes, int]:
    """How lines end, by the first boundary, and where the first part begins."""
    at = 0 if body[: len(mark)] == mark else body.find(b"\n" + mark) + 1
    if at == 0 and body[: len(mark)] != mark:
        raise Unreadable("the boundary is not in the request")
    line_end = body.find(b"\n", at)
    if line_end < 0:
        raise Unreadable("the request ends at its first boundary")
    tail = body[at + len(mark) : line_end].rstrip(b" \t")
    if tail not in {b"", b"\r"}:
        raise Unreadable("the first boundary is not the one that the Content-Type names")
    return (b"\r\n" if tail else b"\n"), line_end + 1


def _next_mark(body: Mapped, ending: bytes, mark: bytes, at: int) -> int:
    """Where the line break before the next boundary lies. A longer line that begins like one is content."""
    # An empty part's boundary follows its headers at once: their blank line is the break before it.
    search = max(at - len(ending), 0)
    while True:
        found = body.find(ending + mark, search)
        if found < 0:
            raise Unreadable("the last boundary is missing")
        after = found + len(ending) + len(mark)
        tail = body[after : after + 2]
        line = body[after : max(body.find(ending, after), after)] if tail != b"--" else b""
        is_last = tail == b"--"
        is_inner = not line.strip(b" \t") and body.find(ending, after) >= 0
        if is_last or is_inner:
            return found
        search = found + 1


def _part(body: Mapped, start: int, end: int) -> Part:
    window = body[start : min(start + _LONGEST_HEAD, max(end, start))]
    if window.startswith((b"\r\n", b"\n")):
        return Part(body, {}, start + (2 if window.startswith(b"\r\n") else 1), end)
    blank = _BLANK.search(window)
    if blank is None:
        raise Unreadable("a part has no end of its headers")
    headers: dict[str, str] = {}
    for line in re.split(rb"\r?\n", window[: blank.start()]):
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return Part(body, headers, start + blank.end(), end)
