"""Run a report: read the notebook, execute it, make its files, seal them in the vault and write them out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import nbformat

from akika_forensics.case import Case, open_vault
from akika_forensics.case.unlocking import Opening, by_passphrase, passphrase_from_file
from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model.instants import now
from akika_forensics.reports import sealing
from akika_forensics.reports.catalogue import Report, find
from akika_forensics.reports.executing import executed, stop_if
from akika_forensics.reports.files import ReportResult, free_stem, private_folder, write_all
from akika_forensics.reports.kernel import Progress
from akika_forensics.reports.making import MadeReport, make
from akika_forensics.reports.sealing import KeptReport
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore
from akika_forensics.vault.keys.ways import Means

PASSPHRASE: Final = "AKIKA_PASSPHRASE"  # noqa: S105 - the name of a variable, not its value
PASSPHRASE_FILE: Final = "AKIKA_PASSPHRASE_FILE"  # noqa: S105 - likewise
STATE: Final = "AKIKA_STATE_DIR"
VAULT: Final = "vault"
"""The parameter that says in which vault a report is sealed."""
_write_notebook: Any = nbformat.writes


def run(
    name: str,
    parameters: Mapping[str, Any],
    out: Path,
    *,
    passphrase: Secret | Opening | None = None,
    environment: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    timeout: int | None = None,
    places: Iterable[Path] | None = None,
) -> ReportResult:
    """Execute the report ``name``, seal it, and write notebook, HTML, PDF, long tables and manifest into the folder ``out``.

    ``name``: one of the catalogue, or the path of a notebook ending in ``.py``. ``parameters``: checked against those the
    notebook declares; with a ``vault`` among them the report is sealed there. ``passphrase``: opens that vault, or whatever
    else does (`by_identity`, `by_name` of `case.unlocking`), and is handed to the notebook's process in its environment, as
    is ``environment``; without it both find what the environment names, as this process does. ``progress``: called with section, cells done
    and cells in all. ``should_stop``: asked several times a second; the process is then ended and Interrupted raised.
    ``timeout``: seconds for one cell, None for no limit.

    Files are readable by their owner alone and never replace an earlier report. Raises WrongUse on parameters or
    folders, and what the notebook raised when that is an `AkikaError`; nothing is written then.
    """
    work = _Work(find(name, places), parameters, passphrase, environment)
    private_folder(out)
    made = work.done(free_stem(out, work.report.name), progress, should_stop, timeout)
    if work.case is None:
        return write_all(out, made.files, notes=made.notes)
    kept = sealing.seal(work.case.vault, made, custody=work.case.custody)
    return sealing.write_out(work.case.vault, kept, made.files, out, custody=work.case.custody)


def keep(
    name: str,
    parameters: Mapping[str, Any],
    *,
    passphrase: Secret | Opening | None = None,
    environment: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    timeout: int | None = None,
    places: Iterable[Path] | None = None,
) -> KeptReport:
    """As `run`, but the report is sealed in its vault only; `sealing.export` writes it out. Raises WrongUse without a vault."""
    work = _Work(find(name, places), parameters, passphrase, environment)
    if work.case is None:
        raise WrongUse(
            f"The report {work.report.name} was given no vault to be sealed in.",
            do="Name a folder for its files, or the vault among its parameters.",
        )
    made = work.done(work.report.name, progress, should_stop, timeout)
    return sealing.seal(work.case.vault, made, custody=work.case.custody)


class _Work:
    """One run of a report, checked before anything runs: its parameters, and the vault if it names one."""

    def __init__(
        self,
        report: Report,
        parameters: Mapping[str, Any],
        passphrase: Secret | Opening | None,
        environment: Mapping[str, str] | None,
    ) -> None:
        self.report = report
        self.values = report.values(parameters)
        self.environment = dict(environment or {})
        self.means: Secret | Means | None = None
        if passphrase is not None:
            how = passphrase if isinstance(passphrase, Opening) else by_passphrase(passphrase)
            self.means, self.secret = how.means, how.secret
            self.environment |= how.environment
        else:
            self.secret = _secret({**os.environ, **self.environment})
            self.means = self.secret or None
        self.case = self._case()

    def _case(self) -> Case | None:
        root = self.values.get(VAULT)
        if not root:
            return None
        state = self.environment.get(STATE)
        return open_vault(str(root), passphrase=self.means, heads=HeadStore(Path(state) / "heads") if state else None)

    def done(
        self, stem: str, progress: Progress | None, should_stop: Callable[[], bool] | None, timeout: int | None
    ) -> MadeReport:
        started = now()
        notebook = executed(self.report, self.values, self.environment, progress, should_stop, timeout)
        data = (_write_notebook(notebook) + "\n").encode("utf-8")
        _without_secret(data, self.secret)
        made = make(self.report, self.values, notebook, data, stem=stem, started=started, made_at=now())
        stop_if(should_stop, self.report)
        return made


def _secret(environment: Mapping[str, str]) -> Secret:
    """The passphrase as the notebook's process will find it; empty without. Raises WrongUse for a file that cannot be read."""
    if environment.get(PASSPHRASE):
        return Secret(environment[PASSPHRASE])
    file = environment.get(PASSPHRASE_FILE)
    return passphrase_from_file(Path(file)) if file else Secret("")


def _without_secret(data: bytes, secret: Secret) -> None:
    text = secret.reveal()
    forms = {text, json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]}
    if len(text) >= 4 and any(form.encode() in data for form in forms):
        raise Refused(
            "The notebook shows the passphrase.",
            means="A report is made to be handed on; nothing was written.",
            do="Take the passphrase out of the notebook.",
        )
