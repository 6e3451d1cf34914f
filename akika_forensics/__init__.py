"""Akika Forensics: capture, compare, plan, restore and prove the books of a QuickBooks Online company."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from akika_forensics import settings

if TYPE_CHECKING:
    from akika_forensics.case import Case, open_vault

__version__ = settings.VERSION
__all__ = ["Case", "__version__", "notebook", "open_vault"]


def __getattr__(name: str) -> Any:
    """Load the case door and the notebook's preparation on first use, so that importing the package costs nothing."""
    if name in {"Case", "open_vault"}:
        from akika_forensics import case  # noqa: PLC0415 -- on first use only

        return getattr(case, name)
    if name == "notebook":
        # By its name: rooms below the lab import this package, and must not seem to reach it.
        return import_module("akika_forensics.lab").notebook
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
