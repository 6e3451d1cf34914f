"""Command lines as processes of their own, without the second that each of them takes to load: for tests that kill.

A process that has loaded everything and done nothing forks for each command line. What is forked is a process like any
other: it opens its own files, has its own number, and is killed by a signal. Threads of libraries (an allocator's, an
idle cleaner's) do not come along: none of them holds anything, since nothing was done.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from typing import IO, Any

LONGEST = 120

_SERVER = """
import gc, json, os, selectors, signal, socket, sys
import akika_forensics.case.opening
import akika_forensics.restore.execute
from akika_forensics.cli.app import main

main(["--version"])  # all verbs are made ready
sys.stdout.flush()

door = socket.socket(fileno=int(sys.argv[1]))
read, write = os.pipe()
os.set_blocking(write, False)
signal.set_wakeup_fd(write)
signal.signal(signal.SIGCHLD, lambda *_: None)
gc.freeze()
told = {}  # process number: where to write how it ended
look = selectors.DefaultSelector()
look.register(door, selectors.EVENT_READ)
look.register(read, selectors.EVENT_READ)


def reap():
    while told:
        number, how = os.waitpid(-1, os.WNOHANG)
        if number == 0:
            return
        place = told.pop(number)
        os.write(place, json.dumps(os.waitstatus_to_exitcode(how)).encode())
        os.close(place)


def become(asked, output, errors):
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    door.close()
    for number in (read, write, *told.values()):
        os.close(number)
    os.dup2(output, 1)
    os.dup2(errors, 2)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["akika", *asked["arguments"]]
    exec(asked["before"], {"__name__": "before"})
    from akika_forensics.cli import main
    raise SystemExit(main(sys.argv[1:]))


while True:
    for key, _ in look.select():
        if key.fd == read:
            os.read(read, 4096)
            reap()
            continue
        message, given, _, _ = socket.recv_fds(door, 1 << 20, 3)
        if not message:
            raise SystemExit
        asked = json.loads(message)
        output, errors, ending = given
        number = os.fork()
        if number == 0:
            look.close()
            os.close(ending)
            become(asked, output, errors)
        told[number] = ending
        os.close(output)
        os.close(errors)
        door.sendall(json.dumps(number).encode() + b"\\n")
"""


class Started:
    """One command line that runs, as far as ``subprocess.Popen`` is needed of it here."""

    def __init__(self, number: int, output: IO[bytes], errors: IO[bytes], ending: int) -> None:
        self.pid, self._output, self._errors, self._ending = number, output, errors, ending
        self._lock = threading.Lock()
        self.returncode: int | None = None

    def send_signal(self, how: signal.Signals) -> None:
        os.kill(self.pid, how)

    def wait(self) -> int:
        """How it ended, less than nothing for a signal; whichever thread asks, and however often. It is killed when it does not end."""
        with self._lock:
            if self.returncode is None:
                if not select.select([self._ending], [], [], LONGEST)[0]:
                    self.send_signal(signal.SIGKILL)
                    raise AssertionError(f"it ran for longer than {LONGEST} seconds")
                told = os.read(self._ending, 64)
                os.close(self._ending)
                assert told, "nobody told how the process ended"
                self.returncode = int(json.loads(told))
            return self.returncode

    def communicate(self) -> tuple[bytes, bytes]:
        """What it wrote, once it has ended."""
        self.wait()
        written = []
        for file in (self._output, self._errors):
            file.seek(0)
            written.append(file.read())
            file.close()
        return written[0], written[1]


class Warm:
    """The process that has loaded, and what it is asked to start."""

    def __init__(self) -> None:
        self._door, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore::DeprecationWarning", "-c", _SERVER, str(theirs.fileno())],
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self._lock = threading.Lock()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], before: str = "") -> Started:
        """``akika`` with ``arguments``; ``before``: Python that its process runs first."""
        asked: dict[str, Any] = {"arguments": list(arguments), "environment": dict(environment), "before": before}
        output, errors = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 -- closed when they are read
        ending, theirs = os.pipe()
        with self._lock:
            socket.send_fds(self._door, [json.dumps(asked).encode()], [output.fileno(), errors.fileno(), theirs])
            os.close(theirs)
            told = b""
            while not told.endswith(b"\n"):
                came = self._door.recv(64)
                assert came, "the process that starts others is gone"
                told += came
        return Started(int(json.loads(told)), output, errors, ending)

    def close(self) -> None:
        """It ends by itself when nobody can ask any more."""
        self._door.close()
        self._process.wait()


@cache
def warm() -> Warm:
    """One for all tests of this process; it ends with it."""
    made = Warm()
    atexit.register(made.close)
    return made
