"""A parameterised notebook, run to a document that stands alone.

reports.catalogue()                         the reports that come with this software
reports.run(name, parameters, out)          → ReportResult(notebook, html, pdf, manifest, tables, notes, sealed)
reports.keep(name, parameters)              → KeptReport: sealed in its vault only
reports.sealing.kept(vault), .export(vault, "r1", out)
reports.cite(case.snapshots(), "s1", "s2")  in a notebook: which snapshots it rests on
reports.result({"records": 311})            in a notebook: the figures it comes to
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from akika_forensics.reports.catalogue import Parameter, Report, catalogue, find
from akika_forensics.reports.provenance import Citation, Result, cite, result

if TYPE_CHECKING:
    from akika_forensics.reports.files import ReportResult
    from akika_forensics.reports.running import keep, run
    from akika_forensics.reports.sealing import KeptReport

__all__ = [
    "Citation",
    "KeptReport",
    "Parameter",
    "Report",
    "ReportResult",
    "Result",
    "catalogue",
    "cite",
    "find",
    "keep",
    "result",
    "run",
]

_LATER = {"KeptReport": "sealing", "ReportResult": "files", "keep": "running", "run": "running"}


def __getattr__(name: str) -> Any:
    # papermill and nbconvert take a second to import: a notebook that cites its snapshots needs neither.
    if name in _LATER:
        return getattr(import_module(f"akika_forensics.reports.{_LATER[name]}"), name)
    raise AttributeError(name)
