"""Small notebooks for the tests of the reports' machinery; none needs a vault."""

from __future__ import annotations

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
