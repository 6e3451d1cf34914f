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
# # Restore plan for approval
#
# This document shows a restore plan before it is approved: what would be written to QuickBooks, in which order, how close
# it comes to the state before, what is left to people, and what the trial balance would be. Nothing of it has been
# written because this document was made. An approval covers these bytes of the plan and no others.

# %% tags=["parameters"]
vault = ""  # required: the folder of the vault
plan = ""  # required: the plan's file
company = ""  # the company, when the vault holds several
title = ""  # what stands at the head of the document

# %%
import akika_forensics as ak
from akika_forensics.reports import cite, result

case = ak.open_vault(vault, company=company or None)
review = case.review(plan)
cite(case.snapshots(), *review.snapshot_ids)

# %% [markdown]
# ## In short

# %%
review.in_short()

# %% [markdown]
# ## Scope and states
#
# What the plan was asked to put back, and the snapshots it was made from. What is outside the scope is not touched.

# %%
review.scope()

# %%
review.states()

# %% [markdown]
# ## What would be written
#
# *Exact*: equal to the state before in every field that can be written. *Exact but for*: equal but for what QuickBooks
# itself gives out, such as a new Id, the references to it, the edit counter and the times. *Differs*: in fields that the
# step names.

# %%
review.actions()

# %%
case.plan(plan).view()

# %% [markdown]
# ## Field by field

# %%
review.fields()

# %%
review.made_again()

# %% [markdown]
# ## What asks for a person
#
# Conflicts are decided before a plan is approved; a decision makes a new plan with a new digest.

# %%
review.conflicts()

# %%
review.by_hand()

# %%
review.left_alone()

# %%
review.remarks()

# %%
review.questions()

# %% [markdown]
# ## The trial balance that is predicted
#
# Worked out from the records as they would be. After the restore the company is captured again and held against these
# figures, account by account.

# %%
review.balance_picture()

# %%
review.balance()

# %% [markdown]
# ## The rehearsal
#
# A rehearsal runs the plan, and then its undo, on a copy of the books as they are now, on this machine.

# %%
review.rehearsal()

# %%
review.unverified()

# %% [markdown]
# ## What an approver signs
#
# A signature is made with the signer's own key over the digest of the plan. A plan that is changed by one byte has
# another digest, and no approval.

# %%
review.signing()

# %%
review.approvals()

# %% [markdown]
# ## The figures of this document

# %% tags=["result"]
result(review.figures())

# %% [markdown]
# ## Limits
#
# - A plan is made from the books as they were when it was made. Before each write the record is looked at again; a plan
#   that the books have run away from is refused.
# - Ids, edit counters, times of creation and the names of those who created a record cannot be written; a record that is
#   made again carries new ones.
# - What QuickBooks does not show through its interface, named above as *cannot be checked*, has to be looked at in
#   QuickBooks itself.
# - The rehearsal follows the rules of QuickBooks as far as they are known; it does not show bank feeds, reconciliation,
#   automated sales tax, payroll or add-ons.
