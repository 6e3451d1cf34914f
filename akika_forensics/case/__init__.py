"""The one door to a vault and its company for notebooks, reports and the command line."""

from akika_forensics.case.case import Case
from akika_forensics.case.opening import open_vault

__all__ = ["Case", "open_vault"]
