"""Objects of a store, through obstore: put on a condition, read, listed. Every answer becomes a value or one of our errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError, PreconditionError

from akika_forensics.vault.storage import answers
from akika_forensics.vault.storage.backend import StorageFailed

PART: Final = 8 << 20
"""Bytes in each part of an upload in parts."""

_CHUNK: Final = 1 << 20
_MARK: Final = "akika-put"


class Tagged(NamedTuple):
    """An object's bytes, the tag that changes with them, and when they were written by the store's clock, in seconds."""

    data: bytes
    tag: str
    written: float


class Objects:
    """``store``: any store of obstore. Methods raise StorageFailed, and FileNotFoundError where there is no object."""

    def __init__(self, store: Any, name: str) -> None:
        self.name = name
        self._store = store

    def put(self, path: str, data: bytes, mark: str, *, over: bool = False, tag: str | None = None) -> str:
        """In one request, on the condition that there is nothing yet, or what has that ``tag``; with ``over`` on none.

        Returns the new tag. Raises FileExistsError where the condition does not hold. ``mark`` stays with the object.
        """
        mode: Any = "overwrite" if over else "create" if tag is None else {"e_tag": tag}
        result = self._ask(
            "written",
            path,
            lambda: obstore.put(
                self._store, path, bytes(data), mode=mode, use_multipart=False, attributes={_MARK: mark}
            ),
        )
        return str(result["e_tag"] or "")

    def upload(self, path: str, pieces: Iterator[bytes]) -> None:
        """In parts, two at a time, over what is there. What ``pieces`` raises is passed on; then nothing is there."""
        source: list[BaseException] = []

        def noted() -> Iterator[bytes]:
            try:
                yield from pieces
            except BaseException as error:
                source.append(error)
                raise

        try:
            self._ask(
                "written",
                path,
                lambda: obstore.put(self._store, path, noted(), use_multipart=True, chunk_size=PART, max_concurrency=2),
            )
        except Exception:
            if source:
                raise source[0] from None
            raise

    def copy(self, source: str, target: str, *, over: bool) -> None:
        """Raises FileExistsError where the target is there, unless ``over``."""
        self._ask("written", target, lambda: obstore.copy(self._store, source, target, overwrite=over))

    def get(self, path: str) -> Tagged:
        def ask() -> Tagged:
            found = obstore.get(self._store, path)
            return Tagged(found.bytes().to_bytes(), found.meta["e_tag"] or "", found.meta["last_modified"].timestamp())

        result: Tagged = self._ask("read", path, ask)
        return result

    def stream(self, path: str) -> Iterator[bytes]:
        pieces = self._ask("read", path, lambda: iter(obstore.get(self._store, path).stream(min_chunk_size=_CHUNK)))
        while (piece := self._ask("read", path, lambda: next(pieces, None))) is not None:
            view = memoryview(piece)
            for start in range(0, len(view), _CHUNK):
                yield bytes(view[start : start + _CHUNK])

    def written(self, path: str) -> float:
        """When, by the store's clock, in seconds since 1970."""
        found = self._ask("read", path, lambda: obstore.head(self._store, path))
        return float(found["last_modified"].timestamp())

    def exists(self, path: str) -> bool:
        try:
            self.written(path)
        except FileNotFoundError:
            return False
        return True

    def mark(self, path: str) -> str | None:
        """The mark of the put that made the object; None where there is no object, or none can be asked for."""
        try:
            found = self._ask("read", path, lambda: obstore.get(self._store, path, options={"head": True}))
        except (FileNotFoundError, StorageFailed):
            return None
        return str(found.attributes.get(_MARK, ""))

    def paths(self, folder: str) -> list[str]:
        """All below a folder, in no order; the store gives them page by page."""

        def ask() -> list[str]:
            return [meta["path"] for page in obstore.list(self._store, folder or None) for meta in page]

        found: list[str] = self._ask("listed", folder or self.name, ask)
        return found

    def delete(self, path: str) -> None:
        try:
            self._ask("removed", path, lambda: obstore.delete(self._store, path))
        except FileNotFoundError:
            return

    def _ask(self, action: str, path: str, call: Callable[[], Any]) -> Any:
        problem: Exception
        try:
            return call()
        except (AlreadyExistsError, PreconditionError):
            problem = FileExistsError(path)
        except NotSupportedError:
            problem = answers.NotOffered(self.name)
        except (BaseError, FileNotFoundError) as error:
            problem = answers.explained(error, action, path, self.name)
        # Raised here, so that the store's own words are not kept as its context: they quote the signed request.
        raise problem
