"""What a job is for whoever looks at it, in this process or in another one."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

from akika_forensics.jobs.snapshot import JobSnapshot

type ViewOf = Callable[[Job[Any]], Any]

_view_of: ViewOf | None = None


def shown_by(view_of: ViewOf | None) -> None:
    """How jobs show themselves in notebooks and Panel: called with a job, returns a live view of it.

    This room lies below the views; whoever may import both sets it, once.
    """
    global _view_of  # noqa: PLW0603 -- one way to show jobs in a process
    _view_of = view_of


class Job[T](ABC):
    """Long work that goes on without anyone looking. Ask `snapshot` as often as you like; it never blocks."""

    @abstractmethod
    def snapshot(self) -> JobSnapshot:
        """How it stands now. Never blocks, never raises."""

    @abstractmethod
    def result(self) -> T:
        """Wait for the end; what the work returned, also when it returned because it was asked to stop.

        Raises what the work raised, as it was raised. Raises Interrupted when it was cut off or never began.
        """

    @abstractmethod
    def wait(self, timeout: float | None = None) -> bool:
        """Wait up to ``timeout`` seconds (None: without end); True when it has ended."""

    @abstractmethod
    def cancel(self) -> bool:
        """Ask it to stop after what is in flight. True when it was running and will be told; never raises."""

    def wish_stop(self) -> None:
        """Let the work see that it should stop, and nothing more: for signal handlers, which may take no lock.

        The state does not show it; `cancel` follows as soon as somebody may call it.
        """
        return

    @abstractmethod
    def resume(self) -> None:
        """Go on with work that was stopped or failed: a new attempt. Raises WrongUse when that cannot be."""

    @abstractmethod
    def answer(self, *, yes: bool) -> bool:
        """Answer the question that the work waits with. True when there was one."""

    @abstractmethod
    def on_end(self, callback: Callable[[Job[T]], None]) -> Callable[[], None]:
        """Call ``callback`` when an attempt ends, at once when it has ended. Returns the way to take it back.

        It is called from the job's thread; what it raises is logged and touches neither the work nor other callbacks.
        """

    @property
    def id(self) -> str:
        return self.snapshot().id

    @property
    def name(self) -> str:
        return self.snapshot().name

    @property
    def kind(self) -> str:
        return self.snapshot().kind

    @property
    def about(self) -> str:
        return self.snapshot().about

    def __await__(self) -> Generator[Any, None, T]:
        """``await job`` in a notebook: the loop stays free, so that buttons answer.

        Cancelling the one who waits does not stop the work; `cancel` does.
        """
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()

        def settle() -> None:
            if not ended.done():
                ended.set_result(None)

        def wake(_job: Job[T]) -> None:
            # The loop may be closed by then: nobody waits any more.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(settle)

        forget = self.on_end(wake)
        try:
            yield from ended
        finally:
            forget()
        return self.result()

    def text(self) -> str:
        return self.snapshot().text()

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """The static form of its view; text alone where no view was set."""
        if _view_of is None:
            return {"text/plain": self.text()}
        bundle: dict[str, Any] = _view_of(self)._repr_mimebundle_(include, exclude)
        return bundle

    def __panel__(self) -> Any:
        """Its live view in Panel; Panel asks this of whatever it is given to show."""
        if _view_of is None:
            import panel as pn  # noqa: PLC0415 -- loaded only where Panel is there already

            plain: Any = pn.pane.JSON  # of Panel's own panes the one that never runs what it is given
            return plain(self.text())
        return _view_of(self).__panel__()
