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
# # What hangs together
#
# This document says what some records need, what hangs on them, and in which order they could be put back. It is read
# before a restore is planned: a record that is put back without what it needs cannot be put back, and one that others
# name leaves them without it.

# %% tags=["parameters"]
vault = ""  # required: the folder of the vault
company = ""  # the company, when the vault holds several
before = "first"  # the snapshot whose references are followed
after = ""  # a later snapshot; each record then carries what became of it
records = ""  # the records, such as Invoice:130, Payment:12; without them those that were changed until `after`
depth = 1  # how many references far; 0 follows them to the end
title = ""  # what stands at the head of the document

# %%
import akika_forensics as ak
from akika_forensics.reports import cite, result

case = ak.open_vault(vault, company=company or None)
tied = case.dependencies(records, before=before, after=after or None, depth=depth or None)
cite(case.snapshots(), *(case.snapshot(ref).info.id for ref in (before, after) if ref))

# %% [markdown]
# ## The records in question

# %%
tied.chosen_table()

# %% [markdown]
# ## The picture
#
# Each arrow points from a record to one that it needs, so that what stands on the left has to be there before what stands
# on the right. Records that are alike are drawn as one stack.

# %%
tied.picture().folded()

# %% [markdown]
# ## Left without a record they name
#
# Records that still stand and named one that is gone. QuickBooks may have dropped the link by itself: a payment then
# stands there as unapplied.

# %%
tied.orphaned_table()

# %% [markdown]
# ## What they need
#
# These have to be there, and active, before the records in question can be put back.

# %%
tied.needs_table()

# %% [markdown]
# ## What hangs on them
#
# A change of the records in question reaches these.

# %%
tied.dependents_table()

# %% [markdown]
# ## The order
#
# Records of one rank do not need one another; a rank waits for the ones before it. What was added is taken away in the
# opposite order.

# %%
tied.order_table()

# %%
tied.away_table()

# %% [markdown]
# ## The figures of this document

# %% tags=["result"]
result(tied.figures())

# %% [markdown]
# ## Limits
#
# - References are read from the records themselves. What is tied together only in people's heads, such as two invoices of
#   one project, is not seen.
# - Bank matches and reconciliations also hang on transactions; QuickBooks does not show them through its interface.
# - The order says what is possible. What should be put back, and by which step, is decided in a restore plan and by the
#   person who approves it.
