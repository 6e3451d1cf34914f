"""A vault as it would be with some of its files taken from a copy: to be looked at before anything is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NoReturn

from akika_forensics.vault.storage import Backend


class Overlay:
    """A backend that reads ``ours``, but some paths from a copy, some from memory, and some not at all. It writes nothing."""

    def __init__(
        self,
        ours: Backend,
        *,
        copy: Backend | None = None,
        taken: Iterable[str] = (),
        made: Mapping[str, bytes] | None = None,
        without: Iterable[str] = (),
    ) -> None:
        self._ours = ours
        self._copy = copy
        self._taken = frozenset(taken)
        self._made = dict(made or {})
        self._without = frozenset(without) - self._taken - self._made.keys()

    def read(self, path: str) -> bytes:
        return self._made[path] if path in self._made else self._of(path).read(path)

    def chunks(self, path: str) -> Iterator[bytes]:
        return iter((self._made[path],)) if path in self._made else self._of(path).chunks(path)

    def list(self, folder: str = "") -> tuple[str, ...]:
        prefix = f"{folder.rstrip('/')}/" if folder else ""
        more = {path for path in (*self._taken, *self._made) if path.startswith(prefix)}
        return tuple(sorted({*self._ours.list(folder)} - self._without | more))

    def odd(self, path: str) -> str | None:
        return None if path in self._made else self._of(path).odd(path)

    def age(self, path: str) -> float:
        return 0.0 if path in self._made else self._of(path).age(path)

    def make_durable(self, folder: str) -> None:
        """Nothing was written."""

    def create(self, path: str, data: bytes) -> NoReturn:
        del data
        raise _read_only(path)

    def create_stream(self, path: str, pieces: Iterator[bytes]) -> NoReturn:
        del pieces
        raise _read_only(path)

    def replace(self, path: str, data: bytes) -> NoReturn:
        del data
        raise _read_only(path)

    def delete(self, path: str) -> NoReturn:
        raise _read_only(path)

    def _of(self, path: str) -> Backend:
        if path in self._without:
            raise FileNotFoundError(path)
        return self._copy if self._copy is not None and path in self._taken else self._ours


def _read_only(path: str) -> AssertionError:
    return AssertionError(f"{path}: what only looks writes nothing")
