"""A job in the terminal: the same object that a notebook and the app look at, drawn with rich."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from akika_forensics.errors import Interrupted
from akika_forensics.jobs.job import Job
from akika_forensics.jobs.signals import stop_on_signal
from akika_forensics.jobs.snapshot import JobSnapshot

_LOOK_EVERY: Final = 0.1
type Draw = Callable[[JobSnapshot], None]


def follow[T](job: Job[T], *, quiet: bool = False, ask: Callable[[str], bool] | None = None) -> T:
    """Watch a job until it ends; returns what it returned and raises what it raised, like `Job.result`.

    Progress is drawn on stderr where that is a terminal, unless ``quiet``. Ctrl-C and SIGTERM ask the job to stop and
    go on watching; a second Ctrl-C raises Interrupted at once and leaves the job to itself. ``ask`` puts the
    questions of the work to the person who watches; without it they are answered no.
    """
    try:
        with stop_on_signal(job.wish_stop) as asked:
            while True:
                question = _watch(job, asked, quiet=quiet or not sys.stderr.isatty())
                if not question:
                    return job.result()
                job.answer(yes=ask is not None and ask(question))
    except KeyboardInterrupt:
        job.cancel()
        raise Interrupted(
            "Stopped at once, without waiting for the work in flight.",
            means="What was done is kept; the last step may have been done without being noted.",
            do="Go on with it: it looks before it does anything again.",
        ) from None


def _watch(job: Job[Any], asked: Callable[[], bool], *, quiet: bool) -> str:
    """Draw until the job ends or asks; the question, or nothing at the end."""
    with _nothing() if quiet else _drawing() as draw:
        while not job.wait(_LOOK_EVERY):
            if asked() and job.snapshot().state != "stopping":
                job.cancel()
            shown = job.snapshot()
            draw(shown)
            if shown.question:
                return shown.question
    return ""


@contextmanager
def _nothing() -> Iterator[Draw]:
    yield lambda _shown: None


@contextmanager
def _drawing() -> Iterator[Draw]:
    from rich.console import Console  # noqa: PLC0415 -- loaded where a terminal is
    from rich.progress import (  # noqa: PLC0415 -- loaded where a terminal is
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)

        def draw(shown: JobSnapshot) -> None:
            words = f"{shown.name}: {shown.what}" if shown.what else shown.name
            if shown.state == "stopping":
                words = f"{words} (stopping)"
            readable = "".join(sign if sign.isprintable() else "�" for sign in words)
            progress.update(task, description=readable, completed=shown.done, total=shown.total or None)

        yield draw
