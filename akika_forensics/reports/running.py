"""Run a report: read the notebook, execute it, make the document, write down what was made."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jupytext
import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from akika_forensics import errors
from akika_forensics.errors import AkikaError, Refused
from akika_forensics.model import payload
from akika_forensics.model.instants import format_instant, now
from akika_forensics.reports.catalogue import Report, find
from akika_forensics.reports.export import to_html
from akika_forensics.reports.files import free_stem, private_folder, write_private
from akika_forensics.reports.kernel import ENGINE, KERNEL, Progress, heading_of
from akika_forensics.reports.provenance import cited_in, software
from akika_forensics.settings import Secret

FORMAT: Final = "akika-report-1"
PASSPHRASE: Final = "AKIKA_PASSPHRASE"  # noqa: S105 - the name of a variable, not its value
_TITLE_PARAMETER: Final = "title"
_write_notebook: Any = nbformat.writes


@dataclass(frozen=True, slots=True)
class ReportResult:
    """Where the files of a report lie; ``pdf`` is None where none was asked for."""

    notebook: Path
    html: Path
    pdf: Path | None
    manifest: Path


def run(
    name: str,
    parameters: Mapping[str, Any],
    out: Path,
    *,
    passphrase: Secret | None = None,
    environment: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    timeout: int | None = None,
    places: Iterable[Path] | None = None,
) -> ReportResult:
    """Execute the report ``name`` and write notebook, HTML and manifest into the folder ``out``.

    ``name``: one of the catalogue, or the path of a notebook ending in ``.py``. ``parameters``: checked against those the
    notebook declares. ``passphrase``: handed to the notebook's process in its environment, as is ``environment``; without
    it the notebook finds ``AKIKA_PASSPHRASE`` or ``AKIKA_PASSPHRASE_FILE`` as this process does. ``progress``: called
    with section, cells done and cells in all. ``timeout``: seconds for one cell, None for no limit.

    Files are readable by their owner alone and never replace an earlier report. Raises WrongUse on parameters or
    folders, and what the notebook raised when that is an `AkikaError`; nothing is written then.
    """
    report = find(name, places)
    values = report.values(parameters)
    secrets = dict(environment or {})
    if passphrase:
        secrets[PASSPHRASE] = passphrase.reveal()
    private_folder(out)
    started = now()
    notebook = _executed(report, values, secrets, progress, timeout)
    data = (_write_notebook(notebook) + "\n").encode("utf-8")
    _without_secret(data, secrets.get(PASSPHRASE) or os.environ.get(PASSPHRASE, ""))
    document = _document(report, values, notebook, data)
    html = to_html(notebook, document).encode("utf-8")
    stem = free_stem(out, report.name)
    files = [write_private(out / f"{stem}.ipynb", data), write_private(out / f"{stem}.html", html)]
    manifest = {
        "format": FORMAT,
        "report": report.name,
        "source": {"path": report.path.name, "sha256": hashlib.sha256(report.path.read_bytes()).hexdigest()},
        "title": document["title"],
        "started_at": format_instant(started),
        "finished_at": document["made_at"],
        "parameters": document["parameters"],
        "snapshots": document["snapshots"],
        "software": document["software"],
        "files": files,
    }
    write_private(out / f"{stem}.json", payload.encode(manifest) + b"\n")
    return ReportResult(out / f"{stem}.ipynb", out / f"{stem}.html", None, out / f"{stem}.json")


def _executed(
    report: Report,
    values: Mapping[str, Any],
    secrets: Mapping[str, str],
    progress: Progress | None,
    timeout: int | None,
) -> Any:
    notebook = jupytext.read(report.path)
    notebook.metadata["kernelspec"] = {"name": KERNEL, "display_name": "Python", "language": "python"}
    # Socket paths have to be short: a folder of the system's own, private to this user.
    with tempfile.TemporaryDirectory(prefix="akika-") as folder:
        try:
            return papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(values),
                engine_name=ENGINE,
                kernel_name=KERNEL,
                progress_bar=False,
                folder=Path(folder),
                environment=secrets,
                progress=progress,
                timeout=timeout,
            )
        except PapermillExecutionError as error:
            raise _plain(error, report, notebook) from error
        except (DeadKernelError, CellTimeoutError, RuntimeError) as error:
            raise AkikaError(
                f"The report {report.name} could not be run to its end.",
                means="Its process stopped, did not start or took too long."
                if isinstance(error, DeadKernelError | RuntimeError)
                else f"A step took longer than {timeout} seconds.",
                do="Run it again; with --debug the reason is shown.",
            ) from error


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


def _without_secret(data: bytes, passphrase: str) -> None:
    if len(passphrase) >= 4 and passphrase.encode() in data:
        raise Refused(
            "The notebook shows the passphrase.",
            means="A report is made to be handed on; nothing was written.",
            do="Take the passphrase out of the notebook.",
        )


def _document(report: Report, values: Mapping[str, Any], notebook: Any, data: bytes) -> dict[str, Any]:
    defaults = {parameter.name: parameter.default for parameter in report.parameters}
    shown = {name: values.get(name, default) for name, default in defaults.items()}
    return {
        "report": report.name,
        "kind": report.title,
        "title": str(shown.get(_TITLE_PARAMETER) or report.title),
        "sha256": hashlib.sha256(data).hexdigest(),
        "made_at": format_instant(now()),
        "parameters": {name: "" if value is None else str(value) for name, value in shown.items()},
        "software": software(),
        "snapshots": cited_in(notebook),
    }
