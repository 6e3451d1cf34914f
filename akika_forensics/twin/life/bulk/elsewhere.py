"""A life planned and written down by a second process, while this one fills the tables."""

from __future__ import annotations

import gc
import marshal
import threading
from collections.abc import Iterator
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Queue
from typing import Final

from akika_forensics.errors import AkikaError
from akika_forensics.twin.life import founding, parameters
from akika_forensics.twin.life.bulk.known import Known
from akika_forensics.twin.life.bulk.outlet import Batch
from akika_forensics.twin.life.bulk.run import before, rows
from akika_forensics.twin.life.plan import Plan
from akika_forensics.twin.life.wish import Wish

WORTH_IT: Final = 25_000
"""So many records are faster with a second process, its start included."""

_AHEAD: Final = 6
"""Batches that may wait."""


def batches(known: Known, wish: Wish, file: Path | None, until: datetime | None = None) -> Iterator[Batch]:
    """The rows of a life, batch by batch, as a process of its own makes them. Raises AkikaError when that ends early."""
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(there, known, wish, file, until), daemon=True)
    worker.start()
    there.close()
    waiting: Queue[bytes | None] = Queue(_AHEAD)
    done = threading.Event()
    reader = threading.Thread(target=_read, args=(here, waiting, done), daemon=True)
    reader.start()
    try:
        while (found := waiting.get()) is not None:
            if not found:
                return
            yield marshal.loads(found)  # noqa: S302 - what the process that was started here wrote
        raise AkikaError(
            "The process that writes the life down ended early.",
            do="In a script of your own, do this below `if __name__ == '__main__':`; else ask for fewer records.",
        )
    finally:
        done.set()
        worker.terminate()
        worker.join()
        here.close()
        while reader.is_alive():
            if not waiting.empty():
                waiting.get()
            reader.join(0.05)


def _read(here: Connection, waiting: Queue[bytes | None], done: threading.Event) -> None:
    """What comes through the pipe; nothing at the end of a whole life, None where it broke off."""
    try:
        while not done.is_set():
            found = here.recv_bytes()
            waiting.put(found)
            if not found:
                return
    except (EOFError, OSError):
        waiting.put(None)


def _work(there: Connection, known: Known, wish: Wish, file: Path | None, until: datetime | None) -> None:
    gc.disable()  # nothing here goes round in circles, and there is much of it
    rules = parameters.load(file)
    people = founding.people(rules)
    founder = people[rules.user_for("lists").key].user
    plan = Plan(rules, parameters.load_names(), wish)
    rows(before(plan.acts(), until), known, people, founder, lambda batch: there.send_bytes(marshal.dumps(batch)))
    there.send_bytes(b"")
    there.close()
