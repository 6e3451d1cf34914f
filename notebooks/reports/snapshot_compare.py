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
# # Comparison of two snapshots
#
# This document says what is different in the books of a company between two moments: which records were removed, added
# or changed, field by field, and what that does to each account. It reports differences; it does not say who meant what
# by them.

# %% tags=["parameters"]
vault = ""  # required: the folder of the vault
company = ""  # the company, when the vault holds several
before = "first"  # the earlier snapshot
after = "latest"  # the later snapshot
title = ""  # what stands at the head of the document

# %%
import akika_forensics as ak
from akika_forensics.reports import cite, result

case = ak.open_vault(vault, company=company or None)
found = case.comparison(before, after)
cite(case.snapshots(), found.diff.before.id, found.diff.after.id)

# %% [markdown]
# ## In short

# %%
found.in_short()

# %% [markdown]
# ## What changed
#
# By record and field. Balances and links that QuickBooks computes by itself are folded at the end.

# %%
found.diff.view()

# %% [markdown]
# ## What it does to the accounts
#
# The movement of each account between the two moments: debit positive, credit negative. The movements of balanced books
# add up to nothing.

# %%
found.diff.effect_picture()

# %%
found.diff.effect_view()

# %% [markdown]
# ## Closed periods that moved
#
# What is posted on days up to the closing date should stand still. Each posting here moved all the same.

# %%
found.diff.moved.closed_listing()

# %% [markdown]
# ## By period, class, location and name
#
# The same movements, divided in other ways; each division adds up to the accounts above.

# %%
found.diff.moved.listing("period")

# %%
found.diff.moved.listing("class")

# %%
found.diff.moved.listing("location")

# %%
found.diff.moved.listing("party")

# %% [markdown]
# ## Each cent and the change it comes from
#
# One row for each document, account and day that moved. A document that nobody changed and that posts otherwise, because
# stock costs otherwise or a rate is another, names the changed records that it follows from. The digests are those of the
# record in the two snapshots.

# %%
found.diff.moved.document_listing()

# %% [markdown]
# ## When it happened
#
# The changed records by the time of their last change, as QuickBooks keeps it. A record that is gone carries no time: it
# was removed at some moment between the two snapshots.

# %%
found.timeline()

# %%
found.in_order()

# %% [markdown]
# ## Every field
#
# The evidence in full: one row for each field that differs, the fields that QuickBooks computes among them.

# %%
found.evidence()

# %% [markdown]
# ## Are the two snapshots whole
#
# A difference between two snapshots is worth no more than they are.

# %%
case.check(found.diff.before.id).findings.view("Findings in the earlier snapshot")

# %%
case.check(found.diff.after.id).findings.view("Findings in the later snapshot")

# %% [markdown]
# ## The figures of this document

# %% tags=["result"]
result(found.figures())

# %% [markdown]
# ## Limits
#
# - What was changed and changed back between the two snapshots leaves no trace in them.
# - Who made a change is known only as far as QuickBooks says it in the record itself. The activity of users is in the
#   Audit Log, which its interface does not give out.
# - Times of change are QuickBooks' own; a record keeps only its last one.
# - The effect on the accounts is worked out from the records by the rules of this software, which tie out to QuickBooks'
#   own trial balance as far as the findings above do not say otherwise.
# - A difference is a reason to ask, not an answer.
