"""How a report's notebook is executed: this very Python, over local sockets, leaving nothing behind.

The kernel talks through socket files in a private folder, not over TCP, where other users of the machine could listen.
It keeps no history, and does not import from the folder it happens to run in.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from subprocess import DEVNULL
from typing import Any, Final

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

ENGINE: Final = "akika"
KERNEL: Final = "python3"
type Progress = Callable[[str, int, int], None]
_LOOK: Final = 0.2
"""Seconds between two questions whether to stop; a running cell is not waited for."""


class LocalKernel(AsyncKernelManager):
    """A kernel of the running interpreter, whatever kernels are registered on this machine."""

    @property
    def kernel_spec(self) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python", language="python")


def local_kernel(folder: Path) -> LocalKernel:
    """A kernel manager whose connection file and sockets lie in ``folder`` (private, with a short path)."""
    manager = LocalKernel(kernel_name=KERNEL)
    manager.transport = "ipc"
    manager.connection_file = str(folder / "k.json")
    manager.ip = str(folder / "k")
    return manager


def kernel_environment(folder: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of the kernel: this one's, ``extra``, and IPython's own state in ``folder``."""
    own = {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder),
        # Modules frozen into Python cannot be debugged, which the debugger says on every start; nobody debugs here.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return {**os.environ, **extra, **own}


class LocalEngine(Engine):  # type: ignore[misc]  # papermill carries no types
    """papermill's engine ``akika``."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:  # noqa: ARG003 - papermill's signature
        folder: Path = kwargs["folder"]
        manager = local_kernel(folder)
        client = Client(
            nb_man,
            progress=kwargs["progress"],
            km=manager,
            timeout=kwargs["timeout"],
            startup_timeout=60,
            kernel_name=KERNEL,
        )
        client.extra_arguments = ["--HistoryManager.enabled=False", "--InteractiveShellApp.ignore_cwd=True"]
        environment = kernel_environment(folder, kwargs["environment"])
        with no_kernel_left(manager), stopped_by(kwargs["should_stop"], manager):
            return client.execute(env=environment, cleanup_kc=True, stdout=DEVNULL, stderr=DEVNULL)


def kill(manager: AsyncKernelManager) -> None:
    """End the process of a kernel at once, if there is one."""
    process = getattr(manager.provisioner, "process", None)
    if process is not None and process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def no_kernel_left(manager: AsyncKernelManager) -> Iterator[None]:
    """Within the block a kernel may run; after it none does, however the block was left."""
    try:
        yield
    finally:
        kill(manager)


@contextlib.contextmanager
def stopped_by(should_stop: Callable[[], bool] | None, manager: AsyncKernelManager) -> Iterator[None]:
    """Within the block the kernel is killed as soon as ``should_stop`` says so."""
    if should_stop is None:
        yield
        return
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK):
            if should_stop():
                kill(manager)
                return

    watcher = threading.Thread(target=watch, name="akika-report-stop", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


class Client(PapermillNotebookClient):  # type: ignore[misc]  # papermill carries no types
    """papermill's client that says how far it is."""

    def __init__(self, nb_man: Any, *, progress: Progress | None, **kwargs: Any) -> None:
        super().__init__(nb_man, **kwargs)
        self._progress = progress
        self._total = sum(1 for cell in nb_man.nb.cells if cell.cell_type == "code")
        self._done = 0
        self._section = ""

    def execute_cell(self, cell: Any, cell_index: int, *args: Any, **kwargs: Any) -> Any:
        if cell.cell_type == "markdown":
            self._section = heading_of(cell.source) or self._section
        executed = super().execute_cell(cell, cell_index, *args, **kwargs)
        if cell.cell_type == "code":
            self._done += 1
            if self._progress is not None:
                self._progress(self._section, self._done, self._total)
        return executed


def heading_of(markdown: str) -> str:
    """The first heading of a markdown cell, or ``""``."""
    for line in markdown.splitlines():
        if line.startswith("#"):
            return line.lstrip("#").strip()
    return ""


papermill_engines.register(ENGINE, LocalEngine)
