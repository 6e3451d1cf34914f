"""Execute the notebook of a report from top to bottom; what goes wrong is one plain sentence."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

import jupytext
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from akika_forensics import errors
from akika_forensics.errors import AkikaError, Interrupted
from akika_forensics.jobs.private_folder import private_folder
from akika_forensics.reports.catalogue import Report
from akika_forensics.reports.kernel import ENGINE, KERNEL, Progress, heading_of


def executed(
    report: Report,
    values: Mapping[str, Any],
    environment: Mapping[str, str],
    progress: Progress | None,
    should_stop: Callable[[], bool] | None,
    timeout: int | None,
) -> Any:
    """The executed notebook. Raises what a cell raised when that is an `AkikaError`, Interrupted when ``should_stop`` said so."""
    stop_if(should_stop, report)
    notebook = jupytext.read(report.path)
    notebook.metadata["kernelspec"] = {"name": KERNEL, "display_name": "Python", "language": "python"}
    # Socket paths have to be short: a folder of the system's own, private to this user.
    with private_folder() as folder:
        try:
            return papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(values),
                engine_name=ENGINE,
                kernel_name=KERNEL,
                progress_bar=False,
                folder=folder,
                environment=environment,
                progress=progress,
                should_stop=should_stop,
                timeout=timeout,
            )
        except PapermillExecutionError as error:
            raise _plain(error, report, notebook) from error
        except (DeadKernelError, CellTimeoutError, RuntimeError) as error:
            stop_if(should_stop, report)
            raise AkikaError(
                f"The report {report.name} could not be run to its end.",
                means="Its process stopped, did not start or took too long."
                if isinstance(error, DeadKernelError | RuntimeError)
                else f"A step took longer than {timeout} seconds.",
                do="Run it again; with --debug the reason is shown.",
            ) from error
        finally:
            _close_loop()


def _close_loop() -> None:
    """The notebook client opens an event loop in a thread that has none, and would leave it open."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        ensure_event_loop().close()
        asyncio.set_event_loop(None)


def _plain(error: PapermillExecutionError, report: Report, notebook: Any) -> AkikaError:
    """What a cell raised, as an error of this software with the place it came from; never a traceback."""
    section = ""
    for cell in notebook.cells[: error.cell_index + 1]:
        section = (heading_of(cell.source) or section) if cell.cell_type == "markdown" else section
    where = (
        f"The report {report.name} stopped"
        + (f" in its section “{section}”" if section else "")
        + "; nothing was written."
    )
    kind = getattr(errors, error.ename, None)
    if isinstance(kind, type) and issubclass(kind, AkikaError):
        return kind(str(error.evalue), means=where)
    return AkikaError(
        where,
        means=f"A step of the notebook failed with {re.sub(r'[^A-Za-z0-9_.]', '', error.ename)}, which is a fault of the notebook or of this software.",
        do="With --debug the details are shown; in JupyterLab the notebook can be run step by step.",
    )


def stop_if(should_stop: Callable[[], bool] | None, report: Report) -> None:
    """Raises Interrupted when it is time to stop."""
    if should_stop is not None and should_stop():
        raise Interrupted(f"The report {report.name} was stopped.", means="Nothing was written.", do="Run it again.")
