"""What a report costs: running its notebook, making the page, printing the PDF, sealing; and a table too long for paper."""

from __future__ import annotations

import base64
import gzip
import os
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

ROWS = 100_000
PLAIN_ROWS = 2_000


def timed(what: str, work: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    made = work()
    print(f"{what:<58} {time.perf_counter() - start:6.2f} s")
    return made


def company_that_was_restored(folder: Path) -> dict[str, str]:
    """The sample company captured, damaged, captured, restored and captured again; the parameters of its report."""
    from akika_forensics.case.opening import init_vault
    from akika_forensics.quickbooks import Connection
    from akika_forensics.restore.scope import scope_of
    from akika_forensics.settings import Secret
    from akika_forensics.twin import Twin, incidents, sample, serve
    from akika_forensics.vault import KdfCost

    twin = Twin()
    sample.build(twin)
    with serve(twin) as server:
        case = init_vault(folder / "vault", Secret("words"), recovery_sheet=None, cost=KdfCost.CHEAP)
        given = server.credentials
        client = (given.client_id, Secret(given.client_secret))
        connection = Connection("craig", server.realm_id, server.base_url, server.token_url, *client)
        case.connect(connection, Secret(given.refresh_token))
        case.capture()
        truth = incidents.run(twin, "demo")
        case.capture()
        plan = folder / "restore.plan"
        scope = scope_of([f"{record['entity']}:{record['id']}" for record in truth["records"]])
        case.plans.create(to="s1", after="s2", now_snapshot="s2", scope=scope, out=plan)
        case.signers.add("Dana", Secret("her words"), role="partner", cost=KdfCost.CHEAP)
        case.plans.approve(plan, "Dana", Secret("her words"))
        case.plans.execute(plan)
        case.plans.verify(plan)
    return {"vault": str(folder / "vault"), "after": "s2", "plan": str(plan)}


def pages(data: bytes | None) -> str:
    from pypdf import PdfReader

    return "no PDF" if data is None else f"{len(PdfReader(BytesIO(data)).pages)} pages, {len(data) / 1e3:,.0f} kB"


def whole_report(folder: Path) -> None:
    import nbformat

    from akika_forensics import reports
    from akika_forensics.model.instants import now
    from akika_forensics.reports import sealing
    from akika_forensics.reports.executing import executed
    from akika_forensics.reports.export import to_html, to_paper
    from akika_forensics.reports.making import document_of, make
    from akika_forensics.reports.pdf import engine, to_pdf
    from akika_forensics.settings import Secret

    parameters = timed("a company captured, damaged and restored", lambda: company_that_was_restored(folder))
    report = reports.find("restore_verification")
    words = {"AKIKA_PASSPHRASE": "words"}
    notebook = timed("papermill: restore_verification", lambda: executed(report, parameters, words, None, None, None))
    data = nbformat.writes(notebook).encode()
    document = document_of(report, parameters, notebook, data, now())
    html = timed("HTML", lambda: to_html(notebook, document))
    print(f"    {len(html) / 1e3:,.0f} kB")
    timed("the engine of the PDF is loaded", engine)
    paper = timed("the page for paper", lambda: to_paper(notebook, document, "r"))
    print(f"    {pages(timed('PDF/A-3u', lambda: to_pdf(paper, document, 'r')).data)}")
    started = now()
    made = timed(
        "all files", lambda: make(report, parameters, notebook, data, stem="r", started=started, made_at=started)
    )
    from akika_forensics.case import open_vault

    case = open_vault(parameters["vault"], passphrase=Secret("words"))
    timed("sealed in the vault", lambda: sealing.seal(case.vault, made))
    timed("checked and exported from it", lambda: sealing.export(case.vault, "r1", folder / "out"))
    timed(
        "from the command to the files, in all",
        lambda: reports.run("restore_verification", parameters, folder / "all", passphrase=Secret("words")),
    )


def long_table() -> None:
    from nbformat import v4

    from akika_forensics.reports.export import to_paper
    from akika_forensics.reports.pdf import to_pdf

    document = {
        "title": "t",
        "kind": "k",
        "report": "r",
        "sha256": "0" * 64,
        "made_at": "2026-11-23T10:00:00Z",
        "parameters": {},
        "software": {},
        "snapshots": [],
    }
    lines = "\r\n".join(
        ["Record,Name,Date,Amount", *(f"Invoice:{n},Rock Fountain,2026-11-23,{n}.00" for n in range(ROWS))]
    )
    packed = base64.b64encode(gzip.compress(lines.encode())).decode()
    table = {"name": "all", "columns": ["Record", "Name", "Date", "Amount"], "rows": ROWS, "csv_gz": packed}
    rows = "".join(f"<tr><td>Invoice:{n}</td><td>Rock Fountain</td><td>{n}.00</td></tr>" for n in range(PLAIN_ROWS))
    for what, data in (
        (f"PDF with a table of {ROWS:,} rows attached", {"application/vnd.akika.table+json": table}),
        (
            f"PDF with an ordinary table of {PLAIN_ROWS:,} rows, cut",
            {"text/html": f"<table><tbody>{rows}</tbody></table>"},
        ),
    ):
        cell = v4.new_code_cell("x", outputs=[v4.new_output("display_data", data=data)])
        notebook = v4.new_notebook(cells=[cell])
        timed(what, lambda notebook=notebook: to_pdf(to_paper(notebook, document, "r"), document, "r"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["AKIKA_STATE_DIR"] = str(Path(scratch) / "state")
        whole_report(Path(scratch))
        long_table()
