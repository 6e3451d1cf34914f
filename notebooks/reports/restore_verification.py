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
# # Restore verification
#
# This document says what an incident did to the books of a company, what was done to put them right, and whether the
# books are now as they were. Every figure in it comes from the snapshots named under *Provenance*, which hold what
# QuickBooks sent, byte for byte. It reports differences; it does not say who meant what by them.

# %% tags=["parameters"]
vault = ""  # required: the folder of the vault
company = ""  # the company, when the vault holds several
before = "first"  # the snapshot from before the incident
after = ""  # required: the first snapshot after the incident
final = "latest"  # the snapshot taken after the restore
plan = ""  # required: the plan's file
title = ""  # what stands at the head of the document

# %%
import akika_forensics as ak
from akika_forensics.reports import cite, result
from akika_widgets.views.restored import RestoredView
from akika_widgets.views.tables import TieOutTable

case = ak.open_vault(vault, company=company or None)
was, damaged, restored = (case.snapshot(ref).info for ref in (before, after, final))
done = case.plan(plan)

# %% [markdown]
# ## In short

# %%
RestoredView(done.verification, title="Result of the restore").summary()

# %% [markdown]
# ## The three states
#
# The books are compared at three moments: before the incident, after it, and after the restore.

# %%
cite(case.snapshots(), was.id, damaged.id, restored.id)

# %% [markdown]
# ## What the incident changed
#
# Records that were removed, added, or changed by somebody. Balances and links that QuickBooks computes by itself are
# folded at the end.

# %%
incident = case.diff(was.id, damaged.id)
incident.view()

# %% [markdown]
# ## What it did to the trial balance
#
# The movement of each account between the two states: debit positive, credit negative. The movements of balanced books
# add up to nothing.

# %%
incident.effect_picture()

# %%
incident.effect_view()

# %% [markdown]
# ## What hangs on the damaged records
#
# Each arrow points from a record to one that it needs. A removed record leaves those that need it without it, which is
# why records are put back in this order: from left to right.

# %%
case.graph(incident.states(), snapshot=was.id, states=incident.states()).folded()

# %% [markdown]
# ## What was done
#
# The steps of the approved plan in the order of their execution, each with its reason and what became of it.

# %%
done.view()

# %% [markdown]
# ## Who approved it
#
# An approval is a signature, with the signer's own key, over the digest of exactly the plan that was executed.

# %%
review = case.review(plan)
review.approvals()

# %%
review.signing()

# %% [markdown]
# ## Are the books as they were
#
# After the restore the company was captured once more and each record compared with its state before the incident. The
# closed list of unavoidable differences is: a new Id and the references to it, the Ids of lines and addresses, the edit
# counter, the times of creation and change, and who created and changed it.

# %%
RestoredView(done.verification).details()

# %% [markdown]
# ## What differs now from before the incident
#
# The whole company, not only what the plan touched. Records that were put back carry new Ids: they stand here once as
# removed, under the old, and once as added, under the new. Ordinary work since then stands here as well.

# %%
case.diff(was.id, restored.id).view()

# %% [markdown]
# ## Tie-out
#
# The trial balance worked out from the restored records, beside the one that QuickBooks itself reported when they were
# captured.

# %%
whole = case.check(restored.id)
TieOutTable(whole.tie_out)

# %%
whole.findings.view("What was found in the last snapshot")

# %% [markdown]
# ## Custody
#
# What this software did with the plan and the snapshots it rests on. Each entry is signed and holds the digest of the one
# before it.

# %%
review.custody()

# %% [markdown]
# ## The figures of this document

# %% tags=["result"]
result(review.outcome())

# %% [markdown]
# ## Limits
#
# - This document agrees or does not agree with an approved plan; it is no opinion on the books.
# - Bank matches, reconciliation marks, filed returns, payroll and the log of sign-ins cannot be read through the
#   interface of QuickBooks, and nothing is said of them here.
# - A snapshot is taken over an interval, not in one instant; what moved while it was taken is captured again, and what
#   could not be seen is named among its findings.
# - Times of creation and change, and the names of those who made them, are QuickBooks' own. A record that was made again
#   carries those of the restore.
