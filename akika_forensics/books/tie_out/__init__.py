"""The books against QuickBooks' own reports: ours, theirs, what is left, and why it may be."""

from akika_forensics.books.tie_out.trial import AccountEffect, TieOutLine, effect, tie_out

__all__ = ["AccountEffect", "TieOutLine", "effect", "tie_out"]
