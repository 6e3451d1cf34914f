"""Multipart bodies as clients write them: any content in any part comes out as it went in."""

from __future__ import annotations

import base64
import mmap
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin.http import multipart
from akika_forensics.twin.http.multipart import Unreadable, parse

BOUNDARY = "-----------RubyMultipartPost-9c1a"
FORM = f"multipart/form-data; boundary={BOUNDARY}"

contents = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from([b"\r\n", b"\n", b"\r", b"--", b"-", BOUNDARY.encode(), b"x", b"\0", b" "]), max_size=12
    ).map(b"".join),
)


def safe(content: bytes, ending: bytes) -> bool:
    """A boundary must not stand in the content: writers choose one that does not."""
    return ending + b"--" + BOUNDARY.encode() not in ending + content


def written(parts: list[tuple[str, bytes, bool]], ending: bytes, first: bytes) -> bytes:
    body = first
    for name, content, packed in parts:
        head = [f'Content-Disposition: form-data; name="{name}"; filename="a b.txt"', "Content-Type: Text/Plain; x=1"]
        if packed:
            head.append("Content-Transfer-Encoding: BASE64")
        lines = [b"--" + BOUNDARY.encode(), *(line.encode() for line in head), b""]
        body += ending.join(lines) + ending + (base64.encodebytes(content) if packed else content) + ending
    return body + b"--" + BOUNDARY.encode() + b"--" + ending


@given(
    contents=st.lists(st.tuples(contents, st.booleans()), min_size=1, max_size=4),
    ending=st.sampled_from([b"\r\n", b"\n"]),
    blank=st.booleans(),
    after=st.sampled_from([b"", b"\r\n", b"epilogue"]),
)
def test_what_went_in_comes_out(contents: list[tuple[bytes, bool]], ending: bytes, blank: bool, after: bytes) -> None:
    parts = [
        (f"file_content_{number}", content, packed or not safe(content, ending))
        for number, (content, packed) in enumerate(contents)
    ]
    body = written(parts, ending, ending if blank else b"") + after
    found = parse(body, FORM)
    assert [(part.name, b"".join(part.content())) for part in found] == [(name, whole) for name, whole, _ in parts]
    assert {(part.file_name, part.media_type) for part in found} == {("a b.txt", "text/plain")}


@given(st.binary(max_size=300))
def test_any_bytes_are_parts_or_unreadable(body: bytes) -> None:
    mark = b"--" + BOUNDARY.encode()
    for tried in (body, mark + b"\r\n" + body, mark + b"\r\nA: b\r\n\r\n" + body + b"\r\n" + mark + b"--"):
        try:
            for part in parse(tried, FORM):
                assert b"".join(part.content()) in tried
        except Unreadable:
            pass


def test_a_mapped_file_is_read_in_blocks() -> None:
    content = bytes(range(256)) * 8000
    with tempfile.TemporaryFile() as file:
        file.write(written([("file_content_0", content, True), ("file_content_1", content, False)], b"\r\n", b""))
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
            first, second = parse(body, FORM)
            blocks = list(first.content())
            assert b"".join(blocks) == b"".join(second.content()) == content
            assert max(len(block) for block in blocks) < 1_000_000
            assert len(blocks) > 2


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x\r\n\r\n\r\n--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--y\r\nA: b\r\n\r\n1\r\n--y--"),
        ("multipart/form-data; boundary=x", b"--xy\r\nA: b\r\n\r\n1\r\n--xy--"),
        ("multipart/form-data; boundary=x", b"--x\r\nA: b\r\n\r\n1\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nA: b"),
        ("multipart/form-data; boundary=x", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\nno headers end\r\n--x--"),
    ],
)
def test_what_keeps_to_no_boundary_is_unreadable(form: str, body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body, form)


@pytest.mark.parametrize("encoding", ["quoted-printable", "x-zip"])
def test_other_encodings_are_not_guessed(encoding: str) -> None:
    body = f"--x\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n=41\r\n--x--".encode()
    with pytest.raises(Unreadable):
        b"".join(parse(body, "multipart/form-data; boundary=x")[0].content())


@pytest.mark.parametrize("text", [b"YWJ", b"YW!j", b"YWJj=", b"====", b"YQ==YQ=="])
def test_broken_base64_is_unreadable(text: bytes) -> None:
    body = b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\n" + text + b"\r\n--x--"
    with pytest.raises(Unreadable):
        b"".join(parse(body, "multipart/form-data; boundary=x")[0].content())


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('form-data; name="f"; filename="a;b.txt"', "a;b.txt"),
        (r'form-data; name="f"; filename="a\"b.txt"', 'a"b.txt'),
        ("form-data; name=f; filename=plain.txt", "plain.txt"),
        ("form-data; name=f; filename*=UTF-8''caf%C3%A9.txt; filename=cafe.txt", "café.txt"),
        ('form-data; name="f"', ""),
    ],
)
def test_file_names_in_all_spellings(value: str, name: str) -> None:
    body = f"--x\r\nContent-Disposition: {value}\r\n\r\n1\r\n--x--".encode()
    (part,) = parse(body, 'multipart/form-data; boundary="x"')
    assert (part.name, part.file_name) == ("f", name)


def test_the_recorded_upload_is_read(shared: Path) -> None:
    import json

    (exchange,) = json.loads((shared / "data/recorded/qbo_api/vcr/attachment/create_for_invoice.json").read_text())
    body = exchange["req_body"].encode()
    described, content = parse(body, exchange["req_headers"]["Content-Type"])
    assert described.media_type == "application/json"
    assert len(b"".join(content.content())) == 538
    assert multipart.parameters(content.headers["content-disposition"])["filename"] == "no_detail.xml"
