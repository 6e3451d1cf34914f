"""Keeping where a capture stands, so that the next goes on where this one was interrupted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from akika_forensics.errors import AkikaError, Interrupted, ServiceError

EVERY: Final = 30.0
"""Seconds of a capture between two savings; a run that ends sooner leaves nothing."""

_SHARE: Final = 20
"""A saving that took long is followed by so many times as long without one."""

_KEPT: Final = "What was read so far is kept; it is no part of the vault yet."
_GO_ON: Final = "Run akika capture again: it goes on from there."

_log = logging.getLogger(__name__)


class DraftSink(Protocol):
    """The part of the vault's SnapshotWriter that keeps a draft."""

    def save_draft(self, state: bytes) -> None: ...


class Keeper:
    """Saves while a capture runs, and where it ends before its time. It is asked whether to stop (``should_stop``) where all
    that came is taken in, and saves there and nowhere else.

    ``monotonic``: the capture's clock, in seconds. ``kept``: there is a draft already; ``dropped``: why an earlier one
    is not gone on with, a sentence, empty where there was none.
    """

    def __init__(
        self,
        sink: DraftSink,
        monotonic: Callable[[], float],
        should_stop: Callable[[], bool] | None = None,
        *,
        kept: bool = False,
        dropped: str = "",
    ) -> None:
        self._sink, self._monotonic, self._asked = sink, monotonic, should_stop
        self._tell: Callable[[], bytes] | None = None
        self._begun = monotonic()
        self._due = self._begun + EVERY
        self.kept, self.dropped = kept, dropped

    def begin(self, tell: Callable[[], bytes]) -> None:
        """From here on there is something to keep; ``tell`` says where the capture stands."""
        self._tell = tell

    def should_stop(self) -> bool:
        """Save where it is time; whether the user wants to stop."""
        self.pause()
        return self.asked()

    def pause(self) -> None:
        """Save where it is time."""
        if self._tell is not None and self._monotonic() >= self._due:
            self._save(self._tell)

    def asked(self) -> bool:
        """Whether the user wants to stop, where nothing can be saved."""
        return self._asked is not None and self._asked()

    @contextmanager
    def until_the_end(self) -> Iterator[None]:
        """What ends the capture before its time is told with what becomes of what was read."""
        try:
            yield
        except (Interrupted, ServiceError) as error:
            # Both come from where a question was asked, never from the middle of taking an answer in.
            if self._tell is not None and (self.kept or self._monotonic() - self._begun >= EVERY):
                try:
                    self._save(self._tell)
                except AkikaError as failed:
                    _log.warning("where the capture stood could not be kept: %s", failed.what)
            if self.kept:
                if isinstance(error, Interrupted):
                    error.means, error.do = _KEPT, _GO_ON
                else:
                    error.means, error.do = f"{error.means} {_KEPT}".strip(), f"{error.do} {_GO_ON}".strip()
            raise

    def _save(self, tell: Callable[[], bytes]) -> None:
        before = self._monotonic()
        self._sink.save_draft(tell())
        self.kept = True
        now = self._monotonic()
        self._due = now + max(EVERY, _SHARE * (now - before))
