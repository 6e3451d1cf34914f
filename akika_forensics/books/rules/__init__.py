"""What each type of transaction posts, as data that an accountant can read."""

from akika_forensics.books.rules.rule import CREDIT, DEBIT, Rule
from akika_forensics.books.rules.table import BY_ENTITY, NON_POSTING, RULES

__all__ = ["BY_ENTITY", "CREDIT", "DEBIT", "NON_POSTING", "RULES", "Rule"]
