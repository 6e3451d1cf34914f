"""A picture in small. Whatever is no picture, or too large a one, has none."""

from __future__ import annotations

import io
from typing import Final

KINDS: Final = frozenset({"image/gif", "image/jpeg", "image/png", "image/tiff"})
_SIDE: Final = 150
_MOST_PIXELS: Final = 40_000_000
_MOST_BYTES: Final = 20_000_000


def small(content: bytes) -> bytes | None:
    """A PNG of at most 150 by 150, or None."""
    from PIL import Image  # noqa: PLC0415 - a heavy library, needed for pictures alone

    if len(content) > _MOST_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=("GIF", "JPEG", "PNG", "TIFF")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            picture.thumbnail((_SIDE, _SIDE))
            made = io.BytesIO()
            picture.convert("RGBA").save(made, "PNG")
            return made.getvalue()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
