"""Does an object store do what it is told only on a condition? It is tried, not believed."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from akika_forensics.errors import AkikaError
from akika_forensics.vault.storage.answers import NotOffered
from akika_forensics.vault.storage.backend import TEMPORARY
from akika_forensics.vault.storage.objects import Objects


def honours_puts(objects: Objects) -> bool:
    """Whether, of two puts to one new path, the second is refused and the first stays."""
    with _probes(objects, 1) as (probe,):
        try:
            objects.put(probe, b"first", "first")
        except NotOffered:
            return False
        except FileExistsError:
            # Nobody else has this path: the answer was lost, and the put was repeated. That it was refused is to be seen.
            objects.written(probe)
        try:
            objects.put(probe, b"second", "second")
        except FileExistsError:
            return objects.get(probe).data == b"first"
        return False


def honours_copies(objects: Objects) -> bool:
    """Whether a copy to a path that is taken is refused."""
    with _probes(objects, 2) as (probe, copy):
        objects.put(probe, b"probe", "probe")
        try:
            objects.copy(probe, copy, over=False)
            objects.copy(probe, copy, over=False)
        except FileExistsError:
            return True
        except NotOffered:
            return False
        return False


@contextmanager
def _probes(objects: Objects, count: int) -> Iterator[list[str]]:
    """Paths that nobody has, and that are free again afterwards."""
    paths = [f"probe{TEMPORARY}{secrets.token_hex(8)}" for _ in range(count)]
    try:
        yield paths
    finally:
        for path in paths:
            with contextlib.suppress(AkikaError):
                objects.delete(path)
