"""A vault in an object store: S3 and what speaks its language.

One put that succeeds only where there is nothing yet is a whole file, durable when it is answered: there are no
temporary files and nothing to sync. What has to be seen to is what the network adds. An answer that is lost leaves open
whether the object is there, and some stores answer "conflict" where nothing came of it. So each put carries a mark of
its own, and after any answer but a plain one the mark that lies there tells whose put it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any, Final

from akika_forensics.errors import AkikaError, Refused
from akika_forensics.vault.storage import answers, conditions
from akika_forensics.vault.storage.backend import TEMPORARY, StorageFailed
from akika_forensics.vault.storage.objects import PART, Objects, Tagged

_LARGEST_COPY: Final = 5 << 30
"""Source: Amazon S3, API reference, UploadPartCopy: a part that is copied has 5 GiB at most."""

_ATTEMPTS: Final = 5
_SIDE_BY_SIDE: Final = 16


class ObjectStoreBackend:
    """``store``: any store of obstore; ``name``: how it is called in messages, without secrets.

    Before the first write it is tried out whether the store honours conditions. Where it does not, methods that write
    raise Refused, unless ``single_writer`` says that no other program writes: then a path is looked up before.
    """

    def __init__(self, store: Any, name: str, *, single_writer: bool = False) -> None:
        self.name = name
        self._objects = Objects(store, name)
        self._single_writer = single_writer
        self._guard = threading.Lock()
        self._puts: bool | None = None
        self._copies: bool | None = None
        self._fetched: dict[str, bytes] = {}

    def create(self, path: str, data: bytes) -> None:
        if not self.honours_conditions():
            if self._objects.exists(path):
                raise FileExistsError(path)
            self._objects.put(path, data, "", over=True)
            return
        mark = secrets.token_hex(8)
        for _ in range(_ATTEMPTS):
            try:
                self._objects.put(path, data, mark)
            except FileExistsError:
                found = self._objects.mark(path)
                if found is None:
                    continue
                if found != mark:
                    raise
            except StorageFailed:
                if self._objects.mark(path) != mark:
                    raise
            return
        raise answers.conflict(path, self.name)

    def create_stream(self, path: str, pieces: Iterator[bytes]) -> None:
        """More than 8 MiB are uploaded in parts under another name, then copied on condition.

        Where the store honours no condition on that, the path is looked up first: only names that nobody else can
        choose, such as a blob's random one, are safe there. More than 5 GiB is refused with StorageFailed.
        """
        self.honours_conditions()
        begin: list[bytes] = []
        for piece in pieces:
            begin.append(piece)
            if sum(map(len, begin)) > PART:
                break
        else:
            self.create(path, b"".join(begin))
            return
        temporary = f"{path}{TEMPORARY}{secrets.token_hex(8)}"
        try:
            self._objects.upload(temporary, self._limited(path, chain(begin, pieces)))
            self._copy_new(temporary, path)
        finally:
            with contextlib.suppress(AkikaError):
                self.delete(temporary)

    def replace(self, path: str, data: bytes) -> None:
        self.honours_conditions()
        self._objects.put(path, data, "", over=True)

    def read(self, path: str) -> bytes:
        with self._guard:
            fetched = self._fetched.pop(path, None)
        return self._objects.get(path).data if fetched is None else fetched

    def fetch_ahead(self, paths: Sequence[str]) -> None:
        def fetch(path: str) -> bytes | None:
            try:
                return self._objects.get(path).data
            except (FileNotFoundError, StorageFailed):
                return None

        with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
            found = dict(zip(paths, threads.map(fetch, paths), strict=True))
        with self._guard:
            self._fetched = {path: data for path, data in found.items() if data is not None}

    def read_tagged(self, path: str) -> Tagged:
        """What `swap` needs to know. Raises FileNotFoundError."""
        return self._objects.get(path)

    def chunks(self, path: str) -> Iterator[bytes]:
        return self._objects.stream(path)

    def list(self, folder: str = "") -> tuple[str, ...]:
        with self._guard:
            self._fetched.clear()
        return tuple(sorted(self._objects.paths(folder)))

    def delete(self, path: str) -> None:
        self._objects.delete(path)

    def make_durable(self, folder: str) -> None:
        """What can be read from an object store is durable."""

    def odd(self, path: str) -> str | None:
        """An object is of no other kind."""

    def age(self, path: str) -> float:
        """By this machine's clock: stores refuse requests of one that is off by more than a quarter of an hour."""
        return time.time() - self._objects.written(path)

    def now(self, path: str) -> float:
        """The store's clock, in seconds since 1970, asked by a temporary object beside ``path``."""
        probe = f"{path}{TEMPORARY}{secrets.token_hex(8)}"
        try:
            self._objects.put(probe, b"", "", over=True)
            return self._objects.written(probe)
        finally:
            with contextlib.suppress(AkikaError):
                self.delete(probe)

    def swap(self, path: str, data: bytes, tag: str) -> str | None:
        """Put ``data`` in place of the object that has the tag. Of many that try, one succeeds.

        Returns the new tag; None where another was faster.
        """
        if not self.honours_conditions():
            if not self._objects.exists(path) or self._objects.get(path).tag != tag:
                return None
            return self._objects.put(path, data, "", over=True)
        mark = secrets.token_hex(8)
        try:
            return self._objects.put(path, data, mark, tag=tag)
        except (FileExistsError, FileNotFoundError):
            return self._objects.get(path).tag if self._objects.mark(path) == mark else None
        except StorageFailed:
            if self._objects.mark(path) != mark:
                raise
            return self._objects.get(path).tag

    def honours_conditions(self) -> bool:
        """Tried out once. Raises Refused where the store does not and more than one program may write."""
        with self._guard:
            if self._puts is None:
                self._puts = conditions.honours_puts(self._objects)
        if not self._puts and not self._single_writer:
            raise Refused(
                f"{self.name} overwrites what it was told only to create.",
                means="Two programs that write at the same time would destroy each other's work, unnoticed.",
                do="Use a store that honours If-None-Match. Where only one program ever writes, AKIKA_SINGLE_WRITER=1 "
                "says so. Reading needs neither.",
            )
        return self._puts

    def _limited(self, path: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > _LARGEST_COPY:
                raise answers.too_large(path, self.name)
            yield piece

    def _copy_new(self, temporary: str, path: str) -> None:
        conditional = self._copies_on_condition()
        for _ in range(_ATTEMPTS):
            if not conditional and self._objects.exists(path):
                raise FileExistsError(path)
            try:
                self._objects.copy(temporary, path, over=not conditional)
            except FileNotFoundError as error:
                raise answers.swept(path, self.name) from error
            except FileExistsError:
                if not self._objects.exists(path):
                    continue
                if not self._same(temporary, path):
                    raise
            except StorageFailed:
                if not self._same(temporary, path):
                    raise
            return
        raise answers.conflict(path, self.name)

    def _copies_on_condition(self) -> bool:
        if not self.honours_conditions():
            return False
        with self._guard:
            if self._copies is None:
                self._copies = conditions.honours_copies(self._objects)
        return self._copies

    def _same(self, one: str, other: str) -> bool:
        """Whether the copy was made, though the answer was lost or is another's: a copy carries no mark."""
        try:
            left, right = (_digest(self.chunks(path)) for path in (one, other))
        except (FileNotFoundError, StorageFailed):
            return False
        return left == right


def _digest(pieces: Iterator[bytes]) -> bytes:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()
