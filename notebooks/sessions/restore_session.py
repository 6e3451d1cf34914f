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
# # Restore, step by step
#
# From the records that were damaged to the proof that they are back: choose, plan, rehearse, look, approve, execute,
# verify. Nothing is written to QuickBooks unless `write_to_quickbooks` is set to `True` and the plan is approved; until
# then every cell can be run, and run again.
#
# What opens the vault comes from the environment: `akika lab` hands it on, else `AKIKA_PASSPHRASE`, `AKIKA_IDENTITY` and
# the like. The signer's passphrase is asked for when it is needed. Neither stands in a notebook.

# %% tags=["parameters"]
vault = "vault"  # the folder of the vault
company = ""  # the company, when the vault holds several
before = "first"  # the snapshot to go back to
after = "latest"  # the first snapshot after the incident
now = ""  # a snapshot to plan from; without it the company is captured afresh
records = ""  # the records to put back, such as Invoice:130, Payment:12; without them all that were changed
plan = "restore.plan"  # the plan's file: used when it is there, made when it is not
signer = ""  # who approves; without a name nobody is asked
write_to_quickbooks = False  # True executes the approved plan

# %%
import akika_forensics as ak
from akika_forensics.reports import result
from akika_widgets.views.restored import RestoredView

case = ak.notebook(vault, company or None)
restore = case.restore(before=before, after=after, now=now, records=records, file=plan)
case.snapshots()

# %% [markdown]
# ## Choose
#
# What was changed between the two snapshots. Put the records that are to come back into `records`; without any, all that
# were changed directly are meant.

# %%
restore.incident.diff.view()

# %%
restore.dependencies().picture().folded()

# %% [markdown]
# ## Plan
#
# The company is captured afresh, so that the plan knows the books as they are now. Long work goes on by itself: the first
# cell starts it and shows how far it is, the second waits for it.

# %%
planning = restore.plan()
planning

# %%
await planning

# %% [markdown]
# ## Rehearse
#
# The plan and its undo are run on a copy of the books on this machine.

# %%
rehearsing = restore.rehearse()
rehearsing

# %%
await rehearsing

# %% [markdown]
# ## Look
#
# What would be written, what is left to people, and what the trial balance would be. Steps can be marked as looked at; the
# marks help the one who looks and approve nothing.

# %%
restore.review.in_short()

# %%
restore.review.view()

# %%
restore.review.fields()

# %%
restore.review.made_again()

# %% [markdown]
# ## Approve
#
# The signer named above is asked for the passphrase of a key of their own; it is used once and not kept. What is signed is
# the digest of exactly this plan.

# %%
restore.review.signing()

# %%
restore.approve(signer)

# %% [markdown]
# ## Execute
#
# Each step looks at its record once more before it writes. A run that stops is gone on with by running the cell again;
# nothing is written twice.

# %%
writing = restore.execute(wanted=write_to_quickbooks)
writing

# %%
await writing

# %% [markdown]
# ## Verify
#
# The company is captured once more and held against the plan, and against the state before.

# %%
verifying = restore.verify()
verifying

# %%
await verifying

# %%
RestoredView(case.plan(plan).verification, title="Result of the restore")

# %% [markdown]
# ## How far it came

# %% tags=["result"]
result(restore.figures())

# %% [markdown]
# ## Limits
#
# - A notebook is for one pair of hands. Where somebody else should approve, give them the report `restore_plan`, and let
#   them sign with `akika plan approve` on their own account.
# - What the interface of QuickBooks does not allow is left to a person and named under *Look*: payroll, bank matches,
#   reconciliation marks, filed returns.
# - A plan that the books have run away from is refused; make a new one then, under another file name.
# - A restored record that was made again has a new Id. The report `restore_verification` says what is different and why.
