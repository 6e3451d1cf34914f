"""Sealed streams of any length, chunk by chunk: never more than one chunk of 1 MiB is held."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from typing import Final

from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.sealing import OpenError

_AS_IT_IS: Final = b"-"


def seal_chunks(key: bytes, chunks: Iterable[bytes], *place: str | int) -> Iterator[bytes]:
    """A sealed stream of bytes that come in chunks of any size; they are not packed, since their end is not known."""
    return sealing.encrypted(key, os.urandom(sealing.SALT), itertools.chain([_AS_IT_IS], chunks), *place)


def open_chunks(key: bytes, chunks: Iterable[bytes], *place: str | int) -> Iterator[bytes]:
    """The bytes of such a stream. What is given is proved; that it is all is proved only when the iterator has ended.

    Raises OpenError for a changed, added or moved chunk when it comes to it, for a missing one at the latest at the
    end, and for a stream that is packed, because unpacking would not be bounded by what lies there.
    """
    plain = sealing.decrypted(key, chunks, *place)
    first = next(plain)
    if first[:1] != _AS_IT_IS:
        raise OpenError
    if len(first) > 1:
        yield first[1:]
    yield from plain
