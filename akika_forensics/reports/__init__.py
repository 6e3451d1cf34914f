"""A parameterised notebook, run to a document that stands alone.

reports.catalogue()                         the reports that come with this software
reports.run(name, parameters, out)          → ReportResult(notebook, html, pdf, manifest)
reports.cite(case.snapshots(), "s1", "s2")  in a notebook: which snapshots it rests on
reports.result({"records": 311})            in a notebook: the figures it comes to
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from akika_forensics.reports.catalogue import Parameter, Report, catalogue, find
from akika_forensics.reports.provenance import Citation, Result, cite, result

if TYPE_CHECKING:
    from akika_forensics.reports.running import ReportResult, run

__all__ = ["Citation", "Parameter", "Report", "ReportResult", "Result", "catalogue", "cite", "find", "result", "run"]


def __getattr__(name: str) -> Any:
    # papermill and nbconvert take a second to import: a notebook that cites its snapshots needs neither.
    if name in {"ReportResult", "run"}:
        return getattr(import_module("akika_forensics.reports.running"), name)
    raise AttributeError(name)
