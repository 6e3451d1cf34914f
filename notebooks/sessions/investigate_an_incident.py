# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Investigate an incident
#
# Something happened to the books, and the question is what. This session goes from the two snapshots around it to the
# records, their history and what hangs on them, up to the records that a restore plan should name. It only looks:
# nothing here can write to QuickBooks, and nothing is written into the vault.
#
# Views answer here: filter a list, open a record, follow an arrow. The same views stand still in a report.
#
# What opens the vault comes from the environment: `akika lab` hands it on, else set `AKIKA_PASSPHRASE`, `AKIKA_IDENTITY` or
# the like before JupyterLab is started; it never stands in a notebook.

# %% tags=["parameters"]
vault = "vault"  # the folder of the vault
company = ""  # the company, when the vault holds several
before = "first"  # a snapshot from before the incident
after = "latest"  # a snapshot from after it

# %%
import akika_forensics as ak

case = ak.notebook(vault, company or None)
case.snapshots()

# %% [markdown]
# ## Are the snapshots whole?
#
# A difference between two snapshots is worth no more than they are. Each was checked against QuickBooks' own counts and
# trial balance; what could not be seen is named.

# %%
case.check(before).findings.view("Findings before")

# %%
case.check(after).findings.view("Findings after")

# %% [markdown]
# ## What changed
#
# By record and field. Open a line to see everything that was recorded; what only followed from the rest (balances, links
# that QuickBooks keeps) is folded at the end.

# %%
incident = case.comparison(before, after)
incident.in_short()

# %%
incident.diff.view()

# %% [markdown]
# ## When it happened
#
# By the times that QuickBooks keeps. Many records in one second point to an import or a program, not to a hand.

# %%
incident.timeline()

# %%
incident.in_order()

# %% [markdown]
# ## What it did to the accounts

# %%
incident.diff.effect_picture()

# %%
incident.diff.effect_view()

# %% [markdown]
# ## The books themselves
#
# The statements as they follow from the later snapshot's documents, each with its picture and what QuickBooks' own reports say of
# it. A square of the map that is not pale is a report that says something else.

# %%
books = case.books(after)
books.map()

# %%
books.statement("profit-and-loss", by="month")

# %% [markdown]
# ## What hangs on it
#
# The changed records with their neighbours in the state before. A removed record that others point to leaves them
# without it: those are the ones to look at first.

# %%
states = incident.diff.states()
tied = case.dependencies(before=before, after=after) if states else None
tied.picture().folded() if tied else "Nothing was changed directly."

# %%
tied.orphaned_table() if tied else None

# %% [markdown]
# ## One record in depth
#
# Every version that the vault holds of the first record of the list. Put the record you want in its place, such as
# `case.history("Invoice:130")`.

# %%
first = next(iter(states), None)
case.history(first) if first else "Nothing was changed directly."

# %% [markdown]
# ## Every field
#
# One row a field. `incident.diff.comparison.to_frame()` gives the same as a polars frame, for filtering and for export.

# %%
incident.evidence()

# %% [markdown]
# ## Where to go from here
#
# - `akika plan create --to SNAPSHOT --after SNAPSHOT --record Invoice:130 … --out FILE` makes a restore plan of the
#   records that are to come back. It writes nothing to QuickBooks.
# - The session `restore_session` walks the whole way from here to the proof.
# - `akika report run snapshot_compare` makes a document of what stands above, for others; `akika report run restore_plan`
#   one of a plan before it is approved.
#
# ## Limits
#
# - Who made a change is known here only as far as QuickBooks says it in the record itself. The activity of users is in
#   the Audit Log, which its interface does not give out.
# - What was changed and changed back between two snapshots leaves no trace in them.
# - An indicator is a reason to ask, not an answer.
