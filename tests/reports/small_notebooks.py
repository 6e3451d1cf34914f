"""Small notebooks for the tests of the reports' machinery; none needs a vault."""

from __future__ import annotations

import base64
import gzip
from typing import Any

from nbformat import v4

SCRIPT = "document.currentScript.dataset.searched = 'yes';"
"""Stands for the script of the searchable table."""

TINY = """# %% [markdown]
# # A tiny report
#
# It shows that the **machinery** works,
# in two lines.

# %% tags=["parameters"]
count = 3  # how many lines
who = ""  # required: whose it is
exact = False
title = ""  # what stands at the head

# %% [markdown]
# ## What there is
#
# Some *prose*.

# %%
import warnings
import sys
from IPython.display import display

print(f"{who} has {count} lines")
print("only for the notebook", file=sys.stderr)

# %%
class Both:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": "<p>html form</p>", "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"><title>svg form</title></svg>',
                "text/plain": "plain form", "application/javascript": "alert(1)", "application/vnd.jupyter.widget-view+json": {"model_id": "x"}}

Both()

# %%
from datetime import datetime, timezone
from types import SimpleNamespace
from akika_forensics.reports import cite

infos = [SimpleNamespace(id=f"s{n}", taken_at=datetime(2026, 11, n, tzinfo=timezone.utc), company=SimpleNamespace(name="<b>Craig</b>"), records=10, complete=True, digest=f"{n:02d}" * 32) for n in (1, 2)]
cite(infos, "s2")

# %% tags=["show-input"]
exact_sum = 1 + 1
exact_sum
"""


def failing(cell: str) -> str:
    """A notebook whose second section runs ``cell``."""
    return f'# %% [markdown]\n# # Failing\n\n# %% tags=["parameters"]\nname = ""\n\n# %% [markdown]\n# ## The bad part\n\n# %%\n{cell}\n'


DOCUMENT: dict[str, Any] = {
    "title": "Books of a company",
    "kind": "A tiny report",
    "report": "tiny",
    "sha256": "ab" * 32,
    "made_at": "2026-11-23T10:00:00Z",
    "parameters": {"who": "a"},
    "software": {"Python": "3"},
    "snapshots": [],
}


def executed(*bundles: dict[str, Any], prose: str = "# A tiny report\n\nWhat it is.") -> Any:
    """A notebook as if it had been run: one cell with one output for each bundle."""
    cells = [v4.new_markdown_cell(prose, id="a0")]
    for number, data in enumerate(bundles, start=1):
        output = v4.new_output("display_data", data={"text/plain": "plain", **data})
        cells.append(v4.new_code_cell("show()", outputs=[output], execution_count=number, id=f"c{number}"))
    return v4.new_notebook(cells=cells, metadata={})


def table_html(rows: int, *, caption: str = "Every change", cell: str = "Rock Fountain") -> str:
    """An ordinary table of a view, with ``rows`` rows."""
    body = "".join(f"<tr><th scope='row'>row {n}</th><td>{cell}</td><td>{n}.00</td></tr>" for n in range(1, rows + 1))
    head = "<thead><tr><th>Row</th><th>What</th><th>Amount</th></tr></thead>"
    return f"<div class='akika'><table><caption>{caption}<span class='ak-sub'>sub</span></caption>{head}<tbody>{body}</tbody></table></div>"


def evidence(rows: int, *, name: str = "Every change", cell: str = "Rock Fountain") -> dict[str, Any]:
    """What a searchable table of many rows leaves in a notebook."""
    lines = ["Record,Name,Amount", *(f"Invoice:{n},{cell},{n}.00" for n in range(1, rows + 1))]
    data = "\r\n".join(lines).encode() + b"\r\n"
    packed = base64.b64encode(gzip.compress(data, mtime=0)).decode("ascii")
    html = f"<div class='akika'><input type='search'><script>{SCRIPT}</script><script type='application/json'>{packed}</script></div>"
    return {
        "text/html": html,
        "application/vnd.akika.table+json": {
            "name": name,
            "columns": ["Record", "Name", "Amount"],
            "rows": rows,
            "csv_gz": packed,
        },
    }
