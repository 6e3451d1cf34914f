"""Entries worked out by hand from the principles of double entry, one pair of T-accounts for each way of a transaction.

Nothing in these tables was taken from a program. Their rules on the cash basis are those of docs/design/cash-basis.md.
"""
