"""A PDF 1.4 file of plain text on letter paper, in the two typefaces that every reader has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 612
HEIGHT: Final = 792
_FONTS: Final = {"F1": "Helvetica", "F2": "Courier"}
_CUT: Final = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text from a point on; points from the lower left corner. ``font`` is F1, proportional, or F2, fixed."""

    x: float
    y: float
    size: int
    text: str
    font: str = "F1"


def fitted(text: str, length: int) -> str:
    """At most so many characters, on one line; what is cut off shows."""
    plain = " ".join(text.split())
    return plain if len(plain) <= length else plain[: length - 1] + _CUT


def file(title: str, pages: Sequence[Sequence[Text]]) -> bytes:
    """The file, a sheet of texts a page. Characters outside Western European are shown as question marks."""
    objects: list[bytes] = [b"", b""]
    fonts = []
    for name in _FONTS.values():
        objects.append(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode())
        fonts.append(len(objects))
    named = " ".join(f"/{key} {number} 0 R" for key, number in zip(_FONTS, fonts, strict=True))
    kids = []
    for page in pages:
        drawn = b"\n".join(_drawn(text) for text in page)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << /Font << {named} >> >> /Contents {len(objects)} 0 R >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects.append(b"<< /Title %s >>" % _string(title))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _assembled(objects)


def _drawn(text: Text) -> bytes:
    start = f"BT /{text.font} {text.size} Tf {text.x:.2f} {text.y:.2f} Td ".encode()
    return start + _string(text.text) + b" Tj ET"


def _string(text: str) -> bytes:
    """A string of the format: parentheses and backslashes escaped, control characters left out."""
    plain = "".join(mark for mark in text if mark.isprintable())
    raw = plain.encode("cp1252", "replace")
    return b"(" + raw.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)") + b")"


def _assembled(objects: Sequence[bytes]) -> bytes:
    """Header, objects, the table of where they lie, trailer; the last object is the document information."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)
