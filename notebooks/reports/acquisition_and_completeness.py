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
# # Acquisition and completeness
#
# This document says how one snapshot of a company's books was taken, what it holds, what could not be seen, and whether
# it is whole: the ground on which every other document stands. It describes what was received from QuickBooks; it is no
# opinion on whether the books themselves are right.

# %% tags=["parameters"]
vault = ""  # required: the folder of the vault
company = ""  # the company, when the vault holds several
snapshot = "latest"  # the snapshot, such as s3
title = ""  # what stands at the head of the document

# %%
import akika_forensics as ak
from akika_forensics.reports import cite, result

case = ak.open_vault(vault, company=company or None)
taken = case.acquisition(snapshot)
cite(case.snapshots(), taken.info.id)

# %% [markdown]
# ## In short

# %%
taken.in_short()

# %% [markdown]
# ## When and how it was taken
#
# A company is read list by list, which takes time, while people go on working. What changed meanwhile was read again,
# until a last reading found nothing new: the snapshot then shows the books as they were when that reading began. The
# software that captures has no code that could write to QuickBooks.

# %%
taken.interval()

# %% [markdown]
# ## What it holds
#
# Every record is kept byte for byte as QuickBooks sent it. Beside the number of captured records stands the number that
# QuickBooks itself counted in the last reading.

# %%
taken.type_counts()

# %%
taken.when_written()

# %% [markdown]
# ## What could not be seen
#
# Findings of the capture. *Not whole* means that something is missing which should be there; *look at it* asks for a
# person; the rest is worth knowing.

# %%
taken.unseen()

# %% [markdown]
# What there is of each kind of record, from when to when it was as the snapshot shows it, and what of it no field of
# QuickBooks' interface has. What no application can read at all stands above the table: it has to be kept by hand.

# %%
taken.reach()

# %% [markdown]
# ## Does it tie out to QuickBooks' own trial balance
#
# The trial balance is worked out anew from the captured records, by rules that are this software's own, and held against
# the report that QuickBooks made of itself while the snapshot was taken. Two independent workings that agree to the cent
# leave little room for a record that is missing.

# %%
taken.tie_out()

# %% [markdown]
# The same for every other report that was kept: each square is one report in one month, and stands for all figures of it
# that the books have an answer to. What does not agree has a frame and its residual; what has no reason that could be told
# is full, with a sign.

# %%
books = case.books(taken.info.id)
books.map()

# %%
taken.reports_kept()

# %% [markdown]
# ## What the books show
#
# The statements as they follow from the captured records, on the accrual basis, in pictures. The figures are those that
# were held against QuickBooks' own reports above.

# %%
books.statement("balance-sheet").picture()

# %%
books.statement("profit-and-loss").picture()

# %%
books.statement("cash-flow").pictures[0]

# %%
books.statement("receivables").picture()

# %% [markdown]
# ## References that lead nowhere
#
# Records name one another: a payment its invoice, an invoice its customer. A name that leads to no captured record is
# either a record that was not captured or one that is gone.

# %%
taken.references()

# %% [markdown]
# ## Is the vault as it was written
#
# The vault was read from its first byte to its last when this document was made: every file opened and held against its
# signed digest, every link of the chain followed, and its end held against what this machine remembers of it.

# %%
taken.integrity()

# %% [markdown]
# ## Custody
#
# What this software did with the vault, the company and this snapshot. Each entry is signed and holds the digest of the
# one before it.

# %%
taken.custody()

# %% [markdown]
# ## The figures of this document
#
# For whoever makes it again: the same snapshot gives the same figures.

# %% tags=["result"]
result(taken.figures())

# %% [markdown]
# ## Limits
#
# - The records are as QuickBooks served them. Whether they were true when they were entered is not decided by keeping
#   them.
# - Bank matches, reconciliation marks, filed returns, payroll and the log of sign-ins cannot be read through the interface
#   of QuickBooks; nothing is said of them here.
# - A count that agrees shows that as many records were read as QuickBooks says there are, not that nobody removed one
#   before.
# - The chain shows that nothing was changed since it was written; this machine's memory of its end, or an anchor kept by
#   somebody else, shows that nothing was cut off.
